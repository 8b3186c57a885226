// The commands of the threads' image, in place of the kernel's own.
#include "kernel/commands/commands.h"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "kernel/shell/command.h"
#include "kernel/stress/churn.h"
#include "tests/target/threads/fp_keepers.h"

namespace baton::threads_test {
namespace {

using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

int cores() { return std::popcount(kernel::CoreScheduler::active()); }

Status fp(Context& context, Words args) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto rounds = context.number("ROUNDS", args[0], 1, kMost);
  const auto seed = context.number("SEED", args[1]);
  if (!rounds || !seed) return Status::kFailed;
  static constinit FpKeepers keepers;
  static constinit bool played = false;
  if (std::exchange(played, true)) return context.fail("once per boot");
  const FpKeepers::Found found = keepers.run(*rounds, *seed);
  context.print("fp: {} threads on {} cores, seed {}\n", keepers.size(), cores(), *seed);
  context.print("fp: rounds={} preempted={} taken_away={} moved={} without={}\n", found.rounds,
                found.preempted, found.taken_away, found.moved, found.plain_rounds);
  context.print("fp: wrong={} leaked={} strange={}\n", found.wrong, found.leaked, found.strange);
  if (found.wrong != 0) context.print("fp: a wrong word: {}\n", found.first_wrong);
  return found.wrong + found.leaked + found.strange == 0 ? Status::kOk : Status::kFailed;
}

Status churn(Context& context, Words args) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto threads = context.number("THREADS", args[0], 1, kMost);
  const auto seed = context.number("SEED", args[1]);
  if (!threads || !seed) return Status::kFailed;
  static constinit kernel::stress::Churn churn(kernel::stress::Churn::Naps::kNone);
  const Instant begin = kernel::now();
  churn.start(*seed);
  while (churn.done() < *threads && !context.interrupted()) {
    static_cast<void>(kernel::this_thread::sleep_for(Duration::milliseconds(20)));
  }
  churn.halt();
  const kernel::stress::Outcome outcome = churn.stop();
  context.print("churn: {} threads begun and ended on {} cores in {}, seed {}, errors={}\n",
                outcome.done, cores(), kernel::now() - begin, *seed, outcome.errors);
  return outcome.errors == 0 && outcome.done >= *threads ? Status::kOk : Status::kFailed;
}

constexpr std::array<kernel::shell::Command, 2> kTable = {{
    {.name = "churn",
     .arguments = "THREADS SEED",
     .help = "threads begin and end, on stacks that are used again at once",
     .run = churn},
    {.name = "fp",
     .arguments = "ROUNDS SEED",
     .help = "more threads than cores with something in every FP register",
     .run = fp},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::threads_test

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return threads_test::kTable;
}
