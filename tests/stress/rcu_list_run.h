// Lists of RCU between real threads: readers walk four of them while two writers, by turns, insert,
// erase, replace, move and splice.  Nobody finds a torn, freed or wrong list's element, and every
// walk ends.
//
// `Kind<Domain>` is a kind of list, and how a writer changes one:
//
//   Element, List                        what is on it, and it
//   insert(random, list, item)           anywhere
//   erase(random, list, domain)          any one of a list that is not empty
//   replace(random, list, item, domain)  the same
//   splice(random, to, from, domain)     all of them, to anywhere
//   move_all(random, from, to, paint, domain)
//                                        all of them at once, by way of their owner, who paints
//                                        each; how many; kMovesAll: whether it can
//   let_go()                             of what it holds
#ifndef BATON_TESTS_STRESS_RCU_LIST_RUN_H_
#define BATON_TESTS_STRESS_RCU_LIST_RUN_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "tests/stress/rcu_busted.h"
#include "tests/stress/rcu_list_items.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {

template <class Kind, class Domain>
class ListRun {
  using Element = typename Kind::Element;
  using List = typename Kind::List;
  using Reader = sync::BasicRcuReader<Domain>;
  using Retired = sync::Retired<Element, Domain>;
  static constexpr std::size_t kItems = 64;
  static constexpr int kReaders = 3;
  static constexpr int kWriters = 2;

 public:
  ListRun(const Arguments& arguments, Verdict& verdict)
      : arguments_(arguments), verdict_(verdict) {}

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
    kind_.let_go();
    domain_.barrier();
    report(what);
    if (!verdict_.failed() && items_.available() != kItems) {
      verdict_.fail("lost: an element did not come home");
    }
  }

 private:
  /// Two lists whose elements may be spliced: they keep their paint.
  struct Family {
    List main;
    List side;
  };

  void read(Random& random, ListCounts& counts) {
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

  void write(Random& random, ListCounts& counts) {
    for (int i = 0; i < arguments_.rounds && !verdict_.failed(); ++i) {
      const std::lock_guard<std::mutex> lock(writers_);
      change(random, counts);
    }
    // Relaxed: an end, no more.
    writing_.fetch_sub(1, std::memory_order_relaxed);
  }

  void change(Random& random, ListCounts& counts) {
    const auto which = static_cast<int>(pick(random, kFamilies));
    Family& family = families_[static_cast<std::size_t>(which)];
    List& list = pick(random, 4) == 0 ? family.side : family.main;
    const bool empty = list.as_owner().empty();
    ++counts.changes;
    switch (pick(random, 12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        if (auto item = make(which)) Kind::insert(random, list, std::move(*item));
        return;
      case 4:
      case 5:
        if (!empty) Kind::erase(random, list, domain_).retire();
        return;
      case 6:
        if (empty) return;
        if (auto item = make(which)) {
          Kind::replace(random, list, std::move(*item), domain_).retire();
        }
        return;
      case 7:
        // To the other family: painted anew when a grace period is over.
        if (!empty)
          move(random, Kind::erase(random, list, domain_).synchronize(), 1 - which, counts);
        return;
      case 8:
        if (held_.has_value()) {
          if (auto mine = held_->try_reclaim()) {
            held_.reset();
            move(random, std::move(*mine), which, counts);
          }
        } else if (!empty) {
          held_.emplace(Kind::erase(random, list, domain_));
        }
        return;
      case 9:
        if (pick(random, 4) != 0) return;
        Kind::splice(random, family.main, family.side, domain_);
        ++counts.splices;
        return;
      case 10:
        if (auto first = list.pop_front(domain_)) std::move(*first).retire();
        return;
      default:
        domain_.process(16);
        if (pick(random, 64) == 0) list.clear(domain_);
        if (pick(random, 4) == 0) {
          counts.moved_at_once += kind_.move_all(
              random, list, families_[static_cast<std::size_t>(1 - which)].side,
              [this, which](Element& each) { each.paint(1 - which, next_++); }, domain_);
        }
    }
  }

  std::optional<sync::Owned<Element>> make(int family) { return items_.make(family, next_++); }
  void move(Random& random, sync::Owned<Element> item, int family, ListCounts& counts) {
    item->paint(family, next_++);
    Kind::insert(random, families_[static_cast<std::size_t>(family)].main, std::move(item));
    ++counts.moves;
  }

  void report(const char* what) {
    ListCounts sum;
    for (const ListCounts& counts : counts_) sum.add(counts);
    std::printf(
        "%s: walks=%zu steps=%zu longest=%zu changes=%zu moves=%zu moved at once=%zu splices=%zu\n",
        what, sum.walks, sum.steps, sum.longest, sum.changes, sum.moves, sum.moved_at_once,
        sum.splices);
    if (!sum.tested(Kind::kMovesAll)) verdict_.fail("it tested nothing");
  }

  const Arguments& arguments_;
  Verdict& verdict_;
  Domain domain_;
  sync::Pool<Element, kItems> items_;
  std::array<Family, kFamilies> families_;
  std::mutex writers_;
  Kind kind_;                    // under `writers_`
  std::optional<Retired> held_;  // under `writers_`
  unsigned next_ = 1;            // under `writers_`
  std::atomic<int> writing_{kWriters};
  std::array<ListCounts, kReaders + kWriters> counts_;
};

/// A program about one kind of list, and its controls.
template <template <class Domain> class Kind>
int list_main(const char* what, int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 20'000, {"published_early", "no_grace_period"});
  Verdict verdict;
  const auto run = [&]<class Domain>(std::in_place_type_t<Domain>, const char* how) {
    std::printf("%s, %s\n", what, how);
    ListRun<Kind<Domain>, Domain>(arguments, verdict).run(what);
  };
  if (arguments.busted == "published_early") {
    run(std::in_place_type<DomainWith<LateAtomics>>, "published early");
  } else if (arguments.busted == "no_grace_period") {
    run(std::in_place_type<HastyDomain>, "no grace period");
  } else {
    run(std::in_place_type<DomainWith<sync::StdAtomics>>, "as it is");
    run(std::in_place_type<DomainWith<YieldingAtomics>>, "yielding");
  }
  return verdict.finish(arguments);
}

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_RCU_LIST_RUN_H_
