// RcuList: who listens to what, walked by those who have news while listeners come, go and move.
#include "sync/rcu/rcu_list.h"

#include <atomic>
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/pool.h"
#include "sync/rcu/rcu.h"

namespace {

namespace sync = baton::sync;

// What readers share is const to them, but for what is made to be written by many.
struct Listener : sync::RcuHead, sync::RcuListHook<> {
  explicit Listener(int t) : topic(t) {}
  int topic;
  mutable std::atomic<int> heard{0};
};

using Listeners = sync::RcuList<Listener>;
constexpr int kTopics = 2;
constinit Listeners g_listeners[kTopics];
constinit sync::Pool<Listener, 16> g_pool;

/// Any thread, any number at a time; takes no lock.
int tell(int topic) {
  const sync::RcuReader reader;  // who is found with it stays as long as it does
  int told = 0;
  for (const Listener& listener : g_listeners[topic].read(reader)) {
    BATON_CHECK(listener.topic == topic);  // although they move
    // Relaxed: a count.
    listener.heard.fetch_add(1, std::memory_order_relaxed);
    ++told;
  }
  return told;
}

}  // namespace

int main() {
  std::atomic<bool> over{false};
  std::atomic<long> told{0};
  for (int i = 0; i < 4; ++i)
    g_listeners[i % kTopics].push_back(std::move(*g_pool.make(i % kTopics)));
  std::thread teller([&] {
    do {
      // Relaxed, both: a count, and an end.
      told.fetch_add(tell(0) + tell(1), std::memory_order_relaxed);
    } while (!over.load(std::memory_order_relaxed));
  });
  // Relaxed: so that there is somebody to get in the way of.
  while (told.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
  for (int i = 0; i < 2'000; ++i) {
    const int topic = i % kTopics;
    Listeners& here = g_listeners[topic];
    auto first = here.as_owner().begin();
    if (i % 3 == 0 && first != here.as_owner().end()) {
      // A new one instead of the first, which goes home by itself.
      if (auto fresh = g_pool.make(topic)) here.replace(*first, std::move(*fresh)).retire();
    } else if (auto moving = here.pop_front()) {
      // To the other topic, by way of a grace period: without it this would not compile.
      sync::Owned<Listener> mine = std::move(*moving).synchronize();
      mine->topic = 1 - topic;  // nobody else's now
      g_listeners[1 - topic].push_back(std::move(mine));
    }
  }
  over.store(true, std::memory_order_relaxed);  // relaxed: as above
  teller.join();
  for (Listeners& list : g_listeners) list.clear();
  sync::rcu_barrier();
  // Relaxed: everybody has been joined.
  std::printf("told %ld times\n", told.load(std::memory_order_relaxed));
  BATON_CHECK(g_pool.available() == 16);
  return 0;
}
