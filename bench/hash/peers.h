// The tables of others that several threads may use: liburcu's and oneTBB's.
#ifndef BATON_BENCH_HASH_PEERS_H_
#define BATON_BENCH_HASH_PEERS_H_

#include <tbb/concurrent_hash_map.h>
#include <tbb/concurrent_unordered_map.h>
#include <urcu/rculfhash.h>
#include <urcu/urcu-qsbr.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "bench/common/pooled.h"
#include "bench/hash/keys.h"
#include "bench/hash/tables.h"

namespace baton::bench {

/// A thread is registered for good, and offline unless it reads.
inline void go_online() {
  static thread_local bool registered = false;
  if (!registered) urcu_qsbr_register_thread();
  registered = true;
  urcu_qsbr_thread_online();
}

/// liburcu's, in its cheapest flavour.
template <std::size_t Buckets>
class UrcuTable {
  struct alignas(kItemSize) Item : cds_lfht_node {
    rcu_head head;  // for call_rcu, as in any use
    Key key;
    std::uint32_t value;
  };

 public:
  class Reading {
   public:
    explicit Reading(UrcuTable& /*table*/) { go_online(); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { urcu_qsbr_thread_offline(); }
    void quiescent() { urcu_qsbr_quiescent_state(); }
  };

  UrcuTable() : items_(items_in(Buckets)) {
    // A bound on the buckets, so that they are in one array: the quickest of its three ways.
    table_ = cds_lfht_new_flavor(Buckets, Buckets, 4 * Buckets, 0, &urcu_qsbr_flavor, nullptr);
    BATON_CHECK(table_ != nullptr);
    const Reading me(*this);
    for (std::uint32_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      item.key = key_of(i);
      item.value = value_of(item.key);
      cds_lfht_node_init(&item);
      urcu_qsbr_read_lock();
      cds_lfht_node* const there =
          cds_lfht_add_unique(table_, KeyHash{}(item.key), &is_of, &item.key, &item);
      urcu_qsbr_read_unlock();
      BATON_CHECK(there == &item);
    }
  }
  UrcuTable(const UrcuTable&) = delete;
  UrcuTable& operator=(const UrcuTable&) = delete;

  std::uint32_t find(Key key) {
    urcu_qsbr_read_lock();
    cds_lfht_iter found;
    cds_lfht_lookup(table_, KeyHash{}(key), &is_of, &key, &found);
    const cds_lfht_node* const node = cds_lfht_iter_get_node(&found);
    const std::uint32_t value = node == nullptr ? 0 : static_cast<const Item*>(node)->value;
    urcu_qsbr_read_unlock();
    return value;
  }
  void resize(bool more) {
    const Reading me(*this);
    cds_lfht_resize(table_, more ? 2 * Buckets : Buckets);
  }

 private:
  static int is_of(cds_lfht_node* node, const void* key) {
    return static_cast<const Item*>(node)->key == *static_cast<const Key*>(key) ? 1 : 0;
  }

  std::vector<Item> items_;
  cds_lfht* table_ = nullptr;
};

/// oneTBB's table with a lock for reading and writing in each item.
template <std::size_t Buckets>
class TbbHashMap {
  struct HashCompare {
    std::size_t hash(Key key) const { return KeyHash{}(key); }
    bool equal(Key a, Key b) const { return a == b; }
  };
  using Map = tbb::concurrent_hash_map<Key, std::uint32_t, HashCompare>;

 public:
  using Reading = NothingToSay;

  TbbHashMap() : map_(Buckets) {
    for (std::uint32_t i = 0; i < items_in(Buckets); ++i) {
      BATON_CHECK(map_.insert({key_of(i), value_of(key_of(i))}));
    }
    BATON_CHECK(map_.bucket_count() == Buckets);
  }
  TbbHashMap(const TbbHashMap&) = delete;
  TbbHashMap& operator=(const TbbHashMap&) = delete;

  std::uint32_t find(Key key) {
    typename Map::const_accessor item;
    return map_.find(item, key) ? item->second : 0;
  }

 private:
  Map map_;
};

/// oneTBB's table of which nothing is ever taken out while others look.
template <std::size_t Buckets>
class TbbUnorderedMap {
 public:
  using Reading = NothingToSay;

  TbbUnorderedMap() : map_(Buckets) {
    map_.max_load_factor(1);
    for (std::uint32_t i = 0; i < items_in(Buckets); ++i) {
      map_.insert({key_of(i), value_of(key_of(i))});
    }
    BATON_CHECK(map_.unsafe_bucket_count() == Buckets);
  }
  TbbUnorderedMap(const TbbUnorderedMap&) = delete;
  TbbUnorderedMap& operator=(const TbbUnorderedMap&) = delete;

  std::uint32_t find(Key key) {
    const auto found = map_.find(key);
    return found == map_.end() ? 0 : found->second;
  }

 private:
  tbb::concurrent_unordered_map<Key, std::uint32_t, KeyHash> map_;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_HASH_PEERS_H_
