#include "kernel/start.h"

#include <atomic>
#include <bit>
#include <cstdint>

#include "arch/cores.h"
#include "arch/counter.h"
#include "arch/irq.h"
#include "arch/upcalls.h"
#include "kernel/boot_arguments.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/core_threads.h"
#include "kernel/cross_call.h"
#include "kernel/interrupts.h"
#include "kernel/panic.h"
#include "kernel/rcu.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/shell_thread.h"
#include "kernel/system_heap.h"
#include "kernel/timers.h"
#include "kernel/trace/trace.h"
#include "kernel/version.h"
#include "kernel/watchdog.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit std::atomic<const Machine*> the_machine{nullptr};
constinit BootOptions boot_options;

// A console that cannot interrupt is looked at, by the boot core's timer.
constexpr Duration kConsolePoll = Duration::milliseconds(10);
void poll_console(void* argument);
constinit Timer console_poll{&poll_console, nullptr};

void start_console_poll() {
  const sync::IrqsOff irqs_off;
  this_core_timers(irqs_off).arm(console_poll, now() + kConsolePoll, irqs_off);
}

void poll_console(void* /*argument*/) {
  console::on_interrupt();
  start_console_poll();
}

// Steps of a core's start-up before which it may be delayed.
enum Step : unsigned { kBeforeRelease, kOnEntry, kBeforeOnline };

void delay(unsigned core, Step step) {
  busy_wait(Duration::microseconds(jitter_us(boot_options.jitter_seed, core, step)));
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
  if (Result<void> done = controller.enable(*machine().timer_irq, self); !done) {
    return done;
  }
  const std::uint64_t ipis_before = core.ipis.value();
  arch::LocalIrq::enable();
  send_ipi(1U << self, Ipi::kWake);
  std::atomic<bool> rung{false};
  Timer alarm(
      [](void* flag) {
        // Relaxed: read by this core's own thread.
        static_cast<std::atomic<bool>*>(flag)->store(true, std::memory_order_relaxed);
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
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::activate(irqs_off);
  }
  // Release pairs with the acquire load in online_mask(): the fields above.
  core.state.store(CoreState::kOnline, std::memory_order_release);
  return {};
}

void start_secondaries() {
  const Machine& m = machine();
  for (unsigned i = 1; i < m.cores.size(); ++i) {
    delay(i, kBeforeRelease);
    // Relaxed, as below: the core itself takes over from here when it comes.
    cores[i].state.store(CoreState::kStarting, std::memory_order_relaxed);
    if (Result<void> done = arch::start_core(i, m.cores[i].affinity, m.cores[i].start); !done) {
      cores[i].state.store(CoreState::kFailed, std::memory_order_relaxed);
      console::print("core {}: could not be started: {}", i, done.error());
    }
  }
}

// A core that never comes is told and left out; the others go on.
void wait_for_secondaries() {
  constexpr Duration kPatience = Duration::seconds(10);
  const Instant until = now() + kPatience;
  for (unsigned i = 1; i < machine().cores.size(); ++i) {
    // Relaxed: only whether it still starts; online_mask() acquires.
    while (cores[i].state.load(std::memory_order_relaxed) == CoreState::kStarting) {
      if (now() >= until) {
        CoreState starting = CoreState::kStarting;
        // Relaxed: if the core comes this very moment, it wins.
        if (cores[i].state.compare_exchange_strong(starting, CoreState::kFailed,
                                                   std::memory_order_relaxed,
                                                   std::memory_order_relaxed)) {
          console::print("core {}: did not come up within {}; going on without it", i, kPatience);
        }
        break;
      }
      arch::relax();
    }
  }
}

void print_banner() {
  const Machine& m = machine();
  console::print("\nBaton {} on {}", kVersion, m.name);
  std::uint64_t bytes = 0;
  for (const MemoryRange& range : m.ram) {
    bytes += range.bytes;
  }
  const bool is_little = bytes >> 20U == 0;
  console::print("{} {} of RAM, {} cores, {}, console {} (from {})",
                 bytes >> (is_little ? 10U : 20U), is_little ? "KiB" : "MiB", m.cores.size(),
                 m.interrupts->name(), m.serial->name(), m.described_by);
}

void check(std::string_view what, const Result<void>& done) {
  if (!done) panic("{}: {}", what, done.error());
}

// What a board may forget, while there is somebody to tell it: without a console a panic's words
// are in RAM, where a debugger finds them.
void check_machine(const Machine& m) {
  const auto need = [](bool there, std::string_view what) {
    if (!there) panic("the board's Machine has no {}", what);
  };
  need(m.serial != nullptr, "serial port: nobody could read this");
  need(m.interrupts != nullptr, "interrupt controller");
  need(m.timer_irq.has_value(), "timer interrupt");
  need(m.power != nullptr, "power control");
  need(!m.cores.empty(), "cores");
  need(arch::Counter::frequency_hz() != 0, "clock: its frequency is 0");
}

void set_up_console_interrupts() {
  const Machine& m = machine();
  if (m.serial_irq) {
    check("console interrupt", m.interrupts->enable(*m.serial_irq, 0));
  } else {
    start_console_poll();
  }
  if (m.serial_tx_irq) check("console interrupt", m.interrupts->enable(*m.serial_tx_irq, 0));
  console::enable_interrupts();
}

void set_up_interrupts() {
  const Machine& m = machine();
  check("interrupt controller", m.interrupts->init());
  check("timer handler", set_interrupt_handler(
                             *m.timer_irq, "timer",
                             [](void*) {
                               const sync::IrqsOff irqs_off;
                               this_core_timers(irqs_off).on_interrupt();
                             },
                             nullptr));
  const auto handle_console = [](void*) { console::on_interrupt(); };
  if (m.serial_irq) {
    check("console handler",
          set_interrupt_handler(*m.serial_irq, m.serial->name(), handle_console, nullptr));
  }
  if (m.serial_tx_irq) {
    check("console handler",
          set_interrupt_handler(*m.serial_tx_irq, m.serial->name(), handle_console, nullptr));
  }
  check("core 0", bring_up_core());
  set_up_console_interrupts();
}

}  // namespace

const Machine* machine_if_any() {
  // Acquire pairs with the release store in start(): what the board wrote.
  return the_machine.load(std::memory_order_acquire);
}

const Machine& machine() { return *machine_if_any(); }

void start(const Machine& m) {
  // Release pairs with the acquire load in machine_if_any().
  the_machine.store(&m, std::memory_order_release);
  check_machine(m);
  LineWriter complaints;
  boot_options = parse_boot_arguments(m.boot_arguments, complaints);
  complaints.flush();
  print_banner();
  open_system_heap();
  // Relaxed: no other core runs yet.
  cores[0].state.store(CoreState::kStarting, std::memory_order_relaxed);
  for (unsigned i = 1; i < m.cores.size(); ++i) {
    cores[i].state.store(CoreState::kStarting, std::memory_order_relaxed);
  }
  trace::record_contention();
  register_mailboxes();
  rcu::init();
  delay(0, kOnEntry);
  set_up_interrupts();
  start_secondaries();
  delay(0, kBeforeOnline);
  wait_for_secondaries();
  unsigned online = 0;
  for (std::uint32_t mask = online_mask(); mask != 0; mask &= mask - 1) {
    ++online;
  }
  console::print("{} of {} cores online", online, m.cores.size());
  for (std::uint32_t mask = online_mask(); mask != 0; mask &= mask - 1) {
    start_core_threads(static_cast<unsigned>(std::countr_zero(mask)));
  }
  watchdog::start();
  start_shell(m.commands);
  idle();
}

}  // namespace baton::kernel

namespace baton::arch {

void secondary_main() {
  using namespace kernel;  // NOLINT(google-build-using-namespace)
  const unsigned self = core_index();
  delay(self, kOnEntry);
  delay(self, kBeforeOnline);
  if (const Result<void> done = bring_up_core(); !done) {
    // Relaxed: this core does nothing more.
    cores[self].state.store(CoreState::kFailed, std::memory_order_relaxed);
    console::print("core {}: could not be set up: {}", self, done.error());
    const sync::IrqsOff irqs_off;
    rcu::stop_core(irqs_off);
    park();
  }
  idle();
}

}  // namespace baton::arch
