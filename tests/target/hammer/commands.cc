// The commands of the hammer's image, in place of the kernel's own: `hammer` and `poweroff`.
#include "kernel/commands/commands.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "arch/cpu.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/interrupts.h"
#include "kernel/machine.h"
#include "kernel/sched/this_thread.h"
#include "kernel/shell/command.h"
#include "kernel/timers.h"
#include "sync/atomic_take_cell.h"
#include "sync/irqs_off.h"
#include "sync/owned.h"
#include "tests/target/hammer/objects.h"
#include "tests/target/hammer/player.h"
#include "tests/target/hammer/tally.h"

namespace baton::hammer {
namespace {

using kernel::now;
using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

/// The whole game over one kind of take cell.
template <class TakeCell>
class Game {
 public:
  constexpr Game() = default;

  Status run(Context& context, std::uint64_t rounds);

 private:
  using PlayerType = Player<TakeCell>;

  // One core's handler plays, and arms itself again until the core's thread is done.
  class HammeringTimer {
   public:
    HammeringTimer(Game& game, PlayerType& player) : game_(game), player_(player) {}
    void start() { arm(); }
    /// Relaxed, both: between a core's thread and its own handler.
    void stop() { over_.store(true, std::memory_order_relaxed); }
    bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

   private:
    void arm() {
      const sync::IrqsOff irqs_off;
      kernel::this_core_timers(irqs_off).arm(
          timer_, now() + Duration::microseconds(10 + player_.pick(40)), irqs_off);
    }
    void on_timer() {
      for (int i = 0; i < 4; ++i) {
        player_.play();
      }
      if (over_.load(std::memory_order_relaxed)) {
        stopped_.store(true, std::memory_order_relaxed);
      } else {
        arm();
      }
    }

    Game& game_;
    PlayerType& player_;
    std::atomic<bool> over_{false};
    std::atomic<bool> stopped_{false};
    kernel::Timer timer_{[](void* self) { static_cast<HammeringTimer*>(self)->on_timer(); }, this};
  };

  static void play_here(void* game) { static_cast<Game*>(game)->play(arch::core_index()); }
  void play(unsigned core);
  void count(Context& context);
  template <class T>
  void find(const T& object, std::uint32_t& found);

  Anvil<TakeCell> anvil_;
  std::array<PlayerType, kPlayers> players_{};
  std::uint32_t cores_ = 0;  // bit n: core n plays
  std::uint64_t rounds_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t duplicated_ = 0;
  std::atomic<unsigned> arrived_{0};
  std::atomic<unsigned> finished_{0};
};

template <class TakeCell>
void Game<TakeCell>::play(unsigned core) {
  PlayerType& thread = players_[std::size_t{2} * core];
  HammeringTimer timer(*this, players_[std::size_t{2} * core + 1]);
  const auto cores = static_cast<unsigned>(std::popcount(cores_));
  // Together.  Relaxed: nothing but the moment is handed over.
  arrived_.fetch_add(1, std::memory_order_relaxed);
  while (arrived_.load(std::memory_order_relaxed) != cores) {
    arch::relax();
  }
  timer.start();
  for (std::uint64_t round = 0; round < rounds_; ++round) {
    thread.play();
    constexpr std::uint64_t kRoundsPerIpi = 256;
    if (round % kRoundsPerIpi == core) {
      // Interrupts at moments that no timer of theirs chooses.
      kernel::send_ipi(cores_ & ~(1U << core), kernel::Ipi::kWake);
    }
  }
  timer.stop();
  while (!timer.stopped()) {
    static_cast<void>(kernel::this_thread::sleep_until(now() + Duration::microseconds(200)));
  }
  // Release pairs with the acquire in run(): what this core's players hold and have counted.
  finished_.fetch_add(1, std::memory_order_release);
}

template <class TakeCell>
template <class T>
void Game<TakeCell>::find(const T& object, std::uint32_t& found) {
  const std::uint32_t bit = 1U << object.number;
  if ((found & bit) != 0) {
    ++duplicated_;
  }
  found |= bit;
}

// Everything that went in must be somewhere, once, and used as often as was said.
template <class TakeCell>
void Game<TakeCell>::count(Context& context) {
  std::uint32_t balls = 0;
  std::uint32_t coins = 0;
  std::uint32_t tokens = 0;
  std::uint32_t dealt = 0;
  std::uint64_t ball_uses = 0;
  std::uint64_t coin_uses = 0;
  std::uint64_t added = 0;
  std::uint64_t submitted = 0;
  std::uint64_t pushed = 0;
  const auto find_ball = [&](sync::Owned<Ball> ball) {
    find(*ball, balls);
    ball_uses += ball->use.total();
    // Kept from its pool, which would not take a broken cell's second handle.
    static_cast<void>(sync::internal::OwnedAccess::disown(std::move(ball)));
  };
  const auto find_coin = [&](const Coin& coin) {
    find(coin, coins);
    coin_uses += coin.use.total();
  };
  const auto find_token = [&](std::uint32_t token) {
    struct Token {
      std::uint32_t number;
    };
    find(Token{token}, tokens);
  };
  for (std::size_t i = 0; i < kPlayers; ++i) {
    PlayerType& player = players_[i];
    if ((cores_ & (1U << (i / 2))) == 0) {
      continue;
    }
    dealt |= PlayerType::is_dealt(i) ? 1U << i : 0U;
    if (player.balls.ball) {
      find_ball(std::move(*player.balls.ball));
      player.balls.ball.reset();
    }
    if (player.coins.coin) {
      find_coin(*player.coins.coin);
    }
    if (player.tokens.token) {
      find_token(*player.tokens.token);
    }
    ball_uses -= player.balls.uses;
    coin_uses -= player.coins.uses;
    added += player.added();
    submitted += player.submitted();
    pushed += player.pushed();
  }
  if (auto ball = anvil_.take.take()) {
    find_ball(std::move(*ball));
  }
  if (auto coin = anvil_.map.take()) {
    find_coin(*coin);
  }
  if (auto token = anvil_.optional.take()) {
    find_token(*token);
  }
  for (const std::uint32_t found : {balls, coins, tokens}) {
    lost_ += static_cast<unsigned>(std::popcount(dealt & ~found));
  }
  context.print("balls used {} times more than said, coins {}, the number off by {}\n", ball_uses,
                coin_uses, anvil_.numeric.get() - added);
  lost_ += (ball_uses != 0 ? 1U : 0U) + (coin_uses != 0 ? 1U : 0U) +
           (anvil_.numeric.get() != added ? 1U : 0U);

  std::uint64_t stranded = 0;
  for (std::size_t i = 0; i < anvil_.kEntries; ++i) {
    anvil_.book.drain();
  }
  if (auto book = anvil_.book.remove()) {
    stranded += submitted - (*book)->arrived;
    anvil_.book_home.give_back(std::move(*book));
  } else {
    ++stranded;
  }
  auto batch = anvil_.inbox.take_all();
  static_cast<void>(anvil_.desk.map([&](Series& desk) {
    while (auto message = batch.pop_front()) {
      desk.arrive((*message)->player, (*message)->number);
    }
    stranded += pushed - desk.arrived;
  }));
  stranded += anvil_.kEntries - anvil_.entries.available();
  stranded += anvil_.kMessages - anvil_.messages.available();
  context.print("hammer: {} cores, {} rounds each, {} requests, {} messages\n",
                std::popcount(cores_), rounds_, submitted, pushed);
  context.print("hammer: lost={} duplicated={} torn={} stranded={} out_of_order={}\n", lost_,
                duplicated_, wrongs.torn.get(), stranded, wrongs.out_of_order.get());
  lost_ += stranded;
}

template <class TakeCell>
Status Game<TakeCell>::run(Context& context, std::uint64_t rounds) {
  rounds_ = rounds;
  cores_ = kernel::online_mask();
  anvil_.book.install(anvil_.book_home.claim());
  for (std::size_t i = 0; i < kPlayers; ++i) {
    if ((cores_ & (1U << (i / 2))) != 0) {
      players_[i].begin(anvil_, i);
    }
  }
  const Instant begin = now();
  for (unsigned core = 1; core < arch::kMaxCores; ++core) {
    if ((cores_ & (1U << core)) == 0) {
      continue;
    }
    const Result<void> posted = kernel::call_on(core, play_here, this, Duration::seconds(5));
    if (!posted) {
      // Those that were called wait for this one.
      return context.fail("core {} does not play: {}", core, posted.error());
    }
  }
  play(0);
  // Acquire pairs with the release in play().
  while (finished_.load(std::memory_order_acquire) !=
         static_cast<unsigned>(std::popcount(cores_))) {
    static_cast<void>(kernel::this_thread::sleep_until(now() + Duration::milliseconds(1)));
  }
  const Duration took = now() - begin;
  for (std::size_t i = 0; i < kPlayers; ++i) {
    if ((cores_ & (1U << (i / 2))) == 0) {
      continue;
    }
    for (std::size_t object = 0; object < kObjectNames.size(); ++object) {
      const Tally& tally = players_[i].tally(static_cast<Object>(object));
      context.print("core {} {} {}: done={} busy={} empty={} full={}\n", i / 2,
                    i % 2 == 0 ? "thread" : "handler", kObjectNames[object], tally.done, tally.busy,
                    tally.empty, tally.full);
    }
  }
  context.print("{} took {}\n", rounds, took);
  count(context);
  const bool whole =
      lost_ == 0 && duplicated_ == 0 && wrongs.torn.get() == 0 && wrongs.out_of_order.get() == 0;
  return whole ? Status::kOk : Status::kFailed;
}

constinit Game<sync::AtomicTakeCell<Ball>> game;
constinit Game<sync::AtomicTakeCell<Ball, TornAtomics>> busted_game;

Status hammer(Context& context, Words args) {
  constexpr std::uint64_t kMost = 100'000'000;
  const auto rounds = context.number("ROUNDS", args[0], 1, kMost);
  if (!rounds) {
    return Status::kFailed;
  }
  static constinit bool played = false;
  if (std::exchange(played, true)) {
    return context.fail("once per boot");
  }
  if (args.size() == 1) {
    return game.run(context, *rounds);
  }
  return args[1] == "busted" ? busted_game.run(context, *rounds) : context.usage();
}

Status poweroff(Context& context, Words /*args*/) {
  context.print("power off\n");
  static_cast<void>(context.interrupted());  // what was written goes to the port
  kernel::console::flush(Duration::seconds(1));
  kernel::machine().power->power_off();
  return context.fail("the machine did not obey");
}

constexpr std::array<kernel::shell::Command, 2> kTable = {{
    {.name = "hammer",
     .arguments = "ROUNDS [busted]",
     .help = "every core's thread and handler on the same cells",
     .run = hammer,
     .details = "`busted` puts a cell in the place of one whose put is not atomic.\n"},
    {.name = "poweroff", .arguments = "", .help = "switch the machine off", .run = poweroff},
}};
static_assert(kernel::shell::well_formed(kTable));

}  // namespace
}  // namespace baton::hammer

std::span<const baton::kernel::shell::Command> baton::kernel::commands::table() {
  return hammer::kTable;
}
