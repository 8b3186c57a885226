#include <array>
#include <cstddef>

#include "boards/soc/any/soc.h"
#include "drivers/debugger/ram_log/ram_log.h"

namespace baton::board::any {
namespace {

constexpr std::size_t kTyped = 64;

constinit std::array<char, kTyped> typed{};

}  // namespace

// Under a name that a person can give to a debugger.
extern "C" {
extern std::array<char, 1024> ram_log_text;
constinit std::array<char, 1024> ram_log_text{};
}

namespace {

constinit drivers::RamLog ram_log{ram_log_text, typed};

}  // namespace

iface::SerialPort& Soc::console() { return ram_log; }

Result<void> Soc::start_console(std::uint32_t /*clock_hz*/) { return {}; }

}  // namespace baton::board::any
