#include "kernel/relay.h"

#include <bit>
#include <utility>

#include "arch/cpu.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_registry.h"
#include "sync/static_owned.h"

namespace baton::kernel::commands {
namespace {

using Cell = sync::AtomicTakeCell<Baton>;

constinit sync::StaticOwned<Baton> baton_home;
constinit Cell relay_cell;
constinit sync::CellEntry relay_entry{"relay", relay_cell};
constinit Relay<Cell> the_relay(relay_cell);

void play(void* /*unused*/) { the_relay.play(arch::core_index()); }

// On this core, beside playing: has the race stalled, does the user want out?
class Referee {
 public:
  explicit Referee(shell::Context& context) : context_(context) {}

  bool stalled() const { return stalled_; }
  bool interrupted() const { return interrupted_; }

  static void look(void* self) { static_cast<Referee*>(self)->look(); }

 private:
  void look() {
    constexpr Duration kPatience = Duration::seconds(20);
    const std::uint64_t progress = the_relay.progress();
    if (progress != seen_) {
      seen_ = progress;
      since_ = now();
    }
    stalled_ = stalled_ || now() - since_ > kPatience;
    interrupted_ = interrupted_ || context_.interrupted();
    if (stalled_ || interrupted_) {
      the_relay.call_off();
    }
  }

  shell::Context& context_;
  std::uint64_t seen_ = ~std::uint64_t{0};
  Instant since_;
  bool stalled_ = false;
  bool interrupted_ = false;
};

}  // namespace

shell::Status relay(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMostRounds = 1'000'000'000;
  const auto rounds = context.number("ROUNDS", args[0], 1, kMostRounds);
  if (!rounds) {
    return shell::Status::kFailed;
  }
  static constinit bool registered = false;
  if (!std::exchange(registered, true)) {
    sync::register_cell(relay_entry);
  }
  const std::uint32_t players = online_mask();
  the_relay.start(baton_home.claim(), *rounds, static_cast<unsigned>(std::popcount(players)));
  const Instant begin = now();
  for (unsigned i = 1; i < arch::kMaxCores; ++i) {
    if ((players & (1U << i)) == 0) {
      continue;
    }
    if (const Result<void> posted = call_on(i, play, nullptr, Duration::seconds(5)); !posted) {
      // The others wait for a player who will not come: its part ends here.
      the_relay.call_off();
      the_relay.play(i);
      context.print("relay: core {} did not take part: {}\n", i, posted.error());
    }
  }
  Referee referee(context);
  the_relay.play(0, Referee::look, &referee);
  while (!the_relay.all_finished()) {
    arch::relax();
  }
  const Duration took = now() - begin;

  const auto score = the_relay.score();
  for (unsigned i = 0; i < score.share.size(); ++i) {
    if ((players & (1U << i)) != 0) {
      context.print("cpu {}: {} hand-offs\n", i, score.share[i]);
    }
  }
  const std::uint64_t per_second =
      score.hand_offs * kNanosecondsPerSecond / (took.count_ns() == 0 ? 1 : took.count_ns());
  context.print("{} hand-offs per second\n", per_second);
  const bool stopped = referee.interrupted();
  context.print("relay: rounds={} lost={} duplicated={}\n", stopped ? score.hand_offs : *rounds,
                stopped ? 0 : score.lost, score.duplicated);
  if (auto back = relay_cell.take()) {
    baton_home.give_back(std::move(*back));
  } else {
    return context.fail("the object is not in its cell: {}", back.error());
  }
  if (stopped) {
    return context.fail("stopped after {} of {} rounds", score.hand_offs, *rounds);
  }
  const bool whole = score.lost == 0 && score.duplicated == 0 && score.hand_offs == *rounds;
  return whole ? shell::Status::kOk : shell::Status::kFailed;
}

}  // namespace baton::kernel::commands
