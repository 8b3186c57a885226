#include "kernel/blocking/condition_variable.h"

#include <atomic>
#include <deque>
#include <mutex>

#include "gtest/gtest.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

TEST(ConditionVariable, NotifyOneAndAll) {
  for_each_machine({.seeds = 10}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    ConditionVariable changed;
    int tickets = 0;
    int through = 0;
    Crew crew;
    for (int i = 0; i < 4; ++i) {
      testing::wait_until_waiting(
          crew.start({.name = "waiter"}, [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
            std::unique_lock lock(mutex);
            EXPECT_TRUE(changed.wait(lock, [&] { return tickets > 0; }));
            EXPECT_TRUE(mutex.is_mine());
            --tickets;
            ++through;
          }));
    }
    const auto give = [&](int n, bool all) BATON_NO_THREAD_SAFETY_ANALYSIS {
      const std::scoped_lock lock(mutex);
      tickets += n;
      if (all) {
        changed.notify_all();
      } else {
        changed.notify_one();
      }
    };
    const auto are_through = [&](int n) {
      testing::wait_until([&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
        const std::scoped_lock lock(mutex);
        return through == n;
      });
    };
    give(1, false);
    are_through(1);
    give(2, true);
    are_through(3);
    give(1, true);
    are_through(4);
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(tickets, 0);
    EXPECT_EQ(changed.wait_for(mutex, Duration::microseconds(3)).error(), Error::kTimedOut);
    EXPECT_TRUE(mutex.is_mine());
    EXPECT_EQ(
        changed.wait_until(mutex, now() + Duration::microseconds(3), [] { return false; }).error(),
        Error::kTimedOut);
  });
}

// The classic: a bounded buffer.  A lost wake-up is a deadlock, which the machine sees.
TEST(ConditionVariable, BoundedBufferLosesNothing) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    constexpr unsigned kProducers = 3;
    constexpr unsigned kConsumers = 2;
    constexpr std::size_t kRoom = 2;
    const unsigned each = testing::rounds(4000, 60) / 2 * 2;
    Mutex mutex;
    ConditionVariable not_full;
    ConditionVariable not_empty;
    std::deque<unsigned> buffer;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    Crew crew;
    for (unsigned p = 0; p < kProducers; ++p) {
      crew.start({.name = "producer", .priority = Priority(14 + static_cast<int>(p))},
                 [&, p]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   for (unsigned i = 0; i < each; ++i) {
                     const std::scoped_lock lock(mutex);
                     while (buffer.size() == kRoom) EXPECT_TRUE(not_full.wait(mutex));
                     buffer.push_back(i * kProducers + p);
                     in += buffer.back();
                     not_empty.notify_one();
                   }
                 });
    }
    for (unsigned c = 0; c < kConsumers; ++c) {
      crew.start({.name = "consumer", .priority = Priority(15 + static_cast<int>(c))},
                 [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
                   for (unsigned i = 0; i < each * kProducers / kConsumers; ++i) {
                     const std::scoped_lock lock(mutex);
                     while (buffer.empty()) EXPECT_TRUE(not_empty.wait(mutex));
                     out += buffer.front();
                     buffer.pop_front();
                     not_full.notify_one();
                   }
                 });
    }
    crew.join();
    EXPECT_EQ(in, out);
    EXPECT_TRUE(buffer.empty());
    testing::count("items", each * kProducers);
  });
}

TEST(ConditionVariable, HandlersNotify) {
  for_each_machine({.seeds = 20, .parallel_runs = 2}, []() BATON_NO_THREAD_SAFETY_ANALYSIS {
    Mutex mutex;
    ConditionVariable changed;
    std::atomic<unsigned> seen{0};
    const unsigned cores = arch::host::running_config()->cores;
    testing::on_device(0, cores - 1, [&] {
      ++seen;
      changed.notify_one();
    });
    const testing::DevicesEnd devices_end;
    const std::scoped_lock lock(mutex);
    for (unsigned i = 0; i < testing::rounds(300, 30); ++i) {
      const unsigned before = seen;
      testing::raise_device(0);
      // The handler takes no mutex, so it may come before we wait.
      while (seen == before) {
        static_cast<void>(changed.wait_for(mutex, Duration::microseconds(20)));
      }
    }
    testing::count("handled", seen);
  });
}

TEST(ConditionVariable, TimeoutAgainstNotify) {
  for_each_machine({.seeds = 60, .parallel_runs = 2}, [] {
    for (unsigned i = 0; i < testing::rounds(200, 10); ++i) {
      Mutex mutex;
      ConditionVariable changed;
      bool said = false;
      bool heard = false;
      static_cast<void>(testing::race(
          [&](Instant when) BATON_NO_THREAD_SAFETY_ANALYSIS {
            const std::scoped_lock lock(mutex);
            const Result<void> result = changed.wait_until(mutex, when, [&] { return said; });
            EXPECT_TRUE(mutex.is_mine());
            heard = said;
            EXPECT_EQ(result.has_value(), heard);
            return result;
          },
          [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
            const std::scoped_lock lock(mutex);
            said = true;
            changed.notify_one();
          }));
    }
  });
}

TEST(ConditionVariable, StoppedThreadsHoldTheMutex) {
  for_each_machine({.seeds = 20}, [] {
    Mutex mutex;
    ConditionVariable changed;
    Crew crew;
    Thread& waiter = crew.start({.name = "waiter"}, [&]() BATON_NO_THREAD_SAFETY_ANALYSIS {
      const std::scoped_lock lock(mutex);
      EXPECT_EQ(changed.wait(mutex).error(), Error::kStopped);
      EXPECT_TRUE(mutex.is_mine());
      EXPECT_EQ(changed.wait(mutex).error(), Error::kStopped);
      EXPECT_TRUE(mutex.is_mine());
    });
    if (testing::below(2) == 0) testing::wait_until_waiting(waiter);
    waiter.request_stop();
  });
}

}  // namespace
}  // namespace baton::kernel
