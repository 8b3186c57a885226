#include "sync/rcu/rcu_hash_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/rcu.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/reader.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct ByName;

struct Card : RcuHead, RcuHashHook<>, RcuHashHook<ByName> {
  Card(int key, int value) : k(key), n(value) {}
  ~Card() { n = -1; }
  std::string_view name() const { return k % 2 == 0 ? "even" : "odd"; }
  int k;
  int n;
  RcuHashHook<> hook;
};

/// All keys have one hash, or one of two.
struct OneHash {
  std::uintptr_t operator()(int) const { return 12345; }
};
struct NameHash {
  std::uintptr_t operator()(std::string_view name) const { return name.size(); }
};

using Domain = MembarrierDomain;
using Reader = BasicRcuReader<Domain>;
using BaseTable = RcuHashTable<Card, &Card::k>;
using MemberTable = RcuHashTable<Card, &Card::k, IntegerHash, &Card::hook>;
using WorstTable = RcuHashTable<Card, &Card::k, OneHash>;
using NameTable = RcuHashTable<Card, &Card::name, NameHash, kBaseHook<ByName>>;

static_assert(std::is_trivially_destructible_v<BaseTable>);
static_assert(sizeof(RcuHashHook<>) == 3 * sizeof(void*));
static_assert(std::ranges::forward_range<BaseTable::ReadRange>);
static_assert(!std::ranges::range<BaseTable>, "a token, or nothing");
static_assert(!std::is_copy_constructible_v<BaseTable>);

constinit BaseTable g_table;
constinit StaticOwned<RcuBucketArray<8>> g_buckets;

using V = std::vector<int>;

template <class Table>
class RcuHashTableTest : public testing::Test {
 protected:
  static constexpr std::size_t kCards = 64;

  ~RcuHashTableTest() override {
    table_.clear(domain_);
    if (auto buckets = table_.take_buckets(domain_)) std::move(*buckets).retire();
    domain_.barrier();
    EXPECT_EQ(cards_.available(), kCards);
    EXPECT_EQ(small_.available() + large_.available(), 3U);
  }

  Owned<Card> card(int key, int value = 0) { return std::move(*cards_.make(key, value)); }
  void fill(int from, int to) {
    for (int k = from; k < to; ++k) EXPECT_TRUE(table_.insert(card(k, 10 * k)).has_value());
  }
  /// The value with this key, for reader and owner; -1 for none.
  int find(int key) {
    const Reader reader(domain_);
    const Card* const found = std::as_const(table_).find_or_null(reader, key);
    EXPECT_EQ(table_.find_as_owner(key), found);
    return found == nullptr ? -1 : found->n;
  }
  V keys() {
    const Reader reader(domain_);
    V found;
    for (const Card& each : table_.read(reader)) found.push_back(each.k);
    EXPECT_EQ(found.size(), table_.size());
    std::sort(found.begin(), found.end());
    return found;
  }
  template <std::size_t N>
  void resize(Pool<RcuBucketArray<N>, N == 4 ? 2 : 1>& pool) {
    auto before = table_.resize(std::move(*pool.make()), domain_);
    EXPECT_EQ(table_.bucket_count(), N);
    if (before.has_value()) std::move(*before).retire();
  }

  Domain domain_;
  Pool<Card, kCards> cards_;
  Pool<RcuBucketArray<4>, 2> small_;
  Pool<RcuBucketArray<32>, 1> large_;
  Table table_;
};

using Tables = testing::Types<BaseTable, MemberTable, WorstTable>;
TYPED_TEST_SUITE(RcuHashTableTest, Tables);

TYPED_TEST(RcuHashTableTest, InsertFindAndRemove) {
  EXPECT_EQ(this->find(1), -1);
  for (const bool with_buckets : {false, true}) {
    if (with_buckets) this->resize(this->small_);
    this->fill(0, 20);
    EXPECT_EQ(this->find(7), 70);
    EXPECT_EQ(this->find(19), 190);
    EXPECT_EQ(this->find(20), -1);
    auto refused = this->table_.insert(this->card(7, 1));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error()->n, 1);
    auto removed = this->table_.remove(7, this->domain_);
    ASSERT_TRUE(removed.has_value());
    EXPECT_EQ(std::move(*removed).synchronize()->k, 7);
    EXPECT_EQ(this->find(7), -1);
    EXPECT_FALSE(this->table_.remove(7, this->domain_).has_value());
    Owned<Card> mine =
        this->table_.erase(*this->table_.find_as_owner(8), this->domain_).synchronize();
    EXPECT_EQ(mine->n, 80);
    mine->k = 100;
    EXPECT_TRUE(this->table_.insert(std::move(mine)).has_value());
    EXPECT_EQ(this->find(100), 80);
    EXPECT_EQ(this->table_.size(), 19U);
    this->table_.clear(this->domain_);
    EXPECT_EQ(this->keys(), V{});
  }
}

TYPED_TEST(RcuHashTableTest, InsertOrReplace) {
  this->resize(this->small_);
  EXPECT_FALSE(this->table_.insert_or_replace(this->card(1, 10), this->domain_).has_value());
  {
    const Reader reader(this->domain_);
    const Card* const before = this->table_.find_or_null(reader, 1);
    auto old = this->table_.insert_or_replace(this->card(1, 11), this->domain_);
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(before->n, 10);
    EXPECT_EQ(this->find(1), 11);
  }
  EXPECT_EQ(this->keys(), V{1});
}

TYPED_TEST(RcuHashTableTest, ResizeBothWays) {
  V all;
  for (int k = -20; k < 20; ++k) all.push_back(k);
  this->fill(-20, 20);
  const auto check = [&] {
    EXPECT_EQ(this->keys(), all);
    for (int k = -20; k < 20; ++k) EXPECT_EQ(this->find(k), 10 * k);
    EXPECT_EQ(this->find(20), -1);
  };
  check();
  this->resize(this->small_);
  check();
  this->resize(this->large_);
  check();
  this->resize(this->small_);
  check();
  auto buckets = this->table_.take_buckets(this->domain_);
  ASSERT_TRUE(buckets.has_value());
  EXPECT_EQ(this->table_.bucket_count(), 0U);
  check();
  EXPECT_EQ(std::move(*buckets).synchronize()->size(), 4U);
}

TYPED_TEST(RcuHashTableTest, AReaderGoesOnWhileTheTableIsResized) {
  this->fill(0, 30);
  this->resize(this->small_);
  {
    const Reader reader(this->domain_);
    const auto range = this->table_.read(reader);
    V seen;
    int n = 0;
    for (const Card& each : range) {
      seen.push_back(each.k);
      if (++n == 10) this->resize(this->large_);
      if (n == 20) this->resize(this->small_);
      this->domain_.process();
    }
    std::sort(seen.begin(), seen.end());
    V all;
    for (int k = 0; k < 30; ++k) all.push_back(k);
    EXPECT_EQ(seen, all);
  }
}

TYPED_TEST(RcuHashTableTest, RemoveIf) {
  this->fill(0, 20);
  this->resize(this->small_);
  EXPECT_EQ(this->table_.remove_if([](const Card& c) { return c.k >= 3; }, this->domain_), 17U);
  EXPECT_EQ(this->keys(), (V{0, 1, 2}));
}

TEST(RcuHashTableByName, KeyOfAMemberFunction) {
  Domain domain;
  Pool<Card, 4> cards;
  NameTable table;
  EXPECT_TRUE(table.insert(std::move(*cards.make(1, 10))).has_value());
  EXPECT_TRUE(table.insert(std::move(*cards.make(2, 20))).has_value());
  EXPECT_FALSE(table.insert(std::move(*cards.make(3, 30))).has_value());
  {
    const Reader reader(domain);
    EXPECT_EQ(table.find_or_null(reader, "odd")->n, 10);
    EXPECT_EQ(table.find_or_null(reader, "even")->n, 20);
    EXPECT_EQ(table.find_or_null(reader, "none"), nullptr);
  }
  table.clear(domain);
  domain.barrier();
}

TEST(RcuHashTableStatic, InTheDefaultDomain) {
  static constinit Pool<Card, 2> cards;
  EXPECT_FALSE(g_table.resize(g_buckets.claim()).has_value());
  EXPECT_TRUE(g_table.insert(std::move(*cards.make(1, 10))).has_value());
  {
    const RcuReader reader;
    EXPECT_EQ(g_table.find_or_null(reader, 1)->n, 10);
  }
  g_table.clear();
  auto retired = g_table.take_buckets();
  Owned<RcuBuckets<>> buckets = std::move(*retired).synchronize();
  EXPECT_EQ(buckets->size(), 8U);
  EXPECT_FALSE(g_table.resize(std::move(buckets)).has_value());
  EXPECT_EQ(g_table.bucket_count(), 8U);
  rcu_barrier();
  EXPECT_EQ(cards.available(), 2U);
}

// What only run time can see.
class RcuHashTableDeathTest : public testing::Test {
 protected:
  ~RcuHashTableDeathTest() override {
    table_.clear(domain_);
    domain_.barrier();
  }
  Owned<Card> card(int k) { return std::move(*cards_.make(k, 0)); }

  Domain domain_;
  Pool<Card, 8> cards_;
  BaseTable table_;
};

TEST_F(RcuHashTableDeathTest, ErasedTwice) {
  ASSERT_TRUE(table_.insert(card(1)).has_value());
  const Card& one = *table_.find_as_owner(1);
  auto retired = table_.erase(one, domain_);
  EXPECT_DEATH(static_cast<void>(table_.erase(one, domain_)),
               "the object is on no list by this hook");
}

TEST_F(RcuHashTableDeathTest, InTwoTables) {
  ASSERT_TRUE(table_.insert(card(1)).has_value());
  BaseTable other;
  std::optional<Owned<Card>> forged(
      internal::OwnedAccess::adopt(const_cast<Card*>(table_.find_as_owner(1))));
  EXPECT_DEATH(static_cast<void>(other.insert(std::move(*forged))),
               "the object is in a table by this hook already");
  static_cast<void>(internal::OwnedAccess::disown(std::move(*forged)));
}

TEST_F(RcuHashTableDeathTest, HandleThatWasMovedFrom) {
  std::optional<Owned<Card>> gone(card(1));
  const Owned<Card> kept = std::move(*gone);
  EXPECT_DEATH(static_cast<void>(table_.insert(std::move(*gone))),
               "a handle is inserted after it was moved from");
}

TEST_F(RcuHashTableDeathTest, DestroyedInATable) {
  ASSERT_TRUE(table_.insert(card(1)).has_value());
  const Card& one = *table_.find_as_owner(1);
  EXPECT_DEATH(one.~Card(), "an object is destroyed while it is in an RCU hash table");
  EXPECT_DEATH(
      {
        RcuBucketArray<2> buckets;
        static_cast<void>(table_.resize(internal::OwnedAccess::adopt<RcuBuckets<>>(&buckets)));
      },
      "buckets are destroyed while a table has them");
}

#ifndef NDEBUG
TEST_F(RcuHashTableDeathTest, TwoWritersAtATime) {
  ASSERT_TRUE(table_.insert(card(1)).has_value());
  EXPECT_DEATH(table_.remove_if(
                   [&](const Card&) {
                     static_cast<void>(table_.insert(card(2)));
                     return true;
                   },
                   domain_),
               "two write to an RCU container at a time");
}
#endif

}  // namespace
}  // namespace baton::sync
