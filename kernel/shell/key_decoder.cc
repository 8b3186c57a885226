#include "kernel/shell/key_decoder.h"

#include <algorithm>
#include <cstdint>

namespace baton::kernel::shell {
namespace {

constexpr std::uint8_t kEsc = 0x1b;
constexpr std::uint8_t kDel = 0x7f;

constexpr std::uint8_t ctrl(char letter) { return static_cast<std::uint8_t>(letter & 0x1f); }

constexpr KeyPress press(Key key) { return {.key = key}; }

/// The keys of one control character, from ctrl-@ to ctrl-_.
constexpr Key control_character(std::uint8_t byte) {
  switch (byte) {
    case 0:  // what an idle or a resetting line sends
      return Key::kNone;
    case ctrl('A'):
      return Key::kHome;
    case ctrl('B'):
      return Key::kLeft;
    case ctrl('C'):
      return Key::kInterrupt;
    case ctrl('D'):
      return Key::kDelete;
    case ctrl('E'):
      return Key::kEnd;
    case ctrl('F'):
      return Key::kRight;
    case ctrl('H'):
      return Key::kBackspace;
    case ctrl('I'):
      return Key::kTab;
    case ctrl('J'):
    case ctrl('M'):
      return Key::kEnter;
    case ctrl('K'):
      return Key::kKillToEnd;
    case ctrl('L'):
      return Key::kClearScreen;
    case ctrl('N'):
      return Key::kNewer;
    case ctrl('P'):
      return Key::kOlder;
    case ctrl('T'):
      return Key::kTranspose;
    case ctrl('U'):
      return Key::kKillToStart;
    case ctrl('W'):
      return Key::kKillWord;
    default:
      return Key::kUnknown;
  }
}

}  // namespace

KeyPress KeyDecoder::feed(std::uint8_t byte) {
  const bool second_half = after_cr_ && byte == '\n';
  after_cr_ = byte == '\r';
  if (second_half) {
    return press(Key::kNone);
  }
  if (byte == '\r' || byte == '\n' || byte == ctrl('C') || byte >= 0x80) {
    state_ = State::kGround;
    return ground(byte);
  }
  if (byte == kEsc) {
    state_ = State::kEscape;
    return press(Key::kNone);
  }
  switch (state_) {
    case State::kGround:
      break;
    case State::kEscape:
      return escaped(byte);
    case State::kControl:
      return control(byte);
    case State::kLinuxKey:
      state_ = State::kGround;
      return press(Key::kUnknown);
  }
  return ground(byte);
}

KeyPress KeyDecoder::ground(std::uint8_t byte) const {
  if (byte >= 0x80) {
    return {.key = Key::kNotAscii, .byte = byte};
  }
  if (byte == kDel) {
    return press(Key::kBackspace);
  }
  if (byte < ' ') {
    return press(control_character(byte));
  }
  return {.key = Key::kCharacter, .byte = byte};
}

KeyPress KeyDecoder::escaped(std::uint8_t byte) {
  state_ = State::kGround;
  switch (byte) {
    case '[':
    case 'O':
      state_ = State::kControl;
      length_ = 0;
      parameter_ = 0;
      parameters_ = {};
      return press(Key::kNone);
    case 'b':
    case 'B':
      return press(Key::kWordLeft);
    case 'f':
    case 'F':
      return press(Key::kWordRight);
    case kDel:
    case ctrl('H'):
      return press(Key::kKillWord);
    default:
      return press(Key::kUnknown);
  }
}

KeyPress KeyDecoder::control(std::uint8_t byte) {
  if (byte < ' ' || byte == kDel) {  // a control character has no place in a sequence
    state_ = State::kGround;
    return ground(byte);
  }
  if (byte >= '@') {
    state_ = byte == '[' && length_ == 0 ? State::kLinuxKey : State::kGround;
    return state_ == State::kLinuxKey ? press(Key::kNone) : control_key(byte);
  }
  if (length_ == kMaxSequence) {
    state_ = State::kGround;
    return press(Key::kUnknown);
  }
  ++length_;
  if (byte == ';') {
    parameter_ += parameter_ < parameters_.size() ? 1U : 0U;
  } else if (byte >= '0' && byte <= '9' && parameter_ < parameters_.size()) {
    // Large enough for every key and column; more digits change nothing.
    parameters_[parameter_] = static_cast<std::uint16_t>(
        std::min<unsigned>(parameters_[parameter_] * 10U + (byte - unsigned{'0'}), 9999U));
  }
  return press(Key::kNone);
}

KeyPress KeyDecoder::control_key(std::uint8_t final_byte) const {
  // The second parameter tells which modifiers were held: 1 + (1 shift, 2 alt, 4 ctrl).
  const bool by_word = parameters_[1] == 3 || parameters_[1] == 5;
  switch (final_byte) {
    case 'A':
      return press(Key::kOlder);
    case 'B':
      return press(Key::kNewer);
    case 'C':
      return press(by_word ? Key::kWordRight : Key::kRight);
    case 'D':
      return press(by_word ? Key::kWordLeft : Key::kLeft);
    case 'H':
      return press(Key::kHome);
    case 'F':
      return press(Key::kEnd);
    case 'M':
      return press(Key::kEnter);  // the keypad's, in application mode
    case 'R':
      return {.key = Key::kCursorReport, .column = parameters_[1]};
    case '~':
      break;
    default:
      return press(Key::kUnknown);
  }
  switch (parameters_[0]) {
    case 1:
    case 7:
      return press(Key::kHome);
    case 4:
    case 8:
      return press(Key::kEnd);
    case 3:
      return press(Key::kDelete);
    case 200:  // pasted text begins and ends: the text itself is what matters
    case 201:
      return press(Key::kNone);
    default:
      return press(Key::kUnknown);
  }
}

}  // namespace baton::kernel::shell
