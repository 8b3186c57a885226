#include "kernel/shell/line_editor.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "base/format.h"

namespace baton::kernel::shell {

void LineEditor::begin(std::string_view prompt) {
  BATON_ASSERT(!prompt.empty() && prompt.size() + 1 < LineDisplay::kMinColumns);
  size_ = 0;
  cursor_ = 0;
  back_ = 0;
  lost_ = 0;
  bad_byte_ = 0;
  too_long_ = false;
  display_.start(prompt);
}

LineEditor::Event LineEditor::feed(std::uint8_t byte) {
  const KeyPress press = decoder_.feed(byte);
  switch (press.key) {
    case Key::kNone:
      break;
    case Key::kCharacter:
      insert(static_cast<char>(press.byte));
      break;
    case Key::kNotAscii:
      bad_byte_ = bad_byte_ == 0 ? press.byte : bad_byte_;
      ring();
      break;
    case Key::kUnknown:
      ring();
      break;
    case Key::kEnter:
      return finish();
    case Key::kInterrupt:
      display_.move(line(), size_);
      terminal_.write("^C\n");
      return Event::kInterrupted;
    case Key::kLeft:
      cursor_ == 0 ? ring() : go(cursor_ - 1);
      break;
    case Key::kRight:
      cursor_ == size_ ? ring() : go(cursor_ + 1);
      break;
    case Key::kWordLeft:
      go(word_left());
      break;
    case Key::kWordRight:
      go(word_right());
      break;
    case Key::kHome:
      go(0);
      break;
    case Key::kEnd:
      go(size_);
      break;
    case Key::kOlder:
      older();
      break;
    case Key::kNewer:
      newer();
      break;
    case Key::kBackspace:
      cursor_ == 0 ? ring() : erase(cursor_ - 1, cursor_);
      break;
    case Key::kDelete:
      cursor_ == size_ ? ring() : erase(cursor_, cursor_ + 1);
      break;
    case Key::kKillToStart:
      kill_to_start();
      break;
    case Key::kKillToEnd:
      erase(cursor_, size_);
      break;
    case Key::kKillWord:
      erase(word_left(), cursor_);
      break;
    case Key::kTranspose:
      transpose();
      break;
    case Key::kTab:
      complete();
      break;
    case Key::kClearScreen:
      clear_screen();
      break;
    case Key::kCursorReport:
      cursor_reported(press.column);
      break;
  }
  return Event::kEditing;
}

void LineEditor::input_lost(std::uint64_t bytes) {
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - lost_;
  lost_ += std::min(bytes, room);
  ring();
}

LineEditor::Event LineEditor::finish() {
  display_.finish(line());
  if (refuse()) {
    return Event::kRefused;
  }
  history_.add(line());
  return Event::kLine;
}

/// Says why the line is not run, if there is a reason; the worst one where there are several.
bool LineEditor::refuse() {
  if (lost_ != 0) {
    format_to(terminal_, "{} {} lost: send it slower; the line was discarded\n", lost_,
              lost_ == 1 ? "byte of input was" : "bytes of input were");
    return true;
  }
  if (bad_byte_ != 0) {
    format_to(terminal_,
              "byte {:#04x} is not ASCII; the line was discarded: use plain ASCII characters\n",
              bad_byte_);
    return true;
  }
  if (too_long_) {
    format_to(terminal_, "line too long: at most {} characters; nothing was run\n", kMaxLine);
    return true;
  }
  return false;
}

void LineEditor::ring() { terminal_.write("\a"); }

void LineEditor::insert(char c) {
  if (size_ == kMaxLine) {
    too_long_ = true;
    ring();
    return;
  }
  replace(cursor_, 0, std::string_view(&c, 1), cursor_ + 1);
}

/// The one place where the text changes.  `text` may not be a part of text_, and has room.
void LineEditor::replace(std::size_t from, std::size_t count, std::string_view text,
                         std::size_t cursor) {
  BATON_ASSERT(from + count <= size_ && size_ - count + text.size() <= kMaxLine);
  char* const begin = text_.data();
  std::size_t same = 0;  // what the screen need not be told
  while (same < std::min(count, text.size()) && begin[from + same] == text[same]) {
    ++same;
  }
  char* const tail = begin + from + count;
  if (text.size() > count) {
    std::copy_backward(tail, begin + size_, begin + size_ + (text.size() - count));
  } else {
    std::copy(tail, begin + size_, begin + from + text.size());
  }
  std::copy(text.begin(), text.end(), begin + from);
  size_ = size_ - count + text.size();
  cursor_ = cursor;
  display_.update(line(), from + same, cursor_);
}

void LineEditor::erase(std::size_t from, std::size_t to) {
  if (from == to) {
    return;
  }
  // What is left is what the user sees and means: the characters that found no room are forgotten.
  too_long_ = false;
  replace(from, to - from, "", from);
}

void LineEditor::go(std::size_t cursor) {
  cursor_ = cursor;
  display_.move(line(), cursor_);
}

std::size_t LineEditor::word_left() const {
  std::size_t i = cursor_;
  while (i != 0 && text_[i - 1] == ' ') {
    --i;
  }
  while (i != 0 && text_[i - 1] != ' ') {
    --i;
  }
  return i;
}

std::size_t LineEditor::word_right() const {
  std::size_t i = cursor_;
  while (i != size_ && text_[i] == ' ') {
    ++i;
  }
  while (i != size_ && text_[i] != ' ') {
    ++i;
  }
  return i;
}

/// Swaps the characters around the cursor and steps on; at the end of the line, the last two.
void LineEditor::transpose() {
  if (cursor_ == 0 || size_ < 2) {
    ring();
    return;
  }
  const std::size_t second = cursor_ == size_ ? cursor_ - 1 : cursor_;
  const std::array<char, 2> swapped{text_[second], text_[second - 1]};
  replace(second - 1, 2, {swapped.data(), swapped.size()}, second + 1);
}

void LineEditor::older() {
  if (back_ == history_.size()) {
    ring();
    return;
  }
  if (back_ == 0) {
    std::ranges::copy(line(), kept_.begin());
    kept_size_ = size_;
  }
  recall(history_.entry(back_));
  ++back_;
}

void LineEditor::newer() {
  if (back_ == 0) {
    ring();
    return;
  }
  --back_;
  recall(back_ == 0 ? std::string_view(kept_.data(), kept_size_) : history_.entry(back_ - 1));
}

void LineEditor::recall(std::string_view text) {
  too_long_ = false;
  replace(0, size_, text, text.size());
}

void LineEditor::complete() {
  const std::string_view before(text_.data(), cursor_);
  const std::size_t length = completions_.prefix_length(before);
  if (length == CompletionSource::kNothing) {
    ring();
    return;
  }
  BATON_ASSERT(length <= cursor_);
  const std::string_view prefix(before.data() + (cursor_ - length), length);
  CommonPrefix found(prefix);
  completions_.offer_candidates(before, found);

  const std::string_view more(found.common().data() + length,
                              found.matches() == 0 ? 0 : found.common().size() - length);
  const bool followed = cursor_ != size_ && text_[cursor_] == ' ';
  const bool add_blank = found.unique() && !followed;
  if (found.matches() == 0 || size_ + more.size() + (add_blank ? 1U : 0U) > kMaxLine) {
    ring();
    return;
  }
  if (!more.empty()) {
    replace(cursor_, 0, more, cursor_ + more.size());
  }
  if (add_blank) {
    insert(' ');
  } else if (found.unique()) {
    go(cursor_ + 1);
  } else if (more.empty()) {
    display_.finish(line());
    CandidateList list(terminal_, prefix, display_.columns());
    completions_.offer_candidates(before, list);
    list.finish();
    display_.draw(line(), cursor_);
  }
}

void LineEditor::kill_to_start() {
  erase(0, cursor_);
  if (size_ == 0) {  // nothing of what was refused is left
    lost_ = 0;
    bad_byte_ = 0;
    too_long_ = false;
  }
}

void LineEditor::clear_screen() {
  display_.clear_screen(line(), cursor_);
  display_.ask_columns();
  columns_asked_ = true;
}

void LineEditor::cursor_reported(std::size_t column) {
  // F3 looks alike, so only an answer counts, and only one that a terminal would give.
  if (!columns_asked_ || column < LineDisplay::kMinColumns || column > LineDisplay::kMaxColumns) {
    return;
  }
  columns_asked_ = false;
  display_.set_columns(column, line(), cursor_);
}

}  // namespace baton::kernel::shell
