// What an exception interrupted.                           [ARMv7-M B1.5.6]
#ifndef BATON_ARCH_ARMV7M_TRAP_FRAME_H_
#define BATON_ARCH_ARMV7M_TRAP_FRAME_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/armv7m/fault_status.h"

namespace baton::arch {

/// What the core stacks by itself, on the stack of whom the exception interrupted.
struct StackedFrame {
  std::array<std::uint32_t, 4> r;  ///< r0-r3
  std::uint32_t r12;
  std::uint32_t lr;
  std::uint32_t pc;    ///< the instruction that runs next
  std::uint32_t xpsr;  ///< its low nine bits: the exception number of a handler, 0 in a thread
};

static_assert(sizeof(StackedFrame) == 32 && offsetof(StackedFrame, pc) == 24);

/// What is known of a fault besides, as exceptions.S pushes it and the core's registers say.
struct FaultState {
  std::array<std::uint32_t, 8> r4_r11;
  FaultStatus status;
  std::uint32_t frame_at;  ///< where the core stacked its frame,
  bool frame_lost;         ///< or would have, had it been able to
};

/// Good until the exception returns.
struct TrapFrame {
  StackedFrame* stacked;
  std::uint32_t exc_return;     ///< what the exception returns to  [ARMv7-M B1.5.8]
  std::uint32_t frame_pointer;  ///< r7
  const FaultState* fault;      ///< null: an interrupt, whose handlers keep r4-r11
};

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_TRAP_FRAME_H_
