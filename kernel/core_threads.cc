#include "kernel/core_threads.h"

#include <array>
#include <cstddef>

#include "arch/cpu.h"
#include "base/assert.h"
#include "kernel/core_names.h"
#include "kernel/cross_call.h"
#include "kernel/rcu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/one_core.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sizes.h"
#include "kernel/watchdog.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

// Callbacks come before ordinary threads, and are short.
constexpr Priority kCallbacks(24);

constexpr CoreNames kCallbackNames("rcu/");
constexpr CoreNames kCallNames("call/");

constinit std::array<StaticThread<sizes::kCallbackStack>, arch::kMaxCores> callback_threads{};
constinit std::array<StaticThread<sizes::kCallStack>, arch::kMaxCores> call_threads{};

}  // namespace

void start_core_threads(unsigned core) {
  const CoreMask here = CoreMask{1} << core;
  const Result<void> callbacks = callback_threads[core].start(
      {.name = kCallbackNames[core], .priority = kCallbacks, .affinity = here, .cores_own = true},
      [](void*) { rcu::run_callbacks(); }, nullptr);
  BATON_CHECK(callbacks.has_value());
  // On the only core whoever calls first starts it.
  if constexpr (!kOneCore) start_call_thread(core);
}

void start_call_thread(unsigned core) {
  const CoreMask here = CoreMask{1} << core;
  const Result<void> calls = call_threads[core].start(
      {.name = kCallNames[core], .affinity = here, .cores_own = true}, [](void*) { run_calls(); },
      nullptr);
  BATON_CHECK(calls.has_value());
}

void idle() {
  for (;;) {
    // What has ended the sleep is handled, however soon interrupts are masked again.
    arch::relax();
    const sync::IrqsOff irqs_off;
    // Returns when there is nothing to run.
    CoreScheduler::reschedule(irqs_off);
    // Masked: what comes between the look and the sleep ends the sleep by its interrupt.
    if constexpr (kOneCore) {
      const watchdog::OneCoreHooks* const watch = watchdog::internal::one_core_hooks;
      if (watch != nullptr) watch->on_sleep(irqs_off);
      rcu::sleep(irqs_off);
      if (watch != nullptr) watch->on_wake(irqs_off);
    } else {
      watchdog::on_sleep(irqs_off);
      rcu::sleep(irqs_off);
      watchdog::on_wake(irqs_off);
    }
  }
}

}  // namespace baton::kernel
