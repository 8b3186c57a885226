// The registers of external interrupts of ST's STM32F2, F4 and L4, of lines 0 to 15, and of the
// system configuration what chooses their pins.                     [RM0351 14.5, RM0090 12.3]
#ifndef BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_REGS_H_
#define BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32_exti {

inline constexpr std::uint32_t kPins = 16;

// One bit for each line.
struct Lines : mmio::Value<Lines> {
  static constexpr Lines only(std::uint32_t line) { return from_raw(1U << line); }
  constexpr bool has(std::uint32_t line) const { return (raw() >> line & 1U) != 0; }
  constexpr Lines with_line(std::uint32_t line, bool on) const {
    return from_raw((raw() & ~(1U << line)) | (on ? 1U : 0U) << line);
  }
};
using MaskReg = mmio::Rw<Lines, 0x00>;      // [RM0351 14.5.1] EXTI_IMR1: 1 lets it interrupt
using RisingReg = mmio::Rw<Lines, 0x08>;    // [RM0351 14.5.3] EXTI_RTSR1
using FallingReg = mmio::Rw<Lines, 0x0c>;   // [RM0351 14.5.4] EXTI_FTSR1
using PendingReg = mmio::W1c<Lines, 0x14>;  // [RM0351 14.5.6] EXTI_PR1

// [RM0351 9.2.3 to 9.2.6] SYSCFG_EXTICR1 to 4 -- the port of each line's pin.
struct Ports : mmio::Value<Ports> {
  static constexpr std::uint32_t kPerWord = 4;
  static constexpr std::uint32_t kBits = 4;
  static constexpr std::uint32_t kMask = 0xf;
  constexpr Ports with_line(std::uint32_t line, std::uint32_t port) const {
    const std::uint32_t shift = line % kPerWord * kBits;
    return from_raw((raw() & ~(kMask << shift)) | (port & kMask) << shift);
  }
};
using PortsReg = mmio::Rw<Ports, 0x08, 4, 4>;

static_assert(Lines::only(13).raw() == 0x2000 && Lines::from_raw(0x2000).has(13) &&
              Lines::from_raw(0xffff).with_line(13, false).raw() == 0xdfff);
static_assert(Ports::from_raw(0xffff).with_line(13, 2).raw() == 0xff2f && PortsReg::at(3) == 0x14);

}  // namespace baton::drivers::stm32_exti

#endif  // BATON_DRIVERS_GPIO_STM32_EXTI_STM32_EXTI_REGS_H_
