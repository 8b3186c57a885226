#include "boards/soc/any/soc.h"
#include "drivers/debugger/semihosting_port/semihosting_port.h"

namespace baton::board::any {
namespace {

constinit drivers::SemihostingPort port{"baton.in"};

}  // namespace

iface::SerialPort& SemihostingSoc::console() { return port; }

Result<void> SemihostingSoc::start_console(std::uint32_t /*clock_hz*/) { return {}; }

}  // namespace baton::board::any
