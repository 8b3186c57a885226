// Model programs of StaticOwned and Pool: one owner at a time, storage used again only by who knows
// of its last object's end, every slot found again.
#include <array>
#include <optional>
#include <utility>

#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

void claim_and_give_back(Execution& run) {
  BallHome home{0};
  const auto use = [&home] {
    if (Hand ball = home.try_claim()) {
      touch(*ball);
      home.give_back(std::move(*ball));
    }
  };
  run.parallel({thread("A", use), thread("B", use), thread("C", use)});
  Hand ball = home.try_claim();
  require(ball.has_value(), "lost: a static object did not come home");
  home.give_back(std::move(*ball));
}

template <std::size_t N>
using BallPool = sync::Pool<Ball, N, ModelAtomics>;

// Makes a ball, uses it, and lets it go home.
template <std::size_t N>
bool make_and_drop(BallPool<N>& pool) {
  Hand ball = pool.make(1);
  if (!ball.has_value()) return false;
  touch(*ball);
  require((*ball)->value.read() == 1, "a slot was handed out twice");
  return true;
}

template <std::size_t N>
void expect_all_home(BallPool<N>& pool) {
  require(pool.available() == N, "lost: a slot is still out");
  std::array<Hand, N> balls;
  for (Hand& ball : balls) {
    ball = pool.make(0);
    require(ball.has_value(), "lost: a slot is not in the list");
  }
  require(!pool.make(0).has_value(), "a pool holds more than its slots");
}

void pool_of_one(Execution& run) {
  BallPool<1> pool;
  std::array<int, 2> made{};
  const auto use = [&pool](int& count) {
    for (int i = 0; i < 2; ++i) count += make_and_drop(pool) ? 1 : 0;
  };
  run.parallel({thread("A", [&] { use(made[0]); }), thread("B", [&] { use(made[1]); })});
  require(made[0] + made[1] >= 2, "exhausted, and nobody had the slot");
  expect_all_home(pool);
}

void pool_never_short(Execution& run) {
  BallPool<2> pool;
  const auto use = [&pool] {
    require(make_and_drop(pool), "two slots, two users, and one got none");
    require(make_and_drop(pool), "two slots, two users, and one got none the second time");
  };
  run.parallel({thread("A", use), thread("B", use)});
  expect_all_home(pool);
}

// One user reads the top and its link, and meanwhile another takes two and puts the first one back.
void pool_same_top_again(Execution& run) {
  BallPool<3> pool;
  std::array<Hand, 3> kept;
  run.parallel({thread("slow", [&] { kept[0] = pool.make(1); }), thread("quick", [&] {
                  Hand first = pool.make(1);
                  kept[1] = pool.make(1);
                  first.reset();
                  kept[2] = pool.make(1);
                })});
  for (const Hand& ball : kept) {
    require(ball.has_value(), "three slots, three users, and one got none");
    touch(*ball);
    require((*ball)->value.read() == 1, "a slot was handed out twice");
  }
}

// The handle goes to another thread, whose drop brings the slot home.
void pool_dropped_elsewhere(Execution& run) {
  BallPool<1> pool;
  Hand hand = pool.make(0);
  Atomic<bool> passed{false};
  run.parallel({thread("from",
                       [&] {
                         touch(*hand);
                         passed.store(true, std::memory_order_release);
                       }),
                thread("to",
                       [&] {
                         passed.await([](bool b) { return b; }, std::memory_order_acquire);
                         touch(*hand);
                         hand.reset();
                       }),
                thread("next", [&] { make_and_drop(pool); })});
  expect_all_home(pool);
}

void pool_interrupted(Execution& run) {
  BallPool<2> pool;
  run.parallel(
      {thread("thread", [&] { require(make_and_drop(pool), "two slots, two users"); }),
       interrupt("irq", 0, [&] { require(make_and_drop(pool), "two slots, two users"); })});
  expect_all_home(pool);
}

void pool_three_users(Execution& run) {
  BallPool<2> pool;
  const auto use = [&pool] { make_and_drop(pool); };
  run.parallel({thread("A", use), thread("B", use), thread("C", use)});
  expect_all_home(pool);
}

constexpr Program kPrograms[] = {
    {"static: claim and give back", claim_and_give_back},
    {"pool: one slot, two users", pool_of_one},
    {"pool: never short", pool_never_short},
    {"pool: same slot on top again", pool_same_top_again},
    {"pool: dropped elsewhere", pool_dropped_elsewhere},
    {"pool: interrupted", pool_interrupted},
    {"pool: three users", pool_three_users},
    {"pool: one slot, spurious failures", pool_of_one, {.spurious_failures = 1}},
};

}  // namespace

std::span<const Program> owned_programs() { return kPrograms; }

}  // namespace baton::model
