// RunQueue and ReadyRings by themselves, and random operations beside lists of the standard
// library.
#include "kernel/sched/run_queue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/sched/held.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/ready_rings.h"
#include "sync/list.h"

namespace baton::kernel {
namespace {

struct Runner {
  int number = 0;
  sync::ListHook<> queue_hook;
  std::uint8_t queued_priority = 0;
  bool queued_movable = false;
};

using Queue = RunQueue<Runner>;

int pop(Queue& queue) { return queue.pop().pass_on().number; }

class RunQueueTest : public ::testing::Test {
 protected:
  RunQueueTest() {
    for (std::size_t i = 0; i < runners_.size(); ++i) runners_[i].number = static_cast<int>(i);
  }
  Held<Runner> held(int number) { return Held<Runner>(runner(number)); }
  Runner& runner(int number) { return runners_[static_cast<std::size_t>(number)]; }
  std::vector<int> pop_all() {
    std::vector<int> order;
    while (!queue_.empty()) order.push_back(pop(queue_));
    return order;
  }

  static constexpr auto kAny = [](const Runner&) { return true; };

  Queue queue_;
  std::array<Runner, 40> runners_;
};

TEST_F(RunQueueTest, Empty) {
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.size(), 0U);
  EXPECT_EQ(queue_.top(), kIdlePriority);
  EXPECT_EQ(queue_.top_movable(), kIdlePriority);
  EXPECT_EQ(queue_.find_movable(kIdlePriority, kAny), nullptr);
}

TEST_F(RunQueueTest, MostUrgentFirst) {
  for (int i = 0; i < Priority::kCount; ++i) {
    // Every priority once: 7 and 32 have no divisor in common.
    queue_.push_back(held(i), Priority(i * 7 % Priority::kCount), /*movable=*/true);
  }
  for (int expected = Priority::kCount - 1; expected >= 0; --expected) {
    EXPECT_EQ(queue_.top(), expected);
    EXPECT_EQ(pop(queue_) * 7 % Priority::kCount, expected);
  }
}

TEST_F(RunQueueTest, EqualsTakeTurns) {
  for (int i = 0; i < 3; ++i) queue_.push_back(held(i), Priority(5), /*movable=*/true);
  EXPECT_EQ(queue_.front_if_top(4), nullptr);
  EXPECT_EQ(queue_.front_if_top(6), nullptr);
  EXPECT_EQ(queue_.front_if_top(kIdlePriority), nullptr);
  runner(3).queued_movable = true;
  for (int turn = 0; turn < 8; ++turn) {
    // In order, each behind those that wait already; the first one to come in is 3.
    Runner* const first = queue_.front_if_top(5);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->number, turn % 4);
    queue_.take_turns(5, runner((turn + 3) % 4));
    EXPECT_FALSE(first->queue_hook.is_linked());
    EXPECT_EQ(queue_.size(), 3U);
    EXPECT_EQ(queue_.top_movable(), 5);
  }
  EXPECT_EQ(pop_all(), std::vector<int>({0, 1, 2}));
  EXPECT_EQ(queue_.top_movable(), kIdlePriority);
  // The only one; and not while somebody is more urgent.
  queue_.push_back(held(0), Priority(5), /*movable=*/true);
  queue_.take_turns(5, runner(1));
  EXPECT_EQ(queue_.front_if_top(5), &runner(1));
  EXPECT_EQ(runner(1).queued_priority, 5);
  queue_.push_back(held(2), Priority(31), /*movable=*/false);
  EXPECT_EQ(queue_.front_if_top(5), nullptr);
  EXPECT_EQ(pop_all(), std::vector<int>({2, 1}));
}

TEST_F(RunQueueTest, EqualsInTheOrderOfArrival) {
  for (int i = 0; i < 4; ++i) queue_.push_back(held(i), Priority(5), /*movable=*/false);
  queue_.push_front(held(4), Priority(5), /*movable=*/false);
  queue_.push_front(held(5), Priority(5), /*movable=*/true);
  EXPECT_EQ(pop_all(), (std::vector<int>{5, 4, 0, 1, 2, 3}));
}

TEST_F(RunQueueTest, TakenOutFromAnywhere) {
  for (int i = 0; i < 5; ++i) queue_.push_back(held(i), Priority(i / 2), i != 4);
  EXPECT_EQ(queue_.top_movable(), 1);
  EXPECT_EQ(&queue_.erase(runner(2)).pass_on(), &runner(2));
  EXPECT_EQ(queue_.top_movable(), 1);
  EXPECT_EQ(&queue_.erase(runner(3)).pass_on(), &runner(3));
  EXPECT_EQ(queue_.top_movable(), 0);
  EXPECT_EQ(queue_.top(), 2);
  EXPECT_EQ(queue_.size(), 3U);
  EXPECT_EQ(pop_all(), (std::vector<int>{4, 0, 1}));
  EXPECT_EQ(queue_.top_movable(), kIdlePriority);
}

TEST_F(RunQueueTest, FindsTheMostUrgentThatMayMoveAndSuits) {
  queue_.push_back(held(0), Priority(9), /*movable=*/false);
  queue_.push_back(held(1), Priority(9), /*movable=*/true);
  queue_.push_back(held(2), Priority(9), /*movable=*/true);
  queue_.push_back(held(3), Priority(4), /*movable=*/true);
  EXPECT_EQ(queue_.find_movable(kIdlePriority, kAny), &runner(1));
  EXPECT_EQ(queue_.find_movable(8, kAny), &runner(1));
  EXPECT_EQ(queue_.find_movable(9, kAny), nullptr);
  const auto number = [](int wanted) {
    return [wanted](const Runner& runner) { return runner.number == wanted; };
  };
  EXPECT_EQ(queue_.find_movable(kIdlePriority, number(2)), &runner(2));
  EXPECT_EQ(queue_.find_movable(kIdlePriority, number(3)), &runner(3));
  EXPECT_EQ(queue_.find_movable(4, number(3)), nullptr);
  EXPECT_EQ(queue_.find_movable(kIdlePriority, number(0)), nullptr);
  EXPECT_EQ(queue_.size(), 4U);
  pop_all();
}

// A list per priority, as simple as can be.
class Oracle {
 public:
  struct Entry {
    int number;
    bool movable;
  };

  void push(Entry entry, int priority, bool first) {
    auto& list = lists_[at(priority)];
    list.insert(first ? list.begin() : list.end(), entry);
  }
  int top() const {
    return highest([](const Entry&) { return true; });
  }
  int top_movable() const {
    return highest([](const Entry& entry) { return entry.movable; });
  }
  std::size_t size() const {
    std::size_t size = 0;
    for (const auto& list : lists_) size += list.size();
    return size;
  }
  int pop() {
    auto& list = lists_[at(top())];
    const int number = list.front().number;
    list.pop_front();
    return number;
  }
  void erase(int number) {
    for (auto& list : lists_)
      std::erase_if(list, [&](const Entry& e) { return e.number == number; });
  }
  template <class Suits>
  int find_movable(int above, Suits&& suits) const {
    for (int priority = Priority::kCount - 1; priority > above; --priority) {
      for (const Entry& entry : lists_[at(priority)]) {
        if (entry.movable && suits(entry.number)) return entry.number;
      }
    }
    return -1;
  }

 private:
  static std::size_t at(int priority) { return static_cast<std::size_t>(priority); }
  template <class Is>
  int highest(Is&& is) const {
    for (int priority = Priority::kCount - 1; priority >= 0; --priority) {
      if (std::ranges::any_of(lists_[at(priority)], is)) return priority;
    }
    return kIdlePriority;
  }

  std::array<std::deque<Entry>, Priority::kCount> lists_;
};

class RunQueueRandomTest : public RunQueueTest {
 protected:
  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  // Half of the time among few, so that there are equals.
  int pick_priority() {
    return static_cast<int>(pick(2) == 0 ? pick(Priority::kCount) : 10 + pick(3));
  }
  int pick_of(const std::vector<int>& numbers) { return numbers[pick(numbers.size())]; }

  // The operation that was done; its own answer is compared here.
  std::string step() {
    const unsigned kind = pick(10);
    if (kind < 5 && !out_.empty()) {
      const int number = pick_of(out_);
      std::erase(out_, number);
      const int priority = pick_priority();
      const bool movable = pick(3) != 0;
      const bool first = kind < 2;
      if (first) {
        queue_.push_front(held(number), Priority(priority), movable);
      } else {
        queue_.push_back(held(number), Priority(priority), movable);
      }
      oracle_.push({number, movable}, priority, first);
      in_.push_back(number);
      return first ? "push_front" : "push_back";
    }
    if (in_.empty()) return "nothing";
    if (kind < 7) {
      const int number = pop(queue_);
      EXPECT_EQ(number, oracle_.pop());
      came_out(number);
      return "pop";
    }
    if (kind < 9) {
      const int number = pick_of(in_);
      EXPECT_EQ(&queue_.erase(runner(number)).pass_on(), &runner(number));
      oracle_.erase(number);
      came_out(number);
      return "erase";
    }
    const int above = static_cast<int>(pick(Priority::kCount + 1)) - 1;
    const std::uint64_t suit = random_() & random_();
    const auto suits = [suit](int number) { return (suit >> number & 1U) != 0; };
    const Runner* const found =
        queue_.find_movable(above, [&](const Runner& runner) { return suits(runner.number); });
    EXPECT_EQ(found == nullptr ? -1 : found->number, oracle_.find_movable(above, suits));
    found_ += found == nullptr ? 0 : 1;
    return "find_movable";
  }
  void came_out(int number) {
    std::erase(in_, number);
    out_.push_back(number);
  }
  bool agrees() const {
    return queue_.top() == oracle_.top() && queue_.top_movable() == oracle_.top_movable() &&
           queue_.size() == oracle_.size() && queue_.empty() == (oracle_.size() == 0);
  }

  std::mt19937_64 random_{20'26};
  Oracle oracle_;
  std::vector<int> in_;
  std::vector<int> out_;
  int found_ = 0;
};

TEST_F(RunQueueRandomTest, BesideAnOracle) {
  constexpr int kOperations = 1'000'000;
  constexpr int kBetweenDrains = 1000;
  for (const Runner& runner : runners_) out_.push_back(runner.number);
  std::size_t queued = 0;
  for (int i = 0; i < kOperations; ++i) {
    const std::string operation = step();
    ASSERT_FALSE(HasFailure()) << "operation " << i << ", " << operation;
    ASSERT_TRUE(agrees()) << "operation " << i << ", " << operation;
    queued += in_.size();
    if (i % kBetweenDrains != 0) continue;
    while (!in_.empty()) {
      const int number = pop(queue_);
      ASSERT_EQ(number, oracle_.pop()) << "drained after operation " << i;
      came_out(number);
    }
  }
  std::cout << kOperations << " operations, " << queued / kOperations
            << " threads in the queue on average, " << found_ << " found\n";
  EXPECT_GT(found_, kOperations / 100);
  pop_all();
}

#ifndef NDEBUG
TEST_F(RunQueueTest, DeathOfPopWhenEmpty) {
  EXPECT_DEATH(static_cast<void>(queue_.pop()), "occupied_ != 0");
}
#endif

TEST_F(RunQueueTest, DeathOfPushingTwice) {
  queue_.push_back(held(0), Priority(3), /*movable=*/true);
  EXPECT_DEATH(queue_.push_back(held(0), Priority(4), /*movable=*/true), "on a list");
  pop_all();
}

TEST_F(RunQueueTest, DeathOfErasingWhatIsNotThere) {
  EXPECT_DEATH(static_cast<void>(queue_.erase(runner(0))), "on no list");
}

struct Ringed {
  int number = 0;
  RingHook<Ringed> queue_hook;
  std::uint8_t queued_priority = 0;
};

class ReadyRingsTest : public ::testing::Test {
 protected:
  ReadyRingsTest() {
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i].number = static_cast<int>(i);
    rings_.set_idle(idle_);
  }
  Ringed& at(int number) { return all_[static_cast<std::size_t>(number)]; }
  std::vector<int> order() const {
    std::vector<int> found;
    rings_.for_each([&found](const Ringed& one) { found.push_back(one.number); });
    return found;
  }

  std::array<Ringed, 8> all_;
  Ringed idle_{.number = -1, .queue_hook = {}, .queued_priority = 0};
  ReadyRings<Ringed> rings_;
};

TEST_F(ReadyRingsTest, TheIdleOneIsFirstWhenNothingElseIs) {
  EXPECT_EQ(&rings_.first(), &idle_);
  EXPECT_FALSE(rings_.has_others(idle_));
  rings_.push_back(at(0), Priority(0));
  EXPECT_EQ(&rings_.first(), &at(0));
  EXPECT_TRUE(rings_.has_others(idle_));
  EXPECT_FALSE(rings_.has_others(at(0)));
  rings_.erase(at(0));
  EXPECT_EQ(&rings_.first(), &idle_);
}

TEST_F(ReadyRingsTest, TheRunningOneStaysAndEqualsTakeTurns) {
  for (int i = 0; i < 3; ++i) rings_.push_back(at(i), Priority(31));
  EXPECT_EQ(order(), (std::vector{0, 1, 2}));
  EXPECT_TRUE(rings_.has_others(at(0)));
  rings_.take_turns(at(0), ReadyRings<Ringed>::next(at(0)));
  EXPECT_EQ(order(), (std::vector{1, 2, 0}));
  // Before its equals, but behind the one that runs.
  rings_.push_first(at(3), Priority(31), at(1));
  EXPECT_EQ(order(), (std::vector{1, 3, 2, 0}));
  rings_.push_first(at(4), Priority(31), at(7));
  EXPECT_EQ(order(), (std::vector{4, 1, 3, 2, 0}));
  rings_.erase(at(4));
  rings_.erase(at(2));
  EXPECT_EQ(order(), (std::vector{1, 3, 0}));
}

TEST_F(ReadyRingsTest, DoesWhatLists) {
  std::array<std::deque<int>, 32> lists;
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same each time
  for (int step = 0; step < 200'000; ++step) {
    Ringed& one = at(static_cast<int>(random() % all_.size()));
    const int priority = static_cast<int>(random() % 3) * 15;
    if (!one.queue_hook.is_linked()) {
      rings_.push_back(one, Priority(priority));
      lists[static_cast<std::size_t>(priority)].push_back(one.number);
    } else {
      auto& list = lists[one.queued_priority - 1U];
      if (list.front() == one.number && random() % 2 == 0) {
        rings_.take_turns(one, ReadyRings<Ringed>::next(one));
        list.push_back(one.number);
        list.pop_front();
      } else {
        rings_.erase(one);
        std::erase(list, one.number);
      }
    }
    std::vector<int> expected;
    for (std::size_t i = lists.size(); i-- > 0;) {
      expected.insert(expected.end(), lists[i].begin(), lists[i].end());
    }
    ASSERT_EQ(order(), expected) << step;
    ASSERT_EQ(rings_.first().number, expected.empty() ? -1 : expected.front());
  }
}

TEST_F(ReadyRingsTest, ADamagedRingIsFound) {
  for (int i = 0; i < 3; ++i) rings_.push_back(at(i), Priority(5));
  at(1).queue_hook.prev = &at(2);
  EXPECT_DEATH(rings_.erase(at(1)), "assertion failed");
  EXPECT_DEATH(rings_.take_turns(at(0), at(1)), "assertion failed");
  EXPECT_DEATH(rings_.push_back(at(2), Priority(5)), "assertion failed");
}

}  // namespace
}  // namespace baton::kernel
