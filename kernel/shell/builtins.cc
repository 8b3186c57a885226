#include "kernel/shell/builtins.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/format.h"
#include "base/time.h"
#include "kernel/shell/command.h"
#include "kernel/shell/context.h"
#include "kernel/shell/history.h"
#include "kernel/shell/shell.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {
namespace {

/// Columns that `help` leaves for a name and its arguments; a longer one pushes its text to the
/// right.
constexpr std::size_t kHelpColumn = 28;

void print_summary(Context& context, const Command& command) {
  FixedText<80> call;
  format_to(call, "{}{}{}", command.name, command.arguments.empty() ? "" : " ", command.arguments);
  context.print("  {}", call.view());
  for (std::size_t column = call.view().size(); column < kHelpColumn; ++column) {
    context.print(" ");
  }
  context.print("  {}\n", command.help);
}

Status run_help(Context& context, Words args) {
  const Shell& shell = context.shell();
  if (args.empty()) {
    for (const Command* command = shell.next_after(""); command != nullptr;
         command = shell.next_after(command->name)) {
      print_summary(context, *command);
    }
    context.print("'help NAME' says more where there is more to say; ';' separates commands.\n");
    return Status::kOk;
  }
  const Command* const command = shell.find(args.front());
  if (command == nullptr) {
    return context.shell().unknown_command(args.front());
  }
  print_summary(context, *command);
  context.print("{}", command->details);
  return Status::kOk;
}

void complete_help(const CompletionRequest& request) {
  if (request.args.empty()) {
    request.shell.offer_words({}, request.candidates);
  }
}

Status run_echo(Context& context, Words args) {
  std::string_view separator = "";
  for (const std::string_view word : args) {
    context.print("{}{}", separator, word);
    separator = " ";
  }
  context.print("\n");
  return Status::kOk;
}

Status run_history(Context& context, Words) {
  const History& history = context.shell().history();
  for (std::size_t back = history.size(); back != 0; --back) {
    context.print("{:>5}  {}\n", history.size() - back + 1, history.entry(back - 1));
  }
  return Status::kOk;
}

Status run_repeat(Context& context, Words args) {
  const auto rounds = context.number("N", args[0]);
  if (!rounds) {
    return Status::kFailed;
  }
  for (std::uint64_t round = 1; round <= *rounds; ++round) {
    const Status status = context.run(args.subspan(1));
    if (context.interrupted()) {
      return Status::kFailed;
    }
    if (status != Status::kOk) {
      return context.fail("round {} of {} failed", round, *rounds);
    }
  }
  return Status::kOk;
}

void complete_repeat(const CompletionRequest& request) {
  if (!request.args.empty()) {
    request.shell.offer_words(request.args.subspan(1), request.candidates);
  }
}

Status run_time(Context& context, Words args) {
  const Instant begin = context.now();
  const Status status = context.run(args);
  context.print("time: {}\n", context.now() - begin);
  return status;
}

void complete_time(const CompletionRequest& request) {
  request.shell.offer_words(request.args, request.candidates);
}

constexpr std::array kCommands = {
    Command{.name = "echo", .arguments = "[WORD...]", .help = "print the words", .run = run_echo},
    Command{.name = "help",
            .arguments = "[NAME]",
            .help = "list the commands, or describe one",
            .run = run_help,
            .complete = complete_help},
    Command{.name = "history",
            .arguments = "",
            .help = "list the lines entered, oldest first",
            .run = run_history},
    Command{.name = "repeat",
            .arguments = "N COMMAND [WORD...]",
            .help = "run a command N times",
            .run = run_repeat,
            .complete = complete_repeat,
            .details = "  Stops at the first failure, and at ctrl-C.\n"},
    Command{.name = "time",
            .arguments = "COMMAND [WORD...]",
            .help = "run a command and print how long it took",
            .run = run_time,
            .complete = complete_time},
};
static_assert(well_formed(kCommands));

}  // namespace

std::span<const Command> builtin_commands() { return kCommands; }

}  // namespace baton::kernel::shell
