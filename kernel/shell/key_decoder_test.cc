#include "kernel/shell/key_decoder.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

namespace baton::kernel::shell {
namespace {

using Keys = std::vector<Key>;

/// The keys that the bytes give, those that mean nothing left out.
Keys keys(std::string_view bytes) {
  KeyDecoder decoder;
  Keys result;
  for (const char c : bytes) {
    const KeyPress press = decoder.feed(static_cast<std::uint8_t>(c));
    if (press.key != Key::kNone) {
      result.push_back(press.key);
    }
  }
  return result;
}

TEST(KeyDecoder, PrintableCharacters) {
  KeyDecoder decoder;
  for (int c = ' '; c <= '~'; ++c) {
    const auto byte = static_cast<std::uint8_t>(c);
    EXPECT_EQ(decoder.feed(byte), (KeyPress{.key = Key::kCharacter, .byte = byte}));
  }
}

TEST(KeyDecoder, ControlCharacters) {
  EXPECT_EQ(keys("\x01\x02\x03\x04\x05\x06\x08\x09"),
            (Keys{Key::kHome, Key::kLeft, Key::kInterrupt, Key::kDelete, Key::kEnd, Key::kRight,
                  Key::kBackspace, Key::kTab}));
  EXPECT_EQ(keys("\x0b\x0c\x0e\x10\x14\x15\x17\x7f"),
            (Keys{Key::kKillToEnd, Key::kClearScreen, Key::kNewer, Key::kOlder, Key::kTranspose,
                  Key::kKillToStart, Key::kKillWord, Key::kBackspace}));
  EXPECT_EQ(keys("\x07\x0f\x11\x12\x13\x16\x18\x19\x1a\x1c\x1d\x1e\x1f"), Keys(13, Key::kUnknown));
  EXPECT_EQ(keys(std::string(3, '\0')), Keys{});
}

TEST(KeyDecoder, EveryKindOfLineEndIsOne) {
  EXPECT_EQ(keys("\r"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\n"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\r\n"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\r\r"), (Keys{Key::kEnter, Key::kEnter}));
  EXPECT_EQ(keys("\n\n"), (Keys{Key::kEnter, Key::kEnter}));
  EXPECT_EQ(keys("\r\n\r\n"), (Keys{Key::kEnter, Key::kEnter}));
  EXPECT_EQ(keys("\r\n\n"), (Keys{Key::kEnter, Key::kEnter}));
  EXPECT_EQ(keys("\ra\n"), (Keys{Key::kEnter, Key::kCharacter, Key::kEnter}));
}

TEST(KeyDecoder, CursorKeysOfEveryTerminal) {
  for (const std::string lead : {"\x1b[", "\x1bO", "\x1b[1;2"}) {
    EXPECT_EQ(keys(lead + "A"), Keys{Key::kOlder});
    EXPECT_EQ(keys(lead + "B"), Keys{Key::kNewer});
    EXPECT_EQ(keys(lead + "C"), Keys{Key::kRight});
    EXPECT_EQ(keys(lead + "D"), Keys{Key::kLeft});
    EXPECT_EQ(keys(lead + "H"), Keys{Key::kHome});
    EXPECT_EQ(keys(lead + "F"), Keys{Key::kEnd});
  }
  for (const char* home : {"\x1b[1~", "\x1b[7~", "\x1b[1;5~"}) {
    EXPECT_EQ(keys(home), Keys{Key::kHome});
  }
  for (const char* end : {"\x1b[4~", "\x1b[8~"}) {
    EXPECT_EQ(keys(end), Keys{Key::kEnd});
  }
  EXPECT_EQ(keys("\x1b[3~"), Keys{Key::kDelete});
  EXPECT_EQ(keys("\x1bOM"), Keys{Key::kEnter});
}

TEST(KeyDecoder, WordKeys) {
  EXPECT_EQ(keys("\x1b[1;5D\x1b[1;3D\x1b"
                 "b"),
            Keys(3, Key::kWordLeft));
  EXPECT_EQ(keys("\x1b[1;5C\x1b[1;3C\x1b"
                 "f"),
            Keys(3, Key::kWordRight));
  EXPECT_EQ(keys("\x1b\x7f\x1b\x08"), Keys(2, Key::kKillWord));
}

TEST(KeyDecoder, OtherKeysLeaveNothingBehind) {
  // Insert, page up and down, function keys of xterm, rxvt and the Linux console, shift-tab, alt-x.
  for (const char* sequence :
       {"\x1b[2~", "\x1b[5~", "\x1b[6~", "\x1bOP", "\x1b[15~", "\x1b[24;2~", "\x1b[[A", "\x1b[1[",
        "\x1b[Z", "\x1bx", "\x1b[?25h", "\x1b[>0;276;0c", "\x1b[ q"}) {
    EXPECT_EQ(keys(std::string(sequence) + "y"), (Keys{Key::kUnknown, Key::kCharacter}))
        << sequence;
  }
  EXPECT_EQ(keys("\x1b[200~ab\x1b[201~"), Keys(2, Key::kCharacter));
}

TEST(KeyDecoder, CursorReport) {
  KeyDecoder decoder;
  KeyPress press;
  for (const char c : std::string_view("\x1b[24;132R")) {
    press = decoder.feed(static_cast<std::uint8_t>(c));
  }
  EXPECT_EQ(press, (KeyPress{.key = Key::kCursorReport, .column = 132}));
}

TEST(KeyDecoder, HugeParametersStayHuge) {
  KeyDecoder decoder;
  KeyPress press;
  for (const char c : std::string_view("\x1b[1;9999999999R")) {
    press = decoder.feed(static_cast<std::uint8_t>(c));
  }
  EXPECT_EQ(press, (KeyPress{.key = Key::kCursorReport, .column = 9999}));
  // Neither wraps around to a key.
  EXPECT_EQ(keys("\x1b[65539~"), Keys{Key::kUnknown});
  EXPECT_EQ(keys("\x1b[259~"), Keys{Key::kUnknown});
}

TEST(KeyDecoder, BytesOutsideAscii) {
  KeyDecoder decoder;
  for (int c = 0x80; c <= 0xff; ++c) {
    const auto byte = static_cast<std::uint8_t>(c);
    EXPECT_EQ(decoder.feed(byte), (KeyPress{.key = Key::kNotAscii, .byte = byte}));
  }
  EXPECT_EQ(keys("\x1b[1\xc3"
                 "A"),
            (Keys{Key::kNotAscii, Key::kCharacter}));
}

TEST(KeyDecoder, BrokenSequencesEnd) {
  EXPECT_EQ(keys("\x1b\r"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\x1b[\r"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\x1b[1;\n"), Keys{Key::kEnter});
  EXPECT_EQ(keys("\x1bO\x03"), Keys{Key::kInterrupt});
  EXPECT_EQ(keys("\x1b[[\x03"), Keys{Key::kInterrupt});
  EXPECT_EQ(keys("\x1b\x1b\x1b[A"), Keys{Key::kOlder});
  EXPECT_EQ(keys("\x1b[1\x1b[3~"), Keys{Key::kDelete});
  EXPECT_EQ(keys("\x1b[1\x15x"), (Keys{Key::kKillToStart, Key::kCharacter}));
  EXPECT_EQ(keys("\x1b[1\x7fx"), (Keys{Key::kBackspace, Key::kCharacter}));
  // Sixteen parameter bytes are the most; what follows is text again.
  EXPECT_EQ(keys("\x1b[1234567890123456~"), Keys{Key::kUnknown});
  EXPECT_EQ(keys("\x1b[12345678901234567x"), (Keys{Key::kUnknown, Key::kCharacter}));
}

// After any bytes at all, the keys that get a user out of trouble work at once.
TEST(KeyDecoder, NoInputWedgesIt) {
  constexpr unsigned kSeed = 19;
  std::mt19937 random(kSeed);
  constexpr std::string_view kLikely = "\x1b\x1b\x1b[[O;0123456789~?AHR\r\n";
  KeyDecoder decoder;
  for (int round = 0; round < 200'000; ++round) {
    const std::size_t length = random() % 12;
    for (std::size_t i = 0; i < length; ++i) {
      const bool likely = random() % 4 != 0;
      const char c = likely ? kLikely[random() % kLikely.size()] : static_cast<char>(random());
      const KeyPress press = decoder.feed(static_cast<std::uint8_t>(c));
      if (press.key == Key::kCharacter) {
        ASSERT_TRUE(press.byte >= ' ' && press.byte <= '~');
      }
    }
    KeyDecoder copy = decoder;
    ASSERT_EQ(copy.feed('\r').key, Key::kEnter);
    copy = decoder;
    ASSERT_EQ(copy.feed(0x03).key, Key::kInterrupt);
    ASSERT_EQ(copy.feed('a').key, Key::kCharacter);
  }
}

}  // namespace
}  // namespace baton::kernel::shell
