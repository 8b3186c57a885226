// Arm's MPS2 FPGA board with a Cortex-M image: AN385 (M3), AN386 (M4), AN500 (M7).
//
// [AN385 3], [AN386 3], [AN500 3]: where everything is.  Nothing tells; so it is here.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/cores.h"
#include "arch/counter.h"
#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "arch/semihosting.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "drivers/iface/power.h"
#include "drivers/intc/nvic/nvic.h"
#include "drivers/uart/cmsdk_uart/cmsdk_uart.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/start.h"

namespace baton::board {
namespace {

constexpr std::uint32_t kClockHz = 25'000'000;
constexpr unsigned kLines = 32;
constexpr arch::PhysAddr kUart0 = 0x4000'4000;
constexpr unsigned kUart0Receives = 0;
constexpr unsigned kUart0Transmits = 1;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<kLines> vectors{};

// There is no switch: an emulator or a debugger ends the run.
class Power final : public iface::PowerControl {
 public:
  void power_off() noexcept override { arch::semihosting::exit(0); }
  void reboot() noexcept override { arch::system_reset(); }
};

constinit Power power;
constinit drivers::Nvic nvic{arch::Mmio(arch::kSystemControlSpace), kLines, arch::kKernelPriority};
constinit drivers::CmsdkUart uart{arch::Mmio(kUart0), "CMSDK"};
constexpr std::array<kernel::CoreDescription, 1> kCores{};
constexpr std::array<kernel::MemoryRange, 2> kRam = {{
    {.begin = 0x0000'0000, .bytes = 4U << 20U, .what = "RAM for code"},
    {.begin = 0x2000'0000, .bytes = 4U << 20U, .what = "RAM"},
}};
constinit kernel::Machine machine{
    .name = "MPS2",
    .described_by = "the board's sources",
    .boot_arguments = {},
    .cores = kCores,
    .ram = kRam,
    .reserved = {},
    .interrupts = &nvic,
    .timer_irq = drivers::Nvic::kSysTick,
    .serial = &uart,
    .serial_irq = drivers::Nvic::line(kUart0Receives),
    .serial_tx_irq = drivers::Nvic::line(kUart0Transmits),
    .power = &power,
    .commands = {},
};
constinit std::array<char, 256> command_line{};

// What an emulator was told for the kernel follows the image's name.
std::string_view boot_arguments() {
  const std::optional<std::string_view> line = arch::semihosting::command_line(command_line);
  if (!line) return {};
  const std::size_t space = line->find(' ');
  return space == std::string_view::npos ? std::string_view() : line->substr(space + 1);
}

}  // namespace
}  // namespace baton::board

void baton::arch::boot_main(std::uint64_t /*boot_argument*/) {
  using namespace board;  // NOLINT(google-build-using-namespace)
  start_clock(kClockHz);
  if (uart.init({.clock_hz = kClockHz})) kernel::console::install(uart);
  machine.boot_arguments = boot_arguments();
  kernel::start(machine);
}
