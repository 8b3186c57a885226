// What can be said of an exception, for dumps; and causing one on purpose.
#ifndef BATON_ARCH_AARCH64_TRAP_H_
#define BATON_ARCH_AARCH64_TRAP_H_

#include <cstdint>
#include <span>

#include "arch/aarch64/trap_frame.h"
#include "base/format.h"

namespace baton::arch {

class Context;

/// Ends in on_fault() with `is_trap(frame)` true and every register as it is here.  How a panic
/// gets its registers.  Any context.
[[noreturn]] inline void trap() noexcept {
  asm volatile("brk #0xba7");
  __builtin_unreachable();
}

/// True where the exception was trap().
bool is_trap(const TrapFrame& frame);

/// What happened, in words: kind of access, address and what lies there, cause.  One line, no
/// newline.
void describe(TextSink& out, const TrapFrame& frame);

/// All registers, several lines.
void print_registers(TextSink& out, const TrapFrame& frame);

/// Where the exception was taken.
inline std::uint64_t program_counter(const TrapFrame& frame) { return frame.elr; }
/// Where the function that was interrupted returns to, if it has called none since it began.
inline std::uint64_t return_address(const TrapFrame& frame) { return frame.x[30]; }
inline std::uint64_t stack_pointer(const TrapFrame& frame) { return frame.sp; }

/// True where the exception was taken from a handler (another exception) rather than from a thread.
inline bool from_handler(const TrapFrame& frame) { return (frame.spsr & 1U) != 0; }

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

#endif  // BATON_ARCH_AARCH64_TRAP_H_
