// What an exception interrupted, as the core stacks it.    [ARMv7-M B1.5.6]
#ifndef BATON_ARCH_ARMV7M_TRAP_FRAME_H_
#define BATON_ARCH_ARMV7M_TRAP_FRAME_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace baton::arch {

/// Lies on the stack of whom the exception interrupted; good until that exception returns.  The
/// other registers are as the handler's caller-saved rules leave them.
struct TrapFrame {
  std::array<std::uint32_t, 4> r;  ///< r0-r3
  std::uint32_t r12;
  std::uint32_t lr;
  std::uint32_t pc;    ///< the instruction that runs next
  std::uint32_t xpsr;  ///< its low nine bits: the exception number of a handler, 0 in a thread
};

static_assert(sizeof(TrapFrame) == 32 && offsetof(TrapFrame, pc) == 24);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_TRAP_FRAME_H_
