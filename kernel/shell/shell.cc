#include "kernel/shell/shell.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/assert.h"
#include "base/format.h"
#include "kernel/shell/builtins.h"
#include "kernel/shell/command.h"
#include "kernel/shell/edit_distance.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {

void Shell::Output::write(std::string_view text) {
  if (!text.empty()) {
    in_line_ = text.back() != '\n';
    terminal_.write(text);
  }
}

void Shell::Output::end_line() {
  if (in_line_) {
    write("\n");
  }
}

void Shell::start() { prompt(); }

void Shell::feed(std::uint8_t byte) {
  switch (editor_.feed(byte)) {
    case LineEditor::Event::kEditing:
      return;
    case LineEditor::Event::kLine:
      status_ = run_line(editor_.line());
      break;
    case LineEditor::Event::kRefused:
      status_ = Status::kFailed;
      break;
    case LineEditor::Event::kInterrupted:
      break;
  }
  prompt();
}

void Shell::prompt() { editor_.begin(status_ == Status::kOk ? "baton> " : "baton(1)> "); }

Status Shell::run_line(std::string_view line) {
  if (!splits(line)) {
    return Status::kFailed;
  }
  CommandWords command;
  std::optional<Status> worst;
  for (std::size_t at = 0; at < line.size();) {
    // splits() has seen to it that there is no fault.
    static_cast<void>(command.split(line, at));
    if (command.words().empty()) {
      continue;
    }
    worst = std::max(worst.value_or(Status::kOk), run_command(command.words()));
    output_.end_line();
    if (terminal_.interrupt_waiting()) {
      terminal_.drop_interrupt();
      output_.write("^C\n");
      return Status::kFailed;
    }
  }
  return worst.value_or(status_);
}

bool Shell::splits(std::string_view line) {
  CommandWords command;
  for (std::size_t at = 0; at < line.size();) {
    if (const WordFault fault = command.split(line, at); fault != WordFault::kNone) {
      format_to(output_, "column {}: {}; nothing was run\n", at + 1, fault);
      return false;
    }
  }
  return true;
}

Status Shell::run_command(Words words) {
  BATON_ASSERT(!words.empty());
  const Command* const command = find(words.front());
  if (command == nullptr) {
    return unknown_command(words.front());
  }
  Context context(*this, *command);
  const Words args = words.subspan(1);
  const ArgumentCount count = argument_count(command->arguments);
  if (args.size() < count.min || args.size() > count.max) {
    return context.usage();
  }
  return command->run(context, args);
}

Status Shell::unknown_command(std::string_view name) {
  // In a short name two changes leave nothing of what was meant.
  std::size_t nearest = name.size() <= 3 ? 1 : 2;
  const Command* meant = nullptr;
  for_each_command([&](const Command& command) {
    const std::size_t distance = edit_distance(name, command.name, nearest);
    if (distance < nearest || (meant == nullptr && distance == nearest)) {
      nearest = distance;
      meant = &command;
    }
  });
  format_to(output_, "{}: unknown command; 'help' lists them", name);
  if (meant != nullptr) {
    format_to(output_, " (did you mean '{}'?)", meant->name);
  }
  output_.write("\n");
  return Status::kFailed;
}

template <class F>
void Shell::for_each_command(F f) const {
  for (const Command& command : builtin_commands()) {
    f(command);
  }
  for (const auto& table : tables_) {
    for (const Command& command : table) {
      f(command);
    }
  }
}

const Command* Shell::find(std::string_view name) const {
  const Command* found = nullptr;
  for_each_command([&](const Command& command) {
    if (found == nullptr && command.name == name) {
      found = &command;
    }
  });
  return found;
}

const Command* Shell::next_after(std::string_view name) const {
  const Command* next = nullptr;
  for_each_command([&](const Command& command) {
    if (command.name > name && (next == nullptr || command.name < next->name)) {
      next = &command;
    }
  });
  return next;
}

/// The command under the cursor; false if it cannot be split.
bool Shell::last_command(std::string_view before, CommandWords& command) {
  std::size_t at = 0;
  do {
    if (command.split(before, at) != WordFault::kNone) {
      return false;
    }
  } while (command.end() == CommandWords::End::kSemicolon);
  return true;
}

std::size_t Shell::Completer::prefix_length(std::string_view before) const {
  CommandWords command;
  if (!last_command(before, command)) {
    return kNothing;
  }
  switch (command.end()) {
    case CommandWords::End::kPlainWord:
      return command.words().back().size();
    case CommandWords::End::kBlank:
      return 0;
    case CommandWords::End::kQuotedWord:
    case CommandWords::End::kRemark:
    case CommandWords::End::kSemicolon:
      break;
  }
  return kNothing;
}

void Shell::Completer::offer_candidates(std::string_view before, Candidates& candidates) const {
  CommandWords command;
  if (last_command(before, command)) {
    const bool in_word = command.end() == CommandWords::End::kPlainWord;
    const Words words = command.words();
    shell_.offer_words(words.first(words.size() - (in_word ? 1U : 0U)), candidates);
  }
}

void Shell::offer_words(Words before, Candidates& candidates) const {
  if (before.empty()) {
    for (const Command* command = next_after(""); command != nullptr;
         command = next_after(command->name)) {
      candidates.offer(command->name);
    }
    return;
  }
  const Command* const command = find(before.front());
  if (command != nullptr && command->complete != nullptr) {
    command->complete({.shell = *this, .args = before.subspan(1), .candidates = candidates});
  }
}

}  // namespace baton::kernel::shell
