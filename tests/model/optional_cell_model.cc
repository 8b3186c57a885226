// Model programs of AtomicOptionalCell and IrqOptionalCell: what a value announces is there to be
// seen by who gets the value, and no value is lost or comes out twice.
#include <array>
#include <cstdint>
#include <optional>

#include "sync/optional_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using Cell = sync::AtomicOptionalCell<std::uint8_t, ModelAtomics>;
using OneCoreCell = sync::AtomicOptionalCell<std::uint8_t, ModelCoreAtomics>;

/// The value n announces that page n is written.
template <class C>
struct BasicBook {
  C cell;
  std::array<Plain<int>, 4> pages;

  void write(std::uint8_t n) { pages[n].write(n); }
  void read(std::optional<std::uint8_t> n) {
    if (n.has_value()) require(pages[*n].read() == *n, "announced, and not written");
  }
};
using Book = BasicBook<Cell>;

void set_and_get(Execution& run) {
  Book book;
  run.parallel({thread("writer",
                       [&] {
                         book.write(1);
                         book.cell.set(1);
                       }),
                thread("reader", [&] { book.read(book.cell.get()); })});
}

void put_and_take(Execution& run) {
  Book book;
  std::array<bool, 2> put{};
  std::array<std::optional<std::uint8_t>, 2> taken;
  const auto write = [&](std::uint8_t n, bool& done) {
    book.write(n);
    done = book.cell.put(n);
  };
  const auto take = [&](std::optional<std::uint8_t>& value) {
    value = book.cell.take();
    book.read(value);
  };
  run.parallel({thread("A", [&] { write(1, put[0]); }), thread("B", [&] { write(2, put[1]); }),
                thread("C", [&] { take(taken[0]); }), thread("D", [&] { take(taken[1]); })});
  const int puts = (put[0] ? 1 : 0) + (put[1] ? 1 : 0);
  const int takes = (taken[0].has_value() ? 1 : 0) + (taken[1].has_value() ? 1 : 0);
  require(puts == takes + (book.cell.is_full() ? 1 : 0), "lost or duplicated: a value");
}

void replace_each_other(Execution& run) {
  Book book;
  const auto replace = [&](std::uint8_t n) {
    book.write(n);
    book.read(book.cell.replace(n));
  };
  run.parallel({thread("A", [&] { replace(1); }), thread("B", [&] { replace(2); })});
  book.read(book.cell.take());
}

void update_and_get(Execution& run) {
  Book book;
  book.write(1);
  book.cell.set(1);
  run.parallel({thread("updater",
                       [&] {
                         book.cell.update([&book](std::uint8_t n) -> std::uint8_t {
                           book.read(n);
                           book.write(3);
                           return 3;
                         });
                       }),
                thread("writer",
                       [&] {
                         book.write(2);
                         book.cell.set(2);
                       }),
                thread("reader", [&] {
                  const std::optional<std::uint8_t> n = book.cell.get();
                  if (n != 3) book.read(n);
                })});
}

// The updater's own page, once it is announced.
void update_announces(Execution& run) {
  Book book;
  book.cell.set(1);
  run.parallel({thread("updater",
                       [&] {
                         book.cell.update([&book](std::uint8_t) -> std::uint8_t {
                           book.write(3);
                           return 3;
                         });
                       }),
                thread("reader", [&] {
                  if (book.cell.get() == 3) book.read(3);
                })});
}

void updates_lose_nothing(Execution& run) {
  Cell cell;
  cell.set(0);
  const auto count = [&cell] {
    cell.update([](std::uint8_t n) { return static_cast<std::uint8_t>(n + 1); });
  };
  run.parallel({thread("A", count), thread("B", count), thread("C", count)});
  require(cell.take() == 3, "lost: an update");
}

void cleared_and_put(Execution& run) {
  Cell cell;
  cell.set(1);
  bool put = false;
  std::optional<std::uint8_t> taken;
  run.parallel({thread("clearer", [&] { cell.clear(); }),
                thread("putter", [&] { put = cell.put(2); }),
                thread("taker", [&] { taken = cell.take(); })});
  require(taken != 2 || put, "a value that was refused is there");
  if (cell.is_full()) require(put && taken != 2 && cell.contains(2), "a value that was cleared");
}

// One core: the handler's answer is one of those that fit between two steps of the thread.
void interrupted(Execution& run) {
  BasicBook<OneCoreCell> book;
  book.write(1);
  book.cell.set(1);
  std::optional<std::uint8_t> replaced;
  bool put = false;
  run.parallel({thread("thread",
                       [&] {
                         book.cell.update([&book](std::uint8_t n) -> std::uint8_t {
                           book.read(n);
                           return n;
                         });
                         book.read(book.cell.take());
                         book.write(2);
                         put = book.cell.put(2);
                       }),
                interrupt("irq", 0, [&] {
                  book.read(book.cell.get());
                  book.write(3);
                  replaced = book.cell.replace(3);
                  book.read(replaced);
                })});
  require(replaced.has_value() || !put || book.cell.contains(2), "lost: a value");
  book.read(book.cell.take());
  require(!book.cell.is_full(), "an empty cell looks full");
}

void handlers_that_nest(Execution& run) {
  OneCoreCell cell;
  cell.set(0);
  const auto count = [&cell] {
    cell.update([](std::uint8_t n) { return static_cast<std::uint8_t>(n + 1); });
  };
  run.parallel(
      {thread("thread", count), interrupt("low", 0, count, 1), interrupt("high", 0, count, 2)});
  require(cell.take() == 3, "lost: an update");
}

void taken_once(Execution& run) {
  OneCoreCell cell;
  cell.set(1);
  std::array<std::optional<std::uint8_t>, 3> out;
  bool put = false;
  run.parallel({thread("thread",
                       [&] {
                         out[0] = cell.take();
                         put = cell.put(2);
                       }),
                interrupt(
                    "low", 0, [&] { out[1] = cell.take(); }, 1),
                interrupt("high", 0, [&] { out[2] = cell.replace(4); }, 2)});
  int sum = put ? 0 : 2;
  for (const auto& value : out) sum += value.value_or(0);
  sum += cell.take().value_or(0);
  require(sum == 7, "lost or duplicated: a value");
}

constexpr Program kPrograms[] = {
    {"optional cell: set and get", set_and_get},
    {"optional cell: put and take", put_and_take},
    {"optional cell: replace each other", replace_each_other},
    {"optional cell: update and get", update_and_get},
    {"optional cell: update announces", update_announces},
    {"optional cell: updates lose nothing", updates_lose_nothing, {.spurious_failures = 1}},
    {"optional cell: cleared and put", cleared_and_put},
    {"irq optional cell: interrupted", interrupted, {.spurious_failures = 1}},
    {"irq optional cell: handlers that nest", handlers_that_nest, {.spurious_failures = 1}},
    {"irq optional cell: taken once", taken_once},
};

}  // namespace

std::span<const Program> optional_cell_programs() { return kPrograms; }

}  // namespace baton::model
