// The virtual machine's interrupt controller (arch/host): kernel/interrupts.cc and whoever else
// speaks to drivers/iface runs on it unchanged.
//
// An IrqNumber is the machine's line (arch/virtual_lines.h): kTimerLine each core's timer, from
// kFirstDevice on devices.
#ifndef BATON_DRIVERS_VIRTUAL_INTERRUPT_CONTROLLER_H_
#define BATON_DRIVERS_VIRTUAL_INTERRUPT_CONTROLLER_H_

#include <cstdint>
#include <string_view>

#include "arch/virtual_lines.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"

namespace baton::drivers {

/// Each core's timer.
inline constexpr iface::IrqNumber kVirtualTimerIrq{arch::host::kTimerLine};

/// Of the machine that runs; may be made before one does.  As its interface says.
class VirtualInterruptController final : public iface::InterruptController {
 public:
  /// `cores`: the machine's.
  explicit VirtualInterruptController(unsigned cores) : cores_(cores) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "virtual controller"; }
  [[nodiscard]] std::uint32_t irq_count() const noexcept override { return arch::host::kLines; }
  Result<void> init() noexcept override { return {}; }
  Result<void> init_core() noexcept override;
  Result<void> enable(iface::IrqNumber irq, unsigned core) noexcept override;
  Result<void> disable(iface::IrqNumber irq) noexcept override;
  Result<void> raise(iface::IrqNumber irq) noexcept override;
  void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept override;
  [[nodiscard]] iface::Claim claim() noexcept override;
  void complete(const iface::Claim& claim) noexcept override;

 private:
  const unsigned cores_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_VIRTUAL_INTERRUPT_CONTROLLER_H_
