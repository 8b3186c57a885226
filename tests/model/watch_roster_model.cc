// Model program of the watchdog's roster: a core that wakes up while another one ceases to watch.
#include <array>
#include <span>

#include "kernel/watch_roster.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

constexpr unsigned kSleeper = 0;
constexpr unsigned kWatcher = 1;

void is_watched(Execution& run) {
  kernel::WatchRoster<2, ModelAtomics> roster;
  roster.set_on(true);
  roster.sleep(kSleeper);
  roster.join(kWatcher);
  bool asks = false;
  bool left = false;
  run.parallel({thread("wakes up", [&] { asks = roster.wake(kSleeper, 1U << kWatcher); }),
                thread("watches", [&] { left = roster.leave(kWatcher, 1U << kSleeper); })});
  require(asks || !left, "a core is awake, and nobody watches");
  require(left == (roster.watchers() == 0), "it watches, or does not, against its word");
}

constexpr std::array<Program, 1> kPrograms = {{
    {.name = "watch_roster/is_watched", .body = is_watched},
}};

}  // namespace

std::span<const Program> watch_roster_programs() { return kPrograms; }

}  // namespace baton::model
