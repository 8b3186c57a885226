// A model of a VT100 for tests: takes what the shell writes and knows what a person would see.
//
// It implements just the sequences that the shell may send; any other one is a test failure, as is
// a sequence that is split between two writes.
#ifndef BATON_KERNEL_SHELL_SCREEN_H_
#define BATON_KERNEL_SHELL_SCREEN_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/shell/terminal.h"

namespace baton::kernel::shell {

class Screen final : public Terminal {
 public:
  /// What happens after a character in the last column: the VT100 waits for the next one, simpler
  /// terminals start a row at once, and some stay where they are.
  enum class Wrap { kDeferred, kImmediate, kNever };

  explicit Screen(std::size_t columns = 80, std::size_t rows = 24, Wrap wrap = Wrap::kDeferred);

  void write(std::string_view text) override;
  bool interrupt_waiting() override { return interrupt; }
  void drop_interrupt() override { interrupt = false; }

  /// All rows from the first one written, those scrolled away included, without blanks at their
  /// ends and without empty rows after the last.
  std::vector<std::string> text() const;

  /// The cursor's row, counted like text()'s, and its column.
  std::size_t cursor_row() const { return scrolled_.size() + row_; }
  std::size_t cursor_column() const { return column_; }

  std::size_t columns() const { return grid_.front().size(); }
  std::size_t bells() const { return bells_; }
  /// Everything that was written, byte by byte.
  const std::string& raw() const { return raw_; }
  void clear_raw() { raw_.clear(); }
  /// Forgets the rows that have scrolled away; how many they were.
  std::size_t forget_scrolled();
  /// The answers to "where is the cursor" that wait to be fed.
  std::string take_replies();

  /// Whether a ctrl-C waits, for tests to set.
  bool interrupt = false;

 private:
  void put(char c);
  void control(char c);
  std::size_t escape(std::string_view text);
  void csi(std::size_t parameter, bool given, char final_byte);
  void next_row();
  void erase_below();

  std::vector<std::string> scrolled_;
  std::vector<std::string> grid_;
  Wrap wrap_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool wrap_pending_ = false;
  std::size_t saved_row_ = 0;
  std::size_t saved_column_ = 0;
  std::size_t bells_ = 0;
  std::string raw_;
  std::string replies_;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_SCREEN_H_
