// Arm's Generic Interrupt Controller, version 3 (or 4, without its virtual interrupts), from the
// non-secure side, with affinity routing.
//
//   INTID 0-7    IPIs, sent by send_ipi()
//   16-31        lines that each core has for itself, in that core's redistributor
//   32-1019      lines of devices, in the distributor, routed to one core
//
// What several cores may do at once, and why nothing is lost: enabling and disabling are writes of
// ones to registers that ignore zeros; a line's route is a register of its own and its priority a
// byte of its own; only a core itself writes its redistributor; the CPU interface is the core's.
//
// Which redistributor is a core's: the one whose GICR_TYPER has the core's affinity.  init() finds
// them all, so that a machine whose description does not fit its cores fails at once.
#ifndef BATON_DRIVERS_INTC_GIC_V3_GIC_V3_H_
#define BATON_DRIVERS_INTC_GIC_V3_GIC_V3_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/cpu.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/gic_v3/gic_v3_regs.h"

namespace baton::drivers {

/// A GICv3.  Contexts and errors as drivers/iface/interrupt_controller.h says.
class GicV3 final : public iface::InterruptController {
 public:
  /// What makes a line pending: being high, or becoming high.
  enum class Trigger : std::uint8_t { kLevel, kEdge };

  /// Redistributors that lie one after another.
  struct RedistributorRegion {
    std::uintptr_t base = 0;
    std::size_t bytes = 0;
  };

  /// `distributor`: GICD, 64 KiB.  `regions`: where redistributors are.  `mpidr_by_core`: MPIDR_EL1
  /// of core 0, 1, ...  Both spans are read by init() and not afterwards.
  constexpr GicV3(arch::Mmio distributor, std::span<const RedistributorRegion> regions,
                  std::span<const std::uint64_t> mpidr_by_core) noexcept
      : distributor_(distributor), regions_(regions), mpidr_by_core_(mpidr_by_core) {}

  /// Device lines are level-triggered after init().  Changes one that is disabled.  Sixteen lines
  /// share a register: one caller at a time.  kOutOfRange: no such line; kInvalidArgument: not a
  /// device's line.
  Result<void> set_trigger(iface::IrqNumber irq, Trigger trigger) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return kName; }
  [[nodiscard]] std::uint32_t irq_count() const noexcept override { return lines_; }
  /// Beyond the interface's errors: kInvalidArgument: no core or more than arch::kMaxCores were
  /// named; kNotFound also: a core has no redistributor in the regions; kUnsupported also: a core's
  /// lowest affinity level is above 15.
  Result<void> init() noexcept override;
  Result<void> init_core() noexcept override;
  Result<void> enable(iface::IrqNumber irq, unsigned core) noexcept override;
  /// Beyond the interface's errors: kTimedOut: masked, but perhaps not everywhere yet.
  Result<void> disable(iface::IrqNumber irq) noexcept override;
  [[nodiscard]] bool has_priorities() const noexcept override { return true; }
  Result<void> set_priority(iface::IrqNumber irq, iface::IrqPriority priority) noexcept override;
  Result<void> raise(iface::IrqNumber irq) noexcept override;
  void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept override;
  [[nodiscard]] iface::Claim claim() noexcept override;
  void complete(const iface::Claim& claim) noexcept override;

 private:
  static constexpr std::string_view kName{"GICv3"};

  struct Core {
    gic_v3::Affinity affinity;
    std::uintptr_t redistributor = 0;
    // Set by the core's init_core().
    std::atomic<bool> ready{false};
  };

  Result<std::uintptr_t> find_redistributor(const gic_v3::Affinity& affinity) const noexcept;
  Result<void> check_line(std::uint32_t id) const noexcept;
  Result<void> wait_for_distributor() const noexcept;
  bool ready(unsigned core) const noexcept;

  arch::Mmio distributor_;
  std::span<const RedistributorRegion> regions_;
  std::span<const std::uint64_t> mpidr_by_core_;
  // Written by init(), before any other core is let in.
  std::uint32_t lines_ = 0;
  std::array<Core, arch::kMaxCores> cores_{};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_GIC_V3_GIC_V3_H_
