// RcuList between real threads: readers walk two lists while two writers, by turns, insert, erase,
// replace, move and splice.  Nobody finds a torn, freed or wrong list's element, and every walk
// ends.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/atomics.h"
#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "tests/stress/rcu_busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr std::size_t kItems = 64;
constexpr int kReaders = 3;
constexpr int kWriters = 2;
// Elements know in which of two families of lists they are.
constexpr int kFamilies = 2;

template <class Domain>
struct Item : Domain::Head {
  Item(int f, unsigned n) { paint(f, n); }
  ~Item() { check = 0; }
  void paint(int f, unsigned n) {
    family = f;
    number = n;
    check = kCheck ^ n;
  }
  static constexpr unsigned kCheck = 0x5ca1ab1e;
  int family;
  unsigned number;
  unsigned check;
  sync::RcuListHook<sync::DefaultTag, typename Domain::Atomics> hook;
};

struct Counts {
  std::size_t walks = 0;
  std::size_t steps = 0;
  std::size_t longest = 0;
  std::size_t changes = 0;
  std::size_t moves = 0;
  std::size_t splices = 0;
};

template <class Domain>
class Run {
  using Element = Item<Domain>;
  using List = sync::RcuList<Element, &Element::hook, Domain>;
  using Reader = sync::BasicRcuReader<Domain>;
  using Retired = sync::Retired<Element, Domain>;

 public:
  Run(const Arguments& arguments, Verdict& verdict) : arguments_(arguments), verdict_(verdict) {}

  void run(const char* what) {
    run_together(kReaders + kWriters, [this](int number) {
      Random random(arguments_.seed + static_cast<unsigned>(number));
      if (number < kWriters) {
        write(random, counts_[static_cast<std::size_t>(number)]);
      } else {
        read(random, counts_[static_cast<std::size_t>(number)]);
      }
    });
    for (Family& family : families_) {
      family.main.clear(domain_);
      family.side.clear(domain_);
    }
    held_.reset();
    domain_.barrier();
    Counts sum;
    for (const Counts& counts : counts_) {
      sum.walks += counts.walks;
      sum.steps += counts.steps;
      sum.longest = sum.longest > counts.longest ? sum.longest : counts.longest;
      sum.changes += counts.changes;
      sum.moves += counts.moves;
      sum.splices += counts.splices;
    }
    std::printf("%s: walks=%zu steps=%zu longest=%zu changes=%zu moves=%zu splices=%zu\n", what,
                sum.walks, sum.steps, sum.longest, sum.changes, sum.moves, sum.splices);
    if (verdict_.failed()) return;
    if (sum.steps == 0 || sum.changes == 0 || sum.moves == 0 || sum.splices == 0) {
      verdict_.fail("it tested nothing");
    }
    if (items_.available() != kItems) verdict_.fail("lost: an element did not come home");
  }

 private:
  /// Two lists whose elements may be spliced: they keep their paint.
  struct Family {
    List main;
    List side;
  };

  void read(Random& random, Counts& counts) {
    // Relaxed: an end, no more.
    while (writing_.load(std::memory_order_relaxed) > 0 && !verdict_.failed()) {
      const auto which = pick(random, kFamilies);
      const Family& family = families_[which];
      const List& list = pick(random, 4) == 0 ? family.side : family.main;
      const Reader reader(domain_);
      std::size_t steps = 0;
      for (const Element& each : list.read(reader)) {
        const unsigned number = each.number;
        if (each.check != (Element::kCheck ^ number)) {
          verdict_.fail("a torn or freed element");
          return;
        }
        if (each.family != static_cast<int>(which)) {
          verdict_.fail("an element of the wrong list");
          return;
        }
        if (++steps > kItems) {
          verdict_.fail("a walk does not end");
          return;
        }
        if (pick(random, 16) == 0) yield_now();
        if (each.number != number) verdict_.fail("a torn or freed element");
      }
      ++counts.walks;
      counts.steps += steps;
      if (steps > counts.longest) counts.longest = steps;
    }
  }

  void write(Random& random, Counts& counts) {
    for (int i = 0; i < arguments_.rounds && !verdict_.failed(); ++i) {
      const std::lock_guard<std::mutex> lock(writers_);
      change(random, counts);
    }
    // Relaxed: an end, no more.
    writing_.fetch_sub(1, std::memory_order_relaxed);
  }

  void change(Random& random, Counts& counts) {
    const auto which = static_cast<int>(pick(random, kFamilies));
    Family& family = families_[static_cast<std::size_t>(which)];
    List& list = pick(random, 4) == 0 ? family.side : family.main;
    ++counts.changes;
    switch (pick(random, 12)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        if (auto item = make(which)) insert(random, list, std::move(*item));
        return;
      }
      case 4:
      case 5:
        if (const Element* const one = any(random, list)) {
          list.erase(*one, domain_).retire();
        }
        return;
      case 6:
        if (const Element* const one = any(random, list)) {
          if (auto item = make(which)) list.replace(*one, std::move(*item), domain_).retire();
        }
        return;
      case 7:
        // To the other family: painted anew when a grace period is over.
        if (const Element* const one = any(random, list)) {
          auto mine = list.erase(*one, domain_).synchronize();
          move(random, std::move(mine), 1 - which, counts);
        }
        return;
      case 8:
        if (held_.has_value()) {
          if (auto mine = held_->try_reclaim()) {
            held_.reset();
            move(random, std::move(*mine), which, counts);
          }
        } else if (const Element* const one = any(random, list)) {
          held_.emplace(list.erase(*one, domain_));
        }
        return;
      case 9:
        if (pick(random, 4) != 0) return;
        family.main.splice_front(family.side, domain_);
        ++counts.splices;
        return;
      case 10:
        if (auto first = list.pop_front(domain_)) std::move(*first).retire();
        return;
      default:
        domain_.process(16);
        if (pick(random, 64) == 0) list.clear(domain_);
    }
  }

  std::optional<sync::Owned<Element>> make(int family) { return items_.make(family, next_++); }
  void move(Random& random, sync::Owned<Element> item, int family, Counts& counts) {
    item->paint(family, next_++);
    insert(random, families_[static_cast<std::size_t>(family)].main, std::move(item));
    ++counts.moves;
  }
  static const Element* any(Random& random, List& list) {
    const auto range = list.as_owner();
    if (range.empty()) return nullptr;
    auto it = range.begin();
    for (auto n = pick(random, 8); n > 0 && std::next(it) != range.end(); --n) ++it;
    return it.operator->();
  }
  static void insert(Random& random, List& list, sync::Owned<Element> item) {
    const Element* const where = any(random, list);
    switch (where == nullptr ? pick(random, 2) : pick(random, 4)) {
      case 0:
        list.push_front(std::move(item));
        return;
      case 1:
        list.push_back(std::move(item));
        return;
      case 2:
        list.insert_before(*where, std::move(item));
        return;
      default:
        list.insert_after(*where, std::move(item));
    }
  }

  const Arguments& arguments_;
  Verdict& verdict_;
  Domain domain_;
  sync::Pool<Element, kItems> items_;
  std::array<Family, kFamilies> families_;
  std::mutex writers_;
  std::optional<Retired> held_;  // under `writers_`
  unsigned next_ = 1;            // under `writers_`
  std::atomic<int> writing_{kWriters};
  std::array<Counts, kReaders + kWriters> counts_;
};

template <class Domain>
void run(const char* what, const Arguments& arguments, Verdict& verdict) {
  Run<Domain>(arguments, verdict).run(what);
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 20'000, {"published_early", "no_grace_period"});
  Verdict verdict;
  if (arguments.busted == "published_early") {
    run<DomainWith<LateAtomics>>("published early", arguments, verdict);
  } else if (arguments.busted == "no_grace_period") {
    run<HastyDomain>("no grace period", arguments, verdict);
  } else {
    run<DomainWith<sync::StdAtomics>>("rcu list", arguments, verdict);
    run<DomainWith<YieldingAtomics>>("rcu list, yielding", arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
