// What a board with one Cortex-M says of itself, and the errors for what it has left out.
//
// A board is a type with static members, most of which it inherits from its chip (boards/soc/).
// BATON_CORTEX_M_BOARD (boards/cortex_m/board.h) makes the rest of it:
//
//   kName               std::string_view: for people
//   kLines              external interrupt lines that the chip has: the vector table's length
//   kClockHz            the processor's clock, which SysTick counts; or, where it must be set up:
//   start_clocks()      std::uint32_t: sets it up, and answers what it is in Hz
//   console()           iface::SerialPort&: where text goes
//   start_console(hz)   Result<void>: makes it ready; hz is the processor's clock
//   kConsoleLine        its interrupt line, or, if it has none:
//   kConsoleIsPolled    true
//
// and what it may leave out:
//
//   kConsoleTxLine      the line of the transmit half, where that is another
//   console_loses_interrupts()
//                       bool: whether the console is to be looked at as if it had no line, besides;
//                       asked once it is started, so that an emulator can be told from a board
//   kMoreRam            std::array<kernel::MemoryRange, N>: beyond what memory.ld gives the kernel
//   power()             iface::PowerControl&: how to switch off and reset; else semihosting's exit,
//                       and the core's own reset
//   set_led(on)         an LED that is on from reset until the console works, and blinks if it
//                       never does; with it comes the command `led`
//   button_pressed()    bool: whether the board's button is held down; with it comes the command
//                       `button`, and these belong to it:
//   kButtonLine         its interrupt line
//   start_button()      Result<void>: makes it ready, before the line is unmasked
//   acknowledge_button()  in its handler: takes back what interrupted
//   commands()          std::span<const kernel::shell::Command>: of this board alone
#ifndef BATON_BOARDS_CORTEX_M_DESCRIPTION_H_
#define BATON_BOARDS_CORTEX_M_DESCRIPTION_H_

#include <concepts>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "drivers/iface/serial_port.h"

namespace baton::board::cortex_m {

/// External lines that an NVIC can have.  [ARMv7-M B1.5.2]
inline constexpr unsigned kMostLines = 496;

template <class B>
concept SaysItsName = requires {
  { B::kName } -> std::convertible_to<std::string_view>;
};
template <class B>
concept SaysItsLines = requires {
  { B::kLines } -> std::convertible_to<unsigned>;
};
template <class B>
concept SaysItsClock = requires {
  { B::kClockHz } -> std::convertible_to<std::uint32_t>;
};
template <class B>
concept StartsItsClocks = requires {
  { B::start_clocks() } -> std::same_as<std::uint32_t>;
};
template <class B>
concept HasConsole = requires {
  { B::console() } -> std::convertible_to<iface::SerialPort&>;
};
template <class B>
concept StartsConsole = requires(std::uint32_t hz) {
  { B::start_console(hz) } -> std::same_as<Result<void>>;
};
template <class B>
concept SaysConsoleLine = requires {
  { B::kConsoleLine } -> std::convertible_to<unsigned>;
};
template <class B>
concept SaysConsoleTxLine = requires {
  { B::kConsoleTxLine } -> std::convertible_to<unsigned>;
};
template <class B>
concept HasButton = requires {
  { B::button_pressed() } -> std::same_as<bool>;
};
template <class B>
concept ButtonInterrupts = requires {
  { B::kButtonLine } -> std::convertible_to<unsigned>;
  { B::start_button() } -> std::same_as<Result<void>>;
  B::acknowledge_button();
};
template <class B>
concept SaysConsoleIsPolled = requires { requires B::kConsoleIsPolled; };

/// Where the board does not say, which check() is an error for: all there may be.
template <class B>
consteval unsigned lines_of() {
  if constexpr (SaysItsLines<B>) {
    return B::kLines;
  } else {
    return kMostLines;
  }
}

/// Every piece that a board needs.  A missing one does not compile, and the message names it.
template <class B>
consteval bool check() {
  static_assert(SaysItsName<B>,
                "the board has no name: static constexpr std::string_view kName = ...");
  static_assert(SaysItsLines<B>,
                "the board has no vectors: static constexpr unsigned kLines = how many interrupt "
                "lines its chip has");
  static_assert(lines_of<B>() >= 1 && lines_of<B>() <= kMostLines,
                "the board's vectors: kLines is from 1 to 496");
  static_assert(SaysItsClock<B> || StartsItsClocks<B>,
                "the board has no clock, and so no timer: static constexpr std::uint32_t kClockHz "
                "= what SysTick counts, or static std::uint32_t start_clocks()");
  if constexpr (SaysItsClock<B>) {
    static_assert(B::kClockHz != 0, "the board's clock stands still: kClockHz is 0");
  }
  static_assert(HasConsole<B>,
                "the board's console is not wired: static iface::SerialPort& console()");
  static_assert(StartsConsole<B>,
                "the board's console is never started: static Result<void> "
                "start_console(std::uint32_t clock_hz)");
  static_assert(SaysConsoleLine<B> || SaysConsoleIsPolled<B>,
                "the board's console has no interrupt handler: static constexpr unsigned "
                "kConsoleLine = its interrupt line, or static constexpr bool kConsoleIsPolled = "
                "true");
  if constexpr (SaysConsoleLine<B>) {
    static_assert(!SaysConsoleIsPolled<B>,
                  "the board's console has an interrupt line, and is polled: which of the two?");
    static_assert(B::kConsoleLine < lines_of<B>(),
                  "the board's vectors end before its console's line: kConsoleLine < kLines");
  }
  if constexpr (SaysConsoleTxLine<B>) {
    static_assert(B::kConsoleTxLine < lines_of<B>(),
                  "the board's vectors end before its console's line: kConsoleTxLine < kLines");
  }
  if constexpr (HasButton<B>) {
    static_assert(ButtonInterrupts<B>,
                  "the board's button has no interrupt handler: static constexpr unsigned "
                  "kButtonLine = its interrupt line, static Result<void> start_button(), static "
                  "void acknowledge_button()");
    if constexpr (ButtonInterrupts<B>) {
      static_assert(B::kButtonLine < lines_of<B>(),
                    "the board's vectors end before its button's line: kButtonLine < kLines");
    }
  }
  return true;
}

}  // namespace baton::board::cortex_m

#endif  // BATON_BOARDS_CORTEX_M_DESCRIPTION_H_
