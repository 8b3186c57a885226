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
// object.  With other buckets no element moves, and no reader notices: they are found in the
// order of their hashes along one ring, and buckets are where to begin (sync/rcu/rcu_hash_link.h).
// A table without buckets works, in O(n).
//
// As for RcuList (sync/rcu/rcu_list.h): readers need a token and go forwards; what is taken out is
// a Retired, which only a grace period makes an Owned again, and so each walk ends; the owner's
// calls are one at a time; no destructor, so whoever ends a table clears it and takes its buckets
// before.  With about as many buckets as elements, operations are O(1) on average, except those
// that say otherwise.
#ifndef BATON_SYNC_RCU_RCU_HASH_TABLE_H_
#define BATON_SYNC_RCU_RCU_HASH_TABLE_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/cell_answers.h"
#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/one_writer.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

/// Of integers and enumerations: themselves.  The table mixes the bits.
struct IntegerHash {
  template <class Key>
    requires std::integral<Key> || std::is_enum_v<Key>
  constexpr std::uintptr_t operator()(Key key) const {
    return static_cast<std::uintptr_t>(key);
  }
};

/// `KeyOf(object)` or `object.*KeyOf` is the key, which does not change while the object is here.
template <class T, auto KeyOf, class Hash = IntegerHash, auto Hook = kBaseHook<>,
          class Domain = rcu_domain>
class RcuHashTable {
  using Link = internal::RcuHashLink<typename Domain::Atomics>;
  using Order = internal::HashOrder;
  using Section = internal::OneWriter::Section;

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
    const Order wanted = order_of(hash);
    // Acquire pairs with the release in exchange_buckets(): the buckets are on the ring.
    const Buckets* const buckets = buckets_.load(std::memory_order_acquire);
    const Link* link = (buckets == nullptr ? root_ : buckets->of(hash)).following();
    while (link->order.read() < wanted) link = link->following();
    for (; link->order.read() == wanted; link = link->following()) {
      if (key_of(*link) == key) return &object_of(*link);
    }
    return nullptr;
  }

  class ReadIterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = const T&;
    using pointer = const T*;

    constexpr ReadIterator() = default;
    reference operator*() const BATON_LIFETIMEBOUND { return object_of(*link_); }
    pointer operator->() const BATON_LIFETIMEBOUND { return &object_of(*link_); }
    ReadIterator& operator++() {
      do {
        link_ = link_->following();
      } while (link_->is_bucket());
      return *this;
    }
    ReadIterator operator++(int) {
      const ReadIterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(ReadIterator, ReadIterator) = default;

   private:
    friend class RcuHashTable;
    constexpr explicit ReadIterator(const Link* link) : link_(link) {}
    const Link* link_ = nullptr;
  };

  /// What a reader walks over, in no order that means anything.  What is in the table all the time
  /// is found once.
  class ReadRange {
   public:
    ReadIterator begin() const { return ++ReadIterator(root_); }
    ReadIterator end() const { return ReadIterator(root_); }

   private:
    friend class RcuHashTable;
    explicit ReadRange(const Link& root) : root_(&root) {}
    const Link* root_;
  };

  /// All elements, for the range-based for; lives no longer than the token.
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
    return is_at(place, key) ? &object_of(place) : nullptr;
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
      return retired(object_of(place), domain);
    }
    fresh.insert_before(place);
    ++size_;
    return std::nullopt;
  }

  /// Takes out an element; O(1).  New readers do not find it.
  RetiredType erase(const T& object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return take_out(link_of(object), domain);
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
      if (each.is_bucket() || !std::invoke(predicate, object_of(each))) continue;
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
    Link* place = root_.successor();
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      Link& link = fresh.links_[i];
      link.order.write(static_cast<Order>(i) << fresh.shift_);
      while (place->order.read() < link.order.read()) place = place->successor();
      link.insert_before(*place);
    }
    return exchange_buckets(&fresh, domain);
  }
  /// Returns the buckets, before the table ends.
  [[nodiscard]] std::optional<RetiredBuckets> take_buckets(
      Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return exchange_buckets(nullptr, domain);
  }

 private:
  template <class Tag>
  using HookTemplate = RcuHashHook<Tag, typename Domain::Atomics>;
  using Access = internal::HookOf<T, Hook, HookTemplate>;

  static Link& link_of(const T& object) {
    return Access::hook_of(const_cast<T&>(object)).hook_link_;
  }
  static const T& object_of(const Link& link) {
    using HookType = typename Access::Hook;
    static_assert(sizeof(HookType) == sizeof(Link));
    return Access::object_of(reinterpret_cast<HookType&>(const_cast<Link&>(link)));
  }
  static decltype(auto) key_of(const Link& link) { return std::invoke(KeyOf, object_of(link)); }
  static key_type key_of(const Owned<T>& object) {
    BATON_NEVER_MISUSE(object.get() != nullptr, &object,
                       "a handle is inserted after it was moved from");
    return std::invoke(KeyOf, *object.get());
  }

  /// Fibonacci hashing: what is in the lower bits of a plain hash comes to the upper ones, which
  /// choose the bucket.
  static Order hash_of(const key_type& key) {
    constexpr auto kGolden = static_cast<Order>(0x9e37'79b9'7f4a'7c15U);
    return static_cast<Order>(Hash{}(key)) * kGolden;
  }
  static Order order_of(Order hash) {
    return (hash & ~internal::kHashKind) | internal::kHashElement;
  }

  Buckets* own_buckets() const {
    // Relaxed: only the owner changes it, and that is us.
    return buckets_.load(std::memory_order_relaxed);
  }
  /// Where the element with this key is, or in front of what it goes.
  Link& place_of(const key_type& key) {
    const Order hash = hash_of(key);
    const Order wanted = order_of(hash);
    const Buckets* const buckets = own_buckets();
    Link* link = (buckets == nullptr ? root_ : buckets->of(hash)).successor();
    while (link->order.read() < wanted) link = link->successor();
    while (link->order.read() == wanted && key_of(*link) != key) link = link->successor();
    return *link;
  }
  static bool is_at(const Link& place, const key_type& key) {
    return place.order.read() == order_of(hash_of(key));
  }
  /// The object's link, with its order, which nobody sees yet.
  static Link& link_in(Owned<T> object, const key_type& key) {
    Link& link = link_of(internal::OwningHandles<T>::into(std::move(object)));
    BATON_NEVER_MISUSE(!link.is_linked(), &link,
                       "RcuHashTable: the object is in a table by this hook already");
    link.order.write(order_of(hash_of(key)));
    return link;
  }
  /// Nobody's from here on.
  static RetiredType retired(const T& object, Domain& domain) {
    return internal::RetiredAccess::retired(const_cast<T*>(&object), domain);
  }
  RetiredType take_out(Link& link, Domain& domain) {
    link.unlink();
    --size_;
    return retired(object_of(link), domain);
  }

  /// `fresh` are on the ring.  Readers that begin from now on begin there; the others stay on the
  /// old ones, which lead on to what they led to.
  std::optional<RetiredBuckets> exchange_buckets(Buckets* fresh, Domain& domain) {
    Buckets* const old = own_buckets();
    // Release pairs with the acquire in find_or_null(): the buckets are on the ring.
    buckets_.store(fresh, std::memory_order_release);
    if (old == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < old->size(); ++i) old->links_[i].unlink();
    return internal::RetiredAccess::retired(old, domain);
  }

  Link root_;
  typename Domain::Atomics::template Atomic<Buckets*> buckets_{nullptr};
  size_type size_ = 0;  // the owner's
  [[no_unique_address]] internal::OneWriter writer_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_HASH_TABLE_H_
