// The interrupt controllers of BCM2836 and BCM2837 (Raspberry Pi 2 and 3): a small block per core,
// and behind it the BCM2835's controller for everything outside the cores.
//
//   IRQ 0-31     the core's own sources, by bit of its source register: 0-3 the generic timer's
//                (secure, non-secure, hypervisor, virtual), 9 the performance monitor.  4, mailbox
//                0, carries IPIs and is the driver's; 8 stands for the controller behind; the
//                others are not offered
//   IRQ 32-95    interrupts 0-63 of the controller behind
//   IRQ 96-103   its eight basic ones (timer, mailbox, doorbells, ...)
//
// All that is behind goes to one core, named at construction: enable() refuses another one.
//
// What several cores may do at once, and why nothing is lost: the controller behind and the
// mailboxes have registers to set and others to clear; a core's timer enables are one word, changed
// by that core from a thread and a handler: a SharedMask per core.
//
// The hardware has no "taken" state: claim() clears an IPI's mailbox bit, and any other source
// stays until its device falls silent.  Where several wait, the lowest number comes first.
#ifndef BATON_DRIVERS_INTC_BCM2836_BCM2836_H_
#define BATON_DRIVERS_INTC_BCM2836_BCM2836_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/common/shared_mask.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/bcm2836/bcm2836_regs.h"

namespace baton::drivers {

/// Both controllers.  Contexts and errors as drivers/iface/interrupt_controller.h says; core
/// indices are the hardware's core numbers, 0 to 3.
class Bcm2836Interrupts final : public iface::InterruptController {
 public:
  static constexpr std::uint32_t kGpuBase = 32;    ///< IrqNumber of the controller behind's 0
  static constexpr std::uint32_t kBasicBase = 96;  ///< IrqNumber of its basic 0
  static constexpr std::uint32_t kIrqCount = 104;

  /// `local`: the per-core block.  `behind`: the BCM2835 controller, from its basic pending
  /// register on.  `gpu_core`: who gets what is behind; below 4.
  constexpr Bcm2836Interrupts(arch::Mmio local, arch::Mmio behind, unsigned gpu_core = 0) noexcept
      : local_(local), behind_(behind), gpu_core_(gpu_core) {}

  [[nodiscard]] std::string_view name() const noexcept override { return kName; }
  [[nodiscard]] std::uint32_t irq_count() const noexcept override { return kIrqCount; }
  /// kInvalidArgument: `gpu_core` is no core.
  Result<void> init() noexcept override;
  Result<void> init_core() noexcept override;
  Result<void> enable(iface::IrqNumber irq, unsigned core) noexcept override;
  Result<void> disable(iface::IrqNumber irq) noexcept override;
  void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept override;
  [[nodiscard]] iface::Claim claim() noexcept override;
  void complete(const iface::Claim& claim) noexcept override;

 private:
  static constexpr std::string_view kName{"BCM2836"};

  Result<void> check_own_line(std::uint32_t id) const noexcept;
  std::optional<std::uint32_t> pending_behind() const noexcept;

  arch::Mmio local_;
  arch::Mmio behind_;
  unsigned gpu_core_;
  std::array<SharedMask<bcm2836::TimerControlReg>, bcm2836::kCores> timer_masks_{};
  // Bit n: core n has run init_core().
  std::atomic<std::uint32_t> ready_{0};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_BCM2836_BCM2836_H_
