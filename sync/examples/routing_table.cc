// RCU: a routing table that many threads read while it changes.  Readers take no lock and write
// nothing that others read; whoever changes a route waits for nobody.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "sync/sync.h"

namespace {

namespace sync = baton::sync;

// What readers share is const to them; retiring it takes the two words of an RcuHead.
struct Route : sync::RcuHead {
  Route(std::uint32_t hop, unsigned link) : next_hop(hop), interface(link), check(hop ^ link) {}
  ~Route() { check = ~0U; }  // whoever still looked would notice
  std::uint32_t next_hop;
  unsigned interface;
  std::uint32_t check;
};

class RoutingTable {
 public:
  /// The way to an address.  Any thread, any number at a time.
  std::optional<std::pair<std::uint32_t, unsigned>> find(std::uint32_t address) const {
    const sync::RcuReader reader;  // what is loaded with it lives as long as it does
    const Route* const route = entry(address).get(reader);
    if (route == nullptr) return std::nullopt;
    BATON_CHECK(route->check == (route->next_hop ^ route->interface));
    return std::pair(route->next_hop, route->interface);
  }

  /// From now on new readers find this route.  The one before goes back to the pool by itself, once
  /// nobody reads it any more.
  bool set(std::uint32_t address, std::uint32_t next_hop, unsigned interface) {
    std::optional<sync::Owned<Route>> route = routes_.make(next_hop, interface);
    if (!route) return false;  // all of them are shown, or waiting for readers
    if (auto before = entry(address).replace(std::move(*route))) std::move(*before).retire();
    return true;
  }

  void remove(std::uint32_t address) {
    if (auto before = entry(address).remove()) std::move(*before).retire();
  }

  std::size_t room() const { return routes_.available(); }

 private:
  using Entry = sync::RcuPtr<Route, sync::rcu_domain>;
  Entry& entry(std::uint32_t address) { return entries_[address >> 24]; }
  const Entry& entry(std::uint32_t address) const { return entries_[address >> 24]; }

  std::array<Entry, 256> entries_;
  sync::Pool<Route, 1024> routes_;
};

constinit RoutingTable g_table;

}  // namespace

int main() {
  constexpr int kChanges = 20'000;
  sync::AtomicNumericCell<int> stop{0};
  sync::AtomicNumericCell<long> found{0};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      std::uint32_t address = 1;
      do {
        address = address * 1'664'525 + 1'013'904'223;
        if (g_table.find(address)) found.increment();
      } while (stop.get() == 0);
    });
  }
  int waited = 0;
  for (int i = 0; i < kChanges; ++i) {
    const auto address = static_cast<std::uint32_t>(i) << 24;
    while (!g_table.set(address, static_cast<std::uint32_t>(i), 0)) {
      sync::rcu_barrier();  // the pool is empty: wait for what is on its way home
      ++waited;
    }
  }
  stop.set(1);
  for (std::thread& reader : readers) reader.join();
  for (std::uint32_t i = 0; i < 256; ++i) g_table.remove(i << 24);
  sync::rcu_barrier();
  std::printf("%d changes, %ld lookups found a route, waited %d times\n", kChanges, found.get(),
              waited);
  BATON_CHECK(g_table.room() == 1024);
}
