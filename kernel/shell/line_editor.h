// The line editor: bytes in, lines out, with the keys of docs/shell.md in between.
//
// It is a state machine that is fed one byte at a time and never waits, so it runs from a receive
// queue, a test or a pipe alike.  A line that cannot be taken as it was meant is refused when it
// ends, with one message and nothing run: one with a byte outside ASCII, one longer than kMaxLine,
// one that input was lost from.  Until then such bytes ring the bell and leave the line as it is.
//
// Used by the context that feeds the shell, and by nobody else.
#ifndef BATON_KERNEL_SHELL_LINE_EDITOR_H_
#define BATON_KERNEL_SHELL_LINE_EDITOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernel/shell/completion.h"
#include "kernel/shell/history.h"
#include "kernel/shell/key_decoder.h"
#include "kernel/shell/limits.h"
#include "kernel/shell/line_display.h"
#include "kernel/shell/terminal.h"

namespace baton::kernel::shell {

class LineEditor {
 public:
  /// What a byte led to.  After all but kEditing the caller starts the next line with begin().
  enum class Event : std::uint8_t {
    kEditing,
    kLine,         ///< line() is complete; it is in the history already
    kRefused,      ///< the line was refused, and the user told why
    kInterrupted,  ///< ctrl-C: the line was dropped
  };

  constexpr LineEditor(Terminal& terminal, History& history, CompletionSource& completions)
      : terminal_(terminal), history_(history), completions_(completions), display_(terminal) {}

  /// Prints `prompt` and starts an empty line.  The prompt is borrowed until the next begin(), is
  /// printable ASCII, not
  /// empty, and shorter than LineDisplay::kMinColumns - 1.
  void begin(std::string_view prompt);

  /// Takes the next byte of input.  Only while a line is being edited.  O(kMaxLine) and what the
  /// completion source needs.
  Event feed(std::uint8_t byte);

  /// `bytes` bytes that belong here were lost: the line under way will be refused.
  void input_lost(std::uint64_t bytes);

  /// The text being edited, or the line that was completed, until begin().
  std::string_view line() const [[clang::lifetimebound]] { return {text_.data(), size_}; }

  /// Index in line() that the cursor stands before.
  std::size_t cursor() const { return cursor_; }

  /// hide() takes the line off the screen so that somebody else can print there, in whole rows;
  /// show() brings it back below.  show() alone where others have printed already, and the cursor
  /// is at the start of a row.  Only while a line is being edited.
  void hide() { display_.erase(); }
  void show() { display_.draw(line(), cursor_); }

 private:
  Event finish();
  bool refuse();
  void ring();
  void insert(char c);
  void replace(std::size_t from, std::size_t count, std::string_view text, std::size_t cursor);
  void erase(std::size_t from, std::size_t to);
  void go(std::size_t cursor);
  std::size_t word_left() const;
  std::size_t word_right() const;
  void transpose();
  void older();
  void newer();
  void recall(std::string_view text);
  void complete();
  void kill_to_start();
  void clear_screen();
  void cursor_reported(std::size_t column);

  Terminal& terminal_;
  History& history_;
  CompletionSource& completions_;
  LineDisplay display_;
  KeyDecoder decoder_;

  std::array<char, kMaxLine> text_{};
  std::size_t size_ = 0;
  std::size_t cursor_ = 0;

  // While an older line is shown: how many back it is, counted from 1, and the line that was left.
  std::size_t back_ = 0;
  std::array<char, kMaxLine> kept_{};
  std::size_t kept_size_ = 0;

  // Why the line will be refused; zero and false: it will not.
  std::uint64_t lost_ = 0;
  std::uint8_t bad_byte_ = 0;
  bool too_long_ = false;

  bool columns_asked_ = false;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_LINE_EDITOR_H_
