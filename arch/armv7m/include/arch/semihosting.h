// Semihosting: an emulator or debugger that listens to a special breakpoint.
//
// Nobody needs to be told whether one listens: without one the breakpoint is a fault, which the
// port expects and answers.  Inside a HardFault there is no answer to it: the core stops there.
// [Arm semihosting 2.0]
#ifndef BATON_ARCH_ARMV7M_SEMIHOSTING_H_
#define BATON_ARCH_ARMV7M_SEMIHOSTING_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace baton::arch::semihosting {

/// Ends the emulator with `status`.  Returns only where nobody listens.  Any context.
void exit(std::uint8_t status) noexcept;

/// The command line the emulator was given for this image, written into `buffer`; nothing where
/// nobody listens or it does not fit.  The first word is the image's file name.
std::optional<std::string_view> command_line(std::span<char> buffer) noexcept;

/// Writes text to the emulator's or debugger's console, as it is; does nothing where nobody
/// listens. Any context.
void write(const char* text) noexcept;

/// One operation, whose parameters are in `block`: its answer, or nothing where nobody listens.  A
/// debugger stops the core for it, so it may take long; any context.  [Arm semihosting 2.0, 6]
std::optional<std::uintptr_t> call(std::uint32_t operation, const void* block) noexcept;

}  // namespace baton::arch::semihosting

#endif  // BATON_ARCH_ARMV7M_SEMIHOSTING_H_
