// Model programs of SeqLock: a copy is whole, no older than what its reader knows of, and with it
// comes what the writer did before.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "sync/seq_lock.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

// Two words: a whole one has twins.
struct Pair {
  std::uintptr_t a;
  std::uintptr_t b;
};
constexpr Pair pair(std::uintptr_t n) { return {n, n}; }

template <class Atomics>
struct BoardOf {
  sync::SeqLock<Pair, Atomics> lock{pair(0)};
  std::array<Plain<int>, 4> pages;

  // The value n announces that page n is written.
  void write(std::uintptr_t n) {
    pages[n].write(1);
    lock.write(pair(n));
  }
  // The value, or nothing.
  std::optional<std::uintptr_t> read() const {
    const std::optional<Pair> copy = lock.try_read();
    if (!copy.has_value()) return std::nullopt;
    require(copy->a == copy->b, "torn: two writes in one copy");
    if (copy->a != 0) require(pages[copy->a].read() == 1, "announced, and not written");
    return copy->a;
  }
};

using Board = BoardOf<ModelAtomics>;

void one_reader(Execution& run) {
  Board board;
  run.parallel({thread("writer",
                       [&] {
                         board.write(1);
                         board.write(2);
                       }),
                thread("reader", [&] {
                  const auto first = board.read();
                  const auto second = board.read();
                  if (first.has_value() && second.has_value()) {
                    require(*first <= *second, "a later copy is older");
                  }
                })});
  require(board.read() == 2, "not the last value");
}

// Numbers begin at -4: they wrap at the second write.
void two_readers_at_the_wrap(Execution& run) {
  Board board;
  board.write(1);
  run.parallel({thread("writer", [&] { board.write(2); }), thread("A", [&] { board.read(); }),
                thread("B", [&] { board.read(); })});
  require(board.read() == 2, "not the last value");
}

// Who knows of a write does not get an older value, and is not refused once the writes have ended.
void known_writes(Execution& run) {
  Board board;
  Atomic<int> written{0};
  run.parallel({thread("writer",
                       [&] {
                         board.write(1);
                         written.store(1, std::memory_order_release);
                         board.write(2);
                         written.store(2, std::memory_order_release);
                       }),
                thread("reader", [&] {
                  const auto known = written.load(std::memory_order_acquire);
                  const auto value = board.read();
                  if (value.has_value()) {
                    require(static_cast<int>(*value) >= known, "older than what the reader knows");
                  } else {
                    require(known < 2, "refused, and nobody writes");
                  }
                })});
}

// A handler on the writer's core: refused only when it interrupted a write.
template <class Atomics>
void handler_reads(Execution& run) {
  BoardOf<Atomics> board;
  bool inside = false;
  run.parallel({thread("writer",
                       [&] {
                         for (const std::uintptr_t n : {1U, 2U}) {
                           inside = true;
                           board.write(n);
                           inside = false;
                         }
                       }),
                interrupt("irq", 0, [&] {
                  const bool refused = !board.read().has_value();
                  require(!refused || inside, "refused, and nobody writes");
                })});
  require(board.read() == 2, "not the last value");
}

// And when it interrupted a reader, it changes nothing for it.
template <class Atomics>
void handler_writes(Execution& run) {
  BoardOf<Atomics> board;
  run.parallel(
      {thread("reader", [&] { board.read(); }), interrupt("irq", 0, [&] { board.write(1); })});
  require(board.read() == 1, "not the last value");
}

// Writers that bring a lock: here, a turn.
void writers_take_turns(Execution& run) {
  Board board;
  Atomic<int> turn{0};
  run.parallel({thread("A",
                       [&] {
                         board.write(1);
                         turn.store(1, std::memory_order_release);
                       }),
                thread("B",
                       [&] {
                         if (turn.load(std::memory_order_acquire) == 1) board.write(2);
                       }),
                thread("reader", [&] { board.read(); })});
}

constexpr Program kPrograms[] = {
    {"seq lock: one reader", one_reader},
    {"seq lock: two readers, at the wrap", two_readers_at_the_wrap},
    {"seq lock: known writes", known_writes},
    {"seq lock: a handler reads", handler_reads<ModelAtomics>},
    {"seq lock: a handler writes", handler_writes<ModelAtomics>},
    {"seq lock: a handler reads, one core", handler_reads<ModelCoreAtomics>},
    {"seq lock: a handler writes, one core", handler_writes<ModelCoreAtomics>},
    {"seq lock: writers take turns", writers_take_turns},
};

}  // namespace

std::span<const Program> seq_lock_programs() { return kPrograms; }

}  // namespace baton::model
