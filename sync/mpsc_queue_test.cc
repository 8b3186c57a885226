#include "sync/mpsc_queue.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/cache_line.h"
#include "sync/cell_answers.h"
#include "sync/core_atomics.h"
#include "sync/hook.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {

// The producers' word lies in a line of its own.
struct MpscQueueLayout {
  template <class Queue>
  static constexpr std::size_t kOldest = offsetof(Queue, oldest_);
};

namespace {

struct Late;

struct Event : MpscHook<>, MpscHook<Late> {
  explicit Event(int number, int sender = 0) : n(number), from(sender) {}
  int n;
  int from;
  MpscHook<> hook;
};

using BaseQueue = MpscQueue<Event>;
using MemberQueue = MpscQueue<Event, &Event::hook>;

static_assert(MpscQueueLayout::kOldest<BaseQueue> == kCacheLine);
static_assert(sizeof(BaseQueue) == 2 * kCacheLine);
static_assert(sizeof(MpscHook<>) == sizeof(void*));
static_assert(std::is_trivially_destructible_v<BaseQueue>);
static_assert(!std::is_copy_constructible_v<BaseQueue>);

constinit BaseQueue g_queue;

template <class Queue>
class MpscQueueTest : public testing::Test {};
using Queues = testing::Types<BaseQueue, MpscQueue<Event, kBaseHook<Late>>, MemberQueue>;
TYPED_TEST_SUITE(MpscQueueTest, Queues);

TYPED_TEST(MpscQueueTest, OldestFirst) {
  Pool<Event, 8> events;
  TypeParam queue;
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(queue.pop().error(), Absent::kEmpty);
    for (int i = 0; i < 5; ++i) queue.push(*events.make(i));
    for (int i = 0; i < 3; ++i) EXPECT_EQ((*queue.pop())->n, i);
    queue.push(*events.make(5));
    for (int i = 3; i < 6; ++i) EXPECT_EQ((*queue.pop())->n, i);
    EXPECT_EQ(events.available(), 8U);
  }
}

TYPED_TEST(MpscQueueTest, AnEventCanBePassedOn) {
  Pool<Event, 2> events;
  TypeParam first;
  TypeParam second;
  first.push(*events.make(1));
  first.push(*events.make(2));
  for (int i = 0; i < 2; ++i) second.push(std::move(*first.pop()));
  first.push(std::move(*second.pop()));
  EXPECT_EQ((*first.pop())->n, 1);
  EXPECT_EQ((*second.pop())->n, 2);
}

TEST(MpscQueue, ConstantInitialized) { EXPECT_EQ(g_queue.pop().error(), Absent::kEmpty); }

struct CoreEvent : MpscHook<DefaultTag, OneCoreAtomics> {
  int n = 3;
};
TEST(MpscQueue, OfOneCore) {
  Pool<CoreEvent, 2> events;
  MpscQueue<CoreEvent, kBaseHook<>, OneCoreAtomics> queue;
  static_assert(sizeof(queue) == 3 * sizeof(void*));
  queue.push(*events.make());
  EXPECT_EQ((*queue.pop())->n, 3);
}

// Two queues, so that an event meets another queue's leavings in its hook.
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed) {}
  std::string run(int operations) {
    for (int i = 0; i < operations; ++i) {
      const std::size_t k = random_() % 2;
      std::deque<int>& oracle = oracles_[k];
      if (random_() % 2 == 0) {
        if (auto event = events_.make(i)) {
          queues_[k].push(std::move(*event));
          oracle.push_back(i);
        }
      } else {
        auto popped = queues_[k].pop();
        if (popped.has_value() == oracle.empty()) return "pop " + std::to_string(i);
        if (popped.has_value()) {
          if ((*popped)->n != oracle.front()) return "pop " + std::to_string(i);
          oracle.pop_front();
        } else if (popped.error() != Absent::kEmpty) {
          return "busy " + std::to_string(i);
        }
      }
    }
    for (MemberQueue& queue : queues_) {
      while (queue.pop()) {
      }
    }
    return events_.available() == 16 ? "" : "an event did not come home";
  }

 private:
  std::mt19937_64 random_;
  Pool<Event, 16> events_;
  std::array<MemberQueue, 2> queues_;
  std::array<std::deque<int>, 2> oracles_;
};

TEST(MpscQueueBesideStd, AMillionOperations) { EXPECT_EQ(compare<Comparison>(), ""); }

// Every event arrives once, each producer's in order; the queue is empty when all have come.
TEST(MpscQueue, FromThreeThreads) {
  constexpr int kEach = 30'000;
  static Pool<Event, 16> events;
  static MemberQueue queue;
  const auto produce = [](int from) {
    for (int n = 0; n < kEach;) {
      if (auto event = events.make(n, from)) {
        queue.push(std::move(*event));
        ++n;
      } else {
        std::this_thread::yield();
      }
    }
  };
  std::array<std::thread, 3> producers{std::thread(produce, 0), std::thread(produce, 1),
                                       std::thread(produce, 2)};
  std::array<int, 3> next{};
  int busy = 0;
  for (int left = 3 * kEach; left > 0;) {
    auto event = queue.pop();
    if (!event) {
      busy += event.error() == Absent::kBusy ? 1 : 0;
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ((*event)->n, next[static_cast<std::size_t>((*event)->from)]++);
    --left;
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(queue.pop().error(), Absent::kEmpty);
  EXPECT_EQ(events.available(), 16U);
  std::cout << "busy: " << busy << "\n";
}

}  // namespace
}  // namespace baton::sync
