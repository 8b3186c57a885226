// Map, optional and numeric cells: values that live in their cell.  In three strengths, by who
// touches them.
#include <array>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"

namespace {

struct Statistics {
  std::array<int, 4> by_core{};
};

// Any core: worked on in place, busy meanwhile.
constinit baton::sync::AtomicMapCell<Statistics> g_statistics{std::in_place};
// Any core: small enough for one word, so never busy.
constinit baton::sync::AtomicOptionalCell<std::uint16_t> g_last_event;
// Any core: a number.
constinit baton::sync::AtomicNumericCell<unsigned> g_refused;

void count(std::size_t core, int events) {
  for (int i = 0; i < events; ++i) {
    const auto counted = g_statistics.map([core](Statistics& all) { ++all.by_core[core]; });
    if (!counted) g_refused.increment();  // busy: said, and here only counted
    g_last_event.set(static_cast<std::uint16_t>(i));
  }
}

}  // namespace

int main() {
  std::thread other(count, std::size_t{1}, 1000);
  count(0, 1000);
  other.join();
  const auto all = g_statistics.get();
  BATON_CHECK(all.has_value());
  std::printf("counted %d and %d, refused %u, last event %d\n", all->by_core[0], all->by_core[1],
              g_refused.get(), g_last_event.get().value_or(0));
  BATON_CHECK(all->by_core[0] + all->by_core[1] + static_cast<int>(g_refused.get()) == 2000);
  BATON_CHECK(g_last_event.contains(999));
  return 0;
}
