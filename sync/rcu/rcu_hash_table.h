// `RcuHashTable<T, KeyOf, Hash, Hook, Domain>`: objects by their keys, looked up by many while one
// changes the table; intrusive, and resized while readers run.
//
//   struct Route : sync::RcuHead, sync::RcuHashHook<> { std::uint32_t prefix; ... };
//   constinit sync::RcuHashTable<Route, &Route::prefix> routes;
//   constinit sync::Pool<sync::RcuBucketArray<256>, 1> small;
//   constinit sync::Pool<sync::RcuBucketArray<4096>, 1> large;
//
//   auto none = routes.resize(std::move(*small.make()));        // the owner
//   auto refused = routes.insert(std::move(owned));             // if the key is taken
//   const Route* route = routes.find_or_null(reader, prefix);   // anybody, with a token
//
// Nothing is allocated: buckets come from whoever owns the table, and go back like any other
// object.  With other buckets no element moves, and no reader notices; without any a table works,
// in O(n).  (sync/rcu/rcu_hash_link.h says how.)
//
// As for RcuList (sync/rcu/rcu_list.h): readers need a token and go forwards; what is taken out is
// a Retired, which only a grace period makes an Owned again, and so each walk ends; the owner's
// calls are one at a time; no destructor, so whoever ends a table clears it and takes its buckets
// before.  With about as many buckets as elements, operations are O(1) on average, except those
// that say otherwise.
#ifndef BATON_SYNC_RCU_RCU_HASH_TABLE_H_
#define BATON_SYNC_RCU_RCU_HASH_TABLE_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/cell_answers.h"
#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/hash_order.h"
#include "sync/rcu/one_writer.h"
#include "sync/rcu/rcu_buckets.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_iterator.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

/// `KeyOf(object)` or `object.*KeyOf` is the key, which does not change while the object is here.
template <class T, auto KeyOf, class Hash = IntegerHash, auto Hook = kBaseHook<>,
          class Domain = rcu_domain>
class RcuHashTable {
  using Link = internal::RcuHashLink<typename Domain::Atomics>;
  using Order = internal::HashOrder;
  using Section = internal::OneWriter::Section;
  template <class Tag>
  using HookTemplate = RcuHashHook<Tag, typename Domain::Atomics>;
  using Nodes = internal::RcuHashNodes<T, Hook, HookTemplate, Link, Domain>;

 public:
  using value_type = T;
  using key_type = std::remove_cvref_t<std::invoke_result_t<decltype(KeyOf), const T&>>;
  using size_type = std::size_t;
  using RetiredType = Retired<T, Domain>;
  using Buckets = RcuBuckets<Domain>;
  using RetiredBuckets = Retired<Buckets, Domain>;
  using Reader = BasicRcuReader<Domain>;

  constexpr RcuHashTable() : root_(internal::kHashRoot) {}
  RcuHashTable(const RcuHashTable&) = delete;
  RcuHashTable& operator=(const RcuHashTable&) = delete;

  // --- Readers ---

  /// The object with this key, or null.
  const T* find_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND,
                        const key_type& key) const {
    const Order hash = hash_of(key);
    const Order wanted = internal::element_order(hash);
    // Acquire pairs with the release in exchange_buckets(): the buckets are on the ring.
    const Buckets* const buckets = buckets_.load(std::memory_order_acquire);
    const Link* link = (buckets == nullptr ? root_ : buckets->of(hash)).following();
    while (link->order.read() < wanted) link = link->following();
    for (; link->order.read() == wanted; link = link->following()) {
      if (key_of(*link) == key) return &Nodes::object_of(*link);
    }
    return nullptr;
  }

  using ReadIterator = internal::RcuReadIterator<Nodes>;
  using ReadRange = internal::RcuReadRange<Nodes>;

  /// All elements, for the range-based for, in no order that means anything; what is in the table
  /// all the time is found once.  Lives no longer than the token.
  ReadRange read([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const
      BATON_LIFETIMEBOUND {
    return ReadRange(root_);
  }

  // --- The owner ---

  /// O(1), both.
  [[nodiscard]] size_type size() { return size_; }
  [[nodiscard]] size_type bucket_count() {
    const Buckets* const buckets = own_buckets();
    return buckets == nullptr ? 0 : buckets->size();
  }

  /// The object with this key, or null, for the owner, who needs no token.
  const T* find_as_owner(const key_type& key) BATON_LIFETIMEBOUND {
    Link& place = place_of(key);
    return is_at(place, key) ? &Nodes::object_of(place) : nullptr;
  }

  /// Hands the object back if its key is taken.
  Answer<void, Owned<T>> insert(Owned<T> object) {
    const Section section(writer_, this);
    const key_type key = key_of(object);
    Link& place = place_of(key);
    if (is_at(place, key)) return std::unexpected(std::move(object));
    link_in(std::move(object), key).insert_before(place);
    ++size_;
    return {};
  }
  /// Puts the object in the place of the one with its key, if there is one.  A reader who looks for
  /// the key finds one of the two.
  [[nodiscard]] std::optional<RetiredType> insert_or_replace(
      Owned<T> object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    const key_type key = key_of(object);
    Link& place = place_of(key);
    Link& fresh = link_in(std::move(object), key);
    if (is_at(place, key)) {
      place.replace_by(fresh);
      return Nodes::retired(place, domain);
    }
    fresh.insert_before(place);
    ++size_;
    return std::nullopt;
  }

  /// Takes out an element; O(1).  New readers do not find it.
  RetiredType erase(const T& object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return take_out(Nodes::link_of(object), domain);
  }
  /// Takes out the element with this key, if there is one.
  [[nodiscard]] std::optional<RetiredType> remove(const key_type& key,
                                                  Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    Link& place = place_of(key);
    if (!is_at(place, key)) return std::nullopt;
    return take_out(place, domain);
  }
  /// Takes out, and retires, every element for which `predicate(const T&)` holds; O(n).  Returns
  /// how many.
  template <class Predicate>
  size_type remove_if(Predicate predicate, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    const size_type before = size_;
    for (Link* link = root_.successor(); link != &root_;) {
      Link& each = *std::exchange(link, link->successor());
      if (each.is_bucket() || !std::invoke(predicate, Nodes::object_of(each))) continue;
      take_out(each, domain).retire();
    }
    return before - size_;
  }
  /// Takes out, and retires, every element; O(n).  The buckets stay.
  void clear(Domain& domain = Domain::default_domain()) {
    remove_if([](const T&) { return true; }, domain);
  }

  /// From now on there are these buckets.  Returns those from before, which some readers may still
  /// use.  Waits for nobody; O(n) and O(number of buckets).
  [[nodiscard]] std::optional<RetiredBuckets> resize(Owned<Buckets> buckets,
                                                     Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    Buckets& fresh = internal::OwningHandles<Buckets>::into(std::move(buckets));
    fresh.enter(root_);
    return exchange_buckets(&fresh, domain);
  }
  /// Returns the buckets, before the table ends.
  [[nodiscard]] std::optional<RetiredBuckets> take_buckets(
      Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return exchange_buckets(nullptr, domain);
  }

 private:
  static decltype(auto) key_of(const Link& link) {
    return std::invoke(KeyOf, Nodes::object_of(link));
  }
  static key_type key_of(const Owned<T>& object) {
    BATON_NEVER_MISUSE(object.get() != nullptr, &object,
                       "a handle is inserted after it was moved from");
    return std::invoke(KeyOf, *object.get());
  }

  static Order hash_of(const key_type& key) { return internal::mixed(Hash{}(key)); }

  Buckets* own_buckets() const {
    // Relaxed: only the owner changes it, and that is us.
    return buckets_.load(std::memory_order_relaxed);
  }
  /// Where the element with this key is, or in front of what it goes.
  Link& place_of(const key_type& key) {
    const Order hash = hash_of(key);
    const Order wanted = internal::element_order(hash);
    const Buckets* const buckets = own_buckets();
    Link* link = (buckets == nullptr ? root_ : buckets->of(hash)).successor();
    while (link->order.read() < wanted) link = link->successor();
    while (link->order.read() == wanted && key_of(*link) != key) link = link->successor();
    return *link;
  }
  static bool is_at(const Link& place, const key_type& key) {
    return place.order.read() == internal::element_order(hash_of(key));
  }
  /// The object's link, with its order; nobody sees it yet.
  static Link& link_in(Owned<T> object, const key_type& key) {
    Link& link = Nodes::into(std::move(object));
    BATON_NEVER_MISUSE(!link.is_linked(), &link,
                       "RcuHashTable: the object is in a table by this hook already");
    link.order.write(internal::element_order(hash_of(key)));
    return link;
  }
  RetiredType take_out(Link& link, Domain& domain) {
    link.unlink();
    --size_;
    return Nodes::retired(link, domain);
  }

  /// `fresh` are on the ring.  Readers who are on the old ones go on to what those led to.
  std::optional<RetiredBuckets> exchange_buckets(Buckets* fresh, Domain& domain) {
    Buckets* const old = own_buckets();
    // Release pairs with the acquire in find_or_null(): the buckets are on the ring.
    buckets_.store(fresh, std::memory_order_release);
    if (old == nullptr) return std::nullopt;
    old->leave();
    return internal::RetiredAccess::retired(old, domain);
  }

  Link root_;
  typename Domain::Atomics::template Atomic<Buckets*> buckets_{nullptr};
  size_type size_ = 0;  // the owner's
  [[no_unique_address]] internal::OneWriter writer_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_HASH_TABLE_H_
