#include "kernel/core_start.h"

#include <atomic>
#include <cstdint>
#include <optional>

#include "arch/cores.h"
#include "arch/irq.h"
#include "arch/upcalls.h"
#include "kernel/blocking/mutex.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/core_threads.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/panic.h"
#include "kernel/rcu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/one_core.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "kernel/watchdog.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit BootOptions boot_options;
// arch::start_core() is one thread's at a time.
constinit Mutex starting;

// Steps of a core's start-up before which it may be delayed.
enum Step : unsigned { kBeforeRelease, kOnEntry, kBeforeOnline };

void delay(unsigned core, Step step) {
  busy_wait(Duration::microseconds(jitter_us(boot_options.jitter_seed, core, step)));
}

bool is_left_off(unsigned core) { return (boot_options.late >> core & 1U) != 0; }

// From one state to another, unless it is another one by now.
bool change_state(unsigned core, CoreState from, CoreState to) {
  // Release pairs with the acquire loads in online_mask(): what the core says of itself.  Relaxed
  // on failure: only the state is looked at.
  return cores[core].state.compare_exchange_strong(from, to, std::memory_order_release,
                                                   std::memory_order_relaxed);
}

// This core's interrupts and timer, and the proof that they work: an IPI to itself and a timer
// that fires.  A core that cannot hear would hang the first who counts on it.
Result<void> bring_up_core() {
  iface::InterruptController& controller = *machine().interrupts;
  const unsigned self = arch::core_index();
  Core& core = cores[self];
  core.affinity = arch::affinity();
  core.model = arch::core_model();
  core.entry_level = arch::entry_level();
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::adopt(irqs_off);
  }
  rcu::start_core();
  if (Result<void> done = controller.init_core(); !done) {
    return done;
  }
  const std::optional<iface::IrqNumber> timer = machine().timer_irq;
  if (!timer) return fail(Error::kNotFound);
  if (Result<void> done = controller.enable(*timer, self); !done) {
    return done;
  }
  const std::uint64_t ipis_before = core.ipis.value();
  arch::LocalIrq::enable();
  send_ipi(1U << self, Ipi::kWake);
  sync::Atomic<bool> rung{false};
  Timer alarm(
      [](void* flag) {
        // Relaxed: read by this core's own thread.
        static_cast<sync::Atomic<bool>*>(flag)->store(true, std::memory_order_relaxed);
      },
      &rung);
  {
    const sync::IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(alarm, now() + Duration::microseconds(100), irqs_off);
  }
  const Instant until = now() + Duration::seconds(1);
  // Relaxed: written by this core's own handler.
  while (core.ipis.value() == ipis_before || !rung.load(std::memory_order_relaxed)) {
    if (now() >= until) {
      const sync::IrqsOff irqs_off;
      static_cast<void>(this_core_timers(irqs_off).cancel(alarm, irqs_off));
      return fail(Error::kTimedOut);
    }
    arch::relax();
  }
  core.online_since_ns = now().since_start_ns();
  return {};
}

// From here on others may count on this core.
void come_online() {
  const unsigned self = arch::core_index();
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::activate(irqs_off);
  }
  start_core_threads(self);
  if (!change_state(self, CoreState::kStarting, CoreState::kOnline)) {
    // Nobody waits for it any more; unless all stop, it is no worse for that.
    if (!change_state(self, CoreState::kFailed, CoreState::kOnline)) return;
    console::print("core {}: came after all", self);
  }
  // Such a machine may have no watchdog, and it begins when all is there.
  if constexpr (!kOneCore) {
    const sync::IrqsOff irqs_off;
    watchdog::on_online(irqs_off);
  }
}

Result<void> release(unsigned core) {
  const CoreDescription& described = machine().cores[core];
  Result<void> done = arch::start_core(core, described.affinity, described.start);
  if (!done) change_state(core, CoreState::kStarting, CoreState::kFailed);
  return done;
}

// True: it is online, or will never be.
bool has_come(unsigned core) {
  // Relaxed: only whether it still starts; online_mask() acquires.
  return cores[core].state.load(std::memory_order_relaxed) != CoreState::kStarting;
}

// Not any more; false: it has come this very moment.
bool give_up(unsigned core) { return change_state(core, CoreState::kStarting, CoreState::kFailed); }

}  // namespace

void prepare_cores(const BootOptions& options) {
  boot_options = options;
  for (unsigned i = 0; i < machine().cores.size(); ++i) {
    // Relaxed: no other core runs yet.
    cores[i].state.store(is_left_off(i) ? CoreState::kOff : CoreState::kStarting,
                         std::memory_order_relaxed);
  }
}

Result<void> start_boot_core() {
  if constexpr (!kOneCore) delay(0, kOnEntry);
  if (Result<void> done = bring_up_core(); !done) return done;
  come_online();
  return {};
}

void start_other_cores() {
  const auto count = static_cast<unsigned>(machine().cores.size());
  for (unsigned i = 1; i < count; ++i) {
    if (is_left_off(i)) continue;
    delay(i, kBeforeRelease);
    if (const Result<void> done = release(i); !done) {
      console::print("core {}: could not be started: {}", i, done.error());
    }
  }
  delay(0, kBeforeOnline);
  const Instant until = now() + core_patience();
  for (unsigned i = 1; i < count; ++i) {
    while (!has_come(i)) {
      if (now() < until) {
        arch::relax();
      } else if (give_up(i)) {
        console::print("core {}: did not come up within {}; going on without it", i,
                       core_patience());
      }
    }
  }
}

Result<void> start_core(unsigned core) {
  if (core >= machine().cores.size()) return fail(Error::kNotFound);
  {
    const MutexGuard one_at_a_time(starting);
    if (!change_state(core, CoreState::kOff, CoreState::kStarting)) return fail(Error::kBusy);
    if (Result<void> done = release(core); !done) return done;
  }
  const Instant until = now() + core_patience();
  while (!has_come(core)) {
    if (now() >= until) {
      if (give_up(core)) return fail(Error::kTimedOut);
    } else if (const Result<void> slept = this_thread::sleep_for(Duration::microseconds(100));
               !slept) {
      return slept;
    }
  }
  // It may have come in vain.
  if ((online_mask() >> core & 1U) == 0) return fail(Error::kIo);
  return {};
}

Duration core_patience() { return boot_options.patience; }

}  // namespace baton::kernel

namespace baton::arch {

void secondary_main() {
  using namespace kernel;  // NOLINT(google-build-using-namespace)
  const unsigned self = core_index();
  delay(self, kOnEntry);
  delay(self, kBeforeOnline);
  if (const Result<void> done = bring_up_core(); !done) {
    change_state(self, CoreState::kStarting, CoreState::kFailed);
    console::print("core {}: could not be set up: {}", self, done.error());
    const sync::IrqsOff irqs_off;
    rcu::stop_core(irqs_off);
    park();
  }
  come_online();
  idle();
}

}  // namespace baton::arch
