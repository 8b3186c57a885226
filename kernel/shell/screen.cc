#include "kernel/shell/screen.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace baton::kernel::shell {

Screen::Screen(std::size_t columns, std::size_t rows, Wrap wrap)
    : grid_(rows, std::string(columns, ' ')), wrap_(wrap) {}

void Screen::write(std::string_view text) {
  EXPECT_FALSE(text.empty()) << "a write of nothing";
  raw_ += text;
  while (!text.empty()) {
    const char c = text.front();
    std::size_t used = 1;
    if (c == '\x1b') {
      used = escape(text);
    } else if (c < ' ' || c == '\x7f') {
      control(c);
    } else {
      put(c);
    }
    text.remove_prefix(used);
  }
}

void Screen::put(char c) {
  if (wrap_pending_) {
    column_ = 0;
    next_row();
  }
  grid_[row_][column_] = c;
  if (column_ + 1 < columns()) {
    ++column_;
    return;
  }
  if (wrap_ == Wrap::kImmediate) {
    column_ = 0;
    next_row();
  } else {
    wrap_pending_ = wrap_ == Wrap::kDeferred;
  }
}

void Screen::control(char c) {
  switch (c) {
    case '\a':
      ++bells_;
      return;
    case '\b':
      column_ -= column_ == 0 ? 0U : 1U;
      break;
    case '\r':
      column_ = 0;
      break;
    case '\n':
      column_ = 0;
      next_row();
      break;
    default:
      ADD_FAILURE() << "control character " << static_cast<int>(c) << " was written";
  }
  wrap_pending_ = false;
}

std::size_t Screen::escape(std::string_view text) {
  if (text.size() >= 2 && text[1] == '7') {
    saved_row_ = row_;
    saved_column_ = column_;
    return 2;
  }
  if (text.size() >= 2 && text[1] == '8') {
    row_ = saved_row_;
    column_ = saved_column_;
    wrap_pending_ = false;
    return 2;
  }
  std::size_t end = 2;
  std::size_t parameter = 0;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
    parameter = parameter * 10 + static_cast<std::size_t>(text[end++] - '0');
  }
  if (text.size() < 3 || text[1] != '[' || end == text.size()) {
    ADD_FAILURE() << "broken escape sequence: " << ::testing::PrintToString(std::string(text));
    return text.size();
  }
  csi(parameter, end != 2, text[end]);
  return end + 1;
}

void Screen::csi(std::size_t parameter, bool given, char final_byte) {
  const std::size_t count = std::max<std::size_t>(parameter, 1);
  switch (final_byte) {
    case 'A':
      row_ -= std::min(count, row_);
      break;
    case 'B':
      row_ = std::min(row_ + count, grid_.size() - 1);
      break;
    case 'C':
      column_ = std::min(column_ + count, columns() - 1);
      break;
    case 'D':
      column_ -= std::min(count, column_);
      break;
    case 'H':
      EXPECT_FALSE(given);
      row_ = 0;
      column_ = 0;
      break;
    case 'J':
      EXPECT_TRUE(!given || parameter == 2) << parameter;
      if (given) {
        std::ranges::fill(grid_, std::string(columns(), ' '));
      } else {
        erase_below();
      }
      break;
    case 'n':
      EXPECT_EQ(parameter, 6U);
      replies_ += "\x1b[" + std::to_string(row_ + 1) + ";" + std::to_string(column_ + 1) + "R";
      break;
    default:
      ADD_FAILURE() << "unknown sequence ESC [ " << parameter << " " << final_byte;
  }
  wrap_pending_ = false;
}

void Screen::next_row() {
  wrap_pending_ = false;
  if (row_ + 1 < grid_.size()) {
    ++row_;
    return;
  }
  scrolled_.push_back(grid_.front());
  grid_.erase(grid_.begin());
  grid_.emplace_back(scrolled_.back().size(), ' ');
}

void Screen::erase_below() {
  std::ranges::fill(grid_[row_].begin() + static_cast<std::ptrdiff_t>(column_), grid_[row_].end(),
                    ' ');
  std::fill(grid_.begin() + static_cast<std::ptrdiff_t>(row_) + 1, grid_.end(),
            std::string(columns(), ' '));
}

std::vector<std::string> Screen::text() const {
  std::vector<std::string> rows = scrolled_;
  rows.insert(rows.end(), grid_.begin(), grid_.end());
  for (std::string& row : rows) {
    row.erase(row.find_last_not_of(' ') + 1);
  }
  while (!rows.empty() && rows.back().empty()) {
    rows.pop_back();
  }
  return rows;
}

std::size_t Screen::forget_scrolled() {
  const std::size_t count = scrolled_.size();
  scrolled_.clear();
  return count;
}

std::string Screen::take_replies() { return std::exchange(replies_, ""); }

}  // namespace baton::kernel::shell
