// The NVIC of ARMv7-M cores: up to 496 lines, for the one core that it is part of.
//
// The hardware has chosen the handler before anybody claims: the claim says what is being handled.
// All lines have one priority, so that no handler interrupts another.  An inter-processor interrupt
// can only be to oneself: it is a bit that somebody is told to look at, by the exception PendSV.
//
// Lines have the architecture's exception numbers: SysTick 15, external line n 16 + n.
#ifndef BATON_DRIVERS_INTC_NVIC_NVIC_H_
#define BATON_DRIVERS_INTC_NVIC_NVIC_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"

namespace baton::drivers {

/// An NVIC.  Construct, init(), init_core(), then any context.
class Nvic final : public iface::InterruptController {
 public:
  static constexpr iface::IrqNumber kSysTick{15};
  static constexpr iface::IrqNumber line(unsigned number) {
    return static_cast<iface::IrqNumber>(kFirstLine + number);
  }

  /// `io`: the System Control Space.  `lines`: external ones, of this chip.  `priority`: of every
  /// line; the same as SysTick's, and what masking masks.
  constexpr Nvic(arch::Mmio io, unsigned lines, std::uint8_t priority) noexcept
      : io_(io), lines_(lines), priority_(priority) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "NVIC"; }
  [[nodiscard]] std::uint32_t irq_count() const noexcept override { return kFirstLine + lines_; }

  /// Also kUnsupported: more lines than there can be; `priority` cannot be told from more urgent
  /// ones by the bits that this core has.
  Result<void> init() noexcept override;
  Result<void> init_core() noexcept override { return {}; }
  /// SysTick is always enabled: whoever owns the timer starts and stops it.
  Result<void> enable(iface::IrqNumber irq, unsigned core) noexcept override;
  Result<void> disable(iface::IrqNumber irq) noexcept override;
  void send_ipi(std::uint32_t core_mask, unsigned ipi) noexcept override;
  [[nodiscard]] iface::Claim claim() noexcept override;
  void complete(const iface::Claim& claim) noexcept override;

  /// Bits of a priority that exist, 3 to 8; after init().
  unsigned priority_bits() const { return priority_bits_; }

 private:
  static constexpr std::uint32_t kPendSv = 14;
  static constexpr std::uint32_t kFirstLine = 16;

  Result<unsigned> external(iface::IrqNumber irq) const;

  arch::Mmio io_;
  unsigned lines_;
  std::uint8_t priority_;
  unsigned priority_bits_ = 0;
  std::atomic<std::uint32_t> ipis_{0};  // sent and not claimed
  bool claimed_ = false;                // the exception that is handled, by its handler
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_INTC_NVIC_NVIC_H_
