// Looking keys up in tables that others may change: registers every contestant with Google
// Benchmark.
//
// A benchmark is called operation/contestant/threads.  bench/hash/README.md says what is measured
// and how to read it.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.h"
#include "bench/common/harness.h"
#include "bench/common/outcome.h"
#include "bench/common/program.h"
#include "bench/hash/keys.h"
#include "bench/hash/peers.h"
#include "bench/hash/tables.h"
#include "benchmark/benchmark.h"

namespace baton::bench {
namespace {

/// Buckets of the small table, whose items fit into the caches of one core, and of the large one,
/// whose do not fit into any cache.
constexpr std::size_t kSmall = 1024;
constexpr std::size_t kLarge = 1024 * 1024;

/// Lookups between two quiescent states.
constexpr unsigned kQuiescentEvery = 1024;
/// Between the beginnings of two resizes, for tables that are quick enough.
constexpr std::chrono::microseconds kResizeEvery{100};

/// One for the whole program: filling takes longer than measuring.
template <class Table>
Table& the() {
  static auto* const one = new Table;
  return *one;
}

template <std::size_t Buckets, bool Present>
const std::vector<Key>& keys() {
  static const auto* const made = new std::vector<Key>(shuffled_keys(Buckets, Present));
  return *made;
}

/// What a thread asks for: all keys, over and over.
class alignas(kLine) Questions {
 public:
  Questions(const std::vector<Key>& keys, unsigned side)
      : keys_(keys.data()), count_(keys.size()), next_(side * count_ / 2) {}
  Key next() {
    const Key key = keys_[next_];
    if (++next_ == count_) next_ = 0;
    return key;
  }

 private:
  const Key* keys_;
  std::size_t count_;
  std::size_t next_;
};

/// A thread that looks up.  It begins where it left off: a short run sees a part of a large table,
/// and not always the same.  `Waits`: the next key is not known before the last lookup is done, so
/// that no two overlap.
template <class Table, bool Waits = false>
class Looker {
 public:
  Looker(Table& table, Questions& asked) : table_(table), me_(table), asked_(asked) {}

  /// Lookups, and a quiescent state.
  void look_up() {
    Questions questions = asked_;
    Key nothing = 0;
    asm volatile("" : "+r"(nothing));  // for all that the compiler knows, something
    Key last = 0;
    for (unsigned i = 0; i < kQuiescentEvery; ++i) {
      // What was found is needed now, and the next lookup starts from memory.
      const Key key = questions.next() ^ (Waits ? last & nothing : 0);
      last = table_.find(key);
      asm volatile("" : "+r"(last) : : "memory");
    }
    asked_ = questions;
    me_.quiescent();
  }

 private:
  Table& table_;
  typename Table::Reading me_;
  Questions& asked_;
};

/// A table that finds what it has, and nothing else.
template <class Table>
void check(Table& table, const std::vector<Key>& asked, bool present) {
  const typename Table::Reading me(table);
  for (const Key key : asked) {
    BATON_CHECK(table.find(key) == (present ? value_of(key) : 0) && "the table is a table");
  }
}

template <class Table, std::size_t Buckets, bool Present, bool Waits = false>
void measure_find(benchmark::State& state, bool together) {
  auto& table = the<Table>();
  const std::vector<Key>& all = keys<Buckets, Present>();
  static Questions asked[2] = {{all, 0}, {all, 1}};
  static const bool checked = (check(table, all, Present), true);
  static_cast<void>(checked);
  for ([[maybe_unused]] auto iteration : state) {
    const Part part = [&](Tally& tally, unsigned side, Clock::time_point end) {
      Looker<Table, Waits> looker(table, asked[side]);
      std::uint64_t lookups = 0;
      do {
        looker.look_up();
        lookups += kQuiescentEvery;
      } while (Clock::now() < end);
      tally.attempts = tally.successes = lookups;
    };
    report(state, together ? run_together(part) : run_alone(part), false, false);
  }
}

/// Resizes until `end`, at most once in kResizeEvery, and ends with as many buckets as before.
/// Returns the time of one.
template <class Table>
std::chrono::duration<double> resize_until(Table& table, Clock::time_point end) {
  std::uint64_t resizes = 0;
  Clock::duration resizing{};
  Clock::time_point next = Clock::now();
  do {
    const Clock::time_point before = Clock::now();
    table.resize(resizes % 2 == 0);
    const Clock::time_point after = Clock::now();
    ++resizes;
    resizing += after - before;
    next += kResizeEvery;
    while (Clock::now() < next) {
    }
    next = std::max(next, after);  // lost time stays lost
  } while (resizes % 2 != 0 || Clock::now() < end);
  return std::chrono::duration<double>(resizing) / static_cast<double>(resizes);
}

/// The first thread looks up, the second one resizes.  The time is the median of pieces that are
/// long enough for two resizes each: who resizes waits for the reader, and is then often taken for
/// disturbed; a reader that loses the CPU has one bad piece.
template <class Table, std::size_t Buckets>
void measure_find_beside_resizer(benchmark::State& state) {
  auto& table = the<Table>();
  const std::vector<Key>& all = keys<Buckets, true>();
  static Questions asked(all, 0);
  for ([[maybe_unused]] auto iteration : state) {
    std::vector<double> times;
    const Measurement measurement =
        run_together([&](Tally& tally, unsigned side, Clock::time_point end) {
          if (side == 1) {
            state.counters["resize_ns"] = resize_until(table, end).count() * 1e9;
            return;
          }
          times.clear();
          Looker<Table> looker(table, asked);
          Clock::time_point begin = Clock::now();
          do {
            unsigned rounds = 0;
            std::chrono::duration<double> passed{};
            do {
              looker.look_up();
              ++rounds;
              passed = Clock::now() - begin;
            } while (passed < 2 * kResizeEvery);
            times.push_back(passed.count() / (rounds * kQuiescentEvery));
            begin = Clock::now();
          } while (begin < end);
          tally.attempts = tally.successes = times.size();
        });
    std::ranges::sort(times);
    report_time(state, times[times.size() / 2], measurement.disturbed);
  }
  check(table, all, true);
}

template <class Table, std::size_t Buckets>
void add_size(const std::string& size, const std::string& name) {
  for (const bool together : {false, true}) {
    const int threads = together ? 2 : 1;
    add("hit, " + size, name, threads, [together](benchmark::State& state) {
      measure_find<Table, Buckets, true>(state, together);
    });
    add("miss, " + size, name, threads, [together](benchmark::State& state) {
      measure_find<Table, Buckets, false>(state, together);
    });
  }
  add("hit after hit, " + size, name, 1,
      [](benchmark::State& state) { measure_find<Table, Buckets, true, true>(state, false); });
}

template <template <std::size_t> class Table>
void add_table(const std::string& name) {
  add_size<Table<kSmall>, kSmall>("small table", name);
  add_size<Table<kLarge>, kLarge>("large table", name);
}

template <template <std::size_t> class Table>
void add_resizable_table(const std::string& name) {
  add_table<Table>(name);
  add("hit beside resizer", name, 1, &measure_find_beside_resizer<Table<kSmall>, kSmall>);
}

template <std::size_t Buckets>
using MapUnderSharedMutex = LockedMap<StdSharedMutex, Buckets>;
template <std::size_t Buckets>
using MapUnderAbslMutex = LockedMap<AbslMutex, Buckets>;

void add_all() {
  add_table<PlainChains>("plain chains");
  add_resizable_table<OurTable>("RcuHashTable");
  add_resizable_table<UrcuTable>("cds_lfht");
  add_table<TbbHashMap>("tbb concurrent_hash_map");
  add_table<TbbUnorderedMap>("tbb concurrent_unordered_map");
  add_resizable_table<MapUnderSharedMutex>("unordered_map, std::shared_mutex");
  add_resizable_table<MapUnderAbslMutex>("unordered_map, absl::Mutex");
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("hash", argc, argv, &baton::bench::add_all);
}
