// The links of an RcuHashTable, and the hook that its objects carry.
//
// All elements are on one ring in the order of their hashes, and the buckets are further links on
// it: where a bucket begins.  So another number of buckets is other links at other places, and no
// element moves (sync/rcu/hash_order.h).
//
// They lead both ways, as an RcuList's do: an element goes without anybody looking for it, and so
// does a bucket.  Links that lead one way would save a word, and make a search of that.
#ifndef BATON_SYNC_RCU_RCU_HASH_LINK_H_
#define BATON_SYNC_RCU_RCU_HASH_LINK_H_

#include "sync/hook.h"
#include "sync/rcu/hash_order.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hook.h"
#include "sync/rcu/rcu_list_link.h"

namespace baton::sync {

namespace internal {

template <class Atomics>
struct RcuHashLink : RcuListLink<Atomics> {
  using Base = RcuListLink<Atomics>;
  static constexpr const char* kDestroyed =
      "an object is destroyed while it is in an RCU hash table";

  constexpr RcuHashLink() : Base(this, nullptr) {}
  constexpr explicit RcuHashLink(HashOrder o) : Base(this, this), order(o) {}

  /// Written before the link is on the ring, and not while somebody may be on it.
  typename Atomics::template Plain<HashOrder> order{0};

  bool is_bucket() const { return is_bucket_order(order.read()); }
  const RcuHashLink* following() const {
    return static_cast<const RcuHashLink*>(Base::following());
  }
  /// A reader's step who does not care for buckets.
  const RcuHashLink* following_element() const {
    const RcuHashLink* link = following();
    while (link->is_bucket()) link = link->following();
    return link;
  }
  RcuHashLink* successor() const { return static_cast<RcuHashLink*>(Base::successor()); }
};

/// Walks pass by buckets.
template <class T, auto Hook, template <class Tag> class HookTemplate, class Link, class Domain>
struct RcuHashNodes : RcuNodes<T, Hook, HookTemplate, Link, Domain> {
  static const Link& following(const Link& link) { return *link.following_element(); }
};

}  // namespace internal

/// What an object carries to be in an RcuHashTable, as a base class or as a member (sync/hook.h).
/// `Atomics` is the domain's.
template <class Tag = DefaultTag, class Atomics = rcu_domain::Atomics>
class RcuHashHook : public internal::RcuHook<internal::RcuHashLink<Atomics>> {};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_HASH_LINK_H_
