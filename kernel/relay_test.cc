// The relay on the host, threads for cores: nothing is lost with the real cell, and both kinds of
// damage are seen with cells that are broken on purpose.
#include "kernel/relay.h"

#include <atomic>
#include <cstdint>
#include <expected>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/static_owned.h"

namespace baton::kernel {
namespace {

// More threads than processors: who cannot go on lets others.
void let_others_run() { std::this_thread::yield(); }

template <class Cell>
using TestRelay = Relay<Cell, let_others_run>;

template <class Cell>
typename TestRelay<Cell>::Score run(Cell& cell, sync::Owned<Baton> baton, std::uint64_t rounds,
                                    unsigned players, std::uint64_t stall_limit = UINT64_MAX) {
  TestRelay<Cell> relay(cell);
  relay.start(std::move(baton), rounds, players);
  std::vector<std::thread> threads;
  threads.reserve(players);
  for (unsigned i = 0; i < players; ++i) {
    threads.emplace_back([&relay, i] { relay.play(i); });
  }
  std::uint64_t seen = 0;
  std::uint64_t unchanged = 0;
  while (!relay.over()) {
    std::this_thread::yield();
    const std::uint64_t progress = relay.progress();
    unchanged = progress == seen ? unchanged + 1 : 0;
    seen = progress;
    if (unchanged > stall_limit) {
      relay.call_off();
    }
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_TRUE(relay.all_finished());
  return relay.score();
}

class RelayTest : public ::testing::TestWithParam<unsigned> {};

TEST_P(RelayTest, NothingIsLostOrDoubled) {
  const unsigned players = GetParam();
  constexpr std::uint64_t kRounds = 5000;
  sync::StaticOwned<Baton> home;
  sync::AtomicTakeCell<Baton> cell;
  const auto score = run(cell, home.claim(), kRounds, players);
  EXPECT_EQ(score.hand_offs, kRounds);
  EXPECT_EQ(score.lost, 0U);
  EXPECT_EQ(score.duplicated, 0U);
  for (unsigned i = players; i < score.share.size(); ++i) {
    EXPECT_EQ(score.share[i], 0U);
  }
  auto back = cell.take();
  ASSERT_TRUE(back);
  EXPECT_EQ((*back)->hand_offs, kRounds);
  home.give_back(std::move(*back));
}

INSTANTIATE_TEST_SUITE_P(Players, RelayTest, ::testing::Values(1U, 2U, 3U, 8U));

// Drops what is put in once it has been through `kLossAt` hand-offs.
class LosingCell {
 public:
  explicit LosingCell(sync::StaticOwned<Baton>& home) : home_(home) {}
  auto take() { return cell_.take(); }
  bool put(sync::Owned<Baton> baton) {
    constexpr std::uint64_t kLossAt = 500;
    if (baton->hand_offs == kLossAt) {
      home_.give_back(std::move(baton));
      return true;
    }
    return cell_.put(std::move(baton)).has_value();
  }

 private:
  sync::StaticOwned<Baton>& home_;
  sync::AtomicTakeCell<Baton> cell_;
};

TEST(RelayControlTest, ALostObjectIsSeen) {
  sync::StaticOwned<Baton> home;
  LosingCell cell(home);
  const auto score = run(cell, home.claim(), 1000, 2, /*stall_limit=*/400000);
  EXPECT_EQ(score.hand_offs, 500U);
  EXPECT_EQ(score.lost, 500U);
}

// Gives away a second object that pretends to be the first, every tenth time.
class DoublingCell {
 public:
  auto take() {
    constexpr unsigned kEvery = 10;
    // Relaxed: a count.
    if (calls_.fetch_add(1, std::memory_order_relaxed) % kEvery == 0) {
      if (auto spare = spare_home_.try_claim()) {
        return decltype(cell_.take())(std::move(*spare));
      }
    }
    return cell_.take();
  }
  bool put(sync::Owned<Baton> baton) {
    if (baton.get() == spare_) {
      spare_home_.give_back(std::move(baton));
      return true;
    }
    return cell_.put(std::move(baton)).has_value();
  }
  void learn_spare() {
    sync::Owned<Baton> spare = spare_home_.claim();
    spare_ = spare.get();
    spare_home_.give_back(std::move(spare));
  }

 private:
  sync::AtomicTakeCell<Baton> cell_;
  sync::StaticOwned<Baton> spare_home_;
  std::atomic<unsigned> calls_{0};
  Baton* spare_ = nullptr;
};

TEST(RelayControlTest, ADoubledObjectIsSeen) {
  sync::StaticOwned<Baton> home;
  DoublingCell cell;
  cell.learn_spare();
  const auto score = run(cell, home.claim(), 5000, 3);
  EXPECT_GT(score.duplicated, 0U);
  auto back = cell.take();
  if (back) {
    static_cast<void>(cell.put(std::move(*back)));
  }
}

}  // namespace
}  // namespace baton::kernel
