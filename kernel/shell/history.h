// The lines that were entered, newest first, in a buffer of fixed size: the oldest make room.
//
// Used by the context that feeds the shell, and by nobody else.
#ifndef BATON_KERNEL_SHELL_HISTORY_H_
#define BATON_KERNEL_SHELL_HISTORY_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "kernel/shell/limits.h"

namespace baton::kernel::shell {

class History {
 public:
  constexpr History() = default;

  /// Keeps `line`, a copy of it, unless it is empty, equals the newest one, or has a '\n' in it.
  /// The oldest lines go until it fits; one that could never fit is not kept.  O(kHistoryBytes).
  void add(std::string_view line);

  /// How many lines are kept.
  std::size_t size() const { return lines_; }

  /// The line that was added `back` lines ago: 0 is the newest, size() - 1 the oldest; empty
  /// beyond. Valid until the next add().  O(kHistoryBytes).
  std::string_view entry(std::size_t back) const [[clang::lifetimebound]];

 private:
  void drop_oldest();

  // Oldest first, each line followed by '\n', which no line contains.
  std::array<char, kHistoryBytes> text_{};
  std::size_t used_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_HISTORY_H_
