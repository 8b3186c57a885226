#include "kernel/trace/trace.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/trace/dump.h"
#include "kernel/trace/history.h"
#include "kernel/trace/words.h"

namespace baton::kernel::commands {
namespace {

constexpr std::size_t kShown = 40;

// Nothing is recorded while it lives: what is read stays as it is, and reading leaves no trace.
class Pause {
 public:
  Pause() = default;
  ~Pause() { trace::set_on(before_); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;

 private:
  bool before_ = trace::set_on(false);
};

shell::Status show(shell::Context& context, std::size_t count) {
  const Pause pause;
  trace::History history(count);
  while (const std::optional<trace::CoreEvent> event = history.next()) {
    if (context.interrupted()) return context.fail("stopped");
    trace::write_line(context.out(), *event);
  }
  return shell::Status::kOk;
}

shell::Status dump(shell::Context& context, std::size_t count) {
  const Pause pause;
  trace::History::Rings rings{};
  const std::uint32_t online = online_mask();
  for (unsigned core = 0; core < rings.size(); ++core) {
    if ((online >> core & 1U) != 0) rings[core] = &trace::ring_of(core);
  }
  const bool whole = trace::dump(
      context.out(), rings, trace::names(), count,
      [](void* argument) { return !static_cast<shell::Context*>(argument)->interrupted(); },
      &context);
  return whole ? shell::Status::kOk : context.fail("stopped");
}

}  // namespace

shell::Status trace(shell::Context& context, shell::Words args) {
  const std::string_view what = args.size() > 0 ? args[0] : std::string_view();
  if (what == "on" || what == "off") {
    if (args.size() > 1) return context.usage();
    trace::set_on(what == "on");
    return shell::Status::kOk;
  }
  const bool all = what == "dump";
  std::size_t count = all ? trace::kRecords : kShown;
  const std::size_t number_at = all ? 1 : 0;
  if (args.size() > number_at) {
    if (args.size() > number_at + 1) return context.usage();
    const auto given = context.number("COUNT", args[number_at], 1,
                                      all ? trace::kRecords : trace::kRecords * arch::kMaxCores);
    if (!given) return shell::Status::kFailed;
    count = static_cast<std::size_t>(*given);
  }
  return all ? dump(context, count) : show(context, count);
}

}  // namespace baton::kernel::commands
