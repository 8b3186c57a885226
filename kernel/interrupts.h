// From the controller to the handler: who handles which line, and how often it came.
#ifndef BATON_KERNEL_INTERRUPTS_H_
#define BATON_KERNEL_INTERRUPTS_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/cpu.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/core.h"

namespace baton::kernel {

/// What cores send each other.
enum class Ipi : std::uint8_t {
  kWake,  ///< look at your scheduler's mailbox
  kStop,  ///< a panic: record where you are and stop for good
};

/// Runs on the handler stack of the core that got the interrupt, its interrupts masked; quietens
/// the device before it returns.
using InterruptHandler = void (*)(void* argument);

struct InterruptEntry {
  iface::IrqNumber irq{};
  std::string_view name;
  InterruptHandler handler = nullptr;
  void* argument = nullptr;
  std::array<Count, arch::kMaxCores> count;
};

/// Handlers there is room for; a board has a handful.
inline constexpr std::size_t kMaxHandlers = 16;

/// Gives `irq` a handler.  Boot core, before other cores start; the line is not unmasked yet.
/// kFull: kMaxHandlers are taken; kInvalidArgument: the line has one.
Result<void> set_interrupt_handler(iface::IrqNumber irq, std::string_view name,
                                   InterruptHandler handler, void* argument);

/// The handlers in use, for `irqs`.
std::span<const InterruptEntry> interrupt_entries();

/// Interrupts that no handler wanted; each line is masked the first time it comes.
std::uint64_t unexpected_interrupts();

/// Sends `ipi` to every core of `core_mask`.  What was written before is seen by the receiver.
/// Any context.
void send_ipi(std::uint32_t core_mask, Ipi ipi);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_INTERRUPTS_H_
