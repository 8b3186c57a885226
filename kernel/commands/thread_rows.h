// What the shell's commands show of each thread: copied while none begins or ends, shown after.
#ifndef BATON_KERNEL_COMMANDS_THREAD_ROWS_H_
#define BATON_KERNEL_COMMANDS_THREAD_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "kernel/sched/thread.h"
#include "kernel/sizes.h"

namespace baton::kernel::commands {

struct ThreadRow {
  const Thread* id = nullptr;  ///< to tell rows apart, not to follow
  std::string_view name;
  std::string_view state;
  int priority = 0;
  bool inherits = false;
  unsigned core = 0;
  CoreMask affinity = 0;
  Duration cpu_time;
  std::uint64_t switches = 0;
  std::uint64_t migrations = 0;
  std::size_t stack_used = 0;
  std::size_t stack_bytes = 0;
};

/// A snapshot of the threads, idle ones included.
class ThreadRows {
 public:
  static constexpr std::size_t kMost = sizes::kThreadRows;

  constexpr ThreadRows() = default;
  void take();
  std::span<ThreadRow> all() { return std::span(rows_).first(used_); }
  /// Threads there was no room for.
  std::size_t left_out() const { return left_out_; }

 private:
  void add(const Thread& thread);

  std::array<ThreadRow, kMost> rows_{};
  std::size_t used_ = 0;
  std::size_t left_out_ = 0;
};

/// Too large for a stack.  Of the command that runs: the shell runs one at a time.
extern constinit ThreadRows thread_rows;

}  // namespace baton::kernel::commands

#endif  // BATON_KERNEL_COMMANDS_THREAD_ROWS_H_
