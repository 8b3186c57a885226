// A line editor at a model of a screen, for the editor's tests.
#ifndef BATON_KERNEL_SHELL_EDITOR_DESK_H_
#define BATON_KERNEL_SHELL_EDITOR_DESK_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/shell/completion.h"
#include "kernel/shell/history.h"
#include "kernel/shell/line_display.h"
#include "kernel/shell/line_editor.h"
#include "kernel/shell/screen.h"

namespace baton::kernel::shell {

using Event = LineEditor::Event;
using Rows = std::vector<std::string>;

inline constexpr std::array<std::string_view, 6> kWords = {"cells", "cpus",     "panic",
                                                           "peek",  "poweroff", "poweron"};

/// Completes the last word before the cursor from kWords.
class WordSource final : public CompletionSource {
 public:
  std::size_t prefix_length(std::string_view before) const override {
    if (before.contains('"')) {
      return kNothing;
    }
    return before.size() - (before.find_last_of(' ') + 1);
  }
  void offer_candidates(std::string_view, Candidates& candidates) const override {
    for (const std::string_view word : kWords) {
      candidates.offer(word);
    }
  }
};

/// Prompt and line, broken into rows as the editor breaks them on a screen of so many columns.
inline Rows rows_of(std::string_view prompt, std::string_view line, std::size_t columns) {
  const std::string all = std::string(prompt) + std::string(line);
  Rows rows;
  for (std::size_t at = 0; at < all.size(); at += columns - 1) {
    rows.push_back(all.substr(at, columns - 1));
  }
  return rows;
}

inline void strip(Rows& rows) {
  for (std::string& row : rows) {
    row.erase(row.find_last_not_of(' ') + 1);
  }
  while (!rows.empty() && rows.back().empty()) {
    rows.pop_back();
  }
}

/// An editor at a screen.
class Desk {
 public:
  explicit Desk(std::size_t columns = 80, Screen::Wrap wrap = Screen::Wrap::kDeferred)
      : screen(columns, 24, wrap), editor(screen, history, source) {
    editor.begin(kPrompt);
    if (columns != LineDisplay::kDefaultColumns) {  // clearing the screen makes the editor ask
      type("\x0c");
      type(screen.take_replies());
    }
  }

  /// Types; the last byte's event.  Complete lines go to `lines`, and a new one begins.
  Event type(std::string_view bytes) {
    Event event = Event::kEditing;
    for (const char c : bytes) {
      event = editor.feed(static_cast<std::uint8_t>(c));
      if (event == Event::kLine) {
        lines.emplace_back(editor.line());
      }
      if (event != Event::kEditing) {
        editor.begin(kPrompt);
      }
    }
    return event;
  }

  /// `text` with the cursor where `|` is, as the editor has it.
  std::string state() const {
    std::string text(editor.line());
    return text.insert(editor.cursor(), "|");
  }

  /// Whether the screen shows the editor's line and cursor, and nothing behind or below it.
  void check_screen() const {
    const std::size_t length = screen.columns() - 1;
    const std::size_t place = kPrompt.size() + editor.cursor();
    ASSERT_EQ(screen.cursor_column(), place % length);
    ASSERT_GE(screen.cursor_row(), place / length);
    Rows shown = screen.text();
    const auto first = static_cast<std::ptrdiff_t>(screen.cursor_row() - place / length);
    shown.erase(shown.begin(), shown.begin() + std::min<std::ptrdiff_t>(first, std::ssize(shown)));
    Rows expected = rows_of(kPrompt, editor.line(), screen.columns());
    strip(expected);
    ASSERT_EQ(shown, expected);
  }

  static constexpr std::string_view kPrompt = "baton> ";

  Screen screen;
  History history;
  WordSource source;
  LineEditor editor;
  std::vector<std::string> lines;
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_EDITOR_DESK_H_
