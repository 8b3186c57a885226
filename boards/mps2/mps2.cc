// Arm's MPS2 with a Cortex-M3, M4 or M7 in its FPGA.
#include <string_view>

#include "boards/cortex_m/board.h"
#include "boards/soc/mps2/soc.h"

namespace {

struct Board : baton::board::mps2::Soc {
  static constexpr std::string_view kName = "MPS2";
};

}  // namespace

BATON_CORTEX_M_BOARD(Board)
