// The tables.  Each is filled when it is made, and lives until the program ends.
//
// find(): the key's value, or 0.  resize(): twice the buckets, or half of them.  A `Reading` is a
// thread's part: it looks up while that lives, and says now and then that it reads nothing at this
// moment, where the table wants to know.
#ifndef BATON_BENCH_HASH_TABLES_H_
#define BATON_BENCH_HASH_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "base/assert.h"
#include "bench/common/outcome.h"
#include "bench/common/pooled.h"
#include "bench/hash/keys.h"
#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/rcu_buckets.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_hash_table.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::bench {

/// A thread's part where there is nothing to say.
struct NothingToSay {
  template <class Table>
  explicit NothingToSay(Table& /*table*/) {}
  void quiescent() {}
};

/// The floor, written by hand: heads, and chains that nobody may change.
template <std::size_t Buckets>
class PlainChains {
  struct alignas(kItemSize) Item {
    Item* next;
    Key key;
    std::uint32_t value;
  };

 public:
  using Reading = NothingToSay;

  PlainChains() : heads_(Buckets), items_(items_in(Buckets)) {
    for (std::uint32_t i = 0; i < items_.size(); ++i) {
      const Key key = key_of(i);
      Item*& head = heads_[KeyHash{}(key) % Buckets];
      items_[i] = {head, key, value_of(key)};
      head = &items_[i];
    }
  }
  PlainChains(const PlainChains&) = delete;
  PlainChains& operator=(const PlainChains&) = delete;

  std::uint32_t find(Key key) {
    for (const Item* item = heads_[KeyHash{}(key) % Buckets]; item != nullptr; item = item->next) {
      if (item->key == key) return item->value;
    }
    return 0;
  }

 private:
  std::vector<Item*> heads_;
  std::vector<Item> items_;
};

template <std::size_t Buckets>
class OurTable {
  using Domain = sync::QsbrDomain;
  struct Item : sync::RcuHead, sync::RcuHashHook<> {
    explicit Item(Key k) : key(k), value(value_of(k)) {}
    Key key;
    std::uint32_t value;
  };
  using Items = sync::Pool<Item, items_in(Buckets)>;

 public:
  class Reading {
   public:
    explicit Reading(OurTable& table) : thread_(table.domain_) {}
    void quiescent() { thread_.quiescent(); }

   private:
    Domain::ReaderThread thread_;
  };

  OurTable() {
    BATON_CHECK(has_a_line_each(items_));
    exchange(std::move(*buckets_.make()));
    spare_ = std::move(*more_buckets_.make());
    for (std::uint32_t i = 0; i < Items::capacity(); ++i) {
      auto item = items_.make(key_of(i));
      BATON_CHECK(item.has_value() && table_.insert(std::move(*item)).has_value());
    }
    BATON_CHECK(table_.bucket_count() == Buckets);
  }
  OurTable(const OurTable&) = delete;
  OurTable& operator=(const OurTable&) = delete;

  std::uint32_t find(Key key) {
    const sync::BasicRcuReader<Domain> reader(domain_);
    const Item* const item = table_.find_or_null(reader, key);
    return item == nullptr ? 0 : item->value;
  }
  void resize(bool /*more*/) { exchange(std::move(*std::exchange(spare_, std::nullopt))); }

 private:
  using Table = sync::RcuHashTable<Item, &Item::key, KeyHash, sync::kBaseHook<>, Domain>;

  void exchange(sync::Owned<typename Table::Buckets> buckets) {
    auto before = table_.resize(std::move(buckets), domain_);
    if (before.has_value()) spare_ = std::move(*before).synchronize();
  }

  alignas(kItemSize) Items items_;
  sync::Pool<sync::RcuBucketArray<Buckets, Domain>, 1> buckets_;
  sync::Pool<sync::RcuBucketArray<2 * Buckets, Domain>, 1> more_buckets_;
  Domain domain_;
  std::optional<sync::Owned<typename Table::Buckets>> spare_;
  alignas(kLine) Table table_;
};

/// A map that is not made for several threads, under a lock for reading and writing.
template <class Lock, std::size_t Buckets>
class LockedMap {
 public:
  using Reading = NothingToSay;

  LockedMap() {
    map_.rehash(Buckets);
    for (std::uint32_t i = 0; i < items_in(Buckets); ++i)
      map_.emplace(key_of(i), value_of(key_of(i)));
    BATON_CHECK(map_.bucket_count() >= Buckets && map_.bucket_count() < Buckets + Buckets / 8);
  }
  LockedMap(const LockedMap&) = delete;
  LockedMap& operator=(const LockedMap&) = delete;

  std::uint32_t find(Key key) {
    const typename Lock::Shared lock(lock_.mutex);
    const auto found = map_.find(key);
    return found == map_.end() ? 0 : found->second;
  }
  void resize(bool more) {
    const typename Lock::Exclusive lock(lock_.mutex);
    map_.rehash(more ? 2 * Buckets : Buckets);
  }

 private:
  std::unordered_map<Key, std::uint32_t, KeyHash> map_;
  alignas(kLine) Lock lock_;
};

struct StdSharedMutex {
  using Shared = std::shared_lock<std::shared_mutex>;
  using Exclusive = std::unique_lock<std::shared_mutex>;
  std::shared_mutex mutex;
};

struct AbslMutex {
  struct Shared : absl::ReaderMutexLock {
    explicit Shared(absl::Mutex& mutex) : ReaderMutexLock(&mutex) {}
  };
  struct Exclusive : absl::WriterMutexLock {
    explicit Exclusive(absl::Mutex& mutex) : WriterMutexLock(&mutex) {}
  };
  absl::Mutex mutex;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_HASH_TABLES_H_
