// Through the shell: what a user of help, echo, history, repeat and time sees.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "gtest/gtest.h"
#include "kernel/shell/command.h"
#include "kernel/shell/context.h"
#include "kernel/shell/screen.h"
#include "kernel/shell/shell.h"
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

int countdown = 0;
Screen* interrupted_screen = nullptr;

/// Fails when the countdown ends; types ctrl-C instead if a screen is set.
Status run_count(Context& context, Words) {
  if (--countdown != 0) {
    return Status::kOk;
  }
  if (interrupted_screen != nullptr) {
    interrupted_screen->interrupt = true;
    return Status::kOk;
  }
  return context.fail("counted down");
}

constexpr std::array kCommands = {
    Command{.name = "count",
            .arguments = "",
            .help = "count down",
            .run = run_count,
            .details = "  Fails at zero.\n  Nothing else.\n"},
    Command{.name = "a-command-with-many",
            .arguments = "ARGUMENTS [TO BE LISTED]",
            .help = "be long",
            .run = run_count},
};
static_assert(well_formed(kCommands));
constexpr std::array<std::span<const Command>, 1> kTables = {kCommands};

/// What the lines print, on a wide screen.
Rows output_of(std::string_view lines) {
  Screen screen(100, 40);
  SlowClock clock;
  Shell shell(screen, clock, kTables);
  if (interrupted_screen != nullptr) {
    interrupted_screen = &screen;
  }
  shell.start();
  for (const char c : lines) {
    shell.feed(static_cast<std::uint8_t>(c));
  }
  return screen.text();
}

TEST(Help, ListsEveryCommandInOrder) {
  EXPECT_EQ(output_of("help\r"),
            (Rows{"baton> help", "  a-command-with-many ARGUMENTS [TO BE LISTED]  be long",
                  "  count                         count down",
                  "  echo [WORD...]                print the words",
                  "  help [NAME]                   list the commands, or describe one",
                  "  history                       list the lines entered, oldest first",
                  "  repeat N COMMAND [WORD...]    run a command N times",
                  "  time COMMAND [WORD...]        run a command and print how long it took",
                  "'help NAME' says more where there is more to say; ';' separates commands.",
                  "baton>"}));
}

TEST(Help, DescribesOneCommand) {
  EXPECT_EQ(output_of("help count\rhelp echo\r"),
            (Rows{"baton> help count", "  count                         count down",
                  "  Fails at zero.", "  Nothing else.", "baton> help echo",
                  "  echo [WORD...]                print the words", "baton>"}));
}

TEST(Help, KnowsWhatIsUnknown) {
  EXPECT_EQ(
      output_of("help cuont\r"),
      (Rows{"baton> help cuont",
            "cuont: unknown command; 'help' lists them (did you mean 'count'?)", "baton(1)>"}));
}

TEST(Echo, PrintsItsWords) {
  EXPECT_EQ(output_of("echo\recho a  'b  c' \"\" d\r"),
            (Rows{"baton> echo", "", "baton> echo a  'b  c' \"\" d", "a b  c  d", "baton>"}));
}

TEST(HistoryCommand, ListsOldestFirst) {
  EXPECT_EQ(output_of("echo one\recho two\rhistory\r"),
            (Rows{"baton> echo one", "one", "baton> echo two", "two", "baton> history",
                  "    1  echo one", "    2  echo two", "    3  history", "baton>"}));
}

TEST(Repeat, RunsAsOftenAsAsked) {
  countdown = 0;
  EXPECT_EQ(
      output_of("repeat 0 echo x; repeat 2 repeat 2 echo y\r"),
      (Rows{"baton> repeat 0 echo x; repeat 2 repeat 2 echo y", "y", "y", "y", "y", "baton>"}));
}

TEST(Repeat, StopsAtTheFirstFailure) {
  countdown = 3;
  EXPECT_EQ(output_of("repeat 5 count\r"), (Rows{"baton> repeat 5 count", "count: counted down",
                                                 "repeat: round 3 of 5 failed", "baton(1)>"}));
  EXPECT_EQ(countdown, 0);
}

TEST(Repeat, StopsAtAnInterrupt) {
  countdown = 3;
  Screen any;
  interrupted_screen = &any;
  EXPECT_EQ(output_of("repeat 18446744073709551615 count\r"),
            (Rows{"baton> repeat 18446744073709551615 count", "^C", "baton(1)>"}));
  EXPECT_EQ(countdown, 0);
  interrupted_screen = nullptr;
}

TEST(Repeat, WantsANumberAndACommand) {
  EXPECT_EQ(output_of("repeat x echo y\rrepeat 3\rrepeat 2 nosuch\r"),
            (Rows{"baton> repeat x echo y",
                  "repeat: N: 'x' is not a number (like 1234, 0x4d2, 0b101, 64k, 2M or 1G)",
                  "baton(1)> repeat 3", "usage: repeat N COMMAND [WORD...]",
                  "baton(1)> repeat 2 nosuch", "nosuch: unknown command; 'help' lists them",
                  "repeat: round 1 of 2 failed", "baton(1)>"}));
}

TEST(Time, TellsHowLongAndHandsOnTheStatus) {
  countdown = 1;
  EXPECT_EQ(output_of("time echo x\rtime count\r"),
            (Rows{"baton> time echo x", "x", "time: 1.500 ms", "baton> time count",
                  "count: counted down", "time: 1.500 ms", "baton(1)>"}));
}

}  // namespace
}  // namespace baton::kernel::shell
