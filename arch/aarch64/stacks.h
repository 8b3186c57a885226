// Every core's three stacks, each with a guard page below it that is never mapped.
//
// Stacks grow down, so running out of one touches the guard: a fault that names it.
#ifndef BATON_ARCH_AARCH64_STACKS_H_
#define BATON_ARCH_AARCH64_STACKS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/aarch64/layout.h"

namespace baton::arch {

inline constexpr std::size_t kGuardBytes = 4096;
inline constexpr std::size_t kHandlerStackBytes = 16384;
inline constexpr std::size_t kThreadStackBytes = 32768;

struct alignas(4096) CoreStacks {
  std::array<std::byte, kGuardBytes> emergency_guard;
  std::array<std::byte, BATON_EMERGENCY_STACK_SIZE> emergency;
  std::array<std::byte, kGuardBytes> handler_guard;
  std::array<std::byte, kHandlerStackBytes> handler;
  std::array<std::byte, kGuardBytes> thread_guard;
  std::array<std::byte, kThreadStackBytes> thread;
};
static_assert(sizeof(CoreStacks) % 4096 == 0);

/// In a section of its own that is neither loaded nor cleared (link/kernel.ld).
extern std::array<CoreStacks, BATON_MAX_CORES> core_stacks;

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_STACKS_H_
