#include "sync/rcu/hosted/reclaimer.h"

#include <chrono>
#include <cstdint>

namespace baton::sync {

RcuReclaimer::RcuReclaimer(HostedRcuDomain& domain) : domain_(domain), thread_([this] { run(); }) {}

RcuReclaimer::~RcuReclaimer() {
  // Release pairs with the acquire in run(), by way of the domain's activity, too.
  stop_.store(true, std::memory_order_release);
  domain_.wake();
  thread_.join();
}

void RcuReclaimer::run() {
  using std::chrono::microseconds;
  constexpr microseconds kShortest{20};
  constexpr microseconds kLongest{1000};
  microseconds nap = kShortest;
  for (;;) {
    // Before the look at `stop_`: who ends us changes the activity afterwards.
    const std::uint32_t seen = domain_.activity();
    // Acquire pairs with the release in the destructor.
    if (stop_.load(std::memory_order_acquire)) return;
    if (domain_.process() != 0) {
      nap = kShortest;
    } else if (domain_.backlog() == 0) {
      domain_.wait_for_activity(seen);
      nap = kShortest;
    } else {
      // A grace period takes as long as the slowest reader.
      std::this_thread::sleep_for(nap);
      if (nap < kLongest) nap *= 2;
    }
  }
}

}  // namespace baton::sync
