// The way out of the virtual machine, under the name that it has on a board under an emulator.
#ifndef BATON_ARCH_HOST_SEMIHOSTING_H_
#define BATON_ARCH_HOST_SEMIHOSTING_H_

#include <cstdint>

namespace baton::arch::semihosting {

/// Ends the machine's run with `status`.  Any context.
void exit(std::uint8_t status) noexcept;

/// Writes text to the process's standard output, as it is.  Any context.
void write(const char* text) noexcept;

}  // namespace baton::arch::semihosting

#endif  // BATON_ARCH_HOST_SEMIHOSTING_H_
