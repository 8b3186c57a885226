// The registers of STM32F100's clock control.                                       [RM0041 6.3]
#ifndef BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_REGS_H_
#define BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::stm32f1_rcc {

// [RM0041 6.3.1] RCC_CR -- oscillators: the chip's own (HSI), the crystal's (HSE), the PLL.
struct Control : mmio::Value<Control> {
  constexpr bool internal_ready() const { return get<1, 1>() != 0; }
  constexpr bool crystal_ready() const { return get<17, 17>() != 0; }
  constexpr bool pll_ready() const { return get<25, 25>() != 0; }
  constexpr Control with_internal(bool on) const { return with<0, 0>(on ? 1 : 0); }
  constexpr Control with_crystal(bool on) const { return with<16, 16>(on ? 1 : 0); }
  constexpr Control with_pll(bool on) const { return with<24, 24>(on ? 1 : 0); }
};
using ControlReg = mmio::Rw<Control, 0x00>;

// [RM0041 6.3.2] RCC_CFGR -- what clocks the core, by how much less the buses run, and the PLL:
// half the chip's own oscillator or the whole crystal, times a number.
struct Config : mmio::Value<Config> {
  static constexpr std::uint32_t kInternal = 0;
  static constexpr std::uint32_t kPll = 2;
  constexpr std::uint32_t source() const { return get<3, 2>(); }
  constexpr Config with_source(std::uint32_t source) const { return with<1, 0>(source); }
  /// Core and both buses as fast as the source.
  constexpr Config with_nothing_divided() const { return with<7, 4>(0).with<13, 8>(0); }
  constexpr Config with_pll(bool crystal, std::uint32_t times) const {
    return with<16, 16>(crystal ? 1 : 0).with<21, 18>(times - 2);
  }
};
using ConfigReg = mmio::Rw<Config, 0x04>;

// [RM0041 6.3.6, 6.3.7, 6.3.8] RCC_AHBENR, RCC_APB2ENR, RCC_APB1ENR -- whose clock is on.
using EnableReg = mmio::Rw<mmio::Plain<>, 0x14, 4, 3>;

// [RM0041 6.3.11] RCC_CFGR2 -- zeroes: the PLL has the whole crystal.
using Config2Reg = mmio::Rw<mmio::Plain<>, 0x2c>;

static_assert(Control::from_raw(0x83).internal_ready() &&
              Control::from_raw(0x2'0000).crystal_ready() &&
              Control::from_raw(0x200'0000).pll_ready() &&
              Control{}.with_internal(true).with_crystal(true).with_pll(true).raw() == 0x101'0001);
static_assert(Config::from_raw(0x8).source() == Config::kPll &&
              Config{}.with_source(2).with_pll(true, 3).raw() == 0x5'0002 &&
              Config{}.with_pll(false, 6).raw() == 0x10'0000 &&
              Config::from_raw(0xffff'ffff).with_nothing_divided().raw() == 0xffff'c00f);
static_assert(EnableReg::at(1) == 0x18);

}  // namespace baton::drivers::stm32f1_rcc

#endif  // BATON_DRIVERS_CLOCK_STM32F1_RCC_STM32F1_RCC_REGS_H_
