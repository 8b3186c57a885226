// Arm's MPS2 with a Cortex-M4 (AN386).
#include "boards/cortex_m/board.h"

#include <string_view>

#include "boards/soc/mps2/soc.h"

namespace {

struct Board : baton::board::mps2::Soc {
  static constexpr std::string_view kName = "MPS2 with a Cortex-M4 (AN386)";
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
