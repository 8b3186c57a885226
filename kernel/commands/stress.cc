#include "kernel/stress/stress.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/counter.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel::commands {
namespace {

struct Sum {
  std::uint64_t switches = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t migrations = 0;
  std::uint64_t messages = 0;
  std::uint64_t kicks = 0;
  std::uint64_t pulls = 0;
  std::uint64_t interrupts = 0;
  std::uint64_t ipis = 0;

  static Sum now() {
    Sum sum;
    for (CoreMask left = CoreScheduler::active(); left != 0; left &= left - 1) {
      const auto core = static_cast<unsigned>(std::countr_zero(left));
      const CoreScheduler::Counts& counts = CoreScheduler::of(core).counts();
      sum.switches += counts.switches.value();
      sum.preemptions += counts.preemptions.value();
      sum.migrations += counts.departures.value();
      sum.messages += counts.messages.value();
      sum.kicks += counts.kicks.value();
      sum.pulls += counts.pulls.value();
      sum.interrupts += cores[core].interrupts.value();
      sum.ipis += cores[core].ipis.value();
    }
    return sum;
  }
};

// A scenario goes by its name's first word.
bool is_named(const stress::Scenario& scenario, std::string_view word) {
  return word.empty() || scenario.name().substr(0, scenario.name().find(' ')) == word;
}

bool plays(unsigned shift, std::string_view only) {
  return std::ranges::any_of(stress::scenarios(shift), [only](const stress::Scenario* scenario) {
    return is_named(*scenario, only);
  });
}

// The errors of those that play, each of which has done something.
std::uint64_t play(shell::Context& context, unsigned shift, std::string_view only,
                   stress::Random& random, Duration length) {
  const std::span<stress::Scenario* const> scenarios = stress::scenarios(shift);
  const Instant end = now() + length;
  for (stress::Scenario* scenario : scenarios) {
    const std::uint64_t its = random.next();
    if (is_named(*scenario, only)) scenario->start(its);
  }
  while (now() < end && !context.interrupted()) {
    static_cast<void>(this_thread::sleep_for(Duration::milliseconds(20)));
  }
  for (stress::Scenario* scenario : scenarios) {
    if (is_named(*scenario, only)) scenario->halt();
  }
  std::uint64_t errors = 0;
  for (stress::Scenario* scenario : scenarios) {
    if (!is_named(*scenario, only)) continue;
    const stress::Outcome outcome = scenario->stop();
    context.print("{:<12} {:>9} {}", scenario->name(), outcome.done, scenario->counts());
    if (!scenario->also_counts().empty()) {
      context.print(", {} {}", outcome.also, scenario->also_counts());
    }
    if (outcome.errors != 0) context.print(", {} ERRORS", outcome.errors);
    context.print("\n");
    // A scenario that did nothing has shown nothing.
    errors += outcome.errors + (outcome.done == 0 ? 1 : 0);
  }
  return errors;
}

}  // namespace

shell::Status stress(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kLongest = 24 * 3600;
  const auto seconds = context.number("SECONDS", args[0], 1, kLongest);
  if (!seconds) return shell::Status::kFailed;
  std::uint64_t seed = arch::Counter::ticks();
  if (args.size() > 1) {
    const auto given = context.number("SEED", args[1]);
    if (!given) return shell::Status::kFailed;
    seed = *given;
  }
  const std::string_view only = args.size() > 2 ? args[2] : std::string_view();
  unsigned shifts = 0;
  for (unsigned shift = 0; shift < stress::kShifts; ++shift) shifts += plays(shift, only) ? 1 : 0;
  if (shifts == 0) return context.fail("there is no scenario {}", only);

  context.print("stress: {} s on {} cores, seed {}\n", *seconds,
                std::popcount(CoreScheduler::active()), seed);
  const Sum before = Sum::now();
  stress::Random random(seed);
  std::uint64_t errors = 0;
  for (unsigned shift = 0; shift < stress::kShifts; ++shift) {
    if (!plays(shift, only)) continue;
    errors += play(context, shift, only, random, Duration::milliseconds(*seconds * 1000 / shifts));
  }
  const Sum after = Sum::now();
  context.print(
      "switches={} preemptions={} migrations={} messages={} kicks={} pulls={} interrupts={} "
      "IPIs={}\n",
      after.switches - before.switches, after.preemptions - before.preemptions,
      after.migrations - before.migrations, after.messages - before.messages,
      after.kicks - before.kicks, after.pulls - before.pulls, after.interrupts - before.interrupts,
      after.ipis - before.ipis);
  context.print("stress: errors={}\n", errors);
  return errors == 0 ? shell::Status::kOk : shell::Status::kFailed;
}

}  // namespace baton::kernel::commands
