#include "boards/soc/mps2/soc.h"

#include "arch/memory.h"
#include "arch/mmio.h"
#include "drivers/uart/cmsdk_uart/cmsdk_uart.h"

namespace baton::board::mps2 {
namespace {

constexpr arch::PhysAddr kUart0 = 0x4000'4000;
constexpr arch::PhysAddr kFpgaIo = 0x4002'8000;
constexpr std::size_t kLeds = 0;

constinit drivers::CmsdkUart uart{arch::Mmio(kUart0), "CMSDK"};

}  // namespace

iface::SerialPort& Soc::console() { return uart; }

Result<void> Soc::start_console(std::uint32_t clock_hz) {
  return uart.init({.clock_hz = clock_hz});
}

void Soc::set_led(bool on) { arch::Mmio(kFpgaIo).write<std::uint32_t>(kLeds, on ? 1 : 0); }

}  // namespace baton::board::mps2
