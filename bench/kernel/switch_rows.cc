// From one thread to another: yield, resume and suspend, create and join.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "base/result.h"
#include "bench/kernel/rows.h"
#include "bench/kernel/stopwatch.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread.h"

namespace baton::kernel_bench {
namespace {

namespace this_thread = kernel::this_thread;

// What there is to be subtracted from all others.
void empty(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("empty", "cycles", setting.wanted);
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    out.add(cycles() - before);
  }
}

// So many instructions that whoever reads the numbers knows what the counter counts.
void loop(Setting& setting) {
  constexpr std::size_t kTurns = 1000;
  Series& out = setting.series[0];
  out.begin("loop", "cycles", setting.wanted);
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    count_down(kTurns);
    out.add(cycles() - before);
  }
}

// Two equals: from the call in one of them to the return of the other's.
void yield(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("yield", "cycles", setting.wanted);
  std::uint64_t stamp = 0;
  auto player = [&out, &stamp] {
    while (!out.is_full()) {
      stamp = cycles();
      this_thread::yield();
      out.add(cycles() - stamp);
    }
  };
  setting.crew.play(0, kOrdinary, player);
  setting.crew.play(0, kOrdinary, player);
  setting.crew.join();
}

// Nobody else is there.
void yield_alone(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("yield-alone", "cycles", setting.wanted);
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    this_thread::yield();
    out.add(cycles() - before);
  }
}

// A thread resumes a more urgent one, which preempts it, and suspends itself again.
void preempt(Setting& setting) {
  Series& to = setting.series[0];
  Series& back = setting.series[1];
  to.begin("preempt-resume", "cycles", setting.wanted);
  back.begin("preempt-suspend", "cycles", setting.wanted);
  std::uint64_t stamp = 0;
  bool over = false;
  auto urgent = [&to, &stamp, &over] {
    while (!over) {
      to.add(cycles() - stamp);
      kernel::Thread& me = this_thread::get();
      stamp = cycles();
      me.suspend();
    }
  };
  kernel::Thread& other = setting.crew.play(0, kUrgent, urgent, {.suspended = true});
  auto ordinary = [&back, &stamp, &over, &other] {
    while (!back.is_full()) {
      stamp = cycles();
      other.resume();
      back.add(cycles() - stamp);
    }
    over = true;
    other.resume();
  };
  setting.crew.play(0, kOrdinary, ordinary);
  setting.crew.join();
}

constinit kernel::StaticThread<4096> child;

// A thread that is as urgent as its maker, and ends at once.
void create_join(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("create-join", "cycles", setting.wanted);
  auto maker = [&out] {
    while (!out.is_full()) {
      const std::uint64_t before = cycles();
      const Result<void> started = child.start(
          {.name = "child", .priority = kOrdinary, .affinity = 1}, [](void*) {}, nullptr);
      child.join();
      out.add(cycles() - before);
      BATON_CHECK(started.has_value());
    }
  };
  setting.crew.play(0, kOrdinary, maker);
  setting.crew.join();
}

constexpr std::array<Row, 6> kRows = {{
    {.name = "empty", .cores = 1, .run = empty},
    {.name = "loop", .cores = 1, .run = loop},
    {.name = "yield", .cores = 1, .run = yield},
    {.name = "yield-alone", .cores = 1, .run = yield_alone},
    {.name = "preempt", .cores = 1, .run = preempt},
    {.name = "create-join", .cores = 1, .run = create_join},
}};

}  // namespace

std::span<const Row> switch_rows() { return kRows; }

}  // namespace baton::kernel_bench
