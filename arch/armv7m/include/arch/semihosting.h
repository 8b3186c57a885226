// Semihosting: an emulator or debugger that listens to a special breakpoint.
//
// Nobody needs to be told whether one listens: without one the breakpoint is a fault, which the
// port expects and answers.  [Arm semihosting 2.0]
#ifndef BATON_ARCH_ARMV7M_SEMIHOSTING_H_
#define BATON_ARCH_ARMV7M_SEMIHOSTING_H_

#include <cstdint>

namespace baton::arch::semihosting {

/// Ends the emulator with `status`.  Returns only where nobody listens.  Any context but a fault's.
void exit(std::uint8_t status) noexcept;

/// Writes text to the emulator's or debugger's console, as it is; does nothing where nobody
/// listens. Any context but a fault's.
void write(const char* text) noexcept;

}  // namespace baton::arch::semihosting

#endif  // BATON_ARCH_ARMV7M_SEMIHOSTING_H_
