#include "kernel/blocking/channel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

struct Ball {
  unsigned sender = 0;
  unsigned number = 0;
};
using BallChannel2 = Channel<sync::Owned<Ball>, 2>;
using Rendezvous = Channel<sync::Owned<Ball>, 0>;
using Balls = sync::Pool<Ball, 64>;

TEST(Channel, PassesObjectsAndHandsBackWhatItRefuses) {
  for_each_machine({.cores = {1}, .seeds = 2}, [] {
    Balls pool;
    BallChannel2 channel;
    EXPECT_EQ(channel.try_receive().error(), Error::kEmpty);
    EXPECT_TRUE(channel.try_send(*pool.make(0U, 1U)));
    EXPECT_TRUE(channel.send(*pool.make(0U, 2U)));
    {
      auto refused = channel.try_send(*pool.make(0U, 3U));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().why, Error::kFull);
      EXPECT_EQ(refused.error().object->number, 3U);
      auto late = channel.send_for(std::move(refused.error().object), Duration::microseconds(2));
      ASSERT_FALSE(late);
      EXPECT_EQ(late.error().why, Error::kTimedOut);
      EXPECT_EQ(late.error().object->number, 3U);
    }
    EXPECT_EQ(pool.available(), 62U);
    EXPECT_EQ((*channel.receive())->number, 1U);
    EXPECT_EQ((*channel.try_receive())->number, 2U);
    EXPECT_EQ(channel.receive_for(Duration::microseconds(2)).error(), Error::kTimedOut);
    EXPECT_EQ(pool.available(), 64U);
  });
}

TEST(Channel, CloseDrainsAndThenRefuses) {
  for_each_machine({.seeds = 10}, [] {
    Balls pool;
    BallChannel2 channel;
    Rendezvous rendezvous;
    EXPECT_TRUE(channel.try_send(*pool.make(0U, 1U)));
    EXPECT_TRUE(channel.try_send(*pool.make(0U, 2U)));
    Crew crew;
    testing::wait_until_waiting(crew.start({.name = "sender"}, [&] {
      auto refused = channel.send(*pool.make(0U, 3U));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().why, Error::kClosed);
      EXPECT_EQ(refused.error().object->number, 3U);
    }));
    testing::wait_until_waiting(crew.start(
        {.name = "receiver"}, [&] { EXPECT_EQ(rendezvous.receive().error(), Error::kClosed); }));
    channel.close();
    rendezvous.close();
    crew.join();
    EXPECT_TRUE(channel.is_closed());
    {
      auto refused = channel.try_send(*pool.make(0U, 4U));
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().why, Error::kClosed);
      EXPECT_EQ(refused.error().object->number, 4U);
    }
    EXPECT_EQ(rendezvous.send(*pool.make(0U, 5U)).error().why, Error::kClosed);
    channel.close();
    EXPECT_EQ((*channel.receive())->number, 1U);
    EXPECT_EQ((*channel.receive())->number, 2U);
    EXPECT_EQ(channel.receive().error(), Error::kClosed);
    EXPECT_EQ(channel.receive_for(Duration::microseconds(2)).error(), Error::kClosed);
    EXPECT_EQ(channel.try_receive().error(), Error::kClosed);
    EXPECT_EQ(pool.available(), 64U);
  });
}

TEST(Channel, ToStopIsNotToClose) {
  for_each_machine({.seeds = 10}, [] {
    Balls pool;
    BallChannel2 channel;
    Crew crew;
    Thread& stopped = crew.start({.name = "stopped"}, [&] {
      EXPECT_EQ(channel.receive().error(), Error::kStopped);
      // What need not wait is done.
      EXPECT_TRUE(channel.send(*pool.make(0U, 1U)));
      EXPECT_EQ((*channel.receive())->number, 1U);
      EXPECT_EQ(channel.receive().error(), Error::kStopped);
      EXPECT_FALSE(channel.is_closed());
      channel.close();
      EXPECT_EQ(channel.receive().error(), Error::kClosed);
      EXPECT_EQ(channel.send(*pool.make(0U, 2U)).error().why, Error::kClosed);
    });
    testing::wait_until_waiting(stopped);
    stopped.request_stop();
    crew.join();
    EXPECT_EQ(pool.available(), 64U);
  });
}

TEST(Channel, RendezvousWaitsUntilItIsTaken) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, [] {
    Balls pool;
    Rendezvous channel;
    EXPECT_EQ(channel.try_send(*pool.make(0U, 0U)).error().why, Error::kFull);
    std::atomic<unsigned> sent{0};
    std::atomic<unsigned> taken{0};
    Crew crew;
    crew.start({.name = "sender"}, [&] {
      for (unsigned i = 1; i <= 50; ++i) {
        EXPECT_TRUE(channel.send(*pool.make(0U, i)));
        sent = i;
      }
    });
    for (unsigned i = 1; i <= 50; ++i) {
      if (testing::below(3) == 0) this_thread::yield();
      EXPECT_LT(sent, i);
      const auto ball = channel.receive();
      ASSERT_TRUE(ball);
      EXPECT_EQ((*ball)->number, i);
      taken = i;
    }
    crew.join();
    EXPECT_EQ(pool.available(), 64U);
  });
}

template <class C>
void race_receive() {
  for (unsigned i = 0; i < testing::rounds(150, 10); ++i) {
    Balls pool;
    C channel;
    bool sent = false;
    const bool won = testing::race(
        [&](Instant when) -> Result<void> {
          auto ball = channel.receive_until(when);
          if (!ball) return fail(ball.error());
          EXPECT_EQ((*ball)->number, i);
          return {};
        },
        [&] { sent = channel.try_send(*pool.make(0U, i)).has_value(); });
    const auto left = channel.try_receive();
    // With a ring it was sent in any case; from hand to hand, if it was taken.
    EXPECT_EQ(sent, won || left.has_value());
    EXPECT_FALSE(won && left);
  }
}

TEST(Channel, TimeoutAgainstSend) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    race_receive<BallChannel2>();
    race_receive<Rendezvous>();
  });
}

TEST(Channel, TimeoutAgainstReceive) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(150, 10); ++i) {
      Balls pool;
      Rendezvous channel;
      bool received = false;
      const bool won = testing::race(
          [&](Instant when) -> Result<void> {
            auto sent = channel.send_until(*pool.make(0U, i), when);
            if (sent) return {};
            EXPECT_EQ(sent.error().object->number, i);
            return fail(sent.error().why);
          },
          [&] { received = channel.try_receive().has_value(); });
      EXPECT_EQ(won, received);
      EXPECT_EQ(pool.available(), 64U);
    }
  });
}

// Every object that was sent arrives once, and every other one stays with its sender, while senders
// and receivers are asked to stop and others take their places.
template <class C>
void nothing_is_lost(unsigned messages, unsigned pause_us = 60) {
  constexpr unsigned kSenders = 3;
  constexpr unsigned kReceivers = 3;
  const auto pool = std::make_unique<Balls>();
  C channel;
  // How often each message of each sender arrived, and whether it was sent.
  std::array<std::vector<std::atomic<std::uint8_t>>, kSenders> arrived{
      std::vector<std::atomic<std::uint8_t>>(messages),
      std::vector<std::atomic<std::uint8_t>>(messages),
      std::vector<std::atomic<std::uint8_t>>(messages)};
  std::array<std::atomic<unsigned>, kSenders> next{};
  std::atomic<unsigned> handed_back{0};
  const auto send_all = [&](unsigned s) {
    while (next[s] < messages && !this_thread::stop_requested()) {
      auto ball = pool->make(s, next[s].load());
      if (!ball) {
        this_thread::yield();
        continue;
      }
      auto sent = next[s] % 7 == 0 ? channel.send_for(std::move(*ball), Duration::nanoseconds(700))
                                   : channel.send(std::move(*ball));
      if (sent) {
        ++next[s];
      } else {
        EXPECT_EQ(sent.error().object->number, next[s]);
        ++handed_back;
      }
    }
  };
  const auto receive_all = [&] {
    for (;;) {
      auto ball = channel.receive();
      if (!ball) {
        EXPECT_EQ(ball.error(), this_thread::stop_requested() ? Error::kStopped : Error::kClosed);
        return;
      }
      ++arrived[(*ball)->sender][(*ball)->number];
    }
  };
  std::array<std::unique_ptr<Crew>, kSenders> senders;
  std::array<std::unique_ptr<Crew>, kReceivers> receivers;
  const auto begin_sender = [&](unsigned s) {
    senders[s] = std::make_unique<Crew>();
    senders[s]->start({.name = "sender", .priority = Priority(14 + static_cast<int>(s))},
                      [&, s] { send_all(s); });
  };
  const auto begin_receiver = [&](unsigned r) {
    receivers[r] = std::make_unique<Crew>();
    receivers[r]->start({.name = "receiver", .priority = Priority(14 + static_cast<int>(r))},
                        receive_all);
  };
  for (unsigned s = 0; s < kSenders; ++s) begin_sender(s);
  for (unsigned r = 0; r < kReceivers; ++r) begin_receiver(r);
  this_thread::get().set_priority(Priority(20));
  for (;;) {
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(5 + testing::below(pause_us))));
    const unsigned who = static_cast<unsigned>(testing::below(kSenders + kReceivers));
    if (std::ranges::all_of(next, [&](const auto& n) { return n == messages; })) break;
    testing::count("stopped");
    if (who < kSenders) {
      (*senders[who])[0].request_stop();
      senders[who]->join();
      begin_sender(who);
    } else {
      (*receivers[who - kSenders])[0].request_stop();
      receivers[who - kSenders]->join();
      begin_receiver(who - kSenders);
    }
  }
  for (auto& crew : senders) crew->join();
  channel.close();
  for (auto& crew : receivers) crew->join();
  for (const auto& of_sender : arrived) {
    for (const auto& times : of_sender) ASSERT_EQ(times, 1);
  }
  EXPECT_EQ(pool->available(), Balls::capacity());
  testing::count("messages", kSenders * messages);
  testing::count("handed back", handed_back);
}

TEST(Channel, NothingIsLostThroughARing) {
  for_each_machine({.seeds = 15, .parallel_runs = 2}, [] {
    nothing_is_lost<Channel<sync::Owned<Ball>, 4>>(testing::rounds(60000, 150));
  });
}

TEST(Channel, NothingIsLostFromHandToHand) {
  for_each_machine({.seeds = 15, .parallel_runs = 1},
                   [] { nothing_is_lost<Rendezvous>(testing::rounds(30000, 150)); });
}

// Ten million in one go, fewer under the sanitizers; ten times as many in a soak
// (./baton test --soak channel_test).
TEST(Channel, NothingIsLostOfVeryMany) {
  for_each_machine({.cores = {2}, .seeds = 0, .parallel_runs = 1, .limit_s = 600}, [] {
    const unsigned messages = 3'333'400 * (testing::soaks() ? 10 : 1);
    nothing_is_lost<Channel<sync::Owned<Ball>, 32>>(testing::rounds(messages, 0), 2000);
  });
}

}  // namespace
}  // namespace baton::kernel
