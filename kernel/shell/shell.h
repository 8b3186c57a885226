// The shell: bytes of input in, commands run, a prompt after each line.
//
//   constexpr std::span<const shell::Command> kTables[] = {kMachineCommands, kMoreCommands};
//   constinit shell::Shell the_shell(terminal, clock, kTables);
//   the_shell.start();
//   for (;;) the_shell.feed(next_byte());
//
// It owns no thread and never waits: commands run inside feed().  The prompt is `baton> ` after a
// line whose commands all succeeded, `baton(1)> ` after one with a failure, and unchanged after an
// empty one; tools that drive the shell read it.
//
// All of it is for one context, the one that feeds it; no interrupt handler.
#ifndef BATON_KERNEL_SHELL_SHELL_H_
#define BATON_KERNEL_SHELL_SHELL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/format.h"
#include "base/time.h"
#include "kernel/shell/command.h"
#include "kernel/shell/completion.h"
#include "kernel/shell/context.h"
#include "kernel/shell/history.h"
#include "kernel/shell/line_editor.h"
#include "kernel/shell/terminal.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {

/// Tells the time; for `time` and for commands.
class Clock {
 public:
  virtual Instant now() = 0;

 protected:
  constexpr Clock() = default;
  ~Clock() = default;
};

/// Tables of commands.  A name that two of them have means the first.
using CommandTables = std::span<const std::span<const Command>>;

class Shell {
 public:
  /// Borrows all three for its lifetime.  The commands of builtins.h come with it.
  constexpr Shell(Terminal& terminal, Clock& clock, CommandTables tables)
      : terminal_(terminal),
        clock_(clock),
        tables_(tables),
        output_(terminal),
        completer_(*this),
        editor_(terminal, history_, completer_) {}
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  /// Shows the first prompt.
  void start();

  /// Takes the next byte of input; runs the line if it is complete.
  void feed(std::uint8_t byte);

  /// `bytes` bytes that would have come next were lost: the line that they belong to is not run.
  void input_lost(std::uint64_t bytes) { editor_.input_lost(bytes); }

  /// Runs every command of `line`, as if it had been typed, but without a prompt and the history.
  /// Nothing is run if it cannot be split into words; ctrl-C stops it.  Status of an empty line:
  /// the one before.
  Status run_line(std::string_view line);

  /// hide_line() takes the line being edited off the screen, for output of somebody else in whole
  /// rows; show_line() brings it back.  show_line() alone where such output has come already, and
  /// the cursor is at the start of a row.
  void hide_line() { editor_.hide(); }
  void show_line() { editor_.show(); }

  // For commands.

  /// Runs one command, given as its name and its arguments; at least the name.
  Status run_command(Words words);

  /// Says that there is no such command, and which one may have been meant.
  Status unknown_command(std::string_view name);

  /// The command of that name, or null.
  const Command* find(std::string_view name) const;

  /// The command whose name comes next after `name` in the alphabet, or null.  O(commands).
  const Command* next_after(std::string_view name) const;

  /// Offers what could follow `before`, the words of a command so far; with none of them, its name.
  void offer_words(Words before, Candidates& candidates) const;

  TextSink& out() { return output_; }
  bool interrupted() { return terminal_.interrupt_waiting(); }
  Instant now() { return clock_.now(); }
  const History& history() const { return history_; }

 private:
  // Remembers whether the output ended its line, so that the prompt begins one.
  class Output final : public TextSink {
   public:
    explicit constexpr Output(TextSink& terminal) : terminal_(terminal) {}
    void write(std::string_view text) override;
    void end_line();

   private:
    TextSink& terminal_;
    bool in_line_ = false;
  };

  // What the editor asks about completion.
  class Completer final : public CompletionSource {
   public:
    explicit constexpr Completer(const Shell& shell) : shell_(shell) {}
    std::size_t prefix_length(std::string_view before) const override;
    void offer_candidates(std::string_view before, Candidates& candidates) const override;

   private:
    const Shell& shell_;
  };

  static bool last_command(std::string_view before, CommandWords& command);
  bool splits(std::string_view line);
  void prompt();

  template <class F>
  void for_each_command(F f) const;

  Terminal& terminal_;
  Clock& clock_;
  CommandTables tables_;
  Output output_;
  History history_;
  Completer completer_;
  LineEditor editor_;
  Status status_ = Status::kOk;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_SHELL_H_
