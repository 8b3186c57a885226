// The registers of Broadcom's GPIO block, as far as Baton uses them.    [BCM2835 6.1, BCM2711 5.2]
#ifndef BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_REGS_H_
#define BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_REGS_H_

#include <cstdint>

#include "base/mmio.h"

namespace baton::drivers::bcm2835_gpio {

// Ten pins of three bits, sixteen of two, thirty-two of one, to a register.
template <unsigned Width, unsigned PerRegister>
struct Fields : mmio::Value<Fields<Width, PerRegister>> {
  static constexpr std::uint32_t kMask = (1U << Width) - 1U;
  static constexpr std::uint32_t place(std::uint32_t pin) { return pin % PerRegister * Width; }
  constexpr std::uint32_t of(std::uint32_t pin) const {
    return (this->raw() >> place(pin)) & kMask;
  }
  constexpr Fields with(std::uint32_t pin, std::uint32_t value) const {
    return Fields::from_raw((this->raw() & ~(kMask << place(pin))) | (value & kMask) << place(pin));
  }
  static constexpr std::uint32_t index(std::uint32_t pin) { return pin / PerRegister; }
};
using Functions = Fields<3, 10>;
using Pulls = Fields<2, 16>;
using Pins = Fields<1, 32>;

using FunctionReg = mmio::Rw<Functions, 0x00, 4, 6>;  // GPFSEL0 to 5
using SetReg = mmio::Wo<Pins, 0x1c, 4, 2>;            // GPSET0, 1: ones drive high
using ClearReg = mmio::Wo<Pins, 0x28, 4, 2>;          // GPCLR0, 1: ones drive low
using LevelReg = mmio::Ro<Pins, 0x34, 4, 2>;          // GPLEV0, 1

// BCM2835 to BCM2837: a pull is clocked into pins.
using PullReg = mmio::Rw<mmio::Plain<>, 0x94>;    // GPPUD
using PullClockReg = mmio::Rw<Pins, 0x98, 4, 2>;  // GPPUDCLK0, 1

// BCM2711: a pull is a field.
using PullControlReg = mmio::Rw<Pulls, 0xe4, 4, 4>;  // GPIO_PUP_PDN_CNTRL_REG0 to 3

static_assert(Functions::index(14) == 1 && Functions{}.with(14, 4).with(15, 4).raw() == 0x24000);
static_assert(Functions::from_raw(0xffffffff).with(9, 0).of(9) == 0 &&
              Functions::from_raw(0xffffffff).with(9, 0).of(8) == 7);
static_assert(Pulls::index(57) == 3 && Pulls{}.with(57, 2).raw() == 2U << 18U);
static_assert(Pins::index(33) == 1 && Pins{}.with(33, 1).raw() == 2);
static_assert(FunctionReg::at(5) == 0x14 && LevelReg::at(1) == 0x38 &&
              PullControlReg::at(3) == 0xf0);

}  // namespace baton::drivers::bcm2835_gpio

#endif  // BATON_DRIVERS_GPIO_BCM2835_GPIO_BCM2835_GPIO_REGS_H_
