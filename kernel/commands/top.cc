#include <algorithm>
#include <cstdint>
#include <optional>

#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/commands/thread_rows.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel::commands {
namespace {

constinit ThreadRows before;  // too large for a stack; the shell runs one command at a time

// What the thread did since the first look; a thread that has begun anew since counts from there.
void subtract(ThreadRow& row) {
  const auto old = std::ranges::find_if(
      before.all(), [&row](const ThreadRow& other) { return other.id == row.id; });
  if (old == before.all().end() || old->switches > row.switches) return;
  row.cpu_time = Duration::nanoseconds(row.cpu_time.count_ns() - old->cpu_time.count_ns());
  row.switches -= old->switches;
  row.migrations -= old->migrations;
}

}  // namespace

shell::Status top(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kLongest = 3600;
  std::uint64_t seconds = 1;
  if (args.size() > 0) {
    const std::optional<std::uint64_t> given = context.number("SECONDS", args[0], 1, kLongest);
    if (!given) return shell::Status::kFailed;
    seconds = *given;
  }
  ThreadRows& after = thread_rows;
  before.take();
  const Instant begin = now();
  const Instant end = begin + Duration::seconds(seconds);
  while (now() < end && !context.interrupted()) {
    const Instant next = now() + Duration::milliseconds(20);
    static_cast<void>(this_thread::sleep_until(next < end ? next : end));
  }
  after.take();
  const std::uint64_t passed = (now() - begin).count_ns();
  for (ThreadRow& row : after.all()) subtract(row);
  std::ranges::sort(after.all(),
                    [](const ThreadRow& a, const ThreadRow& b) { return a.cpu_time > b.cpu_time; });
  context.print("{:<12} {:>4} {:>3} {:>6} {:>12} {:>10} {:>7}\n", "NAME", "PRIO", "CPU", "%",
                "TIME", "SWITCHES", "MOVES");
  for (const ThreadRow& row : after.all()) {
    if (row.cpu_time == Duration() && row.switches == 0) continue;
    const std::uint64_t tenths = row.cpu_time.count_ns() * 1000 / passed;
    context.print("{:<12} {:>4} {:>3} {:>4}.{} {:>12} {:>10} {:>7}\n", row.name, row.priority,
                  row.core, tenths / 10, tenths % 10, row.cpu_time, row.switches, row.migrations);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
