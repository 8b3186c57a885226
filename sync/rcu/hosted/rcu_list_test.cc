#include "sync/rcu/rcu_list.h"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/hook.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/rcu.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

struct ByAge;

struct Named {
  int padding = 0;
  RcuListHook<> hook_in_base;
};

// A hook of every kind, none of them where the object begins.
struct Card : RcuHead, Named, RcuListHook<>, RcuListHook<ByAge> {
  explicit Card(int number) : n(number) {}
  ~Card() { n = -1; }
  int n;
  RcuListHook<> hook;
};

using Domain = MembarrierDomain;
using Reader = BasicRcuReader<Domain>;
using BaseList = RcuList<Card>;
using TaggedList = RcuList<Card, kBaseHook<ByAge>>;
using MemberList = RcuList<Card, &Card::hook>;
using BaseMemberList = RcuList<Card, &Card::hook_in_base>;

static_assert(std::is_trivially_destructible_v<BaseList>);
static_assert(sizeof(RcuListHook<>) == 2 * sizeof(void*));
static_assert(std::forward_iterator<BaseList::ReadIterator>);
static_assert(!std::bidirectional_iterator<BaseList::ReadIterator>, "readers go forwards");
static_assert(std::bidirectional_iterator<BaseList::OwnerIterator>);
static_assert(std::ranges::forward_range<BaseList::ReadRange>);
static_assert(!std::ranges::range<BaseList>, "a token, or the owner");
static_assert(!std::is_copy_constructible_v<BaseList>);
static_assert(!std::is_move_constructible_v<BaseList>, "readers know its address");

constinit BaseList g_list;

using V = std::vector<int>;

template <class L>
class RcuListTest : public testing::Test {
 protected:
  static constexpr std::size_t kCards = 16;

  ~RcuListTest() override {
    domain_.barrier();
    EXPECT_EQ(cards_.available(), kCards);
  }

  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }
  void fill(L& list, std::initializer_list<int> ns) {
    for (const int n : ns) list.push_back(card(n));
  }
  /// What a reader finds, which is what the owner finds from both ends.
  V numbers(L& list) {
    const Reader reader(domain_);
    V found;
    for (const Card& each : std::as_const(list).read(reader)) found.push_back(each.n);
    V backwards;
    for (auto it = list.as_owner().end(); it != list.as_owner().begin();) {
      backwards.insert(backwards.begin(), (--it)->n);
    }
    EXPECT_EQ(backwards, found);
    EXPECT_EQ(list.as_owner().empty(), found.empty());
    return found;
  }
  const Card& nth(L& list, int n) { return *std::next(list.as_owner().begin(), n); }

  Domain domain_;
  Pool<Card, kCards> cards_;
};

using Lists = testing::Types<BaseList, TaggedList, MemberList, BaseMemberList>;
TYPED_TEST_SUITE(RcuListTest, Lists);

TYPED_TEST(RcuListTest, PushAndInsert) {
  TypeParam list;
  EXPECT_EQ(this->numbers(list), V{});
  const Card& three = list.push_back(this->card(3));
  EXPECT_EQ(three.n, 3);
  EXPECT_TRUE(TypeParam::is_linked(three));
  list.push_front(this->card(1));
  EXPECT_EQ(list.insert_before(three, this->card(2)).n, 2);
  EXPECT_EQ(list.insert_after(three, this->card(5)).n, 5);
  list.insert_after(three, this->card(4));
  EXPECT_EQ(this->numbers(list), (V{1, 2, 3, 4, 5}));
  list.clear(this->domain_);
  EXPECT_EQ(this->numbers(list), V{});
}

TYPED_TEST(RcuListTest, FrontAndFindForReaders) {
  TypeParam list;
  {
    const Reader reader(this->domain_);
    EXPECT_EQ(list.front_or_null(reader), nullptr);
    EXPECT_EQ(list.find_or_null(reader, [](const Card&) { return true; }), nullptr);
  }
  this->fill(list, {1, 2, 3});
  {
    const Reader reader(this->domain_);
    EXPECT_EQ(list.front_or_null(reader)->n, 1);
    EXPECT_EQ(list.find_or_null(reader, [](const Card& c) { return c.n > 1; })->n, 2);
    EXPECT_EQ(list.find_or_null(reader, [](const Card& c) { return c.n > 3; }), nullptr);
    const auto range = list.read(reader);
    EXPECT_EQ(std::ranges::max_element(range, {}, &Card::n)->n, 3);
    auto it = range.begin();
    EXPECT_EQ((it++)->n, 1);
    EXPECT_EQ(it->n, 2);
  }
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, EraseHandsOutWhatOnlyAGracePeriodMakesMine) {
  TypeParam list;
  TypeParam other;
  this->fill(list, {1, 2, 3});
  const Card& two = this->nth(list, 1);
  auto retired = list.erase(two, this->domain_);
  EXPECT_FALSE(TypeParam::is_linked(two));
  EXPECT_EQ(this->numbers(list), (V{1, 3}));
  Owned<Card> mine = std::move(retired).synchronize();
  mine->n = 20;
  other.push_back(std::move(mine));
  EXPECT_EQ(this->numbers(other), V{20});
  // And back, asked for instead of waited for.
  auto again = other.pop_front(this->domain_);
  std::optional<Owned<Card>> reclaimed;
  while (!reclaimed.has_value()) reclaimed = again->try_reclaim();
  list.push_front(std::move(*reclaimed));
  EXPECT_EQ(this->numbers(list), (V{20, 1, 3}));
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, AReaderGoesOnFromWhatWasErased) {
  TypeParam list;
  this->fill(list, {1, 2, 3, 4, 5});
  {
    const Reader reader(this->domain_);
    const auto range = list.read(reader);
    auto on_two = std::next(range.begin());
    // It, the one behind it, and the one before it, in this order.
    list.erase(*on_two, this->domain_).retire();
    list.erase(this->nth(list, 1), this->domain_).retire();
    list.erase(this->nth(list, 0), this->domain_).retire();
    EXPECT_EQ(this->numbers(list), (V{4, 5}));
    this->domain_.process();
    V seen;
    for (; on_two != range.end(); ++on_two) seen.push_back(on_two->n);
    EXPECT_EQ(seen, (V{2, 3, 4, 5}));
  }
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, AReaderOnTheLastComesToTheEnd) {
  TypeParam list;
  this->fill(list, {1});
  {
    const Reader reader(this->domain_);
    auto it = list.read(reader).begin();
    list.clear(this->domain_);
    list.push_back(this->card(2));
    EXPECT_EQ(it->n, 1);
    EXPECT_TRUE(++it == list.read(reader).end());
  }
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, Replace) {
  TypeParam list;
  this->fill(list, {1, 2, 3});
  {
    const Reader reader(this->domain_);
    auto on_two = std::next(list.read(reader).begin());
    list.replace(*on_two, this->card(20), this->domain_).retire();
    EXPECT_EQ(on_two->n, 2);
    EXPECT_EQ((++on_two)->n, 3);
    EXPECT_EQ(this->numbers(list), (V{1, 20, 3}));
  }
  list.replace(this->nth(list, 0), this->card(10), this->domain_).retire();
  list.replace(this->nth(list, 2), this->card(30), this->domain_).retire();
  EXPECT_EQ(this->numbers(list), (V{10, 20, 30}));
  list.clear(this->domain_);
  list.push_back(this->card(1));
  list.replace(this->nth(list, 0), this->card(2), this->domain_).retire();
  EXPECT_EQ(this->numbers(list), V{2});
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, PopAtBothEnds) {
  TypeParam list;
  EXPECT_FALSE(list.pop_front(this->domain_).has_value());
  EXPECT_FALSE(list.pop_back(this->domain_).has_value());
  this->fill(list, {1, 2, 3});
  EXPECT_EQ(std::move(*list.pop_front(this->domain_)).synchronize()->n, 1);
  EXPECT_EQ(std::move(*list.pop_back(this->domain_)).synchronize()->n, 3);
  EXPECT_EQ(this->numbers(list), V{2});
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, RemoveIfAndClear) {
  TypeParam list;
  this->fill(list, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(list.remove_if([](const Card& c) { return c.n % 2 == 0; }, this->domain_), 3U);
  EXPECT_EQ(this->numbers(list), (V{1, 3, 5}));
  EXPECT_EQ(this->domain_.backlog(), 3U);
  list.clear(this->domain_);
  EXPECT_EQ(this->numbers(list), V{});
  EXPECT_EQ(this->domain_.backlog(), 6U);
  this->domain_.barrier();
  EXPECT_EQ(this->cards_.available(), this->kCards);
}

TYPED_TEST(RcuListTest, Splice) {
  TypeParam list;
  TypeParam other;
  list.splice_back(other, this->domain_);
  EXPECT_EQ(this->numbers(list), V{});
  this->fill(other, {3, 4});
  list.splice_back(other, this->domain_);
  EXPECT_EQ(this->numbers(list), (V{3, 4}));
  EXPECT_EQ(this->numbers(other), V{});
  this->fill(other, {5, 6});
  list.splice_back(other, this->domain_);
  this->fill(other, {1, 2});
  list.splice_front(other, this->domain_);
  EXPECT_EQ(this->numbers(list), (V{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(this->numbers(other), V{});
  list.clear(this->domain_);
}

TYPED_TEST(RcuListTest, OneObjectAfterTheOther) {
  TypeParam list;
  for (int i = 0; i < 100; ++i) {
    list.push_back(this->card(i));
    EXPECT_EQ(std::move(*list.pop_front(this->domain_)).synchronize()->n, i);
  }
}

TEST(RcuListStatic, InTheDefaultDomain) {
  static constinit Pool<Card, 2> cards;
  g_list.push_back(std::move(*cards.make(1)));
  {
    const RcuReader reader;
    EXPECT_EQ(g_list.front_or_null(reader)->n, 1);
  }
  g_list.clear();
  rcu_barrier();
  EXPECT_EQ(cards.available(), 2U);
}

// What only run time can see.
class RcuListMisuse : public testing::Test {
 protected:
  ~RcuListMisuse() override {
    list_.clear(domain_);
    domain_.barrier();
  }
  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }

  Domain domain_;
  Pool<Card, 8> cards_;
  BaseList list_;
  const Card& a_ = list_.push_back(card(1));
  const Card& b_ = list_.push_back(card(2));
};
using RcuListDeathTest = RcuListMisuse;

TEST_F(RcuListDeathTest, ErasedTwice) {
  const Card& a = a_;
  auto retired = list_.erase(a, domain_);
  EXPECT_DEATH(static_cast<void>(list_.erase(a, domain_)), "the object is on no list by this hook");
  EXPECT_DEATH(list_.replace(a, card(3), domain_).retire(),
               "the object is on no list by this hook");
  EXPECT_DEATH(list_.insert_before(a, card(3)), "the list is corrupt where the object goes");
  EXPECT_DEATH(list_.insert_after(a, card(3)), "the list is corrupt where the object goes");
}

TEST_F(RcuListDeathTest, NeverOnAList) {
  Owned<Card> mine = card(3);
  EXPECT_DEATH(static_cast<void>(list_.erase(*mine, domain_)),
               "the object is on no list by this hook");
  EXPECT_DEATH(list_.insert_before(*mine, card(4)), "the list is corrupt where the object goes");
}

TEST_F(RcuListDeathTest, HandleThatWasMovedFrom) {
  std::optional<Owned<Card>> gone(card(3));
  const Owned<Card> kept = std::move(*gone);
  EXPECT_DEATH(list_.push_back(std::move(*gone)), "a handle is inserted after it was moved from");
}

TEST_F(RcuListDeathTest, OnAListAlready) {
  std::optional<Owned<Card>> forged(internal::OwnedAccess::adopt(const_cast<Card*>(&a_)));
  EXPECT_DEATH(list_.push_back(std::move(*forged)), "the object is on a list by this hook already");
  EXPECT_DEATH(list_.replace(b_, std::move(*forged), domain_).retire(),
               "the new object is on a list by this hook already");
  static_cast<void>(internal::OwnedAccess::disown(std::move(*forged)));
}

TEST_F(RcuListDeathTest, Overwritten) {
  // The hook's second word: prev.
  auto* const hook = static_cast<RcuListHook<>*>(const_cast<Card*>(&b_));
  void** const words = reinterpret_cast<void**>(hook);
  void* const before = std::exchange(words[1], static_cast<void*>(words));
  words[1] = static_cast<void*>(&words[0] + 4);
  EXPECT_DEATH(static_cast<void>(list_.erase(a_, domain_)), "the list is corrupt around it");
  EXPECT_DEATH(list_.replace(a_, card(3), domain_).retire(), "the list is corrupt around it");
  words[1] = before;
}

TEST_F(RcuListDeathTest, IntoItself) {
  EXPECT_DEATH(list_.splice_back(list_, domain_), "a list into itself");
}

TEST_F(RcuListDeathTest, DestroyedOnAList) {
  EXPECT_DEATH(a_.~Card(), "an object is destroyed while it is on an RCU list");
}

/// A domain whose waiting can be looked into.
struct WaitingDomain : MembarrierDomain {
  std::function<void()> while_waiting;
  void synchronize() { while_waiting(); }
  static WaitingDomain& default_domain();
};

#ifndef NDEBUG
TEST(RcuListWritersDeathTest, TwoAtATime) {
  WaitingDomain domain;
  Pool<Card, 4> cards;
  RcuList<Card, kBaseHook<>, WaitingDomain> list;
  RcuList<Card, kBaseHook<>, WaitingDomain> other;
  other.push_back(std::move(*cards.make(1)));
  domain.while_waiting = [&] { list.push_back(std::move(*cards.make(2))); };
  EXPECT_DEATH(list.splice_back(other, domain), "two write to an RCU container at a time");
  domain.while_waiting = [&] { other.clear(domain); };  // nothing there, nothing written
  list.splice_back(other, domain);
  list.clear(domain);
  domain.barrier();
}
#endif

}  // namespace
}  // namespace baton::sync
