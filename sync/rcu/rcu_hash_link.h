// The links and buckets of an RcuHashTable.
//
// All elements are on one ring in the order of their hashes, and the buckets are further links on
// it: where a bucket begins.  So another number of buckets is other links at other places, and no
// element moves.
//
//   order    low bits
//   bucket   00   i << shift: in front of the elements whose hashes begin with i
//   element  01   its hash
//   root     11   the largest: the end
#ifndef BATON_SYNC_RCU_RCU_HASH_LINK_H_
#define BATON_SYNC_RCU_RCU_HASH_LINK_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sync/hook.h"
#include "sync/misuse.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_list_link.h"

namespace baton::sync {

namespace internal {

/// Of the upper bits of a hash; see above.
using HashOrder = std::uintptr_t;
inline constexpr unsigned kHashBits = std::numeric_limits<HashOrder>::digits;
inline constexpr HashOrder kHashKind = 3;
inline constexpr HashOrder kHashElement = 1;
inline constexpr HashOrder kHashRoot = ~HashOrder{0};

template <class Atomics>
struct RcuHashLink : RcuListLink<Atomics> {
  using Base = RcuListLink<Atomics>;

  constexpr RcuHashLink() : Base(this, nullptr) {}
  constexpr explicit RcuHashLink(HashOrder o) : Base(this, this), order(o) {}

  /// Written before the link is on the ring, and not while somebody may be on it.
  typename Atomics::template Plain<HashOrder> order{0};

  bool is_bucket() const { return (order.read() & kHashKind) == 0; }
  const RcuHashLink* following() const {
    return static_cast<const RcuHashLink*>(Base::following());
  }
  RcuHashLink* successor() const { return static_cast<RcuHashLink*>(Base::successor()); }
};

}  // namespace internal

/// What an object carries to be in an RcuHashTable, as a base class or as a member (sync/hook.h).
/// `Atomics` is the domain's.
template <class Tag = DefaultTag, class Atomics = rcu_domain::Atomics>
class RcuHashHook {
 public:
  constexpr RcuHashHook() = default;
  RcuHashHook(const RcuHashHook&) = delete;
  RcuHashHook& operator=(const RcuHashHook&) = delete;

  /// An object that is in a table is not destroyed: readers would find it.
  constexpr ~RcuHashHook() {
    BATON_NEVER_MISUSE(!hook_link_.is_linked(), this,
                       "an object is destroyed while it is in an RCU hash table");
  }

 private:
  template <class T, auto KeyOf, class Hash, auto Hook, class Domain>
  friend class RcuHashTable;

  internal::RcuHashLink<Atomics> hook_link_;
};

/// Buckets of any number, as a table takes and returns them.
template <class Domain = rcu_domain>
class RcuBuckets : public Domain::Head {
 public:
  RcuBuckets(const RcuBuckets&) = delete;
  RcuBuckets& operator=(const RcuBuckets&) = delete;

  std::size_t size() const { return std::size_t{1} << (internal::kHashBits - shift_); }

 protected:
  using Link = internal::RcuHashLink<typename Domain::Atomics>;
  constexpr RcuBuckets(Link* links, unsigned shift) : links_(links), shift_(shift) {}
  ~RcuBuckets() = default;

 private:
  template <class T, auto KeyOf, class Hash, auto Hook, class D>
  friend class RcuHashTable;

  /// Where the elements with such hashes begin.
  Link& of(internal::HashOrder hash) const { return links_[hash >> shift_]; }

  Link* const links_;
  const unsigned shift_;
};

/// So many buckets, in a StaticOwned or a Pool; three words each.
template <std::size_t N, class Domain = rcu_domain>
class RcuBucketArray : public RcuBuckets<Domain> {
  static_assert(std::has_single_bit(N) && N >= 2, "the number of buckets is a power of two");
  static_assert(std::bit_width(N) < internal::kHashBits - 2);

 public:
  constexpr RcuBucketArray()
      : RcuBuckets<Domain>(links_, internal::kHashBits - (std::bit_width(N) - 1)) {}
  constexpr ~RcuBucketArray() {
    BATON_NEVER_MISUSE(!links_[0].is_linked(), this,
                       "buckets are destroyed while a table has them");
  }

 private:
  typename RcuBuckets<Domain>::Link links_[N];
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_HASH_LINK_H_
