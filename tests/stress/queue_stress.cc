// SpscRing, MpmcRing and MpscQueue between real threads: everything arrives once, and each
// producer's in order.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/atomics.h"
#include "sync/hook.h"
#include "sync/mpmc_ring.h"
#include "sync/mpsc_queue.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/spsc_ring.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

template <class Policy>
struct Letter {
  Letter(int from, int n) : producer(from), number(n) {}
  int producer;
  int number;
  sync::MpscHook<sync::DefaultTag, Policy> hook;
};

// --- Broken on purpose ---

// A ring whose producer turns a cell over before it has filled it.
template <class T, std::size_t N>
class EarlyRing {
 public:
  bool push(T value) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    // Acquire pairs with pop().
    if (tail - head_.load(std::memory_order_acquire) == N) return false;
    // Release pairs with pop(), but there is nothing yet to release.
    tail_.store(tail + 1, std::memory_order_release);
    cells_[tail % N].store(value, std::memory_order_relaxed);
    return true;
  }
  std::optional<T> pop() {
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    // Acquire pairs with push().
    if (tail_.load(std::memory_order_acquire) == head) return std::nullopt;
    const T value = cells_[head % N].load(std::memory_order_relaxed);
    // Release pairs with push().
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

 private:
  YieldingAtomic<std::uint32_t> tail_{0};
  YieldingAtomic<std::uint32_t> head_{0};
  YieldingAtomic<T> cells_[N];
};

// A ring whose producers claim a place by a load and a store, so that two may claim the same one.
template <class T, std::size_t N>
class TornRing {
 public:
  bool push(T value) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    YieldingAtomic<T>& cell = cells_[tail % N];
    if (cell.load(std::memory_order_relaxed) != 0) return false;
    tail_.store(tail + 1, std::memory_order_relaxed);
    // Release pairs with pop().
    cell.store(value, std::memory_order_release);
    return true;
  }
  std::optional<T> pop() {
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    // Acquire pairs with push().
    const T value = cells_[head % N].exchange(0, std::memory_order_acquire);
    if (value == 0) return std::nullopt;
    head_.store(head + 1, std::memory_order_relaxed);
    return value;
  }

 private:
  YieldingAtomic<std::uint32_t> tail_{0};
  YieldingAtomic<std::uint32_t> head_{0};
  YieldingAtomic<T> cells_[N];
};

// --- What is the same for all: numbers that go through a queue of some kind ---

constexpr std::int64_t numbered(int producer, int n) { return (std::int64_t{producer} << 32) | n; }

// Checks that each producer's numbers come in order, for one consumer; for several, that they rise.
class Arrivals {
 public:
  Arrivals(int producers, Verdict& verdict)
      : last_(static_cast<std::size_t>(producers)), verdict_(verdict) {}

  void arrived(std::int64_t number, bool every) {
    const auto producer = static_cast<std::size_t>(number >> 32);
    const int n = static_cast<int>(number);
    if (producer >= last_.size() || n <= last_[producer] || (every && n != last_[producer] + 1)) {
      verdict_.fail("out of order, lost or duplicated: " + std::to_string(n) + " of " +
                    std::to_string(producer));
      return;
    }
    last_[producer] = n;
    ++count_;
  }
  int count() const { return count_; }

 private:
  std::vector<int> last_;
  int count_ = 0;
  Verdict& verdict_;
};

// `producers` threads push 1 .. rounds, and `consumers` pop until all have come, or nothing comes
// for long.
template <class Push, class Pop>
void run(const char* what, int producers, int consumers, int rounds, Verdict& verdict, Push push,
         Pop pop) {
  std::atomic<int> left{producers * rounds};
  std::atomic<int> in_vain{0};
  std::vector<Arrivals> arrivals(static_cast<std::size_t>(consumers), Arrivals(producers, verdict));
  run_together(producers + consumers, [&](int number) {
    if (number < producers) {
      for (int n = 1; n <= rounds && !verdict.failed();) {
        if (push(number, n)) {
          ++n;
        } else {
          yield_now();
        }
      }
      return;
    }
    Arrivals& mine = arrivals[static_cast<std::size_t>(number - producers)];
    int in_a_row = 0;
    // Relaxed: counts; what is counted comes by the queue.
    while (left.load(std::memory_order_relaxed) > 0 && !verdict.failed()) {
      if (const std::optional<std::int64_t> popped = pop()) {
        mine.arrived(*popped, consumers == 1);
        left.fetch_sub(1, std::memory_order_relaxed);
        in_a_row = 0;
      } else {
        in_vain.fetch_add(1, std::memory_order_relaxed);
        if (++in_a_row > 5'000'000) verdict.fail("lost: nothing comes any more");
        yield_now();
      }
    }
  });
  int count = 0;
  for (const Arrivals& mine : arrivals) count += mine.count();
  std::printf("%s: arrived=%d in_vain=%d\n", what, count, in_vain.load(std::memory_order_relaxed));
  if (!verdict.failed() && count != producers * rounds) verdict.fail("lost or duplicated");
}

template <class Policy>
void run_rings(int rounds, Verdict& verdict) {
  using L = Letter<Policy>;
  using Handle = sync::Owned<L>;
  const auto pool = std::make_unique<sync::Pool<L, 64>>();
  const auto number_of = [](const Handle& letter) {
    return numbered(letter->producer, letter->number);
  };
  const auto push_to = [&pool](auto& ring) {
    return [&pool, &ring](int producer, int n) {
      auto letter = pool->make(producer, n);
      return letter.has_value() && ring.push(std::move(*letter)).has_value();
    };
  };
  const auto pop_from = [&number_of](auto& queue) {
    return [&number_of, &queue]() -> std::optional<std::int64_t> {
      auto letter = queue.pop();
      if (!letter) return std::nullopt;
      return number_of(*letter);
    };
  };
  sync::SpscRing<Handle, 4, Policy> spsc;
  run("spsc", 1, 1, 2 * rounds, verdict, push_to(spsc), pop_from(spsc));
  sync::MpmcRing<Handle, 4, Policy> mpmc;
  run("mpmc", 2, 2, rounds, verdict, push_to(mpmc), pop_from(mpmc));
  sync::MpscQueue<L, &L::hook, Policy> mpsc;
  const auto push = [&](int producer, int n) {
    auto letter = pool->make(producer, n);
    if (!letter.has_value()) return false;
    mpsc.push(std::move(*letter));
    return true;
  };
  run("mpsc", 3, 1, rounds, verdict, push, pop_from(mpsc));
  if (!verdict.failed() && pool->available() != 64) verdict.fail("lost: a letter");
}

template <class Ring>
void run_busted(const char* what, int producers, int rounds, Verdict& verdict) {
  Ring ring;
  run(
      what, producers, 1, rounds, verdict,
      [&](int producer, int n) { return ring.push(numbered(producer, n)); },
      [&] { return ring.pop(); });
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 30'000, {"turned_over_early", "torn_claim"});
  Verdict verdict;
  if (arguments.busted == "turned_over_early") {
    run_busted<EarlyRing<std::int64_t, 4>>("early", 1, 100 * arguments.rounds, verdict);
  } else if (arguments.busted == "torn_claim") {
    run_busted<TornRing<std::int64_t, 4>>("torn", 2, 10 * arguments.rounds, verdict);
  } else {
    run_rings<sync::StdAtomics>(arguments.rounds, verdict);
    run_rings<YieldingAtomics>(arguments.rounds, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
