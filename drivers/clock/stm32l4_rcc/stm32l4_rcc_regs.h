// The registers of STM32L4's clock control, and the flash memory's one that depends on the clock.
//                                                                        [RM0351 3.7, 6.4]
#ifndef BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_REGS_H_
#define BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32l4_rcc {

// [RM0351 6.4.1] RCC_CR -- oscillators: the chip's own of 16 MHz (HSI16), the PLL.
struct Control : mmio::Value<Control> {
  constexpr bool internal_ready() const { return get<10, 10>() != 0; }
  constexpr bool pll_ready() const { return get<25, 25>() != 0; }
  constexpr Control with_internal(bool on) const { return with<8, 8>(on ? 1 : 0); }
  constexpr Control with_pll(bool on) const { return with<24, 24>(on ? 1 : 0); }
};
using ControlReg = mmio::Rw<Control, 0x00>;

// [RM0351 6.4.3] RCC_CFGR -- what clocks the core, and by how much less the buses run.
struct Config : mmio::Value<Config> {
  static constexpr std::uint32_t kInternal = 1;
  static constexpr std::uint32_t kPll = 3;
  constexpr std::uint32_t source() const { return get<3, 2>(); }
  constexpr Config with_source(std::uint32_t source) const { return with<1, 0>(source); }
  /// Core and both buses as fast as the source.
  constexpr Config with_nothing_divided() const { return with<7, 4>(0).with<13, 8>(0); }
};
using ConfigReg = mmio::Rw<Config, 0x08>;

// [RM0351 6.4.4] RCC_PLLCFGR -- source / m * n / r is the core's clock.
struct Pll : mmio::Value<Pll> {
  constexpr Pll with_internal_source() const { return with<1, 0>(2); }
  constexpr Pll with_m(std::uint32_t m) const { return with<6, 4>(m - 1); }
  constexpr Pll with_n(std::uint32_t n) const { return with<14, 8>(n); }
  constexpr Pll with_r(std::uint32_t r) const { return with<26, 25>(r / 2 - 1).with<24, 24>(1); }
};
using PllReg = mmio::Rw<Pll, 0x0c>;

// [RM0351 6.4.16 to 6.4.21] RCC_AHB1ENR, RCC_AHB2ENR, ... -- whose clock is on.
using EnableReg = mmio::Rw<mmio::Plain<>, 0x48, 4, 7>;

// [RM0351 3.7.1] FLASH_ACR
struct Flash : mmio::Value<Flash> {
  constexpr std::uint32_t wait_states() const { return get<2, 0>(); }
  constexpr Flash with_wait_states(std::uint32_t states) const { return with<2, 0>(states); }
  constexpr Flash with_prefetch_and_caches() const { return with<10, 8>(7); }
};
using FlashReg = mmio::Rw<Flash, 0x00>;

static_assert(Control::from_raw(0x563).internal_ready() &&
              Control::from_raw(0x200'0000).pll_ready() &&
              Control{}.with_internal(true).with_pll(true).raw() == 0x100'0100);
static_assert(Config::from_raw(0xc).source() == Config::kPll &&
              Config::from_raw(0xffff'ffff).with_nothing_divided().raw() == 0xffff'c00f);
static_assert(Pll{}.with_internal_source().with_m(1).with_n(10).with_r(2).raw() == 0x0100'0a02);
static_assert(EnableReg::at(1) == 0x4c && EnableReg::at(6) == 0x60);
static_assert(Flash{}.with_wait_states(4).with_prefetch_and_caches().raw() == 0x704);

}  // namespace baton::drivers::stm32l4_rcc

#endif  // BATON_DRIVERS_CLOCK_STM32L4_RCC_STM32L4_RCC_REGS_H_
