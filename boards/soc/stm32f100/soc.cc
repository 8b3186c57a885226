#include "boards/soc/stm32f100/soc.h"

#include "arch/counter.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "drivers/clock/stm32f1_rcc/stm32f1_rcc.h"
#include "drivers/uart/stm32_usart/stm32_usart.h"

namespace baton::board::stm32f100 {
namespace {

using Bus = drivers::Stm32f1Rcc::Bus;
using Mode = drivers::Stm32f1Gpio::Mode;

constexpr arch::PhysAddr kPortA = 0x4001'0800;
constexpr arch::PhysAddr kPortC = 0x4001'1000;
constexpr arch::PhysAddr kUsart1 = 0x4001'3800;
constexpr arch::PhysAddr kRcc = 0x4002'1000;
// [RM0041 6.3.7]
constexpr unsigned kPortABit = 2;
constexpr unsigned kPortCBit = 4;
constexpr unsigned kUsart1Bit = 14;
// [STM32F100 table 4]
constexpr std::uint32_t kTransmitPin = 9;
constexpr std::uint32_t kReceivePin = 10;

constinit drivers::Stm32f1Rcc rcc{arch::Mmio(kRcc)};
constinit drivers::Stm32f1Gpio gpio_a{arch::Mmio(kPortA)};
constinit drivers::Stm32f1Gpio gpio_c{arch::Mmio(kPortC)};
constinit drivers::Stm32Usart uart{arch::Mmio(kUsart1), "USART1"};

}  // namespace

std::uint32_t Chip::start_clocks_with(std::uint32_t crystal_hz) {
  using drivers::Stm32f1Rcc;
  arch::start_clock(Stm32f1Rcc::kInternalHz);
  const Result<void> started = rcc.start(crystal_hz);
  // QEMU: no oscillator there, and a core that counts so many cycles all the same.
  const bool fast = started || started.error() == Error::kUnsupported;
  return fast ? Stm32f1Rcc::kFastestHz : Stm32f1Rcc::kInternalHz;
}

iface::SerialPort& Chip::console() { return uart; }

// The USART has its bus' clock, which is the processor's.
Result<void> Chip::start_console(std::uint32_t clock_hz) {
  for (const unsigned bit : {kPortABit, kUsart1Bit}) {
    if (Result<void> done = rcc.enable(Bus::kApb2, bit); !done) return done;
  }
  // Where nothing is connected, no noise is to be received.
  if (Result<void> done = gpio_a.write(kReceivePin, true); !done) return done;
  if (Result<void> done = gpio_a.set_mode(kReceivePin, Mode::kPulled); !done) return done;
  if (Result<void> done = gpio_a.set_mode(kTransmitPin, Mode::kAlternate); !done) return done;
  return uart.init({.clock_hz = clock_hz});
}

drivers::Stm32f1Gpio& Chip::port_c() {
  static_cast<void>(rcc.enable(Bus::kApb2, kPortCBit));
  return gpio_c;
}

}  // namespace baton::board::stm32f100
