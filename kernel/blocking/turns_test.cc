// Whose turn it is among equals, where a thread has become one of them.
#include <atomic>

#include "gtest/gtest.h"
#include "kernel/blocking/test_kernel.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {
namespace {

using testing::Crew;
using testing::for_each_machine;

// A core has one thread that computes, for longer than its turn is, and one that was more urgent
// and is its equal now.
struct Two {
  // Relaxed, all: on one core.
  std::atomic<unsigned> computed{0};
  std::atomic<bool> over{false};

  void compute() {
    while (!over.load(std::memory_order_relaxed)) {
      static_cast<void>(now());  // time passes
      computed.fetch_add(1, std::memory_order_relaxed);
    }
  }
  void run(Duration slice_of_the_other, void (*other)(Two& two)) {
    Crew crew;
    crew.start({.name = "computes", .priority = Priority(10), .slice = Duration::microseconds(50)},
               [this] { compute(); });
    crew.start({.name = "other", .priority = Priority(12), .slice = slice_of_the_other},
               [this, other] {
                 ASSERT_TRUE(this_thread::sleep_for(Duration::microseconds(200)));
                 this_thread::get().set_priority(Priority(10));
                 other(*this);
                 over.store(true, std::memory_order_relaxed);
               });
    crew.join();
  }
};

// Nobody has set a timer for the one that computes, and its turn was over before it began anew.
TEST(Turns, WhoYieldsToOneWhoseTurnIsOverComesBack) {
  for_each_machine({.cores = {1}, .seeds = 20}, [] {
    Two two;
    two.run(Duration(), [](Two& /*two*/) { this_thread::yield(); });
    testing::count("came back");
  });
}

TEST(Turns, WhoBecomesAnEqualIsPreemptedForThem) {
  for_each_machine({.cores = {1}, .seeds = 20}, [] {
    Two two;
    two.run(Duration::microseconds(50), [](Two& all) {
      const unsigned before = all.computed.load(std::memory_order_relaxed);
      while (all.computed.load(std::memory_order_relaxed) == before) static_cast<void>(now());
    });
    testing::count("were preempted");
  });
}

}  // namespace
}  // namespace baton::kernel
