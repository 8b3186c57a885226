// A board that has forgotten a piece does not compile, and the message names the piece.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "boards/cortex_m/description.h"
#include "drivers/iface/serial_port.h"

namespace baton::board {
namespace {

struct Soc {
#ifndef NC_NO_VECTORS
#ifdef NC_TOO_MANY_VECTORS
  static constexpr unsigned kLines = 497;
#else
  static constexpr unsigned kLines = 32;
#endif
#endif

#ifdef NC_CONSOLE_OF_ANOTHER_KIND
  static int& console();
#elif !defined(NC_NO_CONSOLE)
  static iface::SerialPort& console();
#endif
#ifndef NC_CONSOLE_NOT_STARTED
  static Result<void> start_console(std::uint32_t clock_hz);
#endif

#ifdef NC_NEITHER_LINE_NOR_POLLED
  static constexpr bool kConsoleIsPolled = false;
#elif defined(NC_LINE_BEYOND_VECTORS)
  static constexpr unsigned kConsoleLine = 32;
#elif !defined(NC_NO_HANDLER)
  static constexpr unsigned kConsoleLine = 0;
#endif
#ifdef NC_LINE_AND_POLLED
  static constexpr bool kConsoleIsPolled = true;
#endif
#ifdef NC_TX_LINE_BEYOND_VECTORS
  static constexpr unsigned kConsoleTxLine = 32;
#else
  static constexpr unsigned kConsoleTxLine = 31;
#endif
};

struct Board : Soc {
#if defined(NC_BUTTON_WITHOUT_LINE) || defined(NC_BUTTON_BEYOND_VECTORS)
  static bool button_pressed();
#ifdef NC_BUTTON_BEYOND_VECTORS
  static constexpr unsigned kButtonLine = 32;
#endif
  static Result<void> start_button();
  static void acknowledge_button();
#endif
#ifndef NC_NO_NAME
  static constexpr std::string_view kName = "sample";
#endif
#ifdef NC_CLOCK_STANDS
  static constexpr std::uint32_t kClockHz = 0;
#elif !defined(NC_NO_CLOCK)
  static constexpr std::uint32_t kClockHz = 25'000'000;
#endif
};
static_assert(cortex_m::check<Board>());

}  // namespace
}  // namespace baton::board
