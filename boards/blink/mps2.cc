#include "boards/blink/blink.h"
#include "boards/cortex_m/bare_board.h"
#include "boards/soc/mps2/soc.h"

namespace {
using Board = baton::board::mps2::Soc;
}  // namespace

BATON_CORTEX_M_BARE_BOARD(Board, baton::board::Blink<Board>::start)
