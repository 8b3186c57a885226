#include "boards/soc/lm3s6965/soc.h"

#include "arch/counter.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "drivers/clock/lm3s_sysctl/lm3s_sysctl.h"
#include "drivers/uart/pl011/pl011.h"

namespace baton::board::lm3s6965 {
namespace {

constexpr arch::PhysAddr kPortA = 0x4000'4000;
constexpr arch::PhysAddr kUart0 = 0x4000'c000;
constexpr arch::PhysAddr kPortF = 0x4002'5000;
constexpr arch::PhysAddr kSystemControl = 0x400f'e000;
constexpr std::uint32_t kReceivePin = 0;
constexpr std::uint32_t kTransmitPin = 1;
constexpr unsigned kFastest = 4;  // 200 MHz / 4

constinit drivers::Lm3sSysctl sysctl{arch::Mmio(kSystemControl)};
constinit drivers::StellarisGpio port_a{arch::Mmio(kPortA)};
constinit drivers::StellarisGpio the_port_f{arch::Mmio(kPortF)};
constinit drivers::Pl011 uart{arch::Mmio(kUart0), "Stellaris UART"};

}  // namespace

std::uint32_t Soc::start_clocks() {
  // Waiting for the PLL needs a clock, and the crystal's is what there is by then.
  arch::start_clock(drivers::Lm3sSysctl::kCrystalHz);
  return sysctl.start_pll(kFastest).value_or(drivers::Lm3sSysctl::kCrystalHz);
}

iface::SerialPort& Soc::console() { return uart; }

Result<void> Soc::start_console(std::uint32_t clock_hz) {
  if (Result<void> done = sysctl.enable_port(0); !done) return done;
  if (Result<void> done = sysctl.enable_uart(0); !done) return done;
  for (const std::uint32_t pin : {kReceivePin, kTransmitPin}) {
    if (Result<void> done = port_a.set_mode(pin, drivers::StellarisGpio::Mode::kDevice); !done) {
      return done;
    }
  }
  return uart.init({.clock_hz = clock_hz, .modem_lines = false});
}

drivers::StellarisGpio& Soc::port_f() {
  constexpr unsigned kNumber = 5;
  static_cast<void>(sysctl.enable_port(kNumber));
  return the_port_f;
}

}  // namespace baton::board::lm3s6965
