#include "kernel/blocking/work_queue.h"

#include <array>
#include <atomic>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

struct Counted {
  std::atomic<unsigned> runs{0};
  std::atomic<int> inside{0};
  Work work{[](void* me) { static_cast<Counted*>(me)->run(); }, this};

  void run() {
    EXPECT_EQ(++inside, 1) << "in two threads at once";
    ++runs;
    if (testing::below(4) == 0) this_thread::yield();
    --inside;
  }
};

TEST(WorkQueue, RunsWhatIsSubmittedInOrder) {
  for_each_machine({.seeds = 10}, [] {
    WorkQueue queue;
    static std::string order;
    order.clear();
    Work a([](void*) { order += 'a'; }, nullptr);
    Work b([](void*) { order += 'b'; }, nullptr);
    Work c([](void*) { order += 'c'; }, nullptr);
    EXPECT_TRUE(queue.submit(b));
    EXPECT_TRUE(queue.submit(a));
    EXPECT_FALSE(queue.submit(b));
    EXPECT_TRUE(queue.submit(c));
    EXPECT_TRUE(queue.cancel(a));
    EXPECT_FALSE(queue.cancel(a));
    EXPECT_TRUE(queue.submit(a));
    Crew crew;
    crew.start({.name = "worker"}, [&] { EXPECT_TRUE(queue.run()); });
    EXPECT_TRUE(queue.flush(a));
    EXPECT_TRUE(queue.flush(b));
    EXPECT_EQ(order, "bca");
    queue.stop();
  });
}

TEST(WorkQueue, WorkThatSubmitsItselfRunsAgain) {
  for_each_machine({.seeds = 10}, [] {
    static WorkQueue queue;
    static std::atomic<int> left;
    left = 5;
    static Work work(
        [](void*) {
          if (--left > 0) {
            EXPECT_TRUE(queue.submit(work));
            EXPECT_FALSE(queue.submit(work));
          }
          if (left == 1) {
            EXPECT_TRUE(queue.cancel(work));
            EXPECT_FALSE(queue.cancel(work));
            EXPECT_TRUE(queue.submit(work));
          }
        },
        nullptr);
    Crew crew;
    for (int i = 0; i < 2; ++i) {
      crew.start({.name = "worker"}, [&] { EXPECT_TRUE(queue.run()); });
    }
    EXPECT_TRUE(queue.submit(work));
    EXPECT_TRUE(queue.flush(work));
    EXPECT_EQ(left, 0);
    queue.stop();
  });
}

TEST(WorkQueue, StoppedWorkersAndFlushers) {
  for_each_machine({.seeds = 20}, [] {
    WorkQueue queue;
    Counted counted;
    Crew crew;
    Thread& flusher = crew.start({.name = "flusher"}, [&] {
      queue.submit(counted.work);
      EXPECT_EQ(queue.flush(counted.work).error(), Error::kStopped);
    });
    testing::wait_until_waiting(flusher);
    EXPECT_FALSE(queue.is_idle(counted.work));
    EXPECT_EQ(queue.flush_for(counted.work, Duration::microseconds(2)).error(), Error::kTimedOut);
    EXPECT_EQ(queue.flush_until(counted.work, now()).error(), Error::kTimedOut);
    flusher.request_stop();
    testing::wait_until([&] { return flusher.state() == ThreadState::kDead; });
    Thread& worker =
        crew.start({.name = "worker"}, [&] { EXPECT_EQ(queue.run().error(), Error::kStopped); });
    worker.request_stop();
    crew.join();
    // It has done before what there was.
    EXPECT_EQ(counted.runs, 1U);
    EXPECT_TRUE(queue.is_idle(counted.work));
    EXPECT_TRUE(queue.flush_until(counted.work, now()));
  });
}

// From threads and handlers, with cancels: what was promised is run, and nothing else.
TEST(WorkQueue, RunsAsOftenAsPromised) {
  for_each_machine({.seeds = 40, .parallel_runs = 2}, [] {
    constexpr unsigned kPieces = 5;
    WorkQueue queue;
    std::array<Counted, kPieces> pieces;
    std::array<std::atomic<unsigned>, kPieces> submitted{};
    std::array<std::atomic<unsigned>, kPieces> cancelled{};
    const auto submit = [&](unsigned p) {
      if (queue.submit(pieces[p].work)) ++submitted[p];
    };
    const unsigned cores = arch::host::running_config()->cores;
    for (unsigned d = 0; d < 2; ++d) {
      testing::on_device(d, d % cores, [&, d] { submit(d); });
    }
    const testing::DevicesEnd devices_end;
    Crew workers;
    for (int i = 0; i < 3; ++i) {
      workers.start({.name = "worker", .priority = Priority(15 + i)},
                    [&] { EXPECT_TRUE(queue.run()); });
    }
    Crew crew;
    for (unsigned t = 0; t < 3; ++t) {
      crew.start({.name = "submitter"}, [&, t] {
        std::mt19937_64 random(testing::seed() + t);
        for (unsigned i = 0; i < testing::rounds(3000, 60); ++i) {
          const unsigned p = static_cast<unsigned>(random() % kPieces);
          switch (random() % 6) {
            case 0:
              if (queue.cancel(pieces[p].work)) ++cancelled[p];
              break;
            case 1:
              EXPECT_TRUE(queue.flush(pieces[p].work));
              break;
            case 2:
              testing::raise_device(t % 2);
              break;
            default:
              submit(p);
          }
        }
      });
    }
    crew.join();
    for (Counted& piece : pieces) EXPECT_TRUE(queue.flush(piece.work));
    queue.stop();
    workers.join();
    for (unsigned p = 0; p < kPieces; ++p) {
      // A device's line may still be up: its handler submits without a worker.
      if (queue.cancel(pieces[p].work)) ++cancelled[p];
      EXPECT_EQ(pieces[p].runs, submitted[p] - cancelled[p]);
      testing::count("runs", pieces[p].runs);
      testing::count("cancelled", cancelled[p]);
    }
  });
}

}  // namespace
}  // namespace baton::kernel
