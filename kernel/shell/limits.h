// The shell's fixed sizes, in one place because several of its files depend on the same ones.
#ifndef BATON_KERNEL_SHELL_LIMITS_H_
#define BATON_KERNEL_SHELL_LIMITS_H_

#include <cstddef>

#include "kernel/sizes.h"

namespace baton::kernel::shell {

/// Characters in a line, its end not counted.
inline constexpr std::size_t kMaxLine = 256;

/// Words in one command, its name included.
inline constexpr std::size_t kMaxWords = 32;

/// Bytes that the history keeps in all; each line costs its length and one more.
inline constexpr std::size_t kHistoryBytes = sizes::kHistoryBytes;

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_LIMITS_H_
