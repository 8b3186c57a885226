// The least that schedules preemptive threads on several cores: to try the machine with, where the
// kernel's own scheduler would hide what the machine does.  Round robin on each core by its timer;
// every few turns a thread goes to the next core, as a message and an interrupt.
//
// `kPlanted` builds the mistake in that several kernels have made: the thread is sent off before
// its context is saved.
#ifndef BATON_TESTS_HOST_MACHINE_DEMO_SCHEDULER_H_
#define BATON_TESTS_HOST_MACHINE_DEMO_SCHEDULER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "arch/context.h"
#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/host/machine.h"
#include "arch/irq.h"
#include "arch/timer.h"
#include "sync/irqs_off.h"
#include "tests/host_machine/upcalls.h"

namespace baton::host_test {

enum class Planted : std::uint8_t { kNothing, kSentBeforeSaved };

template <Planted kPlanted = Planted::kNothing>
class DemoScheduler {
 public:
  static constexpr unsigned kThreads = 10;
  static constexpr unsigned kWork = 300;  // rounds of each thread
  static constexpr std::uint64_t kSliceNs = 3000;

  explicit DemoScheduler(unsigned cores) : cores_(cores) {
    for (unsigned i = 0; i < kThreads; ++i) {
      Thread& thread = threads_[i];
      thread.scheduler = this;
      thread.number = i;
      thread.stack = std::make_unique<std::byte[]>(arch::kMinStackBytes);
      thread.context.prepare({thread.stack.get(), arch::kMinStackBytes},
                             &DemoScheduler::thread_main, &thread);
    }
  }
  ~DemoScheduler() {
    for (Thread& thread : threads_) {
      thread.context.release();
    }
  }
  DemoScheduler(const DemoScheduler&) = delete;
  DemoScheduler& operator=(const DemoScheduler&) = delete;

  Upcalls upcalls() {
    return {.interrupt = [this](unsigned line) { return on_interrupt(line); },
            .preemption = [this] { on_preemption(); }};
  }

  /// What every core runs; its flow becomes the core's idle thread.
  void core_main() {
    const unsigned self = arch::core_index();
    come_up();
    {
      const sync::IrqsOff irqs_off;
      for (unsigned i = self; i < kThreads; i += cores_) {
        push(each_[self], threads_[i]);
      }
    }
    // Relaxed: says only that there is no more to do.
    while (ended_.load(std::memory_order_relaxed) < kThreads) {
      const sync::IrqsOff irqs_off;
      take_arrivals(each_[self]);
      if (each_[self].count != 0) {
        arch::CoreTimer::arm(arch::Counter::ticks() + kSliceNs);
        run_next(nullptr);
      } else {
        // Nobody tells a core that all is done: it looks now and then.
        arch::CoreTimer::arm(arch::Counter::ticks() + 20 * kSliceNs);
        arch::wait_for_interrupt();
      }
    }
    const sync::IrqsOff irqs_off;
    arch::CoreTimer::stop();
  }

  unsigned ended() const { return ended_.load(std::memory_order_relaxed); }  // Relaxed: over.
  std::uint64_t errors() const { return errors_.load(std::memory_order_relaxed); }  // Likewise.
  std::uint64_t moves() const { return moves_.load(std::memory_order_relaxed); }    // Likewise.

 private:
  struct Thread {
    arch::Context context;
    std::unique_ptr<std::byte[]> stack;
    DemoScheduler* scheduler = nullptr;
    Thread* next = nullptr;
    unsigned number = 0;
    unsigned turns = 0;
  };

  // One core's; that core's alone, interrupts masked, but for the arrivals.
  struct Core {
    arch::Context idle;
    Thread* current = nullptr;  // null: the idle thread
    std::array<Thread*, kThreads> queue{};
    unsigned first = 0;
    unsigned count = 0;
    // Left by the switch, and what becomes of it: to be settled by whoever runs next.
    Thread* left = nullptr;
    bool left_goes_away = false;
    std::atomic<Thread*> arrivals{nullptr};
  };

  Core& here() { return each_[arch::core_index()]; }

  static void push(Core& core, Thread& thread) {
    core.queue[(core.first + core.count++) % kThreads] = &thread;
  }

  void send(Thread& thread) {
    const unsigned to = (arch::core_index() + 1) % cores_;
    std::atomic<Thread*>& arrivals = each_[to].arrivals;
    Thread* top = arrivals.load(std::memory_order_relaxed);  // Relaxed: linked, not followed.
    do {
      thread.next = top;
      // Release pairs with the acquire in take_arrivals(): the thread and its context.
      // Relaxed on failure: linked again.
    } while (!arrivals.compare_exchange_weak(top, &thread, std::memory_order_release,
                                             std::memory_order_relaxed));
    moves_.fetch_add(1, std::memory_order_relaxed);  // Relaxed: for the test.
    arch::host::lines().send_ipi(1U << to, 0);
  }

  static void take_arrivals(Core& core) {
    // Acquire pairs with the release in send().
    Thread* thread = core.arrivals.exchange(nullptr, std::memory_order_acquire);
    while (thread != nullptr) {
      push(core, *std::exchange(thread, thread->next));
    }
  }

  // Interrupts masked.  `goes_away`: the thread that leaves is the next core's.
  void run_next(Thread* leaves, bool goes_away = false) {
    Core& core = here();
    arch::Context& from = leaves != nullptr ? leaves->context : core.idle;
    Thread* const next = core.count != 0 ? core.queue[core.first] : nullptr;
    if (next != nullptr) {
      core.first = (core.first + 1) % kThreads;
      --core.count;
    }
    core.current = next;
    core.left = leaves;
    core.left_goes_away = goes_away;
    if (kPlanted == Planted::kSentBeforeSaved && leaves != nullptr && goes_away) {
      core.left = nullptr;
      send(*leaves);
    }
    arch::set_thread_pointer(next);
    arch::Context::switch_to(from, next != nullptr ? next->context : core.idle);
    settle();
  }

  // First thing after a switch.
  void settle() {
    Core& core = here();
    if (Thread* const left = std::exchange(core.left, nullptr); left != nullptr) {
      if (core.left_goes_away) {
        send(*left);
      } else {
        push(core, *left);
      }
    }
  }

  bool on_interrupt(unsigned line) {
    Core& core = here();
    if (line == arch::host::kTimerLine) {
      if (core.current != nullptr) {
        arch::CoreTimer::arm(arch::Counter::ticks() + kSliceNs);
      } else {
        arch::CoreTimer::stop();
      }
    }
    take_arrivals(core);
    return core.current != nullptr && line == arch::host::kTimerLine;
  }

  void on_preemption() {
    Core& core = here();
    Thread& me = *core.current;
    ++me.turns;
    run_next(&me, cores_ > 1 && me.turns % 3 == 0);
    check(arch::thread_pointer() == &me);
    check(here().current == &me);
  }

  void check(bool holds) {
    if (!holds) {
      errors_.fetch_add(1, std::memory_order_relaxed);  // Relaxed: read when the run is over.
    }
  }

  [[noreturn]] static void thread_main(void* argument) {
    auto& me = *static_cast<Thread*>(argument);
    DemoScheduler& all = *me.scheduler;
    all.settle();
    arch::LocalIrq::enable();
    std::array<volatile std::uint64_t, 16> canaries{};
    for (std::uint64_t round = 0; round < kWork; ++round) {
      for (std::size_t i = 0; i < canaries.size(); ++i) {
        canaries[i] = me.number * 1'000'000 + round * 100 + i;
      }
      // Here threads are preempted, and may move.
      arch::preemption_point();
      static_cast<void>(arch::Counter::ticks());
      all.check(arch::thread_pointer() == &me);
      for (std::size_t i = 0; i < canaries.size(); ++i) {
        all.check(canaries[i] == me.number * 1'000'000 + round * 100 + i);
      }
    }
    static_cast<void>(arch::LocalIrq::save_and_disable());
    all.ended_.fetch_add(1, std::memory_order_relaxed);  // Relaxed: see core_main().
    all.here().current = nullptr;
    // To the idle thread, for good.
    arch::set_thread_pointer(nullptr);
    arch::Context::switch_to(me.context, all.here().idle);
    arch::host::fail("a thread that has ended goes on");
  }

  const unsigned cores_;
  std::array<Thread, kThreads> threads_;
  std::array<Core, arch::kMaxCores> each_;
  std::atomic<unsigned> ended_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::atomic<std::uint64_t> moves_{0};
};

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_DEMO_SCHEDULER_H_
