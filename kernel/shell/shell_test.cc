// Whole transcripts: bytes typed, and everything that came back.
#include "kernel/shell/shell.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "gtest/gtest.h"
#include "kernel/shell/command.h"
#include "kernel/shell/context.h"
#include "kernel/shell/screen.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {
namespace {

using Rows = std::vector<std::string>;

/// Each look at it takes 1.5 ms.
class SlowClock final : public Clock {
 public:
  Instant now() override {
    now_ = now_ + Duration::microseconds(1500);
    return now_;
  }

 private:
  Instant now_;
};

int work_rounds = 0;
Screen* work_screen = nullptr;

Status run_ok(Context&, Words) { return Status::kOk; }
Status run_bad(Context& context, Words) { return context.fail("{} went wrong", "this"); }
Status run_partial(Context& context, Words) {
  context.print("no end");
  return Status::kOk;
}
Status run_peek(Context& context, Words args) {
  const auto address = context.number("ADDRESS", args[0], 16, 0x1000);
  if (!address) {
    return Status::kFailed;
  }
  context.print("{:#x}\n", *address);
  return Status::kOk;
}
/// Works until it is told to stop; the user types ctrl-C after three rounds.
Status run_work(Context& context, Words) {
  while (!context.interrupted()) {
    if (++work_rounds == 3) {
      work_screen->interrupt = true;
    }
  }
  return Status::kOk;
}
/// Never looks up; ctrl-C comes meanwhile.
Status run_deaf(Context&, Words) {
  work_screen->interrupt = true;
  return Status::kOk;
}
void complete_peek(const CompletionRequest& request) {
  if (request.args.empty()) {
    request.candidates.offer("0x1000");
    request.candidates.offer("0x1fff");
  }
}

constexpr std::array kMachine = {
    Command{.name = "peek",
            .arguments = "ADDRESS [COUNT]",
            .help = "read memory",
            .run = run_peek,
            .complete = complete_peek,
            .details = "  COUNT words, one if it is left out.\n"},
    Command{.name = "ok", .arguments = "", .help = "succeed", .run = run_ok},
    Command{.name = "bad", .arguments = "", .help = "fail", .run = run_bad},
};
constexpr std::array kMore = {
    Command{.name = "partial", .arguments = "", .help = "print half a line", .run = run_partial},
    Command{.name = "work", .arguments = "", .help = "work until ctrl-C", .run = run_work},
    Command{.name = "deaf", .arguments = "", .help = "miss a ctrl-C", .run = run_deaf},
    Command{.name = "ok", .arguments = "", .help = "hidden by the first", .run = run_bad},
};
static_assert(well_formed(kMachine) && well_formed(kMore));
constexpr std::array<std::span<const Command>, 2> kTables = {kMachine, kMore};

class ShellTest : public testing::Test {
 protected:
  ShellTest() : shell(screen, clock, kTables) {
    work_rounds = 0;
    work_screen = &screen;
    shell.start();
  }
  void type(std::string_view bytes) {
    for (const char c : bytes) {
      shell.feed(static_cast<std::uint8_t>(c));
    }
  }
  /// What the screen shows after these bytes, on a shell that has just started.
  Rows after(std::string_view bytes) {
    type(bytes);
    return screen.text();
  }

  Screen screen{100, 40};
  SlowClock clock;
  Shell shell;
};

TEST_F(ShellTest, PromptTellsTheStatus) {
  EXPECT_EQ(screen.raw(), "baton> ");
  type("bad\r");
  EXPECT_EQ(screen.raw(), "baton> bad\nbad: this went wrong\nbaton(1)> ");
  type("\r");
  EXPECT_TRUE(screen.raw().ends_with("\nbaton(1)> \nbaton(1)> "));
  type("ok\r");
  EXPECT_TRUE(screen.raw().ends_with("ok\nbaton> "));
}

TEST_F(ShellTest, EveryCommandOfALineRuns) {
  EXPECT_EQ(after("echo a; bad; echo \"b  c\" 'd' ;; # remark\r"),
            (Rows{"baton> echo a; bad; echo \"b  c\" 'd' ;; # remark", "a", "bad: this went wrong",
                  "b  c d", "baton(1)>"}));
}

TEST_F(ShellTest, RemarkAndEmptyLineKeepTheStatus) {
  type("bad\r# nothing\r ; \r");
  EXPECT_EQ(screen.text().back(), "baton(1)>");
}

TEST_F(ShellTest, UnknownCommand) {
  EXPECT_EQ(after("nosuch\r"),
            (Rows{"baton> nosuch", "nosuch: unknown command; 'help' lists them", "baton(1)>"}));
}

TEST_F(ShellTest, UnknownCommandNearAKnownOne) {
  const auto answer = [this](const std::string& name) {
    type(name + "\r");
    const Rows rows = screen.text();
    return rows[rows.size() - 2];
  };
  EXPECT_EQ(answer("pek"), "pek: unknown command; 'help' lists them (did you mean 'peek'?)");
  EXPECT_EQ(answer("ehco"), "ehco: unknown command; 'help' lists them (did you mean 'echo'?)");
  EXPECT_EQ(answer("hlpe"), "hlpe: unknown command; 'help' lists them (did you mean 'help'?)");
  EXPECT_EQ(answer("bda"), "bda: unknown command; 'help' lists them (did you mean 'bad'?)");
  EXPECT_EQ(answer("xyz"), "xyz: unknown command; 'help' lists them");
  EXPECT_EQ(answer("Ok"), "Ok: unknown command; 'help' lists them (did you mean 'ok'?)");
  EXPECT_EQ(answer("''"), ": unknown command; 'help' lists them");
}

TEST_F(ShellTest, WrongCountOfArguments) {
  EXPECT_EQ(after("peek\rpeek 16 1 2\rok 1\r"),
            (Rows{"baton> peek", "usage: peek ADDRESS [COUNT]", "baton(1)> peek 16 1 2",
                  "usage: peek ADDRESS [COUNT]", "baton(1)> ok 1", "usage: ok", "baton(1)>"}));
}

TEST_F(ShellTest, NumbersThatAreNone) {
  EXPECT_EQ(
      after("peek 12q\rpeek 15\rpeek 0x1001\rpeek 99999999999999999999\rpeek 0x10\rpeek 4k\r"),
      (Rows{"baton> peek 12q",
            "peek: ADDRESS: '12q' is not a number (like 1234, 0x4d2, 0b101, 64k, 2M or 1G)",
            "baton(1)> peek 15", "peek: ADDRESS: 15 is out of range: 16 to 4096",
            "baton(1)> peek 0x1001", "peek: ADDRESS: 0x1001 is out of range: 16 to 4096",
            "baton(1)> peek 99999999999999999999",
            "peek: ADDRESS: '99999999999999999999' is more than 64 bits hold",
            "baton(1)> peek 0x10", "0x10", "baton> peek 4k", "0x1000", "baton>"}));
}

TEST_F(ShellTest, LineThatCannotBeSplitRunsNothing) {
  EXPECT_EQ(after("echo a; echo \"b\r"),
            (Rows{"baton> echo a; echo \"b",
                  "column 14: this \" is never closed (type \\\" for a plain one); nothing was run",
                  "baton(1)>"}));
}

TEST_F(ShellTest, RefusedLinesAreFailures) {
  type("echo \xc3\xa9\r");
  EXPECT_EQ(screen.text().back(), "baton(1)>");
  type("ok\r");
  shell.input_lost(9);
  type("ok\r");
  EXPECT_EQ(screen.text().back(), "baton(1)>");
  type("ok\r");
  type(std::string(300, 'x') + "\r");
  EXPECT_EQ(screen.text().back(), "baton(1)>");
  type("ok\r");
  EXPECT_EQ(screen.text().back(), "baton>");
}

TEST_F(ShellTest, InterruptAtThePromptKeepsTheStatus) {
  type("bad\recho x\x03");
  EXPECT_EQ(screen.text().back(), "baton(1)>");
  EXPECT_FALSE(screen.raw().contains("\nx\n"));
}

TEST_F(ShellTest, PromptBeginsALine) {
  EXPECT_EQ(after("partial\rpartial; echo x\r"),
            (Rows{"baton> partial", "no end", "baton> partial; echo x", "no end", "x", "baton>"}));
}

TEST_F(ShellTest, InterruptStopsACommandAndItsLine) {
  EXPECT_EQ(after("work; echo not\r"), (Rows{"baton> work; echo not", "^C", "baton(1)>"}));
  EXPECT_EQ(work_rounds, 3);
  EXPECT_FALSE(screen.interrupt);
}

TEST_F(ShellTest, MissedInterruptStopsTheLine) {
  EXPECT_EQ(after("deaf; echo not\r"), (Rows{"baton> deaf; echo not", "^C", "baton(1)>"}));
  EXPECT_FALSE(screen.interrupt);
}

TEST_F(ShellTest, LinesFromAProgram) {
  EXPECT_EQ(shell.run_line("ok; bad"), Status::kFailed);
  EXPECT_EQ(shell.run_line("ok"), Status::kOk);
  EXPECT_EQ(shell.run_line("echo '"), Status::kFailed);
  EXPECT_EQ(shell.run_line(std::string(257, ' ')), Status::kFailed);
  EXPECT_TRUE(screen.raw().ends_with("line too long: at most 256 characters; nothing was run\n"));
  EXPECT_EQ(shell.history().size(), 0U);
}

TEST_F(ShellTest, CompletesCommandNames) {
  const auto completed = [this](std::string_view typed) {
    screen.clear_raw();
    type("\x15");
    type(typed);
    const Rows rows = screen.text();
    return rows.back();
  };
  EXPECT_EQ(completed("ec\t|"), "baton> echo |");
  EXPECT_EQ(completed("ok; wo\t|"), "baton> ok; work |");
  EXPECT_EQ(completed("ok;wo\t|"), "baton> ok;work |");
  EXPECT_EQ(completed("p\t|"), "baton> p|");
  EXPECT_EQ(completed("help pe\t|"), "baton> help peek |");
  EXPECT_EQ(completed("help peek pe\t|"), "baton> help peek pe|");
  EXPECT_EQ(completed("time wo\t|"), "baton> time work |");
  EXPECT_EQ(completed("repeat 3 time repeat 2 de\t|"), "baton> repeat 3 time repeat 2 deaf |");
  EXPECT_EQ(completed("repeat wo\t|"), "baton> repeat wo|");
  EXPECT_EQ(completed("peek \t|"), "baton> peek 0x1|");
  EXPECT_EQ(completed("peek 0x10\t|"), "baton> peek 0x1000 |");
  EXPECT_EQ(completed("peek 1 0x10\t|"), "baton> peek 1 0x10|");
  EXPECT_EQ(completed("nosuch 0x10\t|"), "baton> nosuch 0x10|");
  EXPECT_EQ(completed("echo ec\t|"), "baton> echo ec|");
  EXPECT_EQ(completed("# ec\t|"), "baton> # ec|");
  EXPECT_EQ(completed("\"ec\t|"), "baton> \"ec|");
  EXPECT_EQ(completed("'ec'\t|"), "baton> 'ec'|");
}

TEST_F(ShellTest, ListsCommandsInOrderOnce) {
  EXPECT_EQ(after("\t"),
            (Rows{"baton>", "bad  deaf  echo  help  history  ok  partial  peek  repeat  time  work",
                  "baton>"}));
}

TEST_F(ShellTest, ListsCommandsAfterASemicolon) {
  EXPECT_EQ(
      after("ok;\t"),
      (Rows{"baton> ok;", "bad  deaf  echo  help  history  ok  partial  peek  repeat  time  work",
            "baton> ok;"}));
}

TEST_F(ShellTest, HidesItsLineForOthers) {
  type("echo half");
  shell.hide_line();
  screen.write("from elsewhere\n");
  shell.show_line();
  type(" done\r");
  EXPECT_EQ(screen.text(),
            (Rows{"from elsewhere", "baton> echo half done", "half done", "baton>"}));
}

TEST_F(ShellTest, RandomBytesNeverStopIt) {
  constexpr unsigned kSeed = 29;
  std::mt19937 random(kSeed);
  constexpr std::string_view kLikely = "echo time help ok;;;\"'\\#\r\t\x1b[";
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 200; ++i) {
      const bool likely = random() % 8 != 0;
      const char c = likely ? kLikely[random() % kLikely.size()] : static_cast<char>(random());
      type({&c, 1});
    }
    type("\x03ok\r");
    ASSERT_EQ(screen.text().back(), "baton>") << "seed " << kSeed << " round " << round;
    type("\x0c");
    type(screen.take_replies());
    screen.forget_scrolled();
  }
}

TEST(ArgumentCount, IsReadOffTheSynopsis) {
  constexpr std::size_t kAny = ArgumentCount::kAny;
  static_assert(argument_count("") == ArgumentCount{0, 0});
  static_assert(argument_count("N") == ArgumentCount{1, 1});
  static_assert(argument_count("ADDRESS VALUE") == ArgumentCount{2, 2});
  static_assert(argument_count("KIND [CPU]") == ArgumentCount{1, 2});
  static_assert(argument_count("KIND [on CPU]") == ArgumentCount{1, 3});
  static_assert(argument_count("[A] [B] [C]") == ArgumentCount{0, 3});
  static_assert(argument_count("[A [B]]") == ArgumentCount{0, 2});
  static_assert(argument_count("[WORD...]") == ArgumentCount{0, kAny});
  static_assert(argument_count("N COMMAND [WORD...]") == ArgumentCount{2, kAny});
  static_assert(argument_count("FILE...") == ArgumentCount{1, kAny});
}

TEST(WellFormed, RefusesBrokenTables) {
  constexpr Command kGood{.name = "a-b_1", .arguments = "", .help = "h", .run = run_ok};
  static_assert(well_formed(std::array{kGood}));
  static_assert(well_formed({}));
  static_assert(!well_formed(std::array{kGood, kGood}));
  static_assert(
      !well_formed(std::array{Command{.name = "", .arguments = "", .help = "h", .run = run_ok}}));
  static_assert(
      !well_formed(std::array{Command{.name = "A", .arguments = "", .help = "h", .run = run_ok}}));
  static_assert(
      !well_formed(std::array{Command{.name = "a", .arguments = "", .help = "", .run = run_ok}}));
  static_assert(
      !well_formed(std::array{Command{.name = "a", .arguments = "", .help = "h", .run = nullptr}}));
  static_assert(!well_formed(std::array{
      Command{.name = "a", .arguments = "", .help = "h", .run = run_ok, .details = "no end"}}));
}

}  // namespace
}  // namespace baton::kernel::shell
