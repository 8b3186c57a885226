// What the model programs of RcuList and RcuSList share: two lists and a few items, and the
// programs that need only what both can do.
//
// The number on an element is plain data, as are the links that are the writer's alone: who reads
// one without having synchronized with who wrote it races, and so does who paints over it while
// somebody may still read.  The element's list goes with its number: tens for one, hundreds for the
// other.
#ifndef BATON_TESTS_MODEL_RCU_LISTS_H_
#define BATON_TESTS_MODEL_RCU_LISTS_H_

#include <array>
#include <cstddef>
#include <utility>

#include "sync/owned.h"
#include "sync/rcu/reader.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/rcu_domain.h"

namespace baton::model {

inline constexpr int kListItems = 3;
/// What a reader finds, in order: 0 when there is no further.
using Found = std::array<int, kListItems>;

inline bool has(const Found& found, int number) {
  for (const int each : found) {
    if (each == number) return true;
  }
  return false;
}

template <class Hook, class Policy = ModelAtomics>
struct ListItem : ModelRcuDomain<Policy>::Head {
  explicit ListItem(int whose) : home(whose) {}
  const int home;
  Plain<int> number{0};
  Hook hook;
};

/// In one domain.
template <class L, class D = ModelRcuDomain<>>
struct Lists {
  using List = L;
  using Item = typename List::value_type;
  using Domain = D;
  using Place = sync::StaticOwned<Item, ModelAtomics>;

  Domain domain;
  std::array<Place, kListItems> places{Place(0), Place(1), Place(2)};
  List tens;
  List hundreds;
  std::array<const Item*, kListItems> known{};

  sync::Owned<Item> item(int home) {
    auto item = places[static_cast<std::size_t>(home)].claim();
    known[static_cast<std::size_t>(home)] = item.get();
    return item;
  }
  sync::Owned<Item> item(int home, int number) { return painted(item(home), number); }
  static sync::Owned<Item> painted(sync::Owned<Item> item, int number) {
    item->number.write(number);
    return item;
  }
  /// It is nobody else's any more.
  void put_away(sync::Owned<Item> item) {
    item->number.write(0);
    places[static_cast<std::size_t>(item->home)].give_back(std::move(item));
  }

  /// The number of what a reader found, which may be nothing of ours.
  int number_of(const Item* item) const {
    bool ours = false;
    for (const Item* const each : known) ours = ours || each == item;
    require(ours, "half an element leads nowhere");
    return item->number.read();
  }
  Found walk(const List& list, int unit) {
    const sync::BasicRcuReader<Domain> reader(domain);
    Found found{};
    std::size_t steps = 0;
    for (const Item& each : list.read(reader)) {
      require(steps < kListItems, "the walk does not end");
      found[steps] = number_of(&each);
      require(found[steps] / unit >= 1 && found[steps] / unit <= 9, "an element of another list");
      require(steps == 0 || found[steps - 1] < found[steps], "out of order, or twice");
      ++steps;
    }
    return found;
  }
  Found walk() { return walk(tens, 10); }

  void end() {
    for (List* const list : {&tens, &hundreds}) {
      while (auto first = list->pop_front(domain)) put_away(std::move(*first).synchronize());
    }
  }
};

// The first one that a reader sees of an element may be the erasing of the one before it.
template <class L>
void shown_by_erasing(Execution& run) {
  L lists;
  lists.domain.enter(0);
  auto first = lists.item(0);
  auto second = lists.item(1);
  run.parallel({thread("reader",
                       [&] {
                         lists.walk();
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  const auto& one = lists.tens.push_back(lists.painted(std::move(first), 10));
                  lists.tens.push_back(lists.painted(std::move(second), 20));
                  lists.put_away(lists.tens.erase(one, lists.domain).synchronize());
                })});
  lists.end();
}

// Two neighbours go, the second one while the reader may be on the first.
template <class L>
void neighbours_erased(Execution& run) {
  L lists;
  lists.domain.enter(0);
  const auto& one = lists.tens.push_back(lists.item(0, 10));
  const auto& two = lists.tens.push_back(lists.item(1, 20));
  lists.tens.push_back(lists.item(2, 30));
  run.parallel({thread("reader",
                       [&] {
                         require(has(lists.walk(), 30), "one that stays is missed");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  auto first = lists.tens.erase(one, lists.domain);
                  auto second = lists.tens.erase(two, lists.domain);
                  lists.put_away(std::move(first).synchronize());
                  lists.put_away(std::move(second).synchronize());
                })});
  lists.end();
}

// An element goes to the other list: a reader who is on it stays on its own.
template <class L>
void moved(Execution& run) {
  L lists;
  lists.domain.enter(0);
  const auto& goes = lists.tens.push_back(lists.item(0, 10));
  lists.tens.push_back(lists.item(1, 20));
  run.parallel({thread("reader",
                       [&] {
                         require(has(lists.walk(), 20), "led astray");
                         lists.domain.quiescent(0);
                         lists.walk(lists.hundreds, 100);
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  auto mine = lists.tens.erase(goes, lists.domain).synchronize();
                  lists.hundreds.push_front(lists.painted(std::move(mine), 100));
                })});
  lists.end();
}

/// One of the two is found, never both, never neither.  `replace(lists, fresh)` replaces the first.
template <class L, class Replace>
void replaced(Execution& run, Replace replace) {
  L lists;
  lists.domain.enter(0);
  lists.tens.push_back(lists.item(0, 10));
  lists.tens.push_back(lists.item(1, 20));
  auto fresh = lists.item(2);
  run.parallel({thread("reader",
                       [&] {
                         const auto found = lists.walk();
                         require(has(found, 10) != has(found, 11), "both, or neither");
                         require(has(found, 20), "the one behind is missed");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  auto painted = lists.painted(std::move(fresh), 11);
                  lists.put_away(
                      replace(lists.tens, std::move(painted), lists.domain).synchronize());
                })});
  lists.end();
}

/// All elements of a list go in front of another's.  (They keep their numbers: nobody may write.)
template <class L, class Splice>
void spliced(Execution& run, Splice splice) {
  L lists;
  lists.domain.enter(0);
  lists.hundreds.push_back(lists.item(0, 10));
  lists.hundreds.push_back(lists.item(1, 20));
  lists.tens.push_back(lists.item(2, 30));
  run.parallel({thread("reader",
                       [&] {
                         const auto source = lists.walk(lists.hundreds, 10);
                         require(!has(source, 30), "an element of another list");
                         require(has(source, 10) == has(source, 20), "half of them");
                         lists.domain.quiescent(0);
                         const auto target = lists.walk();
                         require(has(target, 30) && has(target, 10) == has(target, 20),
                                 "half of them");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] { splice(lists.tens, lists.hundreds, lists.domain); })});
  lists.end();
}

// Front and find, and everything going at once.
template <class L>
void cleared(Execution& run) {
  L lists;
  lists.domain.enter(0);
  lists.tens.push_back(lists.item(0, 10));
  auto second = lists.item(1);
  run.parallel({thread("reader",
                       [&] {
                         const sync::BasicRcuReader<typename L::Domain> reader(lists.domain);
                         if (const auto* const front = lists.tens.front_or_null(reader)) {
                           require(front->number.read() == 10 || front->number.read() == 20,
                                   "torn");
                         }
                         const auto* const found = lists.tens.find_or_null(
                             reader, [](const auto& each) { return each.number.read() == 20; });
                         if (found != nullptr) require(found->number.read() == 20, "another");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  lists.tens.push_back(lists.painted(std::move(second), 20));
                  lists.end();
                })});
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_RCU_LISTS_H_
