#include "kernel/start.h"

#include <atomic>
#include <bit>
#include <cstdint>

#include "arch/counter.h"
#include "kernel/boot_arguments.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/core_start.h"
#include "kernel/core_threads.h"
#include "kernel/interrupts.h"
#include "kernel/panic.h"
#include "kernel/program.h"
#include "kernel/rcu.h"
#include "kernel/sched/one_core.h"
#include "kernel/timers.h"
#include "kernel/trace/trace.h"
#include "kernel/version.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel {
namespace {

constinit sync::Atomic<const Machine*> the_machine{nullptr};

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
  }
  if (!m.serial_irq || m.serial_loses_interrupts) start_console_poll();
  if (m.serial_tx_irq) check("console interrupt", m.interrupts->enable(*m.serial_tx_irq, 0));
  console::enable_interrupts();
}

void set_up_interrupts() {
  const Machine& m = machine();
  check("interrupt controller", m.interrupts->init());
  // check_machine() has seen that there is one.
  const iface::IrqNumber timer = m.timer_irq.value_or(iface::IrqNumber{});
  check("timer handler", set_interrupt_handler(
                             timer, "timer",
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
  check("core 0", start_boot_core());
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
  BootOptions options;
  if constexpr (!kOneCore) {
    LineWriter complaints;
    options = parse_boot_arguments(m.boot_arguments, complaints);
    complaints.flush();
  }
  print_banner();
  prepare_cores(options);
  trace::record_contention();
  rcu::init();
  set_up_interrupts();
  if constexpr (!kOneCore) start_other_cores();
  console::print("{} of {} cores online", std::popcount(online_mask()), m.cores.size());
  start_program(m);
  idle();
}

}  // namespace baton::kernel
