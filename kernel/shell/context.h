// What a command talks to while it runs: the terminal, the clock, the user who wants it to stop.
//
// Made by the shell for each call of a command and valid until that returns; for the context that
// the command runs in.
#ifndef BATON_KERNEL_SHELL_CONTEXT_H_
#define BATON_KERNEL_SHELL_CONTEXT_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/time.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {

class Shell;
struct Command;

/// How a command ended; the prompt shows it (`baton> `, `baton(1)> `).
enum class [[nodiscard]] Status : std::uint8_t {
  kOk = 0,
  kFailed = 1,
};

class Context {
 public:
  Context(Shell& shell, const Command& command) : shell_(shell), command_(command) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Where the command's output goes.
  TextSink& out();

  template <Formattable... Args>
  void print(FormatString<Args...> format, const Args&... args) {
    format_to(out(), format, args...);
  }

  /// `return context.fail("cpu {} is offline", n);` prints `NAME: cpu 3 is offline`.
  template <Formattable... Args>
  Status fail(FormatString<Args...> format, const Args&... args) {
    format_to(out(), "{}: ", name());
    format_to(out(), format, args...);
    out().write("\n");
    return Status::kFailed;
  }

  /// Says how the command is called, and fails.
  Status usage();

  /// `text` as a number from `min` to `max`; nothing if it is not one, and then the user has been
  /// told, with `what` (the argument's name in capitals) in the message.
  std::optional<std::uint64_t> number(
      std::string_view what, std::string_view text, std::uint64_t min = 0,
      std::uint64_t max = std::numeric_limits<std::uint64_t>::max());

  /// Whether the user has typed ctrl-C.  A command that may run long asks in its loop, and returns.
  bool interrupted();

  /// Now, by the clock that the shell was given.
  Instant now();

  /// Runs another command, given as its name and its arguments.
  Status run(Words words);

  /// The command's name.
  std::string_view name() const;

  Shell& shell() { return shell_; }

 private:
  Shell& shell_;
  const Command& command_;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_CONTEXT_H_
