// What the compiler refuses to do with a singly linked list of RCU, its places and its chains.
#include <optional>
#include <utility>

#include "sync/hook.h"
#include "sync/pool.h"
#include "sync/rcu/rcu.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/rcu_list_link.h"
#include "sync/rcu/rcu_slist.h"
#include "sync/rcu/rcu_slist_link.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

struct ByAge;

struct Rule : RcuHead, RcuSListHook<>, RcuSListHook<ByAge> {
  int port = 0;
};
using RuleList = RcuSList<Rule>;
using AgeList = RcuSList<Rule, kBaseHook<ByAge>>;

constinit Pool<Rule, 4> g_pool;
constinit RuleList g_rules;
[[maybe_unused]] constinit AgeList g_ages;

// --- Readers ---

[[maybe_unused]] int readers() {
  const RcuReader reader;
#ifdef NC_WITHOUT_TOKEN
  for (const Rule& each : g_rules) static_cast<void>(each);
#endif
#ifdef NC_READ_WITHOUT_TOKEN
  for (const Rule& each : g_rules.read()) static_cast<void>(each);
#endif
#ifdef NC_FIND_WITHOUT_TOKEN
  g_rules.find_or_null([](const Rule&) { return true; });
#endif
#ifdef NC_WRITE
  for (auto& each : g_rules.read(reader)) each.port = 1;
#endif
#ifdef NC_BACKWARDS
  auto it = g_rules.read(reader).begin();
  --it;
#endif
#ifdef NC_OWNER_BACKWARDS
  auto it = g_rules.as_owner().begin();
  --it;
#endif
#ifdef NC_EMPTY_THEN_FRONT
  if (!std::as_const(g_rules).empty()) return g_rules.front_or_null(reader)->port;
#endif
#ifdef NC_OWNER_OF_A_CONST_LIST
  for (const Rule& each : std::as_const(g_rules).as_owner()) static_cast<void>(each);
#endif
#ifdef NC_PLACE_IN_A_CONST_LIST
  static_cast<void>(std::as_const(g_rules).before_begin());
#endif
#ifdef NC_OWNER_WRITES
  for (auto& each : g_rules.as_owner()) each.port = 1;
#endif
#ifdef NC_ERASE_AT_A_READERS_PLACE
  g_rules.erase_after(g_rules.read(reader).begin()).retire();
#endif
  for (const Rule& each : g_rules.read(reader)) static_cast<void>(each);
  for (const Rule& each : g_rules.as_owner()) static_cast<void>(each);
  return 0;
}

#ifdef NC_FRONT_PAST_TOKEN
const Rule* front_past_token() {
  const RcuReader reader;
  return g_rules.front_or_null(reader);
}
#endif
#ifdef NC_FOUND_PAST_TOKEN
const Rule* found_past_token() {
  const RcuReader reader;
  return g_rules.find_or_null(reader, [](const Rule&) { return true; });
}
#endif
#ifdef NC_ELEMENT_PAST_TOKEN
const Rule& element_past_token() {
  const RcuReader reader;
  for (const Rule& each : g_rules.read(reader)) {
    if (each.port == 1) return each;
  }
  __builtin_trap();
}
#endif
#ifdef NC_RANGE_PAST_TOKEN
auto range_past_token() {
  const RcuReader reader;
  return g_rules.read(reader);
}
#endif

// --- Ownership ---

[[maybe_unused]] void writers() {
  std::optional<Owned<Rule>> rule = g_pool.make();
  [[maybe_unused]] const auto begin = g_rules.before_begin();
#ifdef NC_INSERT_A_COPY
  g_rules.insert_after(begin, *rule);
#endif
  const Rule& listed = g_rules.push_back(std::move(*rule));
#ifdef NC_INSERT_WHAT_IS_LISTED
  g_rules.insert_after(begin, listed);
#endif
#ifdef NC_DROP_ERASED
  g_rules.erase_after(begin);
#endif
#ifdef NC_DROP_FOUND_AND_ERASED
  g_rules.erase(listed);
#endif
#ifdef NC_DROP_REPLACED
  g_rules.replace_after(begin, std::move(*g_pool.make()));
#endif
#ifdef NC_DROP_POPPED
  g_rules.pop_front();
#endif
#ifdef NC_DROP_TAKEN
  g_rules.take_all();
#endif
#ifdef NC_PLACE_ON_ANOTHER_HOOK
  g_ages.erase_after(begin).retire();
#endif
#ifdef NC_SPLICE_BY_ANOTHER_HOOK
  g_ages.append(g_rules);
#endif
  Retired<Rule, rcu_domain> retired = g_rules.erase(listed);
#ifdef NC_MOVE_WITHOUT_A_GRACE_PERIOD
  g_rules.insert_after(begin, std::move(retired));
#endif
  std::move(retired).retire();
}

[[maybe_unused]] void chains() {
  RuleList::RetiredChainType chain = g_rules.take_all();
#ifdef NC_SPLICE_WITHOUT_A_GRACE_PERIOD
  g_rules.splice_after(g_rules.before_begin(), std::move(chain));
#endif
#ifdef NC_OWN_WITHOUT_A_GRACE_PERIOD
  RuleList::OwnedChainType early = std::move(chain);
#endif
#ifdef NC_READ_RETIRED_CHAIN
  for (const Rule& each : chain) static_cast<void>(each);
#endif
#ifdef NC_POP_FROM_RETIRED_CHAIN
  static_cast<void>(chain.pop_front());
#endif
#ifdef NC_COPY_RETIRED_CHAIN
  RuleList::RetiredChainType copy = chain;
#endif
#ifdef NC_RETIRE_WITHOUT_MOVE
  chain.retire();
#endif
#ifdef NC_DROP_RECLAIMED
  chain.try_reclaim();
#endif
#ifdef NC_DROP_SYNCHRONIZED
  g_rules.take_all().synchronize();
#endif
  std::move(chain).retire();
#ifdef NC_RETIRE_TWICE
  std::move(chain).retire();
#endif
#ifdef NC_SYNCHRONIZE_WHAT_IS_RETIRED
  static_cast<void>(std::move(chain).synchronize());
#endif
#ifdef NC_RECLAIM_WHAT_IS_RETIRED
  static_cast<void>(chain.try_reclaim());
#endif
  RuleList::OwnedChainType mine = g_rules.take_all().synchronize();
#ifdef NC_COPY_CHAIN
  RuleList::OwnedChainType copy = mine;
#endif
#ifdef NC_DROP_POPPED_FROM_CHAIN
  mine.pop_front();
#endif
#ifdef NC_CHAIN_OF_ANOTHER_HOOK
  g_ages.splice_after(g_ages.before_begin(), std::move(mine));
#endif
#ifdef NC_SPLICE_WITHOUT_MOVE
  g_rules.splice_after(g_rules.before_begin(), mine);
#endif
  g_rules.splice_after(g_rules.before_begin(), std::move(mine));
}

#ifdef NC_READER_ERASES
void reader_erases(const RuleList& list) {
  const RcuReader reader;
  if (const Rule* const front = list.front_or_null(reader)) list.erase(*front).retire();
}
#endif
#ifdef NC_COPY_LIST
auto copy_list() { return g_rules; }
#endif

// --- Hooks ---

struct Other : RcuHead, RcuListHook<> {
  RcuListHook<> hook;
};
#ifdef NC_HOOK_OF_ANOTHER_LIST
void hook_of_another_list(RcuSList<Other>& list, Owned<Other> object) {
  list.push_back(std::move(object));
}
#endif
#ifdef NC_MEMBER_HOOK_OF_ANOTHER_LIST
void member_hook_of_another_list(RcuSList<Other, &Other::hook>& list, Owned<Other> object) {
  list.push_back(std::move(object));
}
#endif
#ifdef NC_NO_HEAD
struct Headless : RcuSListHook<> {};
void no_head(RcuSList<Headless>& list) { list.clear(); }
#endif
#ifdef NC_COPY_HOOKED
Rule copy_of(const Rule& rule) { return rule; }
#endif

}  // namespace
}  // namespace baton::sync
