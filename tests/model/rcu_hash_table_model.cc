// Model programs of RcuHashTable: lookups while objects come and go, and while there are other
// buckets.
//
// An object's value is plain data, as is the order of every link: who reads one without having
// synchronized with who wrote it races, and so does who paints over it while somebody may still
// read.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_hash_table.h"
#include "sync/rcu/reader.h"
#include "sync/static_owned.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/program.h"
#include "tests/model/rcu_domain.h"

namespace baton::model {
namespace {

using Domain = ModelRcuDomain<>;

struct Entry : Domain::Head {
  Entry(int whose, int k) : home(whose), key(k) {}
  const int home;
  const int key;
  Plain<int> value{0};
  sync::RcuHashHook<sync::DefaultTag, ModelAtomics> hook;
};

/// Two objects with the same key and one with another, and two sets of buckets.
struct World {
  using Table = sync::RcuHashTable<Entry, &Entry::key, sync::IntegerHash, &Entry::hook, Domain>;
  using Buckets = sync::RcuBuckets<Domain>;
  using BucketArray = sync::RcuBucketArray<2, Domain>;
  template <class T>
  using Place = sync::StaticOwned<T, ModelAtomics>;

  static constexpr int kKey = 1;
  static constexpr int kOther = 2;

  Domain domain;
  std::array<Place<Entry>, 3> places{Place<Entry>(0, kKey), Place<Entry>(1, kKey),
                                     Place<Entry>(2, kOther)};
  std::array<Place<BucketArray>, 2> buckets;
  Table table;

  sync::Owned<Entry> entry(std::size_t home) { return places[home].claim(); }
  static sync::Owned<Entry> painted(sync::Owned<Entry> entry, int value) {
    entry->value.write(value);
    return entry;
  }
  void insert(sync::Owned<Entry> entry, int value) {
    require(table.insert(painted(std::move(entry), value)).has_value(), "refused");
  }
  /// It is nobody else's any more.
  void put_away(Table::RetiredType retired) {
    auto mine = std::move(retired).synchronize();
    mine->value.write(0);
    places[static_cast<std::size_t>(mine->home)].give_back(std::move(mine));
  }
  void resize(sync::Owned<Buckets> fresh) {
    auto old = table.resize(std::move(fresh), domain);
    if (old.has_value()) kept.emplace(std::move(*old).synchronize());
  }

  int find(int key) {
    const sync::BasicRcuReader<Domain> reader(domain);
    const Entry* const found = table.find_or_null(reader, key);
    if (found == nullptr) return 0;
    require(found->key == key, "another key's object");
    return found->value.read();
  }
  int walk() {
    const sync::BasicRcuReader<Domain> reader(domain);
    int found = 0;
    for (const Entry& each : table.read(reader)) {
      require(++found <= 3 && each.value.read() != 0, "torn, or without end");
    }
    return found;
  }

  void end() {
    for (const int key : {kKey, kOther}) {
      if (auto removed = table.remove(key, domain)) put_away(std::move(*removed));
    }
    require(table.size() == 0, "not all are found");
    // The buckets stay where they are: neither they nor the table are used again.
  }

  /// Buckets that nobody reads any more.
  std::optional<sync::Owned<Buckets>> kept;
};

// With buckets: what is found is complete.
void inserted(Execution& run) {
  World world;
  world.domain.enter(0);
  world.resize(world.buckets[0].claim());
  auto entry = world.entry(0);
  auto other = world.entry(2);
  run.parallel({thread("reader",
                       [&] {
                         const int value = world.find(World::kKey);
                         require(value == 0 || value == 7, "torn");
                         world.domain.leave(0);
                       }),
                thread("owner", [&] {
                  world.insert(std::move(entry), 7);
                  world.insert(std::move(other), 8);
                })});
  world.end();
}

// What is there all the time is found, whatever the buckets; and when those from before come back,
// nobody reads them.
void resized(Execution& run) {
  World world;
  world.domain.enter(0);
  world.resize(world.buckets[0].claim());
  world.insert(world.entry(0), 7);
  auto fresh = world.buckets[1].claim();
  run.parallel({thread("reader",
                       [&] {
                         require(world.find(World::kKey) == 7, "lost between buckets");
                         world.domain.leave(0);
                       }),
                thread("owner", [&] {
                  world.resize(std::move(fresh));
                  world.resize(std::move(*world.kept));
                })});
  static_cast<void>(sync::internal::OwnedAccess::disown(std::move(*world.kept)));
  world.end();
}

// The first buckets, and an object that comes after them.
void first_buckets(Execution& run) {
  World world;
  world.domain.enter(0);
  world.insert(world.entry(2), 9);
  auto fresh = world.buckets[0].claim();
  auto entry = world.entry(0);
  run.parallel({thread("reader",
                       [&] {
                         const int value = world.find(World::kKey);
                         require(value == 0 || value == 7, "torn");
                         require(world.find(World::kOther) == 9, "lost");
                         world.domain.leave(0);
                       }),
                thread("owner", [&] {
                  world.resize(std::move(fresh));
                  world.insert(std::move(entry), 7);
                })});
  world.end();
}

// A reader who looks for a key finds one of the two.
void replaced(Execution& run) {
  World world;
  world.domain.enter(0);
  world.insert(world.entry(0), 7);
  auto fresh = world.entry(1);
  run.parallel({thread("reader",
                       [&] {
                         const int value = world.find(World::kKey);
                         require(value == 7 || value == 8, "neither");
                         world.domain.leave(0);
                       }),
                thread("owner", [&] {
                  auto old = world.table.insert_or_replace(world.painted(std::move(fresh), 8),
                                                           world.domain);
                  require(old.has_value(), "it was there");
                  world.put_away(std::move(*old));
                })});
  world.end();
}

// Taken out, and home before anybody else looks: the walk goes on.
void removed(Execution& run) {
  World world;
  world.domain.enter(0);
  world.resize(world.buckets[0].claim());
  world.insert(world.entry(0), 7);
  world.insert(world.entry(2), 9);
  run.parallel({thread("reader",
                       [&] {
                         require(world.walk() >= 1, "one that stays is missed");
                         world.domain.leave(0);
                       }),
                thread("owner", [&] {
                  world.put_away(std::move(*world.table.remove(World::kKey, world.domain)));
                })});
  world.end();
}

constexpr Program kPrograms[] = {
    {"rcu hash table: inserted", inserted},
    {"rcu hash table: resized", resized},
    {"rcu hash table: first buckets", first_buckets},
    {"rcu hash table: replaced", replaced},
    {"rcu hash table: removed", removed},
};

}  // namespace

std::span<const Program> rcu_hash_table_programs() { return kPrograms; }

}  // namespace baton::model
