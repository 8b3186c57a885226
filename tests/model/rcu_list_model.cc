// Model programs of RcuList: readers walk while elements come, go, are replaced and move.
#include <span>
#include <utility>

#include "sync/hook.h"
#include "sync/rcu/rcu_list.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/rcu_domain.h"
#include "tests/model/rcu_lists.h"

namespace baton::model {
namespace {

using Item = ListItem<sync::RcuListHook<sync::DefaultTag, ModelAtomics>>;
using RcuLists = Lists<sync::RcuList<Item, &Item::hook, ModelRcuDomain<>>>;

// Elements come at both ends and in the middle.
void inserted(Execution& run) {
  RcuLists lists;
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
                  const Item& last = lists.tens.push_back(lists.painted(std::move(third), 30));
                  const Item& front = lists.tens.push_front(lists.painted(std::move(first), 10));
                  if (front.home == 0)
                    lists.tens.insert_before(last, lists.painted(std::move(second), 20));
                })});
  lists.end();
}

void first_replaced(Execution& run) {
  replaced<RcuLists>(run, [](auto& list, auto fresh, auto& domain) {
    return list.replace(*list.as_owner().begin(), std::move(fresh), domain);
  });
}

void spliced_in_front(Execution& run) {
  spliced<RcuLists>(
      run, [](auto& list, auto& other, auto& domain) { list.splice_front(other, domain); });
}

constexpr Program kPrograms[] = {
    {"rcu list: inserted", inserted},
    {"rcu list: shown by erasing", shown_by_erasing<RcuLists>},
    {"rcu list: neighbours erased", neighbours_erased<RcuLists>},
    {"rcu list: replaced", first_replaced},
    {"rcu list: moved", moved<RcuLists>},
    {"rcu list: spliced", spliced_in_front},
    {"rcu list: cleared", cleared<RcuLists>},
};

}  // namespace

std::span<const Program> rcu_list_programs() { return kPrograms; }

}  // namespace baton::model
