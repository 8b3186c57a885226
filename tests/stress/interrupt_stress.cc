// Signals stand for interrupts: a handler that may come between any two instructions works on the
// very cell, pool and combining cell that the thread under it, and another core, are working on.
//
// Not for ThreadSanitizer, which delivers signals only at atomic operations.  There the model
// checker's interrupt threads are the proof (tests/model).
#include <pthread.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "arch/cpu.h"
#include "sync/atomic_take_cell.h"
#include "sync/combining_cell.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"

namespace baton::stress {
namespace {

struct Ball {
  std::uint64_t uses = 0;
  std::uint64_t complement = ~std::uint64_t{0};
};

struct Book {
  std::uint64_t entries = 0;
  std::uint64_t complement = ~std::uint64_t{0};
};

struct Entry {
  static void run(sync::Owned<Entry> self, Book& book);
  sync::InboxHook<Entry> hook;
};
using Console = sync::CombiningCell<Book, Entry, &Entry::hook>;

Verdict g_verdict;

void Entry::run(sync::Owned<Entry> self, Book& book) {
  static_cast<void>(self);  // goes home
  if (book.complement != ~book.entries) g_verdict.fail("torn: two inside at once");
  ++book.entries;
  book.complement = ~book.entries;
}

/// What one context does: the thread, its interrupt handler, or the other core.
template <class Cell>
class Player {
 public:
  Player(Cell& cell, Console& console, sync::Pool<Ball, 3>& balls, sync::Pool<Entry, 8>& entries)
      : cell_(cell), console_(console), entries_(entries), hand_(balls.make()) {}

  void play(Random& random) {
    switch (pick(random, 3)) {
      case 0:
        if (cell_.map([](Ball& ball) { use(ball); })) ++uses;
        break;
      case 1:
        if (hand_.has_value()) {
          auto put = cell_.put(std::move(*hand_));
          hand_.reset();
          if (!put) hand_ = std::move(put.error().object);
        } else if (auto taken = cell_.take()) {
          use(**taken);
          ++uses;
          hand_ = std::move(*taken);
        }
        break;
      default:
        if (auto entry = entries_.make()) {
          static_cast<void>(console_.submit(std::move(*entry)));
          ++submitted;
        }
        break;
    }
  }

  std::uint64_t uses = 0;
  std::uint64_t submitted = 0;
  std::optional<sync::Owned<Ball>>& hand() { return hand_; }

 private:
  static void use(Ball& ball) {
    if (ball.complement != ~ball.uses) g_verdict.fail("torn: two holders at once");
    ++ball.uses;
    ball.complement = ~ball.uses;
  }

  Cell& cell_;
  Console& console_;
  sync::Pool<Entry, 8>& entries_;
  std::optional<sync::Owned<Ball>> hand_;
};

template <class Cell>
struct Interrupt {
  Player<Cell>* player = nullptr;
  Random random;
  std::uint64_t count = 0;
};

template <class Cell>
Interrupt<Cell> g_interrupt;

template <class Cell>
void handle(int) {
  ++arch::internal::hosted_interrupt_depth;
  Interrupt<Cell>& interrupt = g_interrupt<Cell>;
  ++interrupt.count;
  interrupt.player->play(interrupt.random);
  --arch::internal::hosted_interrupt_depth;
}

template <class Cell>
void run(const Arguments& arguments) {
  const auto balls = std::make_unique<sync::Pool<Ball, 3>>();
  const auto entries = std::make_unique<sync::Pool<Entry, 8>>();
  sync::StaticOwned<Book> home;
  Console console;
  console.install(home.claim());
  Cell cell;
  using P = Player<Cell>;
  P thread(cell, console, *balls, *entries);
  P handler(cell, console, *balls, *entries);
  P other(cell, console, *balls, *entries);
  g_interrupt<Cell>.player = &handler;
  g_interrupt<Cell>.random.seed(arguments.seed + 2);

  struct sigaction action = {};
  action.sa_handler = &handle<Cell>;
  sigaction(SIGUSR1, &action, nullptr);
  std::atomic<pthread_t> target{};
  std::atomic<int> running{2};
  run_together(3, [&](int number) {
    Random random(arguments.seed + static_cast<std::uint64_t>(number));
    if (number == 2) {
      // The interrupt source.  Acquire pairs with the releases below.
      while (running.load(std::memory_order_acquire) == 2) {
        const pthread_t host = target.load(std::memory_order_acquire);
        if (host != pthread_t{}) pthread_kill(host, SIGUSR1);
        const timespec pause = {.tv_sec = 0,
                                .tv_nsec = 1000 + static_cast<long>(pick(random, 4000))};
        nanosleep(&pause, nullptr);
      }
      running.store(0, std::memory_order_release);
      return;
    }
    // Release pairs with the interrupt source.
    if (number == 0) target.store(pthread_self(), std::memory_order_release);
    P& player = number == 0 ? thread : other;
    for (int round = 0; round < arguments.rounds; ++round) player.play(random);
    if (number == 0) {
      running.store(1, std::memory_order_release);
      // Still there for the last signal.
      while (running.load(std::memory_order_acquire) != 0) yield_now();
    }
  });
  std::uint64_t said = 0;
  std::uint64_t submitted = 0;
  std::uint64_t used = 0;
  int found = 0;
  const auto count = [&](sync::Owned<Ball> ball) {
    used += ball->uses;
    ++found;
  };
  for (P* player : {&thread, &handler, &other}) {
    said += player->uses;
    submitted += player->submitted;
    if (player->hand().has_value()) count(std::move(*player->hand()));
    player->hand().reset();
  }
  if (auto left = cell.take()) count(std::move(*left));
  auto book = console.remove();
  std::uint64_t ran = 0;
  if (book.has_value()) {
    ran = (*book)->entries;
    home.give_back(std::move(*book));
  }
  std::printf("interrupts=%llu uses=%llu requests=%llu balls lost=%d\n",
              static_cast<unsigned long long>(g_interrupt<Cell>.count),
              static_cast<unsigned long long>(used), static_cast<unsigned long long>(ran),
              3 - found);
  if (g_interrupt<Cell>.count < 10) g_verdict.fail("hardly any interrupt came: nothing was tested");
  if (found != 3) g_verdict.fail("lost or duplicated: a ball");
  if (used != said) g_verdict.fail("lost: a use");
  if (ran != submitted) g_verdict.fail("stranded: a request did not run");
  if (entries->available() != 8) g_verdict.fail("lost: a request's slot");
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 5'000'000, {"map_puts_back_by_exchange"});
  if (arguments.busted.empty()) {
    run<sync::AtomicTakeCell<Ball>>(arguments);
  } else {
    run<BustedCell<Ball>>(arguments);
  }
  return g_verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
