#include "boards/soc/stm32l475/soc.h"

#include "arch/counter.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "drivers/clock/stm32l4_rcc/stm32l4_rcc.h"
#include "drivers/uart/stm32l4_usart/stm32l4_usart.h"

namespace baton::board::stm32l475 {
namespace {

using Bus = drivers::Stm32l4Rcc::Bus;

constexpr arch::PhysAddr kConfiguration = 0x4001'0000;
constexpr arch::PhysAddr kExti = 0x4001'0400;
constexpr arch::PhysAddr kUsart1 = 0x4001'3800;
constexpr arch::PhysAddr kRcc = 0x4002'1000;
constexpr arch::PhysAddr kFlash = 0x4002'2000;
constexpr arch::PhysAddr kPortB = 0x4800'0400;
constexpr arch::PhysAddr kPortC = 0x4800'0800;
// [RM0351 6.4.17, 6.4.21]
constexpr unsigned kPortBBit = 1;
constexpr unsigned kPortCBit = 2;
constexpr unsigned kConfigurationBit = 0;
constexpr unsigned kUsart1Bit = 14;
// [STM32L475 table 17]
constexpr std::uint32_t kTransmitPin = 6;
constexpr std::uint32_t kReceivePin = 7;
constexpr std::uint32_t kUsart1Function = 7;

constinit drivers::Stm32l4Rcc rcc{arch::Mmio(kRcc), arch::Mmio(kFlash)};
constinit drivers::Stm32Gpio gpio_b{arch::Mmio(kPortB)};
constinit drivers::Stm32Gpio gpio_c{arch::Mmio(kPortC)};
constinit drivers::Stm32Exti exti{arch::Mmio(kExti), arch::Mmio(kConfiguration)};
constinit drivers::Stm32l4Usart uart{arch::Mmio(kUsart1), "USART1"};

}  // namespace

std::uint32_t Soc::start_clocks() {
  arch::start_clock(drivers::Stm32l4Rcc::kResetHz);
  return rcc.start().value_or(drivers::Stm32l4Rcc::kResetHz);
}

iface::SerialPort& Soc::console() { return uart; }

// The USART has its bus' clock, which is the processor's.                         [RM0351 6.4.28]
Result<void> Soc::start_console(std::uint32_t clock_hz) {
  if (Result<void> done = rcc.enable(Bus::kApb2, kUsart1Bit); !done) return done;
  drivers::Stm32Gpio& port = port_b();
  // Where nothing is connected, no noise is to be received.
  if (Result<void> done = port.set_pull(kReceivePin, drivers::Stm32Gpio::Pull::kUp); !done) {
    return done;
  }
  for (const std::uint32_t pin : {kTransmitPin, kReceivePin}) {
    if (Result<void> done = port.set_alternate(pin, kUsart1Function); !done) return done;
  }
  return uart.init({.clock_hz = clock_hz});
}

bool Soc::console_loses_interrupts() { return !rcc.has_flash_interface(); }

drivers::Stm32Gpio& Soc::port_b() {
  static_cast<void>(rcc.enable(Bus::kAhb2, kPortBBit));
  return gpio_b;
}

drivers::Stm32Gpio& Soc::port_c() {
  static_cast<void>(rcc.enable(Bus::kAhb2, kPortCBit));
  return gpio_c;
}

drivers::Stm32Exti& Soc::pin_interrupts() { return exti; }

Result<void> Soc::interrupt_where_c_falls(std::uint32_t pin) {
  if (Result<void> done = rcc.enable(Bus::kApb2, kConfigurationBit); !done) return done;
  drivers::Stm32Gpio& port = port_c();
  if (Result<void> done = port.set_mode(pin, drivers::Stm32Gpio::Mode::kInput); !done) return done;
  if (Result<void> done = port.set_pull(pin, drivers::Stm32Gpio::Pull::kUp); !done) return done;
  constexpr std::uint32_t kC = 2;
  return exti.connect(kC, pin, drivers::Stm32Exti::Edge::kFalling);
}

}  // namespace baton::board::stm32l475
