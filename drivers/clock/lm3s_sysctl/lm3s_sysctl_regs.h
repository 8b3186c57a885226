// The registers of Stellaris microcontrollers' system control, as far as Baton uses them.
//                                                                                  [LM3S6965 5]
#ifndef BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_REGS_H_
#define BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::lm3s_sysctl {

// [LM3S6965 5] DID0 -- which silicon this is: 0.2 is revision A2.
struct Identity : mmio::Value<Identity> {
  constexpr bool is_a2() const { return get<15, 0>() == 2; }
};
using IdentityReg = mmio::Ro<Identity, 0x000>;

// [LM3S6965 5] LDOPCTL -- the voltage of the core.
using VoltageReg = mmio::Rw<mmio::Plain<>, 0x034>;
inline constexpr std::uint32_t kVoltage2V75 = 0x1b;

// [LM3S6965 5] RIS, MISC -- what has happened; bits are cleared by ones in the latter.
struct Events : mmio::Value<Events> {
  constexpr bool pll_locked() const { return get<6, 6>() != 0; }
  constexpr Events with_pll_locked() const { return with<6, 6>(1); }
};
using EventsReg = mmio::Ro<Events, 0x050>;
using ClearEventsReg = mmio::Wo<Events, 0x058>;

// [LM3S6965 5] RCC -- what clocks the core.
struct Clock : mmio::Value<Clock> {
  static constexpr std::uint32_t kMainOscillator = 0;
  static constexpr std::uint32_t k8Mhz = 0xe;
  constexpr Clock with_divisor(std::uint32_t divisor) const {
    return with<26, 23>(divisor - 1).with<22, 22>(1);
  }
  constexpr Clock without_divisor() const { return with<22, 22>(0); }
  constexpr Clock with_pll_off(bool off) const { return with<13, 13>(off ? 1 : 0); }
  constexpr Clock with_pll_bypassed(bool on) const { return with<11, 11>(on ? 1 : 0); }
  constexpr Clock with_crystal(std::uint32_t code) const { return with<9, 6>(code); }
  constexpr Clock with_source(std::uint32_t source) const { return with<5, 4>(source); }
  constexpr Clock with_main_oscillator() const { return with<0, 0>(0); }
};
using ClockReg = mmio::Rw<Clock, 0x060>;

// [LM3S6965 5] RCGC1, RCGC2 -- whose clock is on.
using GateReg = mmio::Rw<mmio::Plain<>, 0x104, 4, 2>;
inline constexpr std::size_t kUarts = 0;  // bits 0 to 2
inline constexpr std::size_t kPorts = 1;  // bits 0 to 6: A to G

static_assert(Identity::from_raw(0x1001'0002).is_a2() && !Identity::from_raw(0x1001'0102).is_a2());
static_assert(Events::from_raw(0x40).pll_locked() && Events{}.with_pll_locked().raw() == 0x40);
static_assert(Clock{}.with_divisor(4).raw() == 0x01c0'0000 &&
              Clock{}.with_pll_off(true).with_pll_bypassed(true).raw() == 0x2800 &&
              Clock{}.with_crystal(Clock::k8Mhz).with_source(3).raw() == 0x3b0 &&
              Clock::from_raw(1).with_main_oscillator().raw() == 0);

}  // namespace baton::drivers::lm3s_sysctl

#endif  // BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_REGS_H_
