// RcuHashTable beside std::unordered_map: a million random operations, compared as they go;
// and walks that last while the table changes and is resized.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "gtest/gtest.h"
#include "sync/hook.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/rcu_hash_link.h"
#include "sync/rcu/rcu_hash_table.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

using Domain = QsbrDomain;

struct Card : RcuHead, RcuHashHook<> {
  Card(int key, int value) : k(key), n(value) {}
  ~Card() { n = -1; }
  int k;
  int n;
};

/// So that several keys have the same hash.
struct FewHashes {
  std::uintptr_t operator()(int key) const { return static_cast<std::uintptr_t>(key % 7); }
};

using Table = RcuHashTable<Card, &Card::k, IntegerHash, kBaseHook<>, Domain>;
using CrowdedTable = RcuHashTable<Card, &Card::k, FewHashes, kBaseHook<>, Domain>;

constexpr std::size_t kCards = 40;
constexpr std::size_t kKeys = 48;

template <class T>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed) {}

  std::string run(int operations) {
    for (int i = 0; i < operations; ++i) {
      const std::string operation = step();
      if (!agrees_after(i) || wrong_) {
        put_away();
        return "operation " + std::to_string(i) + ", " + operation;
      }
    }
    put_away();
    std::cout << "objects in the table, on average: "
              << objects_ / static_cast<std::size_t>(operations) << ", resized: " << resized_
              << ", of these during a walk: " << resized_during_ << ", walks: " << walks_ << "\n";
    if (resized_during_ == 0 || walks_ == 0) return "it tested nothing";
    return cards_.available() == kCards ? "" : "an object did not come home";
  }

 private:
  using Oracle = std::unordered_map<int, int>;
  using Reader = BasicRcuReader<Domain>;

  /// A walk over the whole table, a few steps at a time.
  struct Walk {
    Walk(Domain& domain, const T& table) : reader(domain), range(table.read(reader)) {}
    Reader reader;
    typename T::ReadRange range;
    typename T::ReadIterator it = range.begin();
    std::set<int> stay;                  // keys that have been there all the time
    std::set<std::pair<int, int>> were;  // what was there at any time
    std::map<int, int> seen;             // how often
  };

  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  int pick_key() { return static_cast<int>(pick(kKeys)); }

  bool agrees(int key) {
    const Reader reader(domain_);
    const Card* const found = std::as_const(table_).find_or_null(reader, key);
    const auto expected = oracle_.find(key);
    return (found != nullptr) == (expected != oracle_.end()) &&
           (found == nullptr || found->n == expected->second) && table_.find_as_owner(key) == found;
  }
  /// The sizes and a few keys, and everything after every eighth operation.
  bool agrees_after(int operation) {
    if (table_.size() != oracle_.size()) return false;
    for (int i = 0; i < 4; ++i) {
      if (!agrees(pick_key())) return false;
    }
    if (operation % 8 != 0) return true;
    for (int key = 0; key < static_cast<int>(kKeys); ++key) {
      if (!agrees(key)) return false;
    }
    const Reader reader(domain_);
    std::size_t walked = 0;
    for (const Card& each : table_.read(reader)) {
      const auto expected = oracle_.find(each.k);
      if (expected == oracle_.end() || expected->second != each.n) return false;
      if (++walked > oracle_.size()) return false;
    }
    return walked == oracle_.size();
  }

  void came(int key, int n) {
    oracle_[key] = n;
    if (walk_) walk_->were.insert({key, n});
  }
  void went(int key) {
    oracle_.erase(key);
    if (walk_) walk_->stay.erase(key);
  }
  void let_go(typename T::RetiredType retired, int n) {
    if (walk_ || pick(2) == 0) return;  // dropped: retired
    Owned<Card> mine = std::move(retired).synchronize();
    if (mine->n != n) wrong_ = true;
    // Back under another key, if that is free.
    mine->k = pick_key();
    mine->n = next_++;
    const std::pair<int, int> entry(mine->k, mine->n);
    const bool is_free = !oracle_.contains(mine->k);
    const auto inserted = table_.insert(std::move(mine));
    if (inserted.has_value() != is_free) wrong_ = true;
    if (is_free) came(entry.first, entry.second);
  }

  std::string step() {
    if (!walk_) {
      me_.quiescent();
      domain_.process(8);
    }
    objects_ += oracle_.size();
    const int key = pick_key();
    const auto there = oracle_.find(key);
    const bool has = there != oracle_.end();
    switch (pick(16)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        auto card = cards_.make(key, next_);
        if (!card.has_value()) return "full";
        if (table_.insert(std::move(*card)).has_value() == has) wrong_ = true;
        if (!has) came(key, next_);
        ++next_;
        return "insert";
      }
      case 4:
      case 5: {
        auto card = cards_.make(key, next_);
        if (!card.has_value()) return "full";
        const int before = has ? there->second : 0;
        came(key, next_++);
        auto old = table_.insert_or_replace(std::move(*card), domain_);
        if (old.has_value() != has) wrong_ = true;
        if (old.has_value()) let_go(std::move(*old), before);
        return "insert_or_replace";
      }
      case 6:
      case 7: {
        const int before = has ? there->second : 0;
        auto removed = table_.remove(key, domain_);
        if (removed.has_value() != has) wrong_ = true;
        if (has) went(key);
        if (removed.has_value()) let_go(std::move(*removed), before);
        return "remove";
      }
      case 8: {
        if (!has) return "none to erase";
        const int before = there->second;
        went(key);
        let_go(table_.erase(*table_.find_as_owner(key), domain_), before);
        return "erase";
      }
      case 9: {
        if (pick(4) != 0) return "none";
        const int rest = static_cast<int>(pick(5));
        const std::size_t removed =
            table_.remove_if([rest](const Card& card) { return card.n % 5 == rest; }, domain_);
        if (removed != forget(rest)) wrong_ = true;
        return "remove_if";
      }
      case 10:
        if (pick(16) != 0) return "none";
        table_.clear(domain_);
        while (!oracle_.empty()) went(oracle_.begin()->first);
        return "clear";
      case 11:
        return resize();
      default:
        return walk_ ? go_on() : begin_walk();
    }
  }

  /// Takes those out of the oracle; returns how many.
  std::size_t forget(int rest) {
    const std::size_t before = oracle_.size();
    for (auto it = oracle_.begin(); it != oracle_.end();) {
      const auto here = it++;
      if (here->second % 5 == rest) went(here->first);
    }
    return before - oracle_.size();
  }

  std::string resize() {
    std::optional<Owned<RcuBuckets<Domain>>> buckets;
    switch (pick(4)) {
      case 0:
        buckets = make(two_);
        break;
      case 1:
        buckets = make(eight_);
        break;
      case 2:
        buckets = make(sixty_four_);
        break;
      default:
        static_cast<void>(table_.take_buckets(domain_));
        return "take_buckets";
    }
    if (!buckets.has_value()) return "no such buckets";
    const std::size_t size = (*buckets)->size();
    auto before = table_.resize(std::move(*buckets), domain_);
    if (table_.bucket_count() != size) wrong_ = true;
    if (before.has_value()) std::move(*before).retire();
    ++resized_;
    if (walk_) ++resized_during_;
    return "resize";
  }
  template <class P>
  static std::optional<Owned<RcuBuckets<Domain>>> make(P& pool) {
    auto array = pool.make();
    if (!array.has_value()) return std::nullopt;
    return Owned<RcuBuckets<Domain>>(std::move(*array));
  }

  std::string begin_walk() {
    walk_ = std::make_unique<Walk>(domain_, table_);
    for (const auto& [key, n] : oracle_) {
      walk_->stay.insert(key);
      walk_->were.insert({key, n});
    }
    ++walks_;
    return "begin to walk";
  }
  std::string go_on() {
    Walk& walk = *walk_;
    for (unsigned steps = pick(16); steps > 0 && walk.it != walk.range.end(); --steps) {
      const Card& card = *walk.it;
      if (!walk.were.contains({card.k, card.n})) wrong_ = true;
      ++walk.seen[card.k];
      if (walk.seen.size() > kCards) wrong_ = true;
      ++walk.it;
    }
    if (walk.it == walk.range.end()) {
      for (const int key : walk.stay) {
        if (walk.seen[key] != 1) wrong_ = true;
      }
      walk_.reset();
    }
    return "walk";
  }

  void put_away() {
    walk_.reset();
    table_.clear(domain_);
    static_cast<void>(table_.take_buckets(domain_));
    domain_.barrier();
  }

  std::mt19937_64 random_;
  Domain domain_;
  Domain::ReaderThread me_{domain_};
  Pool<Card, kCards> cards_;
  Pool<RcuBucketArray<2, Domain>, 2> two_;
  Pool<RcuBucketArray<8, Domain>, 2> eight_;
  Pool<RcuBucketArray<64, Domain>, 2> sixty_four_;
  T table_;
  Oracle oracle_;
  std::unique_ptr<Walk> walk_;
  bool wrong_ = false;
  int next_ = 0;
  std::size_t objects_ = 0;
  std::size_t resized_ = 0;
  std::size_t resized_during_ = 0;
  std::size_t walks_ = 0;
};

TEST(RcuHashTableBesideStd, Spread) { EXPECT_EQ(compare<Comparison<Table>>(), ""); }
TEST(RcuHashTableBesideStd, Crowded) { EXPECT_EQ(compare<Comparison<CrowdedTable>>(), ""); }

// The control: tables that are wrong on purpose, and that the comparison must find.
class ForgetsOnResize : public Table {
 public:
  std::optional<RetiredBuckets> resize(Owned<Buckets> buckets, Domain& domain) {
    if (size() > 5) remove_if([](const Card& card) { return card.k == 3; }, domain);
    return Table::resize(std::move(buckets), domain);
  }
};
class ReplacesMostOfTheTime : public Table {
 public:
  std::optional<RetiredType> insert_or_replace(Owned<Card> card, Domain& domain) {
    auto removed = remove(card->k, domain);
    if (size() % 8 != 7) static_cast<void>(insert(std::move(card)));
    return removed;
  }
};

TEST(RcuHashTableBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<ForgetsOnResize>>().find("operation"), std::string::npos);
  EXPECT_NE(compare<Comparison<ReplacesMostOfTheTime>>().find("operation"), std::string::npos);
}

}  // namespace
}  // namespace baton::sync
