// What else small kernels are compared by: two threads that take turns, and a mutex.
#include <array>
#include <cstddef>
#include <span>

#include "bench/thread_metric/loops.h"
#include "bench/thread_metric/port.h"
#include "bench/thread_metric/tests.h"

namespace baton::thread_metric {
namespace {

constexpr int kEqual = 10;

// Two semaphores between two equals: each wakes the other and waits.  A round has two switches.

template <std::size_t kIndex>
void ping_pong() {
  if constexpr (kIndex == 0) {
    port::ball_throw(0);
    port::ball_catch(1);
  } else {
    port::ball_catch(0);
    port::ball_throw(1);
  }
  counters[kIndex].add();
}
constexpr std::array kPingPong = {
    Player{kEqual, forever<ping_pong<0>>, true},
    Player{kEqual, forever<ping_pong<1>>, true},
};

// Two equals; a round has two switches.

template <std::size_t kIndex>
void yield() {
  port::thread_relinquish();
  counters[kIndex].add();
}
constexpr std::array kYield = {
    Player{kEqual, forever<yield<0>>, true},
    Player{kEqual, forever<yield<1>>, true},
};

void mutex() {
  port::mutex_lock();
  port::mutex_unlock();
  counters[0].add();
}
constexpr std::array kMutex = {Player{kEqual, forever<mutex>, true}};

constexpr unsigned kFirst = 1U << 0U;
constexpr unsigned kBoth = 3;

constexpr std::array<Test, 3> kTests = {{
    {.name = "semaphore-ping-pong",
     .players = kPingPong,
     .round = ping_pong<0>,
     .handler = nullptr,
     .alike = kBoth,
     .operations = kFirst},
    {.name = "yield-pair",
     .players = kYield,
     .round = yield<0>,
     .handler = nullptr,
     .alike = kBoth,
     .operations = kFirst},
    {.name = "mutex-pair",
     .players = kMutex,
     .round = mutex,
     .handler = nullptr,
     .alike = kFirst,
     .operations = kFirst},
}};

}  // namespace

std::span<const Test> pair_tests() { return kTests; }

}  // namespace baton::thread_metric
