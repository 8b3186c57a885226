// From the controller to the handler: who handles which line, and how often it came.
//
// Where the controller knows priorities (GICv2, GICv3), handlers run with interrupts unmasked, and
// what is more urgent interrupts them:
//
//   kHighest           a core that panics stops the others
//   kHigh              handlers that cannot wait for those of other devices
//   kNormal            the timer, the console, wake-ups from core to core
//   kLow               handlers that take long
//
// A handler is never interrupted by its equals, so no more than one of each is on the stack at a
// time.  The thread below is preempted, if it is to be, when the outermost ends.  Whatever the
// kernel shares with handlers it touches with interrupts masked (sync::IrqsOff), which keeps all
// priorities away: so a handler may make the same calls whatever its priority, and who wants a
// stretch of a handler undisturbed masks them too.  Elsewhere (the BCM2836's controller) handlers
// run masked, one after the other.
#ifndef BATON_KERNEL_INTERRUPTS_H_
#define BATON_KERNEL_INTERRUPTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/cpu.h"
#include "arch/memory.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/core.h"

namespace baton::kernel {

/// What cores send each other; counted by both (Core::ipis_sent, Core::ipis_of).
enum class Ipi : std::uint8_t {
  kWake,   ///< look at your scheduler's mailbox
  kWatch,  ///< the watchdog's: watch others, or say what you are doing
  // The urgent ones come inside any handler, where the controller has priorities.
  kShow = iface::InterruptController::kFirstUrgentIpi,  ///< the watchdog's: say where you are
  kStop,  ///< a panic: record where you are and stop for good
};

/// Runs on the handler stack of the core that got the interrupt; quietens the device before it
/// returns.
using InterruptFunction = void (*)(void* argument);

struct InterruptEntry {
  iface::IrqNumber irq{};
  std::string_view name;
  InterruptFunction handler = nullptr;
  void* argument = nullptr;
  iface::IrqPriority priority = iface::IrqPriority::kNormal;
};

/// Handlers there is room for; a board has a handful, and a DMA engine a dozen.
inline constexpr std::size_t kMaxHandlers = arch::kSmallMemory ? 16 : 32;

/// Gives `irq`, which is masked still, a handler.  Threads, one at a time.  kFull: kMaxHandlers are
/// taken; kInvalidArgument: the line has one.
Result<void> set_interrupt_handler(iface::IrqNumber irq, std::string_view name,
                                   InterruptFunction handler, void* argument,
                                   iface::IrqPriority priority = iface::IrqPriority::kNormal);

/// Unmasks `irq` with its handler's priority, and routes it to `core`.  kNotFound: it has no
/// handler; else errors as InterruptController's set_priority() and enable().
Result<void> enable_interrupt(iface::IrqNumber irq, unsigned core);

/// The handlers in use, for `irqs`.
std::span<const InterruptEntry> interrupt_entries();
/// How often the handler of interrupt_entries()[index] has run on a core.
std::uint64_t interrupt_count(std::size_t index, unsigned core);

/// Whether handlers are interrupted by more urgent ones.
bool handlers_nest();

/// How often a handler was interrupted on `core`.
std::uint64_t nested_interrupts(unsigned core);

/// Interrupts that no handler wanted; each line is masked the first time it comes.
std::uint64_t unexpected_interrupts();

/// Sends `ipi` to every core of `core_mask`.  What was written before is seen by the receiver.
/// Any context.
void send_ipi(std::uint32_t core_mask, Ipi ipi);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_INTERRUPTS_H_
