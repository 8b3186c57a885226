// Interrupts and time: to the handler, to a thread that it wakes, timers, sleep.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "arch/counter.h"
#include "base/assert.h"
#include "base/time.h"
#include "bench/kernel/rows.h"
#include "bench/kernel/stopwatch.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"

namespace baton::kernel_bench {
namespace {

void arm_soon(kernel::Timer& timer) {
  const sync::IrqsOff irqs_off;
  kernel::this_core_timers(irqs_off).arm(timer, kernel::now() + soon(), irqs_off);
}

// A thread that reads the counter all the time is interrupted by the timer: how long before the
// handler runs, and before the thread goes on.  One reading's time too much, at most.
void interrupt(Setting& setting) {
  struct Alarm {
    Series& to_handler;
    // Relaxed, both: between a thread and its core's handler.
    std::atomic<std::uint64_t> stamp{0};
    std::atomic<bool> fired{false};
    kernel::Timer timer{[](void* self) {
                          auto& me = *static_cast<Alarm*>(self);
                          const std::uint64_t now = cycles();
                          // Relaxed, both: see above.
                          const std::uint64_t stamp = me.stamp.load(std::memory_order_relaxed);
                          // Zero: it came before anybody waited.
                          if (stamp != 0) me.to_handler.add(now - stamp);
                          me.fired.store(true, std::memory_order_relaxed);
                        },
                        this};
  };
  Series& back = setting.series[1];
  setting.series[0].begin("interrupt-handler", "cycles", setting.wanted);
  back.begin("interrupt-and-back", "cycles", setting.wanted);
  Alarm alarm{.to_handler = setting.series[0]};
  while (!back.is_full() || !setting.series[0].is_full()) {
    // Relaxed, all: see above.
    alarm.stamp.store(0, std::memory_order_relaxed);
    alarm.fired.store(false, std::memory_order_relaxed);
    arm_soon(alarm.timer);
    std::uint64_t before = cycles();
    std::uint64_t at = before;
    while (!alarm.fired.load(std::memory_order_relaxed)) {
      before = at;
      at = cycles();
      alarm.stamp.store(at, std::memory_order_relaxed);
    }
    // Interrupted after the last reading, or just before it.
    const std::uint64_t after = cycles() - at;
    back.add(after > at - before ? after : at - before);
  }
}

// The handler wakes a more urgent thread, which runs when it ends.
void interrupt_thread(Setting& setting) {
  struct Alarm {
    kernel::Semaphore rung{0};
    // Relaxed, both: between threads of one core and its handler.
    std::atomic<std::uint64_t> stamp{0};
    std::atomic<bool> fired{false};
    kernel::Timer timer{[](void* self) { static_cast<Alarm*>(self)->rung.release(); }, this};
  };
  Series& out = setting.series[0];
  out.begin("interrupt-thread", "cycles", setting.wanted);
  Alarm alarm;
  auto urgent = [&alarm, &out] {
    while (!out.is_full()) {
      const Result<void> rung = alarm.rung.acquire();
      const std::uint64_t now = cycles();
      // Relaxed, both: see above.
      const std::uint64_t stamp = alarm.stamp.load(std::memory_order_relaxed);
      // Zero: it came before anybody waited.
      if (stamp != 0) out.add(now - stamp);
      alarm.fired.store(true, std::memory_order_relaxed);
      BATON_CHECK(rung.has_value());
    }
  };
  auto ordinary = [&alarm, &out] {
    while (!out.is_full()) {
      // Relaxed, all: see above.
      alarm.stamp.store(0, std::memory_order_relaxed);
      alarm.fired.store(false, std::memory_order_relaxed);
      arm_soon(alarm.timer);
      while (!alarm.fired.load(std::memory_order_relaxed)) {
        alarm.stamp.store(cycles(), std::memory_order_relaxed);
      }
    }
  };
  setting.crew.play(0, kUrgent, urgent);
  setting.crew.play(0, kOrdinary, ordinary);
  setting.crew.join();
}

// An interrupt that the core sends itself, with nothing to do.
void ipi(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("ipi-to-itself", "cycles", setting.wanted);
  const kernel::Count& ipis = kernel::cores[0].ipis;
  while (!out.is_full()) {
    const std::uint64_t seen = ipis.value();
    const std::uint64_t before = cycles();
    kernel::sched_hooks::interrupt_cores(1);
    while (ipis.value() == seen) {
    }
    out.add(cycles() - before);
  }
}

// With three others armed, which come later.
void timer(Setting& setting) {
  Series& armed = setting.series[0];
  Series& cancelled = setting.series[1];
  armed.begin("timer-arm", "cycles", setting.wanted);
  cancelled.begin("timer-cancel", "cycles", setting.wanted);
  kernel::Timer mine{[](void*) {}, nullptr};
  std::array<kernel::Timer, 3> others = {
      {{[](void*) {}, nullptr}, {[](void*) {}, nullptr}, {[](void*) {}, nullptr}}};
  const Instant due = kernel::now() + Duration::seconds(1000);
  {
    const sync::IrqsOff irqs_off;
    for (kernel::Timer& other : others) {
      kernel::this_core_timers(irqs_off).arm(other, due + Duration::seconds(1), irqs_off);
    }
  }
  while (!cancelled.is_full()) {
    const std::uint64_t before = cycles();
    {
      const sync::IrqsOff irqs_off;
      kernel::this_core_timers(irqs_off).arm(mine, due, irqs_off);
    }
    const std::uint64_t between = cycles();
    {
      const sync::IrqsOff irqs_off;
      static_cast<void>(kernel::this_core_timers(irqs_off).cancel(mine, irqs_off));
    }
    cancelled.add(cycles() - between);
    armed.add(between - before);
  }
  const sync::IrqsOff irqs_off;
  for (kernel::Timer& other : others) {
    static_cast<void>(kernel::this_core_timers(irqs_off).cancel(other, irqs_off));
  }
}

// How much later than it wanted a thread goes on that nobody keeps from it.
void sleep(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("sleep-late", "ns", setting.wanted);
  while (!out.is_full()) {
    const Instant due = kernel::now() + soon() + soon();
    const Result<void> slept = kernel::this_thread::sleep_until(due);
    out.add((kernel::now() - due).count_ns());
    BATON_CHECK(slept.has_value());
  }
}

constexpr std::array<Row, 5> kRows = {{
    {.name = "interrupt", .cores = 1, .run = interrupt},
    {.name = "interrupt-thread", .cores = 1, .run = interrupt_thread},
    {.name = "ipi-to-itself", .cores = 1, .run = ipi},
    {.name = "timer", .cores = 1, .run = timer},
    {.name = "sleep-late", .cores = 1, .run = sleep},
}};

}  // namespace

std::span<const Row> interrupt_rows() { return kRows; }

}  // namespace baton::kernel_bench
