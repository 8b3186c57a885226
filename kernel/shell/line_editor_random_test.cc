// Random keys against a simple model of what they do, and random bytes against what must never
// happen. About five seconds; every run draws the same keys, from the seeds below.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/shell/editor_desk.h"
#include "kernel/shell/history.h"
#include "kernel/shell/limits.h"
#include "kernel/shell/line_editor.h"
#include "kernel/shell/screen.h"

namespace baton::kernel::shell {
namespace {

/// Names the step that failed.  (SCOPED_TRACE would spell out every step of the many that do not.)
struct Where {
  unsigned seed;
  int step;
  unsigned choice;
  ~Where() {
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "seed " << seed << ", step " << step << ", choice " << choice;
    }
  }
};

/// What the editor should do, in a few lines over std::string.
class Model {
 public:
  std::string text;
  std::size_t cursor = 0;
  bool too_long = false;
  std::deque<std::string> history;  // newest first

  void insert(char c) {
    if (text.size() < kMaxLine) {
      text.insert(cursor++, 1, c);
    } else {
      too_long = true;
    }
  }
  void erase(std::size_t from, std::size_t to) {
    too_long = too_long && from == to;
    text.erase(from, to - from);
    cursor = from;
  }
  std::size_t left_word() const {
    const std::size_t last =
        cursor == 0 ? std::string::npos : text.find_last_not_of(' ', cursor - 1);
    return last == std::string::npos ? 0 : text.find_last_of(' ', last) + 1;
  }
  std::size_t right_word() const {
    const std::size_t first = text.find_first_not_of(' ', cursor);
    return std::min(first == std::string::npos ? first : text.find(' ', first), text.size());
  }
  void transpose() {
    if (cursor > 0 && text.size() > 1) {
      cursor = std::min(cursor + 1, text.size());
      std::swap(text[cursor - 2], text[cursor - 1]);
    }
  }
  void older() {
    if (back_ < history.size()) {
      if (back_ == 0) {
        kept_ = text;
      }
      show(history[back_++]);
    }
  }
  void newer() {
    if (back_ > 0) {
      --back_;
      show(back_ == 0 ? kept_ : history[back_ - 1]);
    }
  }
  void enter() {
    if (!text.empty() && (history.empty() || history.front() != text)) {
      history.push_front(text);
    }
    std::size_t bytes = 0;
    for (const std::string& line : history) {
      bytes += line.size() + 1;
    }
    while (bytes > kHistoryBytes) {
      bytes -= history.back().size() + 1;
      history.pop_back();
    }
    drop();
  }
  void drop() {
    show("");
    back_ = 0;
  }
  /// Rows that a list of candidates takes, if there is one.
  std::string complete() {
    const std::size_t begin = cursor == 0 ? 0 : text.find_last_of(' ', cursor - 1) + 1;
    const std::string prefix = text.substr(begin, cursor - begin);
    std::vector<std::string_view> matches;
    std::string list;
    for (const std::string_view word : kWords) {
      if (word.starts_with(prefix)) {
        matches.push_back(word);
        list += (list.empty() ? "" : "  ") + std::string(word);
      }
    }
    if (matches.empty()) {
      return "";
    }
    std::string common(matches.front());
    while (!matches.back().starts_with(common)) {  // sorted: first and last decide
      common.pop_back();
    }
    const bool unique = matches.size() == 1;
    const std::string more = common.substr(prefix.size());
    const bool blank = unique && text.substr(cursor, 1) != " ";
    if (text.size() + more.size() + (blank ? 1U : 0U) > kMaxLine) {
      return "";
    }
    text.insert(cursor, more + (blank ? " " : ""));
    cursor += more.size() + (unique ? 1U : 0U);
    return unique || !more.empty() ? "" : list;
  }

 private:
  void show(const std::string& line) {
    text = line;
    cursor = text.size();
    too_long = false;
  }
  std::string kept_;
  std::size_t back_ = 0;
};

struct RandomCase {
  std::size_t columns;
  Screen::Wrap wrap;
  unsigned seed;
};

class RandomEditing : public testing::TestWithParam<RandomCase> {};

// 25,000 random keys on each of four screens; after each one, everything that the screen shows is
// what the model says, the lines before included.
TEST_P(RandomEditing, ShowsWhatTheModelSays) {
  const RandomCase param = GetParam();
  std::mt19937 random(param.seed);
  Screen screen(param.columns, 24, param.wrap);
  History history;
  WordSource source;
  LineEditor editor(screen, history, source);
  constexpr std::string_view kPrompt = "baton(1)> ";
  bool after_cr = false;
  const auto feed = [&editor, &after_cr](std::string_view bytes) {
    Event event = Event::kEditing;
    for (const char c : bytes) {
      after_cr = c == '\r';
      event = editor.feed(static_cast<std::uint8_t>(c));
    }
    return event;
  };
  const auto one_of = [&random](std::vector<std::string_view> keys) {
    return keys[random() % keys.size()];
  };
  editor.begin(kPrompt);
  feed("\x0c");
  feed(screen.take_replies());

  Model model;
  Rows above;
  const auto end_row = [&](std::string_view mark) {
    Rows rows = rows_of(kPrompt, model.text, param.columns);
    if (rows.back().size() == param.columns - 1 && !mark.empty()) {
      rows.emplace_back();
    }
    rows.back() += mark;
    if (rows.back().size() == param.columns && param.wrap == Screen::Wrap::kImmediate) {
      rows.emplace_back();  // such a terminal has started the next row before the line ends
    }
    above.insert(above.end(), rows.begin(), rows.end());
  };
  // Sometimes mostly typing, sometimes mostly erasing, so that lines of every length come up.
  for (int step = 0; step < 25'000; ++step) {
    const bool growing = step / 400 % 2 == 0;
    const unsigned choice = random() % 100;
    const Where where{param.seed, step, choice};
    if (choice < (growing ? 55U : 20U)) {
      const char c = random() % 6 == 0 ? ' ' : static_cast<char>('a' + random() % 26);
      ASSERT_EQ(feed({&c, 1}), Event::kEditing);
      model.insert(c);
    } else if (choice < 58) {
      feed(one_of({"\x02", "\x1b[D", "\x1bOD"}));
      model.cursor -= model.cursor == 0 ? 0U : 1U;
    } else if (choice < 61) {
      feed(one_of({"\x06", "\x1b[C", "\x1bOC"}));
      model.cursor += model.cursor == model.text.size() ? 0U : 1U;
    } else if (choice < 63) {
      feed(one_of({"\x01", "\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"}));
      model.cursor = 0;
    } else if (choice < 66) {
      feed(one_of({"\x05", "\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"}));
      model.cursor = model.text.size();
    } else if (choice < 69) {
      feed(one_of({"\x1b[1;5D",
                   "\x1b"
                   "b"}));
      model.cursor = model.left_word();
    } else if (choice < 71) {
      feed(one_of({"\x1b[1;5C",
                   "\x1b"
                   "f"}));
      model.cursor = model.right_word();
    } else if (choice < 77) {
      feed(one_of({"\x7f", "\x08"}));
      if (model.cursor > 0) {
        model.erase(model.cursor - 1, model.cursor);
      }
    } else if (choice < 81) {
      feed(one_of({"\x04", "\x1b[3~"}));
      if (model.cursor < model.text.size()) {
        model.erase(model.cursor, model.cursor + 1);
      }
    } else if (choice < 83) {
      feed("\x17");
      model.erase(model.left_word(), model.cursor);
    } else if (choice == 83 && !growing) {
      feed("\x15");
      model.erase(0, model.cursor);
    } else if (choice == 84 && !growing) {
      feed("\x0b");
      model.erase(model.cursor, model.text.size());
    } else if (choice < 87) {
      feed("\x14");
      model.transpose();
    } else if (choice < 89) {
      feed(one_of({"\x10", "\x1b[A", "\x1bOA"}));
      model.older();
    } else if (choice < 91) {
      feed(one_of({"\x0e", "\x1b[B", "\x1bOB"}));
      model.newer();
    } else if (choice < 94) {
      feed("\t");
      const std::string list = model.complete();
      if (!list.empty()) {
        end_row("");
        Rows rows;  // words, as many in a row as there are columns for
        for (std::size_t at = 0; at < list.size();) {
          const std::size_t end = std::min(list.find("  ", at), list.size());
          const std::string word = list.substr(at, end - at);
          if (rows.empty() || rows.back().size() + 2 + word.size() >= param.columns) {
            rows.push_back(word);
          } else {
            rows.back() += "  " + word;
          }
          at = end + 2;
        }
        above.insert(above.end(), rows.begin(), rows.end());
      }
    } else if (choice < 95) {
      editor.hide();
      screen.write("somebody else\n");
      above.emplace_back("somebody else");
      editor.show();
    } else if (choice < 96) {
      feed("\x0c");
      feed(screen.take_replies());
      above = screen.text();
      above.resize(screen.cursor_row() - (kPrompt.size() + model.cursor) / (param.columns - 1));
    } else if (choice < 97) {
      ASSERT_EQ(feed("\x03"), Event::kInterrupted);
      end_row("^C");
      model.drop();
      editor.begin(kPrompt);
    } else if (choice < 99) {
      // An LF right after a CR would belong to it.
      const std::string_view end = after_cr ? "\r" : one_of({"\r", "\n", "\r\n"});
      ASSERT_EQ(feed(end.substr(0, 1)), model.too_long ? Event::kRefused : Event::kLine);
      ASSERT_EQ(editor.line(), model.text);
      end_row("");
      if (model.too_long) {
        ASSERT_TRUE(screen.raw().ends_with("256 characters; nothing was run\n"));
        above = screen.text();
        above.resize(screen.cursor_row());
        model.drop();
      } else {
        model.enter();
      }
      editor.begin(kPrompt);
      ASSERT_EQ(feed(end.substr(1)), Event::kEditing);
    }
    screen.clear_raw();
    if (above.size() > 100) {
      above.erase(above.begin(),
                  above.begin() + static_cast<std::ptrdiff_t>(screen.forget_scrolled()));
    }
    ASSERT_EQ(editor.line(), model.text);
    ASSERT_EQ(editor.cursor(), model.cursor);
    Rows expected = above;
    const std::size_t first = expected.size();
    const Rows current = rows_of(kPrompt, model.text, param.columns);
    expected.insert(expected.end(), current.begin(), current.end());
    strip(expected);
    ASSERT_EQ(screen.text(), expected);
    const std::size_t place = kPrompt.size() + model.cursor;
    ASSERT_EQ(screen.cursor_row(), first + place / (param.columns - 1));
    ASSERT_EQ(screen.cursor_column(), place % (param.columns - 1));
  }
}

INSTANTIATE_TEST_SUITE_P(Screens, RandomEditing,
                         testing::Values(RandomCase{80, Screen::Wrap::kDeferred, 1},
                                         RandomCase{40, Screen::Wrap::kImmediate, 2},
                                         RandomCase{21, Screen::Wrap::kNever, 3},
                                         RandomCase{132, Screen::Wrap::kDeferred, 4}));

// Whatever bytes come in, a line stays a line, the screen shows it, and the way out works.
TEST(RandomBytes, NeverBreakTheEditor) {
  constexpr unsigned kSeed = 23;
  std::mt19937 random(kSeed);
  constexpr std::array<std::string_view, 16> kLikely = {
      "\x1b[", "\x1bO", "\x1b", "\x1b[3~", "\x1b[1;5D", "\t", "\x14", "\x10",
      "\x0e",  "\x17",  "c",    "po ",     ";",         "~",  "1",    "\""};
  Desk desk;
  for (int step = 0; step < 40'000; ++step) {
    const unsigned choice = random() % 10;
    const Where where{kSeed, step, choice};
    if (choice < 5) {
      desk.type(kLikely[random() % kLikely.size()]);
    } else if (choice < 9) {
      const char c = static_cast<char>(random());
      if (c != '\x0c') {  // a forged answer to its question would be believed
        desk.type({&c, 1});
      }
    } else if (random() % 8 == 0) {
      desk.editor.input_lost(random() % 3);
    }
    ASSERT_LE(desk.editor.line().size(), kMaxLine);
    ASSERT_LE(desk.editor.cursor(), desk.editor.line().size());
    for (const char c : desk.editor.line()) {
      ASSERT_TRUE(c >= ' ' && c <= '~');
    }
    ASSERT_NO_FATAL_FAILURE(desk.check_screen());
    if (step % 64 == 0) {
      ASSERT_EQ(desk.type("\x03"), Event::kInterrupted);
      ASSERT_EQ(desk.type("echo ok\r"), Event::kLine);
      ASSERT_EQ(desk.lines.back(), "echo ok");
      desk.lines.clear();
      desk.screen.clear_raw();
      desk.screen.forget_scrolled();
    }
  }
}

}  // namespace
}  // namespace baton::kernel::shell
