// From a board's description to its vectors and its boot_main(), for boards with one Cortex-M.
#ifndef BATON_BOARDS_CORTEX_M_BOARD_H_
#define BATON_BOARDS_CORTEX_M_BOARD_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/result.h"
#include "boards/cortex_m/description.h"
#include "boards/cortex_m/panel.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/iface/power.h"
#include "drivers/iface/serial_port.h"
#include "drivers/intc/nvic/nvic.h"
#include "kernel/machine.h"
#include "kernel/shell/command.h"

namespace baton::board::cortex_m {

/// A description as values (boards/cortex_m/description.h says what they mean).
struct Parts {
  std::string_view name;
  iface::InterruptController* interrupts = nullptr;
  std::uint32_t (*start_clocks)() = nullptr;
  iface::SerialPort& (*console)() = nullptr;
  Result<void> (*start_console)(std::uint32_t clock_hz) = nullptr;
  std::optional<iface::IrqNumber> console_irq;
  std::optional<iface::IrqNumber> console_tx_irq;
  bool (*console_loses_interrupts)() = nullptr;  ///< may stay null
  std::span<const kernel::MemoryRange> more_ram;
  iface::PowerControl& (*power)() = nullptr;  ///< likewise
  Panel panel;
  std::span<const kernel::shell::Command> (*commands)() = nullptr;  ///< likewise
};

/// What a board has left out stays empty: check() says so, and is to be the only error.
template <class Board>
constexpr Parts parts_of(iface::InterruptController& interrupts) {
  Parts parts;
  parts.interrupts = &interrupts;
  if constexpr (SaysItsName<Board>) parts.name = Board::kName;
  if constexpr (HasConsole<Board>) {
    parts.console = [] -> iface::SerialPort& { return Board::console(); };
  }
  if constexpr (StartsConsole<Board>) {
    parts.start_console = [](std::uint32_t hz) { return Board::start_console(hz); };
  }
  if constexpr (StartsItsClocks<Board>) {
    parts.start_clocks = [] { return Board::start_clocks(); };
  } else if constexpr (SaysItsClock<Board>) {
    parts.start_clocks = []() -> std::uint32_t { return Board::kClockHz; };
  }
  if constexpr (SaysConsoleLine<Board>) {
    parts.console_irq = drivers::Nvic::line(Board::kConsoleLine);
  }
  if constexpr (SaysConsoleTxLine<Board>) {
    parts.console_tx_irq = drivers::Nvic::line(Board::kConsoleTxLine);
  }
  if constexpr (requires { Board::console_loses_interrupts(); }) {
    parts.console_loses_interrupts = [] -> bool { return Board::console_loses_interrupts(); };
  }
  if constexpr (requires { Board::kMoreRam; }) parts.more_ram = Board::kMoreRam;
  if constexpr (requires { Board::power(); }) {
    parts.power = [] -> iface::PowerControl& { return Board::power(); };
  }
  if constexpr (requires { Board::set_led(true); }) {
    parts.panel.set_led = [](bool on) { Board::set_led(on); };
  }
  if constexpr (HasButton<Board> && ButtonInterrupts<Board>) {
    parts.panel.button_pressed = [] { return Board::button_pressed(); };
    parts.panel.start_button = [] { return Board::start_button(); };
    parts.panel.acknowledge_button = [] { Board::acknowledge_button(); };
    parts.panel.button_irq = drivers::Nvic::line(Board::kButtonLine);
  }
  if constexpr (requires { Board::commands(); }) {
    parts.commands = [] -> std::span<const kernel::shell::Command> { return Board::commands(); };
  }
  return parts;
}

/// Clock, console, kernel::start().  From boot_main(), once.  A console that does not start is told
/// by semihosting and by the LED.
[[noreturn]] void boot(const Parts& parts);

}  // namespace baton::board::cortex_m

/// All that a board is beyond its description, a type.  Once in an image, in no namespace.
// NOLINTBEGIN(cppcoreguidelines-macro-usage, bugprone-macro-parentheses): defines what has a name
#define BATON_CORTEX_M_BOARD(Board)                                                   \
  static_assert(::baton::board::cortex_m::check<Board>());                            \
  namespace {                                                                         \
  [[gnu::section(".vectors"), gnu::used]] constinit const ::baton::arch::VectorTable< \
      ::baton::board::cortex_m::lines_of<Board>()> board_vectors{};                   \
  constinit ::baton::drivers::Nvic board_interrupts{                                  \
      ::baton::arch::Mmio(::baton::arch::kSystemControlSpace),                        \
      ::baton::board::cortex_m::lines_of<Board>(), ::baton::arch::kKernelPriority};   \
  constinit const ::baton::board::cortex_m::Parts board_parts =                       \
      ::baton::board::cortex_m::parts_of<Board>(board_interrupts);                    \
  }                                                                                   \
  void ::baton::arch::boot_main(std::uint64_t /*boot_argument*/) {                    \
    ::baton::board::cortex_m::boot(board_parts);                                      \
  }
// NOLINTEND(cppcoreguidelines-macro-usage, bugprone-macro-parentheses)

#endif  // BATON_BOARDS_CORTEX_M_BOARD_H_
