#include "kernel/shell/context.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/time.h"
#include "kernel/shell/command.h"
#include "kernel/shell/shell.h"
#include "kernel/shell/words.h"

namespace baton::kernel::shell {

TextSink& Context::out() { return shell_.out(); }

std::string_view Context::name() const { return command_.name; }

Status Context::usage() {
  print("usage: {}{}{}\n", name(), command_.arguments.empty() ? "" : " ", command_.arguments);
  return Status::kFailed;
}

std::optional<std::uint64_t> Context::number(std::string_view what, std::string_view text,
                                             std::uint64_t min, std::uint64_t max) {
  const auto value = parse_u64(text);
  if (!value) {
    static_cast<void>(fail("{}: '{}' is {}", what, text, value.error()));
    return std::nullopt;
  }
  if (*value < min || *value > max) {
    static_cast<void>(fail("{}: {} is out of range: {} to {}", what, text, min, max));
    return std::nullopt;
  }
  return *value;
}

bool Context::interrupted() { return shell_.interrupted(); }

Instant Context::now() { return shell_.now(); }

Status Context::run(Words words) { return shell_.run_command(words); }

}  // namespace baton::kernel::shell
