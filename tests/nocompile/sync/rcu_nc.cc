// What the compiler refuses to do with what RCU readers share.
#include <optional>
#include <utility>

#include "sync/pool.h"
#include "sync/rcu/rcu.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_hash_table.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

struct Route : RcuHead, RcuListHook<> {
  int hop = 0;
};
using RouteList = RcuList<Route>;

constinit Pool<Route, 4> g_routes;
constinit RcuPtr<Route, rcu_domain> g_default;
constinit RouteList g_list;

// --- Tokens ---

[[maybe_unused]] int readers() {
  const RcuReader reader;
  const Route* const route = g_default.get(reader);
#ifdef NC_PTR_WITHOUT_TOKEN
  const Route* const other = g_default.get();
#endif
#ifdef NC_LIST_WITHOUT_TOKEN
  for (const Route& each : g_list) static_cast<void>(each);
#endif
#ifdef NC_READ_WITHOUT_TOKEN
  for (const Route& each : g_list.read()) static_cast<void>(each);
#endif
#ifdef NC_FRONT_WITHOUT_TOKEN
  const Route* const front = g_list.front_or_null();
#endif
#ifdef NC_DOMAIN_IS_NO_TOKEN
  const Route* const front = g_list.front_or_null(rcu_default_domain());
#endif
#ifdef NC_PTR_WRITE
  if (route != nullptr) g_default.get(reader)->hop = 1;
#endif
#ifdef NC_LIST_WRITE
  for (auto& each : g_list.read(reader)) each.hop = 1;
#endif
#ifdef NC_LIST_BACKWARDS
  auto it = g_list.read(reader).begin();
  --it;
#endif
#ifdef NC_EMPTY_THEN_FRONT
  if (!std::as_const(g_list).empty()) return g_list.front_or_null(reader)->hop;
#endif
#ifdef NC_OWNER_OF_A_CONST_LIST
  for (const Route& each : std::as_const(g_list).as_owner()) static_cast<void>(each);
#endif
#ifdef NC_OWNER_WRITES
  for (auto& each : g_list.as_owner()) each.hop = 1;
#endif
#ifdef NC_COPY_TOKEN
  const RcuReader copy = reader;
#endif
#ifdef NC_DROP_TOKEN
  RcuReader();
#endif
  for (const Route& each : g_list.read(reader)) static_cast<void>(each);
  for (const Route& each : g_list.as_owner()) static_cast<void>(each);
  return route == nullptr ? 0 : route->hop;
}

#ifdef NC_PTR_PAST_TOKEN
const Route* past_token() {
  const RcuReader reader;
  return g_default.get(reader);
}
#endif
#ifdef NC_PTR_PAST_TEMPORARY_TOKEN
int past_temporary_token() {
  const Route* const route = g_default.get(RcuReader());
  return route->hop;
}
#endif
#ifdef NC_FRONT_PAST_TOKEN
const Route* front_past_token() {
  const RcuReader reader;
  return g_list.front_or_null(reader);
}
#endif
#ifdef NC_FOUND_PAST_TOKEN
const Route* found_past_token() {
  const RcuReader reader;
  return g_list.find_or_null(reader, [](const Route&) { return true; });
}
#endif
#ifdef NC_ELEMENT_PAST_TOKEN
const Route& element_past_token() {
  const RcuReader reader;
  for (const Route& each : g_list.read(reader)) {
    if (each.hop == 1) return each;
  }
  __builtin_trap();
}
#endif
#ifdef NC_ADDRESS_PAST_TOKEN
const Route* address_past_token() {
  const RcuReader reader;
  for (const Route& each : g_list.read(reader)) {
    if (each.hop == 1) return &each;
  }
  return nullptr;
}
#endif
#ifdef NC_RANGE_PAST_TOKEN
auto range_past_token() {
  const RcuReader reader;
  return g_list.read(reader);
}
#endif
#ifdef NC_WALK_WITH_A_TEMPORARY_TOKEN
void walk_with_a_temporary_token() {
  const auto range = g_list.read(RcuReader());
  for (const Route& each : range) static_cast<void>(each);
}
#endif

// --- Ownership ---

[[maybe_unused]] void writers() {
  std::optional<Owned<Route>> route = g_routes.make();
#ifdef NC_PUBLISH_A_COPY
  static_cast<void>(g_default.publish(*route));
#endif
#ifdef NC_PUSH_A_COPY
  g_list.push_back(*route);
#endif
#ifdef NC_DROP_REFUSED
  g_default.publish(std::move(*route));
#endif
  const Route& listed = g_list.push_back(std::move(*route));
#ifdef NC_PUSH_WHAT_IS_LISTED
  g_list.push_back(listed);
#endif
#ifdef NC_DROP_ERASED
  g_list.erase(listed);
#endif
#ifdef NC_DROP_REPLACED
  g_list.replace(listed, std::move(*g_routes.make()));
#endif
#ifdef NC_DROP_POPPED
  g_list.pop_front();
#endif
#ifdef NC_DROP_REMOVED
  g_default.remove();
#endif
  Retired<Route, rcu_domain> retired = g_list.erase(listed);
#ifdef NC_MOVE_WITHOUT_A_GRACE_PERIOD
  g_list.push_back(std::move(retired));
#endif
#ifdef NC_PUBLISH_WITHOUT_A_GRACE_PERIOD
  static_cast<void>(g_default.publish(std::move(retired)));
#endif
#ifdef NC_READ_RETIRED
  static_cast<void>(retired->hop);
#endif
#ifdef NC_DEREFERENCE_RETIRED
  static_cast<void>((*retired).hop);
#endif
#ifdef NC_DELETE_RETIRED
  delete retired;
#endif
#ifdef NC_RETIRED_IS_NOT_MINE
  Owned<Route> mine = std::move(retired);
#endif
#ifdef NC_COPY_RETIRED
  Retired<Route, rcu_domain> copy = retired;
#endif
#ifdef NC_RETIRE_WITHOUT_MOVE
  retired.retire();
#endif
#ifdef NC_DROP_RECLAIMED
  retired.try_reclaim();
#endif
#ifdef NC_DROP_SYNCHRONIZED
  g_list.erase(listed).synchronize();
#endif
  std::move(retired).retire();
#ifdef NC_RETIRE_TWICE
  std::move(retired).retire();
#endif
#ifdef NC_SYNCHRONIZE_WHAT_IS_RETIRED
  Owned<Route> mine = std::move(retired).synchronize();
#endif
#ifdef NC_RECLAIM_WHAT_IS_RETIRED
  static_cast<void>(retired.try_reclaim());
#endif
}

#ifdef NC_READER_ERASES
void reader_erases(const RouteList& list) {
  const RcuReader reader;
  if (const Route* const front = list.front_or_null(reader)) list.erase(*front).retire();
}
#endif
#ifdef NC_COPY_LIST
auto copy_list() { return g_list; }
#endif
#ifdef NC_NO_HEAD
struct Headless : RcuListHook<> {};
void no_head(RcuList<Headless>& list, const Headless& object) {
  static_cast<void>(list.erase(object));
}
#endif
#ifdef NC_NO_HOOK
struct Hookless : RcuHead {};
void no_hook(RcuList<Hookless>& list, Owned<Hookless> object) { list.push_back(std::move(object)); }
#endif
// --- Hash tables ---

struct Host : RcuHead, RcuHashHook<> {
  int address = 0;
  int port = 0;
};
constinit RcuHashTable<Host, &Host::address> g_hosts;
constinit Pool<RcuBucketArray<4>, 2> g_buckets;

#ifdef NC_IN_TABLE_PAST_TOKEN
const Host* in_table_past_token() {
  const RcuReader reader;
  return g_hosts.find_or_null(reader, 1);
}
#endif

[[maybe_unused]] void hosts(Owned<Host> host) {
  const RcuReader reader;
#ifdef NC_FIND_WITHOUT_TOKEN
  static_cast<void>(g_hosts.find_or_null(1));
#endif
#ifdef NC_TABLE_WRITE
  g_hosts.find_or_null(reader, 1)->port = 1;
#endif
#ifdef NC_TABLE_DROP_REFUSED
  g_hosts.insert(std::move(host));
#else
  static_cast<void>(g_hosts.insert(std::move(host)));
#endif
#ifdef NC_TABLE_DROP_ERASED
  g_hosts.erase(*g_hosts.find_as_owner(1));
#endif
#ifdef NC_TABLE_DROP_BUCKETS
  g_hosts.resize(std::move(*g_buckets.make()));
#endif
  auto before = g_hosts.resize(std::move(*g_buckets.make()));
#ifdef NC_BUCKETS_WITHOUT_A_GRACE_PERIOD
  static_cast<void>(g_hosts.resize(std::move(*before)));
#endif
  static_cast<void>(g_hosts.find_or_null(reader, 1));
}

#ifdef NC_THREE_BUCKETS
constinit RcuBucketArray<3> g_three;
#endif

#ifdef NC_COPY_HOOKED
Route copy_of(const Route& route) { return route; }
#endif

}  // namespace
}  // namespace baton::sync
