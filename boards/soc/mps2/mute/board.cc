// A board whose console does not start: for the test of what can be seen then.
#include "boards/cortex_m/board.h"

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "boards/soc/mps2/soc.h"

namespace {

struct Board : baton::board::mps2::Soc {
  static constexpr std::string_view kName = "mute";
  static baton::Result<void> start_console(std::uint32_t /*clock_hz*/) {
    return baton::fail(baton::Error::kOutOfRange);
  }
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
