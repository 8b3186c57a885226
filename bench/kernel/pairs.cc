#include "bench/kernel/pairs.h"

#include <optional>

#include "base/assert.h"
#include "base/result.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

extern "C" {
// Whoever watches the machine's memory finds them by name.
extern constinit std::atomic<std::uint32_t> kernel_bench_window_begin;
extern constinit std::atomic<std::uint32_t> kernel_bench_window_end;
alignas(128) constinit std::atomic<std::uint32_t> kernel_bench_window_begin{0};
alignas(128) constinit std::atomic<std::uint32_t> kernel_bench_window_end{0};
}

namespace baton::kernel_bench {

void Pairs::run_for(Crew& crew, Play play, unsigned cores, Duration length) {
  run(crew, play, cores, length, 0);
}

void Pairs::run_windows(Crew& crew, Play play, unsigned cores, std::uint64_t rounds) {
  run(crew, play, cores, Duration(), rounds);
}

void Pairs::run(Crew& crew, Play play, unsigned cores, Duration length, std::uint64_t rounds) {
  play_ = play;
  cores_ = cores;
  rounds_ = rounds;
  // Relaxed, all: starting a thread orders.
  over_.store(false, std::memory_order_relaxed);
  arrived_.store(0, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  auto conduct = [this, &crew, length] {
    std::array<std::optional<Leader>, arch::kMaxCores> leaders;
    std::array<std::optional<Partner>, arch::kMaxCores> partners;
    const bool two = play_ == Play::kYield || play_ == Play::kSemaphore;
    for (unsigned core = 0; core < cores_; ++core) {
      // Relaxed, both: starting a thread orders.
      tables_[core].over.store(false, std::memory_order_relaxed);
      tables_[core].ball.emplace();
      tables_[core].met.store(false, std::memory_order_relaxed);
      // Whoever watches the memory sees loops, and no timers.
      Crew::How how;
      if (rounds_ != 0) how.slice = Duration();
      crew.play(core, kOrdinary, leaders[core].emplace(*this, core), how);
      if (two) crew.play(core, kOrdinary, partners[core].emplace(*this, core), how);
    }
    if (rounds_ == 0) {
      const Result<void> slept = kernel::this_thread::sleep_for(length);
      BATON_CHECK(slept.has_value());
      // Relaxed: see its declaration.
      over_.store(true, std::memory_order_relaxed);
    }
    crew.join();
  };
  crew.conduct(conduct);
}

void Pairs::turn(Table& table) {
  switch (play_) {
    case Play::kYield:
      kernel::this_thread::yield();
      return;
    case Play::kSemaphore:
      table.ball->serve();
      return;
    case Play::kMutex:
      table.mutex.lock();
      table.mutex.unlock();
      return;
    case Play::kChannel:
      table.relay->pass();
      return;
    case Play::kShared:
      // Relaxed: only that it is written counts.
      shared_.fetch_add(1, std::memory_order_relaxed);
      return;
  }
}

std::uint64_t Pairs::turn_until_over(Table& table) {
  std::uint64_t count = 0;
  // Relaxed: see its declaration.
  while (!over_.load(std::memory_order_relaxed)) {
    turn(table);
    ++count;
  }
  return count;
}

void Pairs::turn_in_window(Table& table) {
  constexpr unsigned kWarm = 300;
  for (unsigned i = 0; i < kWarm; ++i) turn(table);
  // Relaxed, all: see their declarations.
  arrived_.fetch_add(1, std::memory_order_relaxed);
  while (arrived_.load(std::memory_order_relaxed) != cores_) turn(table);
  kernel_bench_window_begin.store(1, std::memory_order_relaxed);
  for (std::uint64_t left = rounds_; left != 0; --left) turn(table);
  kernel_bench_window_end.store(1, std::memory_order_relaxed);
  done_.fetch_add(1, std::memory_order_relaxed);
  while (done_.load(std::memory_order_relaxed) != cores_) turn(table);
}

void Pairs::lead(unsigned core) {
  Table& table = tables_[core];
  Relay relay;
  table.relay = &relay;
  if (play_ == Play::kYield) {
    // Relaxed: as below.  Alone, a yield is less.
    while (!table.met.load(std::memory_order_relaxed)) kernel::this_thread::yield();
  }
  const Instant begin = kernel::now();
  if (rounds_ != 0) {
    turn_in_window(table);
    table.outcome.rounds = rounds_;
  } else {
    table.outcome.rounds = turn_until_over(table);
  }
  table.outcome.ns = (kernel::now() - begin).count_ns();
  relay.end();
  if (play_ == Play::kSemaphore) table.ball->end();
  // Relaxed: between two threads of one core.
  table.over.store(true, std::memory_order_relaxed);
}

void Pairs::follow(unsigned core) {
  Table& table = tables_[core];
  // Relaxed: as in lead().
  table.met.store(true, std::memory_order_relaxed);
  if (play_ == Play::kSemaphore) {
    while (table.ball->reply()) {
    }
    return;
  }
  // Relaxed: as in lead().
  while (!table.over.load(std::memory_order_relaxed)) kernel::this_thread::yield();
}

}  // namespace baton::kernel_bench
