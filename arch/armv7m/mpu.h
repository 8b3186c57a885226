// The memory protection unit.                              [ARMv7-M B3.5]
#ifndef BATON_ARCH_ARMV7M_MPU_H_
#define BATON_ARCH_ARMV7M_MPU_H_

#include <cstddef>
#include <cstdint>

namespace baton::arch {

/// What a null pointer and its first members point at.  The vector table begins there on most
/// chips: the core reads it by itself, and nobody else does.
inline constexpr std::size_t kNullBytes = 128;

/// Sets the permissions of arch/memory.h, and the guards of both stacks that there are.  Does
/// nothing on a core without an MPU, or where the image was linked to do without.  Boot.
void start_mpu();

/// Where the running thread's guard is.
std::uintptr_t thread_guard();

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_MPU_H_
