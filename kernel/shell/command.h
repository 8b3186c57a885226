// What a command is, and the tables that commands come in.
//
//   Status run_poke(Context& context, Words args) {
//     const auto address = context.number("ADDRESS", args[0]);
//     if (!address) return Status::kFailed;                       // the user has been told
//     ...
//     context.print("{:#x}: {:#x}\n", *address, value);
//     return Status::kOk;
//   }
//   constexpr Command kCommands[] = {
//       {.name = "poke", .arguments = "ADDRESS VALUE [WIDTH]", .help = "write to memory", .run =
//       run_poke},
//   };
//   static_assert(well_formed(kCommands));
//
// Tables are constants; the shell is given them when it is made.  Commands run one at a time, in
// the context that feeds the shell.
#ifndef BATON_KERNEL_SHELL_COMMAND_H_
#define BATON_KERNEL_SHELL_COMMAND_H_

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include "kernel/shell/completion.h"
#include "kernel/shell/context.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {

/// What a command may offer for the argument under the cursor.
struct CompletionRequest {
  const Shell& shell;
  Words args;  ///< the arguments before it; args.size() is its index
  Candidates& candidates;
};

struct Command {
  std::string_view name;       ///< lower case, digits, - and _
  std::string_view arguments;  ///< as in "ADDRESS [COUNT] [WORD...]": how many is read off this
  std::string_view help;       ///< what it does, in a few words
  Status (*run)(Context& context, Words args);
  void (*complete)(const CompletionRequest& request) = nullptr;
  std::string_view details = {};  ///< for `help NAME`: more lines, each ended by '\n'
};

/// How many arguments a synopsis asks for.
struct ArgumentCount {
  std::size_t min = 0;
  std::size_t max = 0;

  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
  friend constexpr bool operator==(const ArgumentCount&, const ArgumentCount&) = default;
};

/// Counts a synopsis: words in brackets are optional, `...` at the end means any number more.
constexpr ArgumentCount argument_count(std::string_view arguments) {
  ArgumentCount count;
  bool optional = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool starts_word = arguments[i] != ' ' && (i == 0 || arguments[i - 1] == ' ');
    optional = arguments[i] == '[' || (optional && arguments[i] != ']');
    if (starts_word) {
      count.min += optional ? 0U : 1U;
      ++count.max;
    }
  }
  if (arguments.ends_with("...") || arguments.ends_with("...]")) {
    count.max = ArgumentCount::kAny;
  }
  return count;
}

/// Whether a table holds to the rules above, for a static_assert beside it.
constexpr bool well_formed(std::span<const Command> table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Command& command = table[i];
    if (command.name.empty() || command.help.empty() || command.run == nullptr ||
        (!command.details.empty() && !command.details.ends_with('\n'))) {
      return false;
    }
    for (const char c : command.name) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) {
        return false;
      }
    }
    for (std::size_t other = 0; other < i; ++other) {
      if (table[other].name == command.name) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_COMMAND_H_
