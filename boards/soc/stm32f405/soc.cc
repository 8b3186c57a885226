#include "boards/soc/stm32f405/soc.h"

#include "arch/counter.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "drivers/clock/stm32f4_rcc/stm32f4_rcc.h"
#include "drivers/uart/stm32_usart/stm32_usart.h"

namespace baton::board::stm32f405 {
namespace {

using Bus = drivers::Stm32f4Rcc::Bus;
using Clocks = drivers::Stm32f4Rcc::Clocks;

constexpr arch::PhysAddr kUsart1 = 0x4001'1000;
constexpr arch::PhysAddr kPortA = 0x4002'0000;
constexpr arch::PhysAddr kPortB = 0x4002'0400;
constexpr arch::PhysAddr kPortC = 0x4002'0800;
constexpr arch::PhysAddr kRcc = 0x4002'3800;
constexpr arch::PhysAddr kFlash = 0x4002'3c00;
// [RM0090 7.3.10, 7.3.14]
constexpr unsigned kPortABit = 0;
constexpr unsigned kPortBBit = 1;
constexpr unsigned kPortCBit = 2;
constexpr unsigned kUsart1Bit = 4;
// [STM32F405 table 9]
constexpr std::uint32_t kTransmitPin = 6;
constexpr std::uint32_t kReceivePin = 7;
constexpr std::uint32_t kUsart1Function = 7;

constinit drivers::Stm32f4Rcc rcc{arch::Mmio(kRcc), arch::Mmio(kFlash)};
constinit drivers::Stm32Gpio gpio_a{arch::Mmio(kPortA)};
constinit drivers::Stm32Gpio gpio_b{arch::Mmio(kPortB)};
constinit drivers::Stm32Gpio gpio_c{arch::Mmio(kPortC)};
constinit drivers::Stm32Usart uart{arch::Mmio(kUsart1), "USART1"};
constinit Clocks clocks = drivers::Stm32f4Rcc::after_reset();

}  // namespace

std::uint32_t Chip::start_clocks_with(std::uint32_t crystal_hz) {
  arch::start_clock(clocks.core_hz);
  const Result<Clocks> started = rcc.start(crystal_hz);
  if (started) {
    clocks = *started;
  } else if (started.error() == Error::kUnsupported) {
    // QEMU: no oscillator there, and a core that counts so many cycles all the same.
    clocks = {.core_hz = drivers::Stm32f4Rcc::kFastestHz,
              .bus1_hz = drivers::Stm32f4Rcc::kFastestHz,
              .bus2_hz = drivers::Stm32f4Rcc::kFastestHz};
  }
  return clocks.core_hz;
}

iface::SerialPort& Chip::console() { return uart; }

Result<void> Chip::start_console(std::uint32_t /*clock_hz*/) {
  if (Result<void> done = rcc.enable(Bus::kAhb1, kPortBBit); !done) return done;
  if (Result<void> done = rcc.enable(Bus::kApb2, kUsart1Bit); !done) return done;
  // Where nothing is connected, no noise is to be received.
  if (Result<void> done = gpio_b.set_pull(kReceivePin, drivers::Stm32Gpio::Pull::kUp); !done) {
    return done;
  }
  for (const std::uint32_t pin : {kTransmitPin, kReceivePin}) {
    if (Result<void> done = gpio_b.set_alternate(pin, kUsart1Function); !done) return done;
  }
  return uart.init({.clock_hz = clocks.bus2_hz});
}

drivers::Stm32Gpio& Chip::port_a() {
  static_cast<void>(rcc.enable(Bus::kAhb1, kPortABit));
  return gpio_a;
}

drivers::Stm32Gpio& Chip::port_c() {
  static_cast<void>(rcc.enable(Bus::kAhb1, kPortCBit));
  return gpio_c;
}

}  // namespace baton::board::stm32f405
