// RcuSList: rules that packets are judged by, in order, while somebody adds, replaces and rewrites
// them.  The first rule that matches decides; the last one matches everything.
#include "sync/rcu/rcu_slist.h"

#include <atomic>
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/pool.h"
#include "sync/rcu/rcu.h"

namespace {

namespace sync = baton::sync;

enum class Verdict { kPass, kDrop };

struct Rule : sync::RcuHead, sync::RcuSListHook<> {
  Rule(int from, int to, Verdict v) : first_port(from), last_port(to), verdict(v) {}
  int first_port;
  int last_port;
  Verdict verdict;
};

using Rules = sync::RcuSList<Rule>;
constexpr int kAllPorts = 65535;
constexpr int kOpen = 22;  // passes under every set of rules
constinit Rules g_rules;
constinit sync::Pool<Rule, 16> g_pool;

sync::Owned<Rule> rule(int from, int to, Verdict verdict) {
  while (true) {
    if (auto made = g_pool.make(from, to, verdict)) return std::move(*made);
    sync::rcu_barrier();  // until those that were retired are home
  }
}

/// Any thread, any number at a time; takes no lock.
Verdict judge(int port) {
  const sync::RcuReader reader;
  const Rule* const decides = g_rules.find_or_null(reader, [port](const Rule& each) {
    return each.first_port <= port && port <= each.last_port;
  });
  // Nothing at all: the rules are being rewritten.
  return decides == nullptr ? Verdict::kPass : decides->verdict;
}

}  // namespace

int main() {
  g_rules.push_back(rule(kOpen, kOpen, Verdict::kPass));
  g_rules.push_back(rule(0, kAllPorts, Verdict::kDrop));
  std::atomic<bool> over{false};
  std::atomic<long> judged{0};
  std::thread network([&] {
    do {
      BATON_CHECK(judge(kOpen) == Verdict::kPass);
      // Relaxed, both: a count, and an end.
      judged.fetch_add(1, std::memory_order_relaxed);
    } while (!over.load(std::memory_order_relaxed));
  });
  // Relaxed: so that there is somebody to get in the way of.
  while (judged.load(std::memory_order_relaxed) == 0) std::this_thread::yield();

  for (int port = 1'000; port < 2'000; ++port) {
    // Behind the first: the place is known, so it is a store or two.
    const auto first = g_rules.as_owner().begin();
    if (port % 3 == 0) {
      g_rules.replace_after(first, rule(0, kAllPorts, Verdict::kDrop)).retire();
    } else if (port % 3 == 1) {
      g_rules.insert_after(first, rule(port, port, Verdict::kPass));
    } else {
      g_rules.remove_if([](const Rule& each) { return each.first_port >= 1'000; });
    }
    if (port % 100 != 0) continue;
    // All at once, by way of their owner: without a grace period this would not compile.
    auto mine = g_rules.take_all().synchronize();
    for (Rule& each : mine) each.last_port = each.first_port == 0 ? kAllPorts : each.first_port;
    g_rules.splice_after(g_rules.before_begin(), std::move(mine));
  }
  over.store(true, std::memory_order_relaxed);  // relaxed: as above
  network.join();
  g_rules.clear();
  sync::rcu_barrier();
  // Relaxed: everybody has been joined.
  std::printf("judged %ld times\n", judged.load(std::memory_order_relaxed));
  BATON_CHECK(g_pool.available() == 16);
  return 0;
}
