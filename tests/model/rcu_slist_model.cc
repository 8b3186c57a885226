// Model programs of RcuSList: readers walk while elements come, go, are replaced and move, one by
// one or all together.
#include <span>
#include <utility>

#include "sync/hook.h"
#include "sync/rcu/rcu_slist.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/rcu_domain.h"
#include "tests/model/rcu_lists.h"

namespace baton::model {
namespace {

using Item = ListItem<sync::RcuSListHook<sync::DefaultTag, ModelAtomics>>;
using List = sync::RcuSList<Item, &Item::hook, ModelRcuDomain<>>;
using RcuSLists = Lists<List>;

// Elements come at both ends and in the middle.
void inserted(Execution& run) {
  RcuSLists lists;
  lists.domain.enter(0);
  auto first = lists.item(0);
  auto second = lists.item(1);
  auto third = lists.item(2);
  run.parallel({thread("reader",
                       [&] {
                         const auto found = lists.walk();
                         if (has(found, 20)) require(has(found, 30), "one that was there before");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  lists.tens.push_back(lists.painted(std::move(third), 30));
                  const Item& front = lists.tens.push_front(lists.painted(std::move(first), 10));
                  lists.tens.insert_after(List::iterator_to(front),
                                          lists.painted(std::move(second), 20));
                })});
  lists.end();
}

void first_replaced(Execution& run) {
  replaced<RcuSLists>(run, [](auto& list, auto fresh, auto& domain) {
    return list.replace_after(list.before_begin(), std::move(fresh), domain);
  });
}

void spliced_in_front(Execution& run) {
  spliced<RcuSLists>(run, [](auto& list, auto& other, auto& domain) {
    list.splice_after(list.before_begin(), other, domain);
  });
}

// One who is on an element that is taken out may see what comes next first by its mark.
void shown_by_mark(Execution& run) {
  RcuSLists lists;
  lists.domain.enter(0);
  const Item& one = lists.tens.push_back(lists.item(0, 10));
  auto second = lists.item(1);
  run.parallel({thread("reader",
                       [&] {
                         lists.walk();
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  lists.tens.insert_after(List::iterator_to(one),
                                          lists.painted(std::move(second), 20));
                  auto retired = lists.tens.erase_after(lists.tens.before_begin(), lists.domain);
                  lists.put_away(std::move(retired).synchronize());
                })});
  lists.end();
}

// All go at once, are painted anew, and come to the other list: whoever is on one of them stays on
// its own list.
void chain_moved(Execution& run) {
  RcuSLists lists;
  lists.domain.enter(0);
  lists.tens.push_back(lists.item(0, 10));
  lists.tens.push_back(lists.item(1, 20));
  lists.hundreds.push_back(lists.item(2, 300));
  run.parallel({thread("reader",
                       [&] {
                         const auto found = lists.walk();
                         require(has(found, 10) == has(found, 20), "half of them");
                         lists.domain.quiescent(0);
                         require(has(lists.walk(lists.hundreds, 100), 300), "led astray");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  auto chain = lists.tens.take_all(lists.domain).synchronize();
                  int number = 0;
                  for (Item& each : chain) each.number.write(number += 100);
                  lists.hundreds.splice_after(lists.hundreds.before_begin(), std::move(chain));
                })});
  lists.end();
}

// A chain is retired while somebody may be on it: each goes home when nobody is.
void chain_retired(Execution& run) {
  static RcuSLists* here;
  RcuSLists lists;
  here = &lists;
  lists.domain.enter(0);
  lists.tens.push_back(lists.item(0, 10));
  lists.tens.push_back(lists.item(1, 20));
  run.parallel({thread("reader",
                       [&] {
                         const auto found = lists.walk();
                         require(has(found, 10) == has(found, 20), "half of them");
                         lists.domain.leave(0);
                       }),
                thread("writer", [&] {
                  lists.tens.take_all(lists.domain)
                      .retire<+[](sync::Owned<Item> item) { here->put_away(std::move(item)); }>();
                  lists.domain.process();
                })});
  for (int i = 0; i < 4; ++i) lists.domain.process();
  require(lists.domain.is_empty(), "not all went home");
  lists.end();
}

constexpr Program kPrograms[] = {
    {"rcu slist: inserted", inserted},
    {"rcu slist: shown by erasing", shown_by_erasing<RcuSLists>},
    {"rcu slist: shown by a mark", shown_by_mark},
    {"rcu slist: neighbours erased", neighbours_erased<RcuSLists>},
    {"rcu slist: replaced", first_replaced},
    {"rcu slist: moved", moved<RcuSLists>},
    {"rcu slist: spliced", spliced_in_front},
    {"rcu slist: cleared", cleared<RcuSLists>},
    {"rcu slist: chain moved", chain_moved},
    {"rcu slist: chain retired", chain_retired},
};

}  // namespace

std::span<const Program> rcu_slist_programs() { return kPrograms; }

}  // namespace baton::model
