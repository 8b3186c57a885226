// The line being edited, on the screen: prompt, text and cursor, redrawn with as little as will do.
//
// A line longer than the screen is wide continues on the rows below.  The display breaks rows
// itself, one column before the terminal would (so it does not matter how that one wraps), and
// needs of a terminal, while characters are typed or erased at the end of a line that fits one row,
// nothing but printing and backspace: what comes out of a pipe is then plain text.
//
// Used by the context that feeds the shell, and by nobody else.
#ifndef BATON_KERNEL_SHELL_LINE_DISPLAY_H_
#define BATON_KERNEL_SHELL_LINE_DISPLAY_H_

#include <cstddef>
#include <string_view>

#include "base/format.h"

namespace baton::kernel::shell {

class LineDisplay {
 public:
  static constexpr std::size_t kDefaultColumns = 80;
  static constexpr std::size_t kMinColumns = 20;
  static constexpr std::size_t kMaxColumns = 500;

  explicit constexpr LineDisplay(TextSink& terminal) : terminal_(terminal) {}

  /// Prints the prompt of a new, empty line.  `prompt` is borrowed until the next call of start(),
  /// is printable
  /// ASCII, not empty, and shorter than kMinColumns - 1.
  void start(std::string_view prompt);

  /// Makes the screen show `text` with the cursor before text[cursor].  What is shown now may
  /// differ from `text` only from index `from` on.
  void update(std::string_view text, std::size_t from, std::size_t cursor);

  /// Moves the cursor only.  `text` is what is shown.
  void move(std::string_view text, std::size_t cursor);

  /// Ends the line on the screen: whatever is written next starts on a row of its own.
  void finish(std::string_view text);

  /// Takes the prompt and the line off the screen; what is written then stands where they were.
  void erase();

  /// Shows prompt and line again, at the start of a row.
  void draw(std::string_view text, std::size_t cursor);

  /// Clears the screen and shows prompt and line on its first row.
  void clear_screen(std::string_view text, std::size_t cursor);

  /// Asks the terminal how wide it is; one that understands answers with a cursor report, whose
  /// column is for set_columns().  The cursor stays where it is.
  void ask_columns();

  /// The terminal is `columns` wide, kMinColumns to kMaxColumns; redraws the line.
  void set_columns(std::size_t columns, std::string_view text, std::size_t cursor);

  std::size_t columns() const { return columns_; }

 private:
  // Rows end one column early: what a terminal does after its last column differs between them.
  std::size_t row_length() const { return columns_ - 1; }
  std::size_t place(std::size_t index) const { return prompt_.size() + index; }
  std::size_t row(std::size_t index) const { return place(index) / row_length(); }
  std::size_t column(std::size_t index) const { return place(index) % row_length(); }

  void print(std::string_view text);
  void move_to(std::string_view text, std::size_t index);
  void move_rows(std::size_t from, std::size_t to);
  void move_columns(std::string_view text, std::size_t index);
  void erase_rest(std::size_t shown);

  TextSink& terminal_;
  std::string_view prompt_;
  std::size_t columns_ = kDefaultColumns;
  std::size_t shown_ = 0;   // characters of the text on the screen
  std::size_t cursor_ = 0;  // index that the screen's cursor is at
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_LINE_DISPLAY_H_
