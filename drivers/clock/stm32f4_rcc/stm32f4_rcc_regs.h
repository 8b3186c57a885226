// The registers of STM32F4's clock control, and the flash memory's one that depends on the clock.
//                                                                        [RM0090 3.9, 7.3]
#ifndef BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_REGS_H_
#define BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32f4_rcc {

// [RM0090 7.3.1] RCC_CR -- oscillators: the chip's own (HSI), the crystal's (HSE), the PLL.
struct Control : mmio::Value<Control> {
  constexpr bool internal_ready() const { return get<1, 1>() != 0; }
  constexpr bool crystal_ready() const { return get<17, 17>() != 0; }
  constexpr bool pll_ready() const { return get<25, 25>() != 0; }
  constexpr Control with_internal(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Control with_crystal(bool on) const { return with<16, 16>(on ? 1 : 0); }
  constexpr Control with_pll(bool on) const { return with<24, 24>(on ? 1 : 0); }
};
using ControlReg = mmio::Rw<Control, 0x00>;

// [RM0090 7.3.2] RCC_PLLCFGR -- source / m * n / p is the core's clock, source / m * n / q USB's.
struct Pll : mmio::Value<Pll> {
  constexpr Pll with_m(std::uint32_t m) const { return with<5, 0>(m); }
  constexpr Pll with_n(std::uint32_t n) const { return with<14, 6>(n); }
  constexpr Pll with_p(std::uint32_t p) const { return with<17, 16>(p / 2 - 1); }
  constexpr Pll with_crystal(bool on) const { return with<22, 22>(on ? 1 : 0); }
  constexpr Pll with_q(std::uint32_t q) const { return with<27, 24>(q); }
};
using PllReg = mmio::Rw<Pll, 0x04>;

// [RM0090 7.3.3] RCC_CFGR -- what clocks the core, and by how much less the buses run.
struct Config : mmio::Value<Config> {
  static constexpr std::uint32_t kInternal = 0;
  static constexpr std::uint32_t kPll = 2;
  static constexpr std::uint32_t kHalf = 4;
  static constexpr std::uint32_t kQuarter = 5;
  constexpr std::uint32_t source() const { return get<3, 2>(); }
  constexpr Config with_source(std::uint32_t source) const { return with<1, 0>(source); }
  constexpr Config with_core_undivided() const { return with<7, 4>(0); }
  constexpr Config with_bus1(std::uint32_t code) const { return with<12, 10>(code); }
  constexpr Config with_bus2(std::uint32_t code) const { return with<15, 13>(code); }
};
using ConfigReg = mmio::Rw<Config, 0x08>;

// [RM0090 7.3.10, 7.3.13, 7.3.14] RCC_AHB1ENR, RCC_APB1ENR, RCC_APB2ENR -- whose clock is on.
using EnableReg = mmio::Rw<mmio::Plain<>, 0x30, 4, 6>;

// [RM0090 3.9.1] FLASH_ACR
struct Flash : mmio::Value<Flash> {
  constexpr std::uint32_t wait_states() const { return get<2, 0>(); }
  constexpr Flash with_wait_states(std::uint32_t states) const { return with<2, 0>(states); }
  constexpr Flash with_prefetch_and_caches() const { return with<10, 8>(7); }
};
using FlashReg = mmio::Rw<Flash, 0x00>;

static_assert(Control::from_raw(0x83).internal_ready() &&
              Control::from_raw(0x2'0000).crystal_ready() &&
              Control::from_raw(0x200'0000).pll_ready() &&
              Control{}.with_internal(true).with_crystal(true).with_pll(true).raw() == 0x101'0001);
static_assert(Pll{}.with_m(8).with_n(336).with_p(2).with_crystal(true).with_q(7).raw() ==
              0x0740'5408);
static_assert(Config::from_raw(0x8).source() == Config::kPll &&
              Config{}.with_source(2).with_bus1(Config::kQuarter).with_bus2(Config::kHalf).raw() ==
                  0x9402);
static_assert(EnableReg::at(5) == 0x44);
static_assert(Flash{}.with_wait_states(5).with_prefetch_and_caches().raw() == 0x705);

}  // namespace baton::drivers::stm32f4_rcc

#endif  // BATON_DRIVERS_CLOCK_STM32F4_RCC_STM32F4_RCC_REGS_H_
