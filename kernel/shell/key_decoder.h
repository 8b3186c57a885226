// From bytes to keys: what a VT100, xterm, rxvt, the Linux console or a pipe sends for each.
//
// Every byte gives at most one key, and no input can wedge the decoder: whatever cannot belong to
// the sequence under way ends it.  Line ends (CR, LF, CR LF) and ctrl-C keep their meaning even in
// the middle of a sequence, and a sequence that grows too long is given up.
//
//   state      byte            then
//   kGround    ESC             kEscape
//   kEscape    [               kControl          ("CSI": parameters, then one final byte)
//              O               kControl          ("SS3": the keypad's and some terminals' arrows)
//              anything else   kGround           (alt and a key)
//   kControl   0-9 ; : < = > ? and blank to /    stays, at most kMaxSequence of them
//              [  right after CSI                kLinuxKey  (the Linux console's function keys)
//              @ to ~          kGround           (the key, by final byte and parameters)
//   kLinuxKey  any             kGround
//   any        CR LF ctrl-C    kGround           (the key that it always is)
//   any        ESC             kEscape           (the one before is given up)
//
// Used by the context that feeds the shell, and by nobody else.
#ifndef BATON_KERNEL_SHELL_KEY_DECODER_H_
#define BATON_KERNEL_SHELL_KEY_DECODER_H_

#include <array>
#include <cstdint>

namespace baton::kernel::shell {

enum class Key : std::uint8_t {
  kNone,       ///< nothing yet, or nothing that matters
  kCharacter,  ///< printable ASCII, in KeyPress::byte
  kNotAscii,   ///< a byte of 0x80 or more, in KeyPress::byte
  kUnknown,    ///< a key that means nothing here
  kEnter,      ///< end of the line
  kInterrupt,  ///< ctrl-C
  kLeft,
  kRight,
  kWordLeft,
  kWordRight,
  kHome,
  kEnd,
  kOlder,  ///< up
  kNewer,  ///< down
  kBackspace,
  kDelete,
  kKillToStart,  ///< ctrl-U
  kKillToEnd,    ///< ctrl-K
  kKillWord,     ///< ctrl-W
  kTranspose,    ///< ctrl-T
  kTab,
  kClearScreen,   ///< ctrl-L
  kCursorReport,  ///< the terminal's answer to "where is the cursor", its column in
                  ///< KeyPress::column
};

struct KeyPress {
  Key key = Key::kNone;
  std::uint8_t byte = 0;
  std::uint16_t column = 0;

  friend constexpr bool operator==(const KeyPress&, const KeyPress&) = default;
};

class KeyDecoder {
 public:
  constexpr KeyDecoder() = default;

  /// What `byte` completes.  O(1).
  KeyPress feed(std::uint8_t byte);

 private:
  enum class State : std::uint8_t { kGround, kEscape, kControl, kLinuxKey };

  static constexpr std::uint8_t kMaxSequence = 16;

  KeyPress ground(std::uint8_t byte) const;
  KeyPress escaped(std::uint8_t byte);
  KeyPress control(std::uint8_t byte);
  KeyPress control_key(std::uint8_t final_byte) const;

  State state_ = State::kGround;
  bool after_cr_ = false;  // an LF now belongs to the CR before
  // Of the sequence under way:
  std::uint8_t length_ = 0;
  std::uint8_t parameter_ = 0;  // index into parameters_; those behind the second are not kept
  std::array<std::uint16_t, 2> parameters_{};
};

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_KEY_DECODER_H_
