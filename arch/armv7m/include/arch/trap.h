// What can be said of an exception.
#ifndef BATON_ARCH_ARMV7M_TRAP_H_
#define BATON_ARCH_ARMV7M_TRAP_H_

#include <cstdint>

#include "arch/armv7m/trap_frame.h"

namespace baton::arch {

/// Where the exception was taken: the instruction that it kept from running.
inline std::uint32_t program_counter(const TrapFrame& frame) { return frame.pc; }

/// True where the exception was taken from a handler (another exception) rather than from a thread.
inline bool from_handler(const TrapFrame& frame) { return (frame.xpsr & 0x1ffU) != 0; }

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_TRAP_H_
