// What a person sees and gets, key by key.  Random keys: line_editor_random_test.cc.
#include "kernel/shell/line_editor.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/shell/editor_desk.h"
#include "kernel/shell/limits.h"
#include "kernel/shell/screen.h"

namespace baton::kernel::shell {
namespace {

TEST(LineEditor, TypedLineIsEchoedAndReturned) {
  Desk desk;
  EXPECT_EQ(desk.type("cpus"), Event::kEditing);
  EXPECT_EQ(desk.type("\r"), Event::kLine);
  EXPECT_EQ(desk.lines, std::vector<std::string>{"cpus"});
  EXPECT_EQ(desk.screen.text(), (Rows{"baton> cpus", "baton>"}));
  EXPECT_EQ(desk.screen.raw(), "baton> cpus\nbaton> ");
}

TEST(LineEditor, EveryLineEndIsOne) {
  Desk desk;
  desk.type("a\rb\nc\r\nd\r\n\r\n\n");
  EXPECT_EQ(desk.lines, (std::vector<std::string>{"a", "b", "c", "d", "", ""}));
}

TEST(LineEditor, ErasingAtTheEndNeedsNoEscapes) {
  Desk desk;
  desk.type("cpux\x7f\x08us\r");
  EXPECT_EQ(desk.lines, std::vector<std::string>{"cpus"});
  EXPECT_EQ(desk.screen.raw(), "baton> cpux\b \b\b \bus\nbaton> ");
}

TEST(LineEditor, Keys) {
  struct Case {
    std::string_view typed;
    std::string_view state;
  };
  constexpr std::array kCases = {
      Case{"abc", "abc|"},
      Case{"abc\x1b[D", "ab|c"},
      Case{"abc\x02\x02X", "aX|bc"},
      Case{"abc\x01X", "X|abc"},
      Case{"abc\x1b[HX\x1b[FY",
           "Xabc"
           "Y|"},
      Case{"abc\x01\x06X", "aX|bc"},
      Case{"abc\x01\x05X", "abcX|"},
      Case{"abc\x01\x1b[3~", "|bc"},
      Case{"abc\x02\x04", "ab|"},
      Case{"abc\x02\x7f", "a|c"},
      Case{"one two three\x17", "one two |"},
      Case{"one two   \x17", "one |"},
      Case{"one two\x02\x17", "one |o"},
      Case{"one two\x1b[1;5D\x15", "|two"},
      Case{"one two\x1b[1;5D\x0b", "one |"},
      Case{"one two\x1b"
           "b\x1b"
           "bX",
           "X|one two"},
      Case{"one two\x01\x1b"
           "fX",
           "oneX| two"},
      Case{"one two\x01\x1b[1;5C\x1b[1;5CX", "one twoX|"},
      Case{"ab\x14", "ba|"},
      Case{"abc\x02\x14", "acb|"},
      Case{"abc\x02\x02\x14", "ba|c"},
      Case{"a\x14", "a|"},
      Case{"ab\x01\x14", "|ab"},
  };
  for (const Case& c : kCases) {
    Desk desk;
    desk.type(c.typed);
    EXPECT_EQ(desk.state(), c.state) << ::testing::PrintToString(std::string(c.typed));
    desk.check_screen();
  }
}

TEST(LineEditor, KeysAtTheirEndsRing) {
  for (const std::string_view key :
       {"\x02", "\x06", "\x7f", "\x04", "\x10", "\x0e", "\x14", "\x1b[A", "\x18"}) {
    Desk desk;
    desk.type(key);
    EXPECT_EQ(desk.screen.bells(), 1U) << ::testing::PrintToString(std::string(key));
    EXPECT_EQ(desk.state(), "|");
    desk.check_screen();
  }
}

TEST(LineEditor, HistoryUpAndDown) {
  Desk desk;
  desk.type("first\rsecond\rsecond\rthird");
  desk.type("\x1b[A");
  EXPECT_EQ(desk.state(), "second|");
  desk.type("\x10");
  EXPECT_EQ(desk.state(), "first|");
  desk.type("\x10");
  EXPECT_EQ(desk.state(), "first|");
  EXPECT_EQ(desk.screen.bells(), 1U);
  desk.type("\x1b[B");
  EXPECT_EQ(desk.state(), "second|");
  desk.type("\x0e");
  EXPECT_EQ(desk.state(), "third|");
  desk.check_screen();
  desk.type("!\r");
  EXPECT_EQ(desk.lines.back(), "third!");
}

TEST(LineEditor, RecalledLineCanBeEdited) {
  Desk desk;
  desk.type("echo one\r\x10\x17two\r");
  EXPECT_EQ(desk.lines, (std::vector<std::string>{"echo one", "echo two"}));
  EXPECT_EQ(desk.history.entry(0), "echo two");
  EXPECT_EQ(desk.history.entry(1), "echo one");
}

TEST(LineEditor, InterruptDropsTheLine) {
  Desk desk;
  EXPECT_EQ(desk.type("abc\x01\x03"), Event::kInterrupted);
  EXPECT_EQ(desk.screen.text(), (Rows{"baton> abc^C", "baton>"}));
  EXPECT_EQ(desk.state(), "|");
  EXPECT_EQ(desk.history.size(), 0U);
}

TEST(LineEditor, CompletesWhatIsUnique) {
  Desk desk;
  desk.type("ce\t");
  EXPECT_EQ(desk.state(), "cells |");
  desk.type("pa\tx");
  EXPECT_EQ(desk.state(), "cells panic x|");
  desk.check_screen();
  EXPECT_EQ(desk.screen.bells(), 0U);
}

TEST(LineEditor, CompletesInTheMiddle) {
  Desk desk;
  desk.type("ce x\x01\x06\x06\t");
  EXPECT_EQ(desk.state(), "cells |x");  // the blank was there
  desk.type(
      "\x15"
      "c\x01\x06\t");
  EXPECT_EQ(desk.state(), "c|x");  // several begin with c: listed
  desk.type("e\t");
  EXPECT_EQ(desk.state(), "cells |x");
  desk.check_screen();
}

TEST(LineEditor, ExtendsToTheCommonPrefixThenLists) {
  Desk desk;
  desk.type("po\t");
  EXPECT_EQ(desk.state(), "powero|");
  EXPECT_EQ(desk.screen.text(), Rows{"baton> powero"});
  desk.type("\t");
  EXPECT_EQ(desk.screen.text(), (Rows{"baton> powero", "poweroff  poweron", "baton> powero"}));
  desk.type("f\t");
  EXPECT_EQ(desk.state(), "poweroff |");
  desk.check_screen();
}

TEST(LineEditor, ListsEverythingForAnEmptyWord) {
  Desk desk;
  desk.type("x \x01\x05\t");
  EXPECT_EQ(desk.screen.text(),
            (Rows{"baton> x", "cells  cpus  panic  peek  poweroff  poweron", "baton> x"}));
  desk.check_screen();
}

TEST(LineEditor, RingsWhereNothingCompletes) {
  Desk desk;
  desk.type("zz\t");
  EXPECT_EQ(desk.screen.bells(), 1U);
  desk.type("\x15\"ce\t");
  EXPECT_EQ(desk.screen.bells(), 2U);
  EXPECT_EQ(desk.state(), "\"ce|");
}

TEST(LineEditor, CompletionNeverOverfillsTheLine) {
  for (std::size_t room = 0; room < 8; ++room) {
    Desk desk;
    desk.type(std::string(kMaxLine - 3 - room, 'x') + " ce\t");
    const bool fits = room >= 4;  // "lls "
    EXPECT_TRUE(desk.editor.line().ends_with(fits ? " cells " : " ce")) << room;
    EXPECT_EQ(desk.screen.bells(), fits ? 0U : 1U);
    desk.check_screen();
  }
}

TEST(LineEditor, LongestLineIsTaken) {
  Desk desk;
  const std::string line(kMaxLine, 'x');
  EXPECT_EQ(desk.type(line + "\r"), Event::kLine);
  EXPECT_EQ(desk.lines, std::vector<std::string>{line});
  EXPECT_EQ(desk.screen.bells(), 0U);
}

TEST(LineEditor, LongerLineIsRefusedOnce) {
  Desk desk;
  EXPECT_EQ(desk.type(std::string(kMaxLine + 2, 'x') + "\r"), Event::kRefused);
  EXPECT_EQ(desk.screen.bells(), 2U);
  Rows expected = rows_of("baton> ", std::string(kMaxLine, 'x'), 80);
  expected.emplace_back("line too long: at most 256 characters; nothing was run");
  expected.emplace_back("baton>");
  EXPECT_EQ(desk.screen.text(), expected);
  EXPECT_TRUE(desk.lines.empty());
  EXPECT_EQ(desk.history.size(), 0U);
  EXPECT_EQ(desk.type("cpus\r"), Event::kLine);
}

TEST(LineEditor, ShortenedLineIsWhatIsSeen) {
  Desk desk;
  EXPECT_EQ(desk.type(std::string(kMaxLine + 2, 'x') + "\x7f\r"), Event::kLine);
  EXPECT_EQ(desk.lines, std::vector<std::string>{std::string(kMaxLine - 1, 'x')});
}

TEST(LineEditor, OnlyErasingShortens) {
  Desk desk;
  const std::string too_long(kMaxLine + 2, 'x');
  EXPECT_EQ(desk.type(too_long + "\x0b\r"), Event::kRefused);  // nothing behind the cursor to erase
  EXPECT_EQ(desk.type(too_long + "\x01\x15\r"), Event::kRefused);
  EXPECT_EQ(desk.type(too_long + "\x15z\r"), Event::kLine);
  EXPECT_EQ(desk.type(too_long + "\x10\r"), Event::kLine);  // another line altogether
  EXPECT_EQ(desk.lines, (std::vector<std::string>{"z", "z"}));
}

TEST(LineEditor, BytesOutsideAsciiRefuseTheLine) {
  Desk desk;
  EXPECT_EQ(desk.type("echo caf\xc3\xa9; reboot\r"), Event::kRefused);
  EXPECT_EQ(desk.screen.text(),
            (Rows{"baton> echo caf; reboot",
                  "byte 0xc3 is not ASCII; the line was discarded: use plain ASCII characters",
                  "baton>"}));
  EXPECT_EQ(desk.screen.bells(), 2U);
  EXPECT_TRUE(desk.lines.empty());
  EXPECT_EQ(desk.type("cpus\r"), Event::kLine);
}

TEST(LineEditor, ErasingDoesNotUndoABadByte) {
  Desk desk;
  EXPECT_EQ(desk.type("ab\x80\x7f\x7f\r"), Event::kRefused);
  EXPECT_EQ(desk.type("ab\x80\x01\x15z\r"), Event::kRefused);  // "ab" is still there
  EXPECT_EQ(desk.type("ab\x80\x15z\r"), Event::kLine);
  EXPECT_EQ(desk.type("ab\x80\x03"), Event::kInterrupted);
  EXPECT_EQ(desk.type("z\r"), Event::kLine);
}

TEST(LineEditor, LostInputRefusesTheLine) {
  Desk desk;
  desk.type("echo on");
  desk.editor.input_lost(4093);
  desk.editor.input_lost(7);
  EXPECT_EQ(desk.type("e; reboot\xff\r"), Event::kRefused);
  EXPECT_EQ(
      desk.screen.text(),
      (Rows{"baton> echo one; reboot",
            "4100 bytes of input were lost: send it slower; the line was discarded", "baton>"}));
  EXPECT_EQ(desk.type("cpus\r"), Event::kLine);
}

TEST(LineEditor, LostInputIsCountedWithoutOverflow) {
  Desk desk;
  desk.editor.input_lost(~std::uint64_t{0});
  desk.editor.input_lost(5);
  desk.type("\r");
  EXPECT_TRUE(desk.screen.raw().contains("18446744073709551615 bytes of input were lost"));
  desk.editor.input_lost(1);
  desk.type("\r");
  EXPECT_TRUE(desk.screen.raw().contains("\n1 byte of input was lost"));
}

TEST(LineEditor, LongLinesUseSeveralRows) {
  for (const auto wrap :
       {Screen::Wrap::kDeferred, Screen::Wrap::kImmediate, Screen::Wrap::kNever}) {
    Desk desk(40, wrap);
    for (std::size_t i = 0; i < kMaxLine; ++i) {
      desk.type(std::string(1, static_cast<char>('a' + i % 26)));
      ASSERT_NO_FATAL_FAILURE(desk.check_screen());
    }
    for (const std::string_view key : {"\x01", "X", "\x04", "\x05", "\x1b[D", "\x7f", "\x0b"}) {
      desk.type(key);
      ASSERT_NO_FATAL_FAILURE(desk.check_screen());
    }
    for (std::size_t i = 0; i < kMaxLine; ++i) {
      desk.type("\x7f");
      ASSERT_NO_FATAL_FAILURE(desk.check_screen());
    }
    EXPECT_EQ(desk.state(), "|");
  }
}

TEST(LineEditor, FullRowIsLeftOnce) {
  Desk desk(40);
  desk.type(std::string(39 - 7, 'x'));  // the cursor stands at the start of the next row
  EXPECT_EQ(desk.screen.cursor_column(), 0U);
  desk.type("\r");
  EXPECT_EQ(desk.screen.text(), (Rows{"baton> " + std::string(32, 'x'), "baton>"}));
}

TEST(LineEditor, HidesForSomebodyElse) {
  Desk desk(40);
  desk.type("echo " + std::string(50, 'x') + "\x01");
  desk.editor.hide();
  desk.screen.write("[cpu 2] hello\n");
  desk.editor.show();
  desk.check_screen();
  EXPECT_EQ(desk.screen.text().front(), "[cpu 2] hello");
  EXPECT_EQ(desk.screen.text().size(), 3U);
}

TEST(LineEditor, ClearsTheScreenAndLearnsItsWidth) {
  Desk desk(50);
  desk.type("old\r" + std::string(60, 'y') + "\x02\x0c");
  EXPECT_EQ(desk.type(desk.screen.take_replies()), Event::kEditing);
  EXPECT_EQ(desk.editor.cursor(), 59U);
  desk.check_screen();
  EXPECT_EQ(desk.screen.text().size(), 2U);
  EXPECT_EQ(desk.screen.cursor_row(), 1U);
}

TEST(LineEditor, OnlyAnAnswerSetsTheWidth) {
  Desk desk;
  desk.type("\x1b[1;40R" + std::string(100, 'x'));
  desk.check_screen();
  desk.type("\x0c\x1b[1;2R\x1b[1;19R\x1b[1;501R");  // shift-F3, and what no terminal would say
  desk.type(std::string(50, 'x'));
  desk.check_screen();
}

TEST(LineEditor, OneAnswerIsEnough) {
  Desk desk;
  desk.type("\x0c" + std::string(100, 'x'));
  desk.type(desk.screen.take_replies() + "\x1b[1;40R");
  desk.check_screen();
}

TEST(LineEditor, TakesAnyWidthThatATerminalMayHave) {
  for (const std::size_t columns : {20U, 21U, 499U, 500U}) {
    Desk desk(columns);
    desk.type(std::string(kMaxLine, 'x') + "\x01");
    EXPECT_EQ(desk.screen.cursor_column(), 7U);
    desk.check_screen();
  }
}

}  // namespace
}  // namespace baton::kernel::shell
