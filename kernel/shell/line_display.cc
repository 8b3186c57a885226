#include "kernel/shell/line_display.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/assert.h"
#include "base/format.h"

namespace baton::kernel::shell {
namespace {

constexpr std::string_view kBackspaces = "\b\b\b\b\b\b\b\b";
constexpr std::string_view kBlanks = "        ";
static_assert(kBackspaces.size() == kBlanks.size());

/// Up to here, repeating a character is as short as an escape sequence, and any terminal knows it.
constexpr std::size_t kMaxRepeat = 4;

/// One escape sequence in one write, as Terminal asks for.
void write_escape(TextSink& terminal, std::size_t count, char final_byte) {
  FixedText<16> sequence;
  format_to(sequence, "\x1b[{}{}", count, final_byte);
  terminal.write(sequence.view());
}

}  // namespace

void LineDisplay::start(std::string_view prompt) {
  prompt_ = prompt;
  shown_ = 0;
  cursor_ = 0;
  terminal_.write(prompt);
}

void LineDisplay::update(std::string_view text, std::size_t from, std::size_t cursor) {
  move_to(text, from);
  const std::size_t shown = shown_;
  print(std::string_view(text.data() + from, text.size() - from));
  erase_rest(shown);
  shown_ = text.size();
  move_to(text, cursor);
}

void LineDisplay::move(std::string_view text, std::size_t cursor) { move_to(text, cursor); }

void LineDisplay::finish(std::string_view text) {
  move_to(text, text.size());
  // A row that is full has been left already.
  if (column(cursor_) != 0) {
    terminal_.write("\n");
  }
  shown_ = 0;
  cursor_ = 0;
}

void LineDisplay::erase() {
  move_rows(row(cursor_), 0);
  terminal_.write("\r");
  terminal_.write("\x1b[J");
}

void LineDisplay::draw(std::string_view text, std::size_t cursor) {
  terminal_.write(prompt_);
  cursor_ = 0;
  shown_ = 0;
  update(text, 0, cursor);
}

void LineDisplay::clear_screen(std::string_view text, std::size_t cursor) {
  terminal_.write("\x1b[H");
  terminal_.write("\x1b[2J");
  draw(text, cursor);
}

void LineDisplay::ask_columns() {
  // Save the cursor, go as far right as there is, ask where that is, come back.
  terminal_.write(
      "\x1b"
      "7");
  terminal_.write("\x1b[999C");
  terminal_.write("\x1b[6n");
  terminal_.write(
      "\x1b"
      "8");
}

void LineDisplay::set_columns(std::size_t columns, std::string_view text, std::size_t cursor) {
  BATON_ASSERT(columns >= kMinColumns && columns <= kMaxColumns);
  erase();
  columns_ = columns;
  draw(text, cursor);
}

void LineDisplay::print(std::string_view text) {
  while (!text.empty()) {
    const std::size_t room = row_length() - column(cursor_);
    const std::size_t count = std::min(room, text.size());
    terminal_.write(std::string_view(text.data(), count));
    text.remove_prefix(count);
    cursor_ += count;
    if (count == room) {
      terminal_.write("\n");
    }
  }
}

void LineDisplay::erase_rest(std::size_t shown) {
  if (shown <= cursor_) {
    return;
  }
  const std::size_t count = shown - cursor_;
  if (row(shown) != row(cursor_) || count > kBlanks.size()) {
    terminal_.write("\x1b[J");
    return;
  }
  terminal_.write(std::string_view(kBlanks.data(), count));
  terminal_.write(std::string_view(kBackspaces.data(), count));
}

void LineDisplay::move_to(std::string_view text, std::size_t index) {
  move_rows(row(cursor_), row(index));
  move_columns(text, index);
  cursor_ = index;
}

void LineDisplay::move_rows(std::size_t from, std::size_t to) {
  if (to < from) {
    write_escape(terminal_, from - to, 'A');
  } else if (from < to) {
    write_escape(terminal_, to - from, 'B');
  }
}

void LineDisplay::move_columns(std::string_view text, std::size_t index) {
  const std::size_t from = column(cursor_);
  const std::size_t to = column(index);
  if (to < from) {
    const std::size_t count = from - to;
    if (count <= kMaxRepeat) {
      terminal_.write(std::string_view(kBackspaces.data(), count));
    } else if (to == 0) {
      terminal_.write("\r");
    } else {
      write_escape(terminal_, count, 'D');
    }
  } else if (from < to) {
    const std::size_t count = to - from;
    if (count <= kMaxRepeat && count <= index) {
      // Printing what is there already moves right as well.
      terminal_.write(std::string_view(text.data() + index - count, count));
    } else {
      write_escape(terminal_, count, 'C');
    }
  }
}

}  // namespace baton::kernel::shell
