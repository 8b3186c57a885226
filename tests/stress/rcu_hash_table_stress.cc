// RcuHashTable between real threads: readers look keys up and walk while one thread inserts,
// replaces, erases, moves to another key, and resizes.  What is there all the time is found all the
// time, and nobody finds a torn or freed object, or another key's.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_hash_table.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "tests/stress/rcu_busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr std::size_t kEntries = 128;
constexpr unsigned kKeys = 96;
constexpr unsigned kStay = 24;  // keys below are there all the time
constexpr int kReaders = 3;

template <class Domain>
struct Entry : Domain::Head {
  Entry(unsigned k, unsigned n) { paint(k, n); }
  ~Entry() { check = 0; }
  void paint(unsigned k, unsigned n) {
    key = k;
    number = n;
    check = kCheck ^ n ^ k;
  }
  static constexpr unsigned kCheck = 0x5ca1ab1e;
  unsigned key;
  unsigned number;
  unsigned check;
  sync::RcuHashHook<sync::DefaultTag, typename Domain::Atomics> hook;
};

struct Counts {
  std::size_t lookups = 0;
  std::size_t found = 0;
  std::size_t walks = 0;
  std::size_t moves = 0;
  std::size_t resized = 0;
};

template <class Domain>
class Run {
  using Element = Entry<Domain>;
  using Table =
      sync::RcuHashTable<Element, &Element::key, sync::IntegerHash, &Element::hook, Domain>;
  using Reader = sync::BasicRcuReader<Domain>;

 public:
  Run(const Arguments& arguments, Verdict& verdict) : arguments_(arguments), verdict_(verdict) {}

  void run(const char* what) {
    resize(large_);
    for (unsigned key = 0; key < kStay; ++key) {
      if (!table_.insert(std::move(*entries_.make(key, next_++))).has_value())
        verdict_.fail("lost");
    }
    run_together(kReaders + 1, [this](int number) {
      Random random(arguments_.seed + static_cast<unsigned>(number));
      Counts& counts = counts_[static_cast<std::size_t>(number)];
      if (number == 0) {
        for (int i = 0; i < arguments_.rounds && !verdict_.failed(); ++i) change(random, counts);
        // Relaxed: an end, no more.
        over_.store(true, std::memory_order_relaxed);
      } else {
        read(random, counts);
      }
    });
    table_.clear(domain_);
    static_cast<void>(table_.take_buckets(domain_));
    domain_.barrier();
    Counts sum;
    for (const Counts& counts : counts_) {
      sum.lookups += counts.lookups;
      sum.found += counts.found;
      sum.walks += counts.walks;
      sum.moves += counts.moves;
      sum.resized += counts.resized;
    }
    std::printf("%s: lookups=%zu found=%zu walks=%zu moves=%zu resized=%zu\n", what, sum.lookups,
                sum.found, sum.walks, sum.moves, sum.resized);
    if (verdict_.failed()) return;
    if (sum.found == 0 || sum.found == sum.lookups || sum.walks == 0 || sum.moves == 0 ||
        sum.resized == 0) {
      verdict_.fail("it tested nothing");
    }
    if (entries_.available() != kEntries) verdict_.fail("lost: an object did not come home");
  }

 private:
  void read(Random& random, Counts& counts) {
    // Relaxed: an end, no more.
    while (!over_.load(std::memory_order_relaxed) && !verdict_.failed()) {
      if (pick(random, 16) == 0) {
        walk(random);
        ++counts.walks;
        continue;
      }
      const Reader reader(domain_);
      const unsigned key = pick(random, kKeys);
      const Element* const found = table_.find_or_null(reader, key);
      ++counts.lookups;
      if (found == nullptr) {
        if (key < kStay) verdict_.fail("lost: a key that is there all the time");
        continue;
      }
      ++counts.found;
      check(*found, random);
      if (found->key != key) verdict_.fail("torn: another key's object");
    }
  }

  void walk(Random& random) {
    const Reader reader(domain_);
    std::array<int, kKeys> seen{};
    std::size_t steps = 0;
    for (const Element& each : table_.read(reader)) {
      check(each, random);
      if (each.key < kKeys) ++seen[each.key];
      if (++steps > kEntries) {
        verdict_.fail("a walk does not end");
        return;
      }
    }
    for (unsigned key = 0; key < kStay; ++key) {
      if (seen[key] != 1) verdict_.fail("lost: a walk missed a key that stays, or saw it twice");
    }
  }

  void check(const Element& element, Random& random) {
    const unsigned key = element.key;
    const unsigned number = element.number;
    if (element.check != (Element::kCheck ^ number ^ key)) verdict_.fail("torn or freed");
    if (pick(random, 16) == 0) yield_now();
    if (element.key != key || element.number != number) verdict_.fail("torn or freed");
  }

  void change(Random& random, Counts& counts) {
    const unsigned key = pick(random, kKeys);
    const unsigned goes = kStay + pick(random, kKeys - kStay);
    switch (pick(random, 8)) {
      case 0:
      case 1:
        if (auto entry = entries_.make(goes, next_++)) {
          static_cast<void>(table_.insert(std::move(*entry)));  // or home at once
        }
        return;
      case 2:
      case 3:
        if (auto entry = entries_.make(key, next_++)) {
          static_cast<void>(table_.insert_or_replace(std::move(*entry), domain_));
        }
        return;
      case 4:
        static_cast<void>(table_.remove(goes, domain_));
        return;
      case 5:
        // To another key: painted anew when a grace period is over.
        if (auto removed = table_.remove(goes, domain_)) {
          auto mine = std::move(*removed).synchronize();
          mine->paint(kStay + pick(random, kKeys - kStay), next_++);
          if (table_.insert(std::move(mine)).has_value()) ++counts.moves;
        }
        return;
      case 6:
        domain_.process(64);
        return;
      default:
        if (pick(random, 4) == 0) {
          counts.resized += pick(random, 2) == 0 ? resize(small_) : resize(large_);
        }
    }
  }

  /// Whether there were such buckets.
  template <class P>
  bool resize(P& pool) {
    auto buckets = pool.make();
    if (!buckets.has_value()) return false;
    static_cast<void>(table_.resize(std::move(*buckets), domain_));
    return true;
  }

  const Arguments& arguments_;
  Verdict& verdict_;
  Domain domain_;
  sync::Pool<Element, kEntries> entries_;
  sync::Pool<sync::RcuBucketArray<4, Domain>, 2> small_;
  sync::Pool<sync::RcuBucketArray<64, Domain>, 2> large_;
  Table table_;
  unsigned next_ = 1;  // the writer's
  std::atomic<bool> over_{false};
  std::array<Counts, kReaders + 1> counts_;
};

template <class Domain>
void run(const char* what, const Arguments& arguments, Verdict& verdict) {
  Run<Domain>(arguments, verdict).run(what);
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 15'000, {"published_early", "no_grace_period"});
  Verdict verdict;
  if (arguments.busted == "published_early") {
    run<DomainWith<LateAtomics>>("published early", arguments, verdict);
  } else if (arguments.busted == "no_grace_period") {
    run<HastyDomain>("no grace period", arguments, verdict);
  } else {
    run<DomainWith<sync::StdAtomics>>("rcu hash table", arguments, verdict);
    run<DomainWith<YieldingAtomics>>("rcu hash table, yielding", arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
