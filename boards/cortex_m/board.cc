#include "boards/cortex_m/board.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/semihosting.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/debugger/semihosting_port/semihosting_port.h"
#include "kernel/console.h"
#include "kernel/panic.h"
#include "kernel/start.h"

namespace baton::board::cortex_m {
namespace {

// There is no switch: an emulator or a debugger ends the run.
class Power final : public iface::PowerControl {
 public:
  void power_off() noexcept override { arch::semihosting::exit(0); }
  void reboot() noexcept override { arch::system_reset(); }
};

constexpr std::size_t kMostRam = 4;

constinit Power power;
constinit drivers::SemihostingPort last_resort;
constexpr std::array<kernel::CoreDescription, 1> kCores{};
constinit std::array<kernel::MemoryRange, kMostRam> ram{};
constinit kernel::Machine machine{};
constinit std::array<char, 256> command_line{};

// What an emulator was told for the kernel follows the image's name.
std::string_view boot_arguments() {
  const std::optional<std::string_view> line = arch::semihosting::command_line(command_line);
  if (!line) return {};
  const std::size_t space = line->find(' ');
  return space == std::string_view::npos ? std::string_view() : line->substr(space + 1);
}

std::span<const kernel::MemoryRange> describe_ram(const Parts& parts) {
  const std::span<const std::byte> linked = arch::image_ram();
  ram[0] = {.begin = arch::to_physical(linked.data()), .bytes = linked.size(), .what = "RAM"};
  const std::size_t more = std::min(parts.more_ram.size(), ram.size() - 1);
  std::copy_n(parts.more_ram.begin(), more, ram.begin() + 1);
  return std::span(ram).first(1 + more);
}

// Nobody can read what is wrong; but an LED may show that something is.
[[noreturn]] void give_up(const Parts& parts, std::string_view console, Error error) {
  constexpr std::uint32_t kErrno = 0x13;  // [Arm semihosting 2.0, 6]: asks for nothing
  const bool heard = arch::semihosting::call(kErrno, nullptr).has_value();
  if (!heard && parts.panel.set_led != nullptr) {
    for (bool on = false;; on = !on) {
      parts.panel.set_led(on);
      drivers::pause(Duration::milliseconds(100));
    }
  }
  kernel::console::install(last_resort);
  kernel::panic("the console, {}, does not start: {}", console, error);
}

}  // namespace

void boot(const Parts& parts) {
  if (parts.panel.set_led != nullptr) parts.panel.set_led(true);
  arch::start_clock(parts.start_clocks());
  iface::SerialPort& console = parts.console();
  if (const Result<void> done =
          parts.start_console(static_cast<std::uint32_t>(arch::Counter::frequency_hz()));
      !done) {
    give_up(parts, console.name(), done.error());
  }
  kernel::console::install(console);
  if (parts.panel.set_led != nullptr) parts.panel.set_led(false);
  machine = {.name = parts.name,
             .described_by = "the board's sources",
             .boot_arguments = boot_arguments(),
             .cores = kCores,
             .ram = describe_ram(parts),
             .reserved = {},
             .interrupts = parts.interrupts,
             .timer_irq = drivers::Nvic::kSysTick,
             .serial = &console,
             .serial_irq = parts.console_irq,
             .serial_tx_irq = parts.console_tx_irq,
             .serial_loses_interrupts =
                 parts.console_loses_interrupts != nullptr && parts.console_loses_interrupts(),
             .power = parts.power != nullptr ? &parts.power() : &power,
             .firmware = nullptr,
             .commands = {}};
  if (parts.commands != nullptr) machine.commands = parts.commands();
  if (panel_commands != nullptr) machine.commands = panel_commands(parts.panel, machine.commands);
  kernel::start(machine);
}

}  // namespace baton::board::cortex_m
