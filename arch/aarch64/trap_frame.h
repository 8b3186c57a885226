// What an exception interrupted: every register, as vectors.S pushes them.
#ifndef BATON_ARCH_AARCH64_TRAP_FRAME_H_
#define BATON_ARCH_AARCH64_TRAP_FRAME_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/aarch64/layout.h"

namespace baton::arch {

/// Lies on the stack of the exception that made it; good until that exception returns.
struct TrapFrame {
  std::array<std::uint64_t, 31> x;
  std::uint64_t sp;
  std::uint64_t elr;
  std::uint64_t spsr;
  std::uint64_t esr;
  std::uint64_t far;
  std::array<std::uint64_t, 2> record;  ///< {x29, elr}: links a backtrace through the exception
  std::uint64_t cpacr;                  ///< not 0: a thread that has FP registers
  std::uint64_t unused;
};

static_assert(sizeof(TrapFrame) == BATON_FRAME_SIZE);
static_assert(offsetof(TrapFrame, x) == BATON_FRAME_X0);
static_assert(offsetof(TrapFrame, sp) == BATON_FRAME_SP);
static_assert(offsetof(TrapFrame, elr) == BATON_FRAME_ELR);
static_assert(offsetof(TrapFrame, spsr) == BATON_FRAME_SPSR);
static_assert(offsetof(TrapFrame, esr) == BATON_FRAME_ESR);
static_assert(offsetof(TrapFrame, far) == BATON_FRAME_FAR);
static_assert(offsetof(TrapFrame, record) == BATON_FRAME_RECORD);
static_assert(offsetof(TrapFrame, cpacr) == BATON_FRAME_CPACR);

/// Exceptions that nothing in Baton causes (vectors.S).
enum class Unexpected : std::uint64_t { kFiq = 0, kSError = 1, kFromEl0 = 2 };

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_TRAP_FRAME_H_
