#include "boards/raspi/system_timer.h"

#include <array>
#include <atomic>
#include <cstdint>

#include "boards/common/lazy.h"
#include "drivers/timer/bcm2835_system_timer/bcm2835_system_timer.h"
#include "kernel/clock.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/sched/this_thread.h"

namespace baton::board {
namespace {

using drivers::Bcm2835SystemTimer;
using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

constinit Lazy<Bcm2835SystemTimer> storage;
constinit Bcm2835SystemTimer* timer = nullptr;
constinit iface::IrqNumber timer_irq{};
constinit std::atomic<unsigned> alarms{0};

void on_alarm(void* /*unused*/) {
  timer->acknowledge(Bcm2835SystemTimer::Alarm::k1);
  // Relaxed: a count, read by the command that waits for it to change.
  alarms.fetch_add(1, std::memory_order_relaxed);
}

Status systimer(Context& context, Words /*args*/) {
  constexpr Duration kAlarm = Duration::milliseconds(2);
  constexpr Duration kMeasure = Duration::milliseconds(20);
  const std::uint64_t ticks_before = timer->ticks();
  const Instant before = kernel::now();
  // Relaxed: see on_alarm().
  const unsigned alarms_before = alarms.load(std::memory_order_relaxed);
  if (const Result<void> line = kernel::machine().interrupts->enable(timer_irq, 0); !line) {
    return context.fail("interrupt line: {}", line.error());
  }
  if (const Result<void> armed = timer->arm(Bcm2835SystemTimer::Alarm::k1, kAlarm); !armed) {
    return context.fail("alarm: {}", armed.error());
  }
  static_cast<void>(kernel::this_thread::sleep_until(before + kMeasure));
  const bool due = timer->due(Bcm2835SystemTimer::Alarm::k1);
  const Duration elapsed = kernel::now() - before;
  const std::uint64_t ticks = timer->ticks() - ticks_before;
  timer->disarm(Bcm2835SystemTimer::Alarm::k1);
  timer->acknowledge(Bcm2835SystemTimer::Alarm::k1);
  static_cast<void>(kernel::machine().interrupts->disable(timer_irq));
  // Relaxed: see on_alarm().
  const bool interrupted = alarms.load(std::memory_order_relaxed) != alarms_before;
  context.print(
      "system timer: {} us since the firmware started; {} us pass in {} of the generic "
      "timer\n",
      timer->ticks(), ticks, elapsed);
  context.print("alarm after {}: {}\n", kAlarm,
                interrupted ? "interrupted"
                : due ? "due, but its interrupt did not come (QEMU's raspi4b has no such line)"
                      : "not due");
  return interrupted || due ? Status::kOk : Status::kFailed;
}

constexpr std::array<kernel::shell::Command, 1> kCommands = {{
    {.name = "systimer",
     .arguments = "",
     .help = "Broadcom's 1 MHz timer: compare it, and let its alarm ring",
     .run = systimer},
}};
static_assert(kernel::shell::well_formed(kCommands));

}  // namespace

std::span<const kernel::shell::Command> system_timer_commands(arch::Mmio io, iface::IrqNumber irq) {
  timer = &storage.emplace(io);
  timer_irq = irq;
  if (!kernel::set_interrupt_handler(irq, "alarm", on_alarm, nullptr)) {
    return {};
  }
  return kCommands;
}

}  // namespace baton::board
