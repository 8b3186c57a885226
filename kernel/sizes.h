// How much memory the kernel's own threads, buffers and tables take: little where there is little.
//
// A stack here holds what its thread was seen to use, and half of it again; `ps` shows the use.
#ifndef BATON_KERNEL_SIZES_H_
#define BATON_KERNEL_SIZES_H_

#include <cstddef>

#include "arch/memory.h"
#include "kernel/records.h"

namespace baton::kernel::sizes {

inline constexpr bool kSmall = arch::kSmallMemory;
/// Without records for people: hardly anything is said.
inline constexpr bool kTerse = !kKeepsRecords;

// Bytes of stack.
inline constexpr std::size_t kShellStack = kSmall ? 3072 : 32768;
inline constexpr std::size_t kCallbackStack = kSmall ? 1536 : 8192;  ///< a core's `rcu/N`
inline constexpr std::size_t kCallStack = kSmall ? 1536 : 16384;     ///< a core's `call/N`
inline constexpr std::size_t kCommandStack = kSmall ? 1024 : 8192;   ///< a command's own threads
inline constexpr std::size_t kStressStack = kSmall ? 1408 : 4096;

inline constexpr std::size_t kReceivedBytes = kTerse   ? 128
                                              : kSmall ? 512
                                                       : 4096;  ///< that nobody has read
inline constexpr std::size_t kConsoleLines = kTerse ? 4 : kSmall ? 8 : 64;  ///< on their way out
inline constexpr std::size_t kLineBytes = kTerse ? 80 : 240;                ///< of one of these
inline constexpr std::size_t kHistoryBytes = kSmall ? 512 : 2048;  ///< of the shell's lines
inline constexpr std::size_t kThreadRows = kSmall ? 32 : 96;       ///< that `ps` and `top` show
inline constexpr std::size_t kCellRows = kTerse ? 0 : kSmall ? 16 : 64;  ///< that a panic shows
inline constexpr unsigned kStressSuspensions = kSmall ? 3 : 6;  ///< threads of that scenario

/// The heap begins and ends at multiples of it.
inline constexpr std::size_t kHeapStep = kSmall ? 256 : 4096;

}  // namespace baton::kernel::sizes

#endif  // BATON_KERNEL_SIZES_H_
