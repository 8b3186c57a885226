// Arm's Generic Interrupt Controller, version 2 (GIC-400 and alike), from the non-secure side.
//
//   INTID 0-7    IPIs, sent by send_ipi()
//   16-31        lines that each core has for itself: timers and the like
//   32-1019      lines of devices, routed to one core
//
// What several cores may do at once, and why nothing is lost: enabling, disabling and sending are
// writes of ones to registers that ignore zeros; a line's route and priority are a byte of their
// own, written alone; a core's own lines and the CPU interface are banked, one copy per core.
//
// A core's index and the number of its CPU interface need not agree: each core learns its interface
// in init_core() and notes it here for those that send to it.
#ifndef BATON_DRIVERS_INTC_GIC_V2_GIC_V2_H_
#define BATON_DRIVERS_INTC_GIC_V2_GIC_V2_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"

namespace baton::drivers {

/// A GICv2.  Contexts and errors as drivers/iface/interrupt_controller.h says.
class GicV2 final : public iface::InterruptController {
 public:
  /// What makes a line pending: being high, or becoming high.
  enum class Trigger : std::uint8_t { kLevel, kEdge };

  /// The windows of the distributor (GICD, 4 KiB) and of the CPU interface (GICC, 4 KiB or more).
  constexpr GicV2(arch::Mmio distributor, arch::Mmio cpu_interface) noexcept
      : distributor_(distributor), cpu_interface_(cpu_interface) {}

  /// Device lines are level-triggered after init().  Changes one that is disabled.  Sixteen lines
  /// share a register: one caller at a time.  kOutOfRange: no such line; kInvalidArgument: not a
  /// device's line.
  Result<void> set_trigger(iface::IrqNumber irq, Trigger trigger) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return kName; }
  [[nodiscard]] std::uint32_t irq_count() const noexcept override { return lines_; }
  Result<void> init() noexcept override;
  Result<void> init_core() noexcept override;
  Result<void> enable(iface::IrqNumber irq, unsigned core) noexcept override;
  Result<void> disable(iface::IrqNumber irq) noexcept override;
  [[nodiscard]] bool has_priorities() const noexcept override { return true; }
  Result<void> set_priority(iface::IrqNumber irq, iface::IrqPriority priority) noexcept override;
  Result<void> raise(iface::IrqNumber irq) noexcept override;
  void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept override;
  [[nodiscard]] iface::Claim claim() noexcept override;
  void complete(const iface::Claim& claim) noexcept override;

 private:
  static constexpr std::string_view kName{"GICv2"};

  Result<void> check_line(std::uint32_t id) const noexcept;

  arch::Mmio distributor_;
  arch::Mmio cpu_interface_;
  // Written by init(), before any other core is let in.
  std::uint32_t lines_ = 0;
  // By core: the bit of its CPU interface; 0 before its init_core().
  std::array<std::atomic<std::uint8_t>, arch::kMaxCores> interface_bit_{};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_GIC_V2_GIC_V2_H_
