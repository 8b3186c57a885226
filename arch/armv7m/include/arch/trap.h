// What can be said of an exception, for dumps; and causing one on purpose.
#ifndef BATON_ARCH_ARMV7M_TRAP_H_
#define BATON_ARCH_ARMV7M_TRAP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/armv7m/trap_frame.h"
#include "base/format.h"

namespace baton::arch {

class Context;

/// Ends in on_fault() with `is_trap(frame)` true and every register as it is here.  How a panic
/// gets its registers.  Any context.
[[noreturn]] inline void trap() noexcept {
  asm volatile("udf #0xba");
  __builtin_unreachable();
}

/// True where the exception was trap().
bool is_trap(const TrapFrame& frame);

/// What happened, in words: cause, address and what lies there.  One line, no newline.
void describe(TextSink& out, const TrapFrame& frame);

/// All registers that are known, several lines.
void print_registers(TextSink& out, const TrapFrame& frame);

/// Where the exception was taken: the instruction that it kept from running.
inline std::uint32_t program_counter(const TrapFrame& frame) { return frame.stacked->pc; }
/// Where what it interrupted would have returned to, unless that is on the stack already.
inline std::uint32_t return_address(const TrapFrame& frame) { return frame.stacked->lr; }
/// As it was before the exception.
std::uint32_t stack_pointer(const TrapFrame& frame);

/// True where the exception was taken from a handler (another exception) rather than from a thread.
inline bool from_handler(const TrapFrame& frame) {
  constexpr std::uint32_t kToThread = 0x8;  // [ARMv7-M B1.5.8]
  return (frame.exc_return & kToThread) == 0;
}

/// One line of a backtrace: an address, and how many frames in a row have it (recursion).
struct BacktraceEntry {
  std::uint64_t address = 0;
  unsigned repeats = 0;
};

/// Return addresses, innermost first, starting with where the exception was taken.  Follows frame
/// records, exceptions included; reads guardedly, so that a broken stack ends the walk and not the
/// panic.  Fills `out`; the number of entries found.  Any context.
std::size_t backtrace(const TrapFrame& frame, std::span<BacktraceEntry> out);

/// Likewise, of a thread that does not run: where it goes on, and who called that.
std::size_t backtrace(const Context& context, std::span<BacktraceEntry> out);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_TRAP_H_
