// Model programs of NumericCell in its three strengths: no operation is lost, and each answers the
// number that was there just before it.  A number announces nothing, so nothing else is asked.
#include <array>
#include <cstdint>

#include "sync/numeric_cell.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using AnyCore = sync::AtomicNumericCell<int, ModelAtomics>;
using OneCore = sync::AtomicNumericCell<int, ModelCoreAtomics>;
using OneContext = sync::AtomicNumericCell<int, ModelTornAtomics>;

/// What operations answered: with every step forward by one, no number comes twice.
class Answers {
 public:
  void note(int before) {
    require(before >= 0 && before < kMost, "a number that nobody made");
    require(!seen_[static_cast<std::size_t>(before)], "two operations found the same number");
    seen_[static_cast<std::size_t>(before)] = true;
  }

 private:
  static constexpr int kMost = 16;
  std::array<bool, kMost> seen_{};
};

int successor(int n) { return n + 1; }

void every_way_to_count(Execution& run) {
  AnyCore cell;
  Answers answers;
  run.parallel({thread("A",
                       [&] {
                         answers.note(cell.increment());
                         answers.note(cell.update(successor));
                       }),
                thread("B", [&] { answers.note(cell.add(1)); }),
                thread("C", [&] { answers.note(cell.subtract(-1)); })});
  require(cell.get() == 4, "lost: a step");
}

void up_and_down(Execution& run) {
  AnyCore cell(10);
  run.parallel({thread("up", [&] { cell.increment(); }), thread("down", [&] { cell.decrement(); }),
                thread("by three", [&] {
                  const int before = cell.subtract(3);
                  require(before >= 9 && before <= 11, "a number that nobody made");
                })});
  require(cell.get() == 7, "lost: a step");
}

void updates_lose_nothing(Execution& run) {
  AnyCore cell;
  Answers answers;
  const auto count = [&] { answers.note(cell.update(successor)); };
  run.parallel({thread("A", count), thread("B", count), thread("C", count)});
  require(cell.get() == 3, "lost: an update");
}

// Whoever replaces a number has it; it comes out once.
void replaced_once(Execution& run) {
  AnyCore cell(1);
  std::array<int, 3> out{};
  run.parallel({thread("A", [&] { out[0] = cell.replace(2); }),
                thread("B", [&] { out[1] = cell.replace(4); }),
                thread("C", [&] { out[2] = cell.replace(8); })});
  require(out[0] + out[1] + out[2] + cell.get() == 15, "a number came out twice, or never");
}

void set_against_add(Execution& run) {
  AnyCore cell(1);
  int before = 0;
  run.parallel(
      {thread("setter", [&] { cell.set(10); }), thread("adder", [&] { before = cell.add(5); })});
  require(before == 1 || before == 10, "a number that nobody made");
  require(cell.get() == (before == 1 ? 10 : 15), "a number that was set is torn");
}

// Relaxed, but one word: its values are seen in their order.
void looks_do_not_go_back(Execution& run) {
  AnyCore cell;
  run.parallel({thread("counter",
                       [&] {
                         cell.increment();
                         cell.increment();
                       }),
                thread("looker", [&] {
                  const int first = cell.get();
                  const int second = cell.get();
                  require(first <= second, "a count goes back");
                })});
}

void wraps_around(Execution& run) {
  sync::AtomicNumericCell<std::uint8_t, ModelAtomics> cell(255);
  run.parallel({thread("up", [&] { cell.add(3); }), thread("down", [&] { cell.decrement(); })});
  require(cell.get() == 1, "a number does not wrap");
}

void interrupted(Execution& run) {
  OneCore cell;
  Answers answers;
  run.parallel({thread("thread",
                       [&] {
                         answers.note(cell.update(successor));
                         answers.note(cell.increment());
                       }),
                interrupt("irq", 0, [&] {
                  answers.note(cell.add(1));
                  answers.note(cell.update(successor));
                })});
  require(cell.get() == 4, "lost: a step");
}

void handlers_that_nest(Execution& run) {
  OneCore cell(8);
  int out = 0;
  run.parallel({thread("thread", [&] { cell.update(successor); }),
                interrupt(
                    "low", 0, [&] { out = cell.replace(cell.get()); }, 1),
                interrupt("high", 0, [&] { cell.subtract(2); }, 2)});
  // Only the low handler's look and its replacement are two steps: the high one's may be undone.
  const int end = cell.get();
  require(end == 7 || (end == 9 && (out == 6 || out == 7)), "lost: a step that nobody undid");
}

void set_by_a_handler(Execution& run) {
  OneCore cell(1);
  int before = 0;
  run.parallel({thread("thread",
                       [&] {
                         cell.increment();
                         before = cell.decrement();
                       }),
                interrupt("irq", 0, [&] { cell.set(10); })});
  require(before == 2 || before == 10 || before == 11, "a number that nobody made");
  require(cell.get() == (before == 10 ? 9 : 10), "a number that was set is torn");
}

void one_context(Execution& run) {
  OneContext cell(5);
  run.parallel({thread("thread", [&] {
    require(cell.add(2) == 5 && cell.subtract(1) == 7 && cell.increment() == 6, "add");
    require(cell.decrement() == 7 && cell.replace(20) == 6, "replace");
    require(cell.update(successor) == 20 && cell.get() == 21, "update");
    cell.set(3);
    require(cell.get() == 3, "set");
  })});
}

constexpr Program kPrograms[] = {
    {"numeric cell: every way to count", every_way_to_count, {.spurious_failures = 1}},
    {"numeric cell: up and down", up_and_down},
    {"numeric cell: updates lose nothing", updates_lose_nothing, {.spurious_failures = 1}},
    {"numeric cell: replaced once", replaced_once},
    {"numeric cell: set against add", set_against_add},
    {"numeric cell: looks do not go back", looks_do_not_go_back},
    {"numeric cell: wraps around", wraps_around},
    {"irq numeric cell: interrupted", interrupted, {.spurious_failures = 1}},
    {"irq numeric cell: handlers that nest", handlers_that_nest, {.spurious_failures = 1}},
    {"irq numeric cell: set by a handler", set_by_a_handler},
    {"one-context numeric cell", one_context},
};

}  // namespace

std::span<const Program> numeric_cell_programs() { return kPrograms; }

}  // namespace baton::model
