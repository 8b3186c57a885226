// A board's description, and the least kernel (kernel/bare): an image without a console.
#ifndef BATON_BOARDS_CORTEX_M_BARE_BOARD_H_
#define BATON_BOARDS_CORTEX_M_BARE_BOARD_H_

#include <cstdint>

#include "arch/counter.h"
#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "boards/cortex_m/description.h"
#include "drivers/intc/nvic/nvic.h"
#include "kernel/bare/bare.h"

namespace baton::board::cortex_m {

/// The processor's clock, set up.
template <class Board>
std::uint32_t clock_of() {
  if constexpr (StartsItsClocks<Board>) {
    return Board::start_clocks();
  } else {
    return Board::kClockHz;
  }
}

}  // namespace baton::board::cortex_m

/// All that an image is beyond its board's description, a type, and its program, `void()`.  Once in
/// an image, in no namespace.  The LED stays on from a failure on.
// NOLINTBEGIN(cppcoreguidelines-macro-usage, bugprone-macro-parentheses): defines what has a name
#define BATON_CORTEX_M_BARE_BOARD(Board, program)                                          \
  namespace {                                                                              \
  [[gnu::section(".vectors"),                                                              \
    gnu::used]] constinit const ::baton::arch::VectorTable<Board::kLines> board_vectors{}; \
  constinit ::baton::drivers::Nvic board_interrupts{                                       \
      ::baton::arch::Mmio(::baton::arch::kSystemControlSpace), Board::kLines,              \
      ::baton::arch::kKernelPriority};                                                     \
  constinit const ::baton::kernel::bare::Machine bare_machine = {                          \
      .interrupts = &board_interrupts,                                                     \
      .timer_irq = ::baton::drivers::Nvic::kSysTick,                                       \
      .start_program = program,                                                            \
      .on_failure = [] { Board::set_led(true); }};                                         \
  }                                                                                        \
  void ::baton::arch::boot_main(std::uint64_t /*boot_argument*/) {                         \
    ::baton::arch::start_clock(::baton::board::cortex_m::clock_of<Board>());               \
    ::baton::kernel::bare::start(bare_machine);                                            \
  }
// NOLINTEND(cppcoreguidelines-macro-usage, bugprone-macro-parentheses)

#endif  // BATON_BOARDS_CORTEX_M_BARE_BOARD_H_
