// `RcuBuckets<Domain>`: the buckets of an RcuHashTable, which belong to whoever owns the table and
// are lent to it; `RcuBucketArray<N>`: so many of them, three words each.
//
// For tables.  Readers find them until a grace period after the table has others.
#ifndef BATON_SYNC_RCU_RCU_BUCKETS_H_
#define BATON_SYNC_RCU_RCU_BUCKETS_H_

#include <bit>
#include <cstddef>

#include "sync/misuse.h"
#include "sync/rcu/hash_order.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hash_link.h"

namespace baton::sync {

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

  /// Onto the ring, each at its place.
  void enter(Link& root) {
    Link* place = root.successor();
    for (std::size_t i = 0; i < size(); ++i) {
      Link& link = links_[i];
      link.order.write(internal::bucket_order(i, shift_));
      while (place->order.read() < link.order.read()) place = place->successor();
      link.insert_before(*place);
    }
  }
  /// Off the ring.  Readers who are on one go on to what it led to.
  void leave() {
    for (std::size_t i = 0; i < size(); ++i) links_[i].unlink();
  }

  Link* const links_;
  const unsigned shift_;
};

/// So many buckets, in a StaticOwned or a Pool.
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

#endif  // BATON_SYNC_RCU_RCU_BUCKETS_H_
