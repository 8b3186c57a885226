// What can be said of an interrupt or a fault on the virtual machine, for dumps; and causing a
// fault on purpose.
#ifndef BATON_ARCH_HOST_TRAP_H_
#define BATON_ARCH_HOST_TRAP_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/format.h"

namespace baton::arch {

class Context;

/// What was interrupted: where it was, which is at a point of the machine.  Good until the handler
/// returns.
struct TrapFrame {
  std::uintptr_t pc = 0;
  std::uintptr_t sp = 0;
  std::uintptr_t fp = 0;  ///< of a frame record: the caller's frame pointer, the return address
  bool in_handler = false;
  bool is_trap = false;
  int signal = 0;              ///< of a fault (arch/host/faults.h); else 0
  std::uintptr_t address = 0;  ///< likewise, what was accessed

  /// Of whoever calls.
  [[gnu::noinline]] static TrapFrame here(bool in_handler) noexcept;
};

/// Ends in on_fault() with `is_trap(frame)` true.  Any context.
[[noreturn]] void trap() noexcept;

/// True where the exception was trap().
inline bool is_trap(const TrapFrame& frame) { return frame.is_trap; }

/// What happened, in words.  One line, no newline.
void describe(TextSink& out, const TrapFrame& frame);

/// The registers that there are, several lines.
void print_registers(TextSink& out, const TrapFrame& frame);

inline std::uint64_t program_counter(const TrapFrame& frame) { return frame.pc; }
/// Where the function that was interrupted returns to; 0 where no frame record says.
std::uint64_t return_address(const TrapFrame& frame);
inline std::uint64_t stack_pointer(const TrapFrame& frame) { return frame.sp; }

/// True where a handler was interrupted rather than a thread.
inline bool from_handler(const TrapFrame& frame) { return frame.in_handler; }

/// One line of a backtrace: an address, and how many frames in a row have it (recursion).
struct BacktraceEntry {
  std::uint64_t address = 0;
  unsigned repeats = 0;
};

/// Return addresses, innermost first.  Follows frame records; reads guardedly, so that a broken
/// stack ends the walk.  Fills `out`; the number of entries found.  Any context.
std::size_t backtrace(const TrapFrame& frame, std::span<BacktraceEntry> out);

/// Likewise, of a thread that does not run: where it goes on, and who called that.
std::size_t backtrace(const Context& context, std::span<BacktraceEntry> out);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_TRAP_H_
