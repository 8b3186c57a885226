#include "sync/rcu/rcu_slist.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
#include "sync/rcu/retired_chain.h"

namespace baton::sync {
namespace {

struct ByAge;

struct Named {
  int padding = 0;
  RcuSListHook<> hook_in_base;
};

// A hook of every kind, none of them where the object begins.
struct Card : RcuHead, Named, RcuSListHook<>, RcuSListHook<ByAge> {
  explicit Card(int number) : n(number) {}
  ~Card() { n = -1; }
  int n;
  RcuSListHook<> hook;
};

using Domain = MembarrierDomain;
using Reader = BasicRcuReader<Domain>;
using BaseList = RcuSList<Card>;
using TaggedList = RcuSList<Card, kBaseHook<ByAge>>;
using MemberList = RcuSList<Card, &Card::hook>;
using BaseMemberList = RcuSList<Card, &Card::hook_in_base>;

static_assert(std::is_trivially_destructible_v<BaseList>);
static_assert(sizeof(RcuSListHook<>) == sizeof(void*), "one word");
static_assert(std::forward_iterator<BaseList::ReadIterator>);
static_assert(!std::bidirectional_iterator<BaseList::ReadIterator>, "there is no way back");
static_assert(std::forward_iterator<BaseList::OwnerIterator>);
static_assert(!std::bidirectional_iterator<BaseList::OwnerIterator>, "there is no way back");
static_assert(std::is_same_v<std::iter_reference_t<BaseList::OwnerIterator>, const Card&>);
static_assert(std::ranges::forward_range<BaseList::ReadRange>);
static_assert(std::ranges::forward_range<BaseList::OwnerRange>);
static_assert(std::ranges::forward_range<BaseList::OwnedChainType>);
static_assert(!std::ranges::range<BaseList>, "a token, or the owner");
static_assert(!std::ranges::range<BaseList::RetiredChainType>, "nobody's");
static_assert(!std::is_copy_constructible_v<BaseList>);
static_assert(!std::is_move_constructible_v<BaseList>, "readers know its address");

constinit BaseList g_list;

using V = std::vector<int>;

template <class L>
class RcuSListTest : public testing::Test {
 protected:
  static constexpr std::size_t kCards = 16;

  ~RcuSListTest() override {
    domain_.barrier();
    EXPECT_EQ(cards_.available(), kCards);
  }

  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }
  void fill(L& list, std::initializer_list<int> ns) {
    for (const int n : ns) list.push_back(card(n));
  }
  /// What a reader finds, which is what the owner finds; and the list knows its last.
  V numbers(L& list) {
    V found;
    {
      const Reader reader(domain_);
      for (const Card& each : std::as_const(list).read(reader)) found.push_back(each.n);
    }
    V owners;
    for (const Card& each : list.as_owner()) owners.push_back(each.n);
    EXPECT_EQ(owners, found);
    EXPECT_EQ(list.as_owner().empty(), found.empty());
    list.push_back(card(99));
    EXPECT_EQ(this->at(list, found.size() + 1)->n, 99);
    list.erase_after(this->at(list, found.size()), domain_).retire();
    return found;
  }
  /// The n-th place, before_begin() the first.
  auto at(L& list, std::size_t n) {
    return std::next(list.before_begin(), static_cast<std::ptrdiff_t>(n));
  }

  Domain domain_;
  Pool<Card, kCards> cards_;
};

using Lists = testing::Types<BaseList, TaggedList, MemberList, BaseMemberList>;
TYPED_TEST_SUITE(RcuSListTest, Lists);

TYPED_TEST(RcuSListTest, PushAndInsert) {
  TypeParam list;
  EXPECT_EQ(this->numbers(list), V{});
  const Card& three = list.push_back(this->card(3));
  EXPECT_EQ(three.n, 3);
  EXPECT_TRUE(TypeParam::is_linked(three));
  const Card& one = list.push_front(this->card(1));
  const auto two = list.insert_after(TypeParam::iterator_to(one), this->card(2));
  EXPECT_EQ(two->n, 2);
  EXPECT_EQ(std::next(two)->n, 3);
  const auto four = list.insert_after(TypeParam::iterator_to(three), this->card(4));
  EXPECT_TRUE(std::next(four) == list.as_owner().end());
  list.insert_after(list.before_begin(), this->card(0));
  EXPECT_EQ(this->numbers(list), (V{0, 1, 2, 3, 4}));
  this->domain_.barrier();
  list.clear(this->domain_);
  EXPECT_EQ(this->numbers(list), V{});
}

TYPED_TEST(RcuSListTest, FrontAndFindForReaders) {
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

TYPED_TEST(RcuSListTest, EraseAfterHandsOutWhatOnlyAGracePeriodMakesMine) {
  TypeParam list;
  TypeParam other;
  this->fill(list, {1, 2, 3});
  const Card& two = *this->at(list, 2);
  auto retired = list.erase_after(this->at(list, 1), this->domain_);
  EXPECT_FALSE(TypeParam::is_linked(two));
  EXPECT_EQ(this->numbers(list), (V{1, 3}));
  Owned<Card> mine = std::move(retired).synchronize();
  EXPECT_EQ(mine.get(), &two);
  mine->n = 20;
  other.push_back(std::move(mine));
  EXPECT_EQ(this->numbers(other), V{20});
  // And back, asked for instead of waited for.
  auto again = other.pop_front(this->domain_);
  std::optional<Owned<Card>> reclaimed;
  while (!reclaimed.has_value()) reclaimed = again->try_reclaim();
  list.push_front(std::move(*reclaimed));
  EXPECT_EQ(this->numbers(list), (V{20, 1, 3}));
  list.erase_after(this->at(list, 2), this->domain_).retire();  // the last
  EXPECT_EQ(this->numbers(list), (V{20, 1}));
  list.clear(this->domain_);
}

TYPED_TEST(RcuSListTest, EraseWhereverItIs) {
  TypeParam list;
  this->fill(list, {1, 2, 3, 4});
  for (const std::size_t n : {3U, 1U, 2U, 1U}) {
    const Card& goes = *this->at(list, n);
    EXPECT_EQ(std::move(list.erase(goes, this->domain_)).synchronize().get(), &goes);
  }
  EXPECT_EQ(this->numbers(list), V{});
}

TYPED_TEST(RcuSListTest, AReaderGoesOnFromWhatWasErased) {
  TypeParam list;
  this->fill(list, {1, 2, 3, 4, 5});
  {
    const Reader reader(this->domain_);
    const auto range = list.read(reader);
    auto on_two = std::next(range.begin());
    const auto owner = TypeParam::iterator_to(*on_two);
    // It, the one behind it, and the one before it, in this order.
    list.erase(*on_two, this->domain_).retire();
    list.erase_after(this->at(list, 1), this->domain_).retire();
    list.erase(*this->at(list, 1), this->domain_).retire();
    EXPECT_EQ(this->numbers(list), (V{4, 5}));
    this->domain_.process();
    EXPECT_EQ(std::next(owner)->n, 3);
    V seen;
    for (; on_two != range.end(); ++on_two) seen.push_back(on_two->n);
    EXPECT_EQ(seen, (V{2, 3, 4, 5}));
  }
  list.clear(this->domain_);
}

TYPED_TEST(RcuSListTest, AReaderOnTheLastComesToTheEnd) {
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

TYPED_TEST(RcuSListTest, AReaderOnWhatWasTakenComesToTheEndOfItsOwnList) {
  TypeParam list;
  TypeParam other;
  this->fill(list, {1, 2, 3});
  this->fill(other, {10});
  std::optional<typename TypeParam::RetiredChainType> chain;
  {
    const Reader reader(this->domain_);
    const auto range = list.read(reader);
    auto it = range.begin();
    chain.emplace(list.take_all(this->domain_));
    EXPECT_FALSE(chain->try_reclaim().has_value());
    list.push_front(this->card(4));
    V seen;
    for (; it != range.end(); ++it) seen.push_back(it->n);
    EXPECT_EQ(seen, (V{1, 2, 3}));
    EXPECT_EQ(this->numbers(list), V{4});
  }
  other.splice_after(this->at(other, 1), std::move(*chain).synchronize());
  EXPECT_EQ(this->numbers(other), (V{10, 1, 2, 3}));
  list.clear(this->domain_);
  other.clear(this->domain_);
}

TYPED_TEST(RcuSListTest, ReplaceAfter) {
  TypeParam list;
  this->fill(list, {1, 2, 3});
  {
    const Reader reader(this->domain_);
    auto on_two = std::next(list.read(reader).begin());
    list.replace_after(this->at(list, 1), this->card(20), this->domain_).retire();
    EXPECT_EQ(on_two->n, 2);
    EXPECT_FALSE(TypeParam::is_linked(*on_two));
    EXPECT_EQ((++on_two)->n, 3);
    EXPECT_EQ(this->numbers(list), (V{1, 20, 3}));
  }
  list.replace_after(list.before_begin(), this->card(10), this->domain_).retire();
  list.replace_after(this->at(list, 2), this->card(30), this->domain_).retire();
  EXPECT_EQ(this->numbers(list), (V{10, 20, 30}));
  this->domain_.barrier();
  list.clear(this->domain_);
  list.push_back(this->card(1));
  list.replace_after(list.before_begin(), this->card(2), this->domain_).retire();
  EXPECT_EQ(this->numbers(list), V{2});
  list.clear(this->domain_);
}

TYPED_TEST(RcuSListTest, PopFront) {
  TypeParam list;
  EXPECT_FALSE(list.pop_front(this->domain_).has_value());
  this->fill(list, {1, 2});
  EXPECT_EQ(std::move(*list.pop_front(this->domain_)).synchronize()->n, 1);
  EXPECT_EQ(std::move(*list.pop_front(this->domain_)).synchronize()->n, 2);
  EXPECT_FALSE(list.pop_front(this->domain_).has_value());
  EXPECT_EQ(this->numbers(list), V{});
}

TYPED_TEST(RcuSListTest, RemoveIfAndClear) {
  TypeParam list;
  const auto is_even = [](const Card& c) { return c.n % 2 == 0; };
  EXPECT_EQ(list.remove_if(is_even, this->domain_), 0U);
  this->fill(list, {2, 1, 4, 6, 3, 5, 8});
  EXPECT_EQ(list.remove_if(is_even, this->domain_), 4U);
  EXPECT_EQ(this->domain_.backlog(), 4U);
  EXPECT_EQ(this->numbers(list), (V{1, 3, 5}));
  EXPECT_EQ(list.remove_if(is_even, this->domain_), 0U);
  this->domain_.barrier();
  list.clear(this->domain_);
  EXPECT_EQ(this->domain_.backlog(), 3U);
  EXPECT_EQ(this->numbers(list), V{});
  this->domain_.barrier();
  EXPECT_EQ(this->cards_.available(), this->kCards);
}

TYPED_TEST(RcuSListTest, Splice) {
  TypeParam list;
  TypeParam other;
  list.append(other, this->domain_);
  EXPECT_EQ(this->numbers(list), V{});
  this->fill(other, {4, 5});
  list.append(other, this->domain_);
  EXPECT_EQ(this->numbers(list), (V{4, 5}));
  EXPECT_EQ(this->numbers(other), V{});
  this->fill(other, {6, 7});
  list.append(other, this->domain_);
  this->fill(other, {1, 3});
  list.splice_after(list.before_begin(), other, this->domain_);
  this->fill(other, {2});
  list.splice_after(this->at(list, 1), other, this->domain_);
  EXPECT_EQ(this->numbers(list), (V{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(this->numbers(other), V{});
  this->domain_.barrier();
  list.clear(this->domain_);
}

TYPED_TEST(RcuSListTest, AChainIsMineAfterAGracePeriod) {
  TypeParam list;
  this->fill(list, {1, 2, 3, 4});
  auto mine = list.take_all(this->domain_).synchronize();
  EXPECT_FALSE(mine.empty());
  for (Card& each : mine) each.n *= 10;
  auto first = mine.pop_front();
  EXPECT_EQ((*first)->n, 10);
  EXPECT_FALSE(TypeParam::is_linked(**first));
  list.push_back(std::move(*first));
  auto moved = std::move(mine);
  list.splice_after(this->at(list, 1), std::move(moved));
  EXPECT_EQ(this->numbers(list), (V{10, 20, 30, 40}));
  {
    // The rest goes home by itself.
    auto again = list.take_all(this->domain_).synchronize();
    EXPECT_EQ((*again.pop_front())->n, 10);
  }
  auto none = list.take_all(this->domain_).synchronize();
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.pop_front().has_value());
  list.splice_after(list.before_begin(), std::move(none));
  EXPECT_EQ(this->numbers(list), V{});
}

TYPED_TEST(RcuSListTest, AChainThatIsDroppedGoesHome) {
  TypeParam list;
  this->fill(list, {1, 2, 3});
  {
    const auto dropped = list.take_all(this->domain_);
  }
  EXPECT_EQ(this->domain_.backlog(), 3U);
  this->fill(list, {4, 5});
  auto asked = list.take_all(this->domain_);
  std::optional<typename TypeParam::OwnedChainType> mine;
  while (!mine.has_value()) {
    if (auto reclaimed = asked.try_reclaim()) mine.emplace(std::move(*reclaimed));
  }
  EXPECT_EQ((*mine->pop_front())->n, 4);
  EXPECT_EQ((*mine->pop_front())->n, 5);
}

V g_received;
void receive(Owned<Card> card) { g_received.push_back(card->n); }

TYPED_TEST(RcuSListTest, AChainForAReceiver) {
  TypeParam list;
  this->fill(list, {1, 2, 3});
  g_received.clear();
  list.take_all(this->domain_).template retire<&receive>();
  EXPECT_EQ(g_received, V{});
  this->domain_.barrier();
  EXPECT_EQ(g_received, (V{1, 2, 3}));
}

TYPED_TEST(RcuSListTest, OneObjectAfterTheOther) {
  TypeParam list;
  for (int i = 0; i < 100; ++i) {
    list.push_back(this->card(i));
    EXPECT_EQ(std::move(*list.pop_front(this->domain_)).synchronize()->n, i);
  }
}

TEST(RcuSListStatic, InTheDefaultDomain) {
  static constinit Pool<Card, 4> cards;
  g_list.push_back(std::move(*cards.make(1)));
  g_list.insert_after(g_list.before_begin(), std::move(*cards.make(0)));
  g_list.replace_after(g_list.before_begin(), std::move(*cards.make(2))).retire();
  {
    const RcuReader reader;
    EXPECT_EQ(g_list.front_or_null(reader)->n, 2);
  }
  g_list.erase_after(g_list.before_begin()).retire();
  g_list.clear();
  rcu_barrier();
  EXPECT_EQ(cards.available(), 4U);
}

// What only run time can see.
class RcuSListMisuse : public testing::Test {
 protected:
  ~RcuSListMisuse() override {
    list_.clear(domain_);
    domain_.barrier();
  }
  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }
  /// The hook's only word.
  static std::uintptr_t& word(const Card& card) {
    return reinterpret_cast<std::uintptr_t&>(static_cast<RcuSListHook<>&>(const_cast<Card&>(card)));
  }

  Domain domain_;
  Pool<Card, 8> cards_;
  BaseList list_;
  const Card& a_ = list_.push_back(card(1));
  const Card& b_ = list_.push_back(card(2));
};
using RcuSListDeathTest = RcuSListMisuse;

TEST_F(RcuSListDeathTest, WhereNothingIs) {
  const auto a = BaseList::iterator_to(a_);
  auto retired = list_.pop_front(domain_);
  EXPECT_DEATH(list_.erase_after(a, domain_).retire(),
               "there is no object at this place of a list");
  EXPECT_DEATH(list_.replace_after(a, card(3), domain_).retire(),
               "there is no object at this place of a list");
  EXPECT_DEATH(list_.insert_after(a, card(3)), "the list is corrupt where the object goes");
  EXPECT_DEATH(static_cast<void>(list_.erase(a_, domain_)),
               "the object is on no list by this hook");
  const auto b = BaseList::iterator_to(b_);
  EXPECT_DEATH(list_.erase_after(b, domain_).retire(),
               "there is no object at this place of a list");
}

TEST_F(RcuSListDeathTest, NeverOnAList) {
  Owned<Card> mine = card(3);
  EXPECT_DEATH(static_cast<void>(list_.erase(*mine, domain_)),
               "the object is on no list by this hook");
  EXPECT_DEATH(list_.insert_after(BaseList::iterator_to(*mine), card(4)),
               "the list is corrupt where the object goes");
}

TEST_F(RcuSListDeathTest, OnAnotherList) {
  BaseList other;
  const Card& elsewhere = other.push_back(card(3));
  EXPECT_DEATH(static_cast<void>(list_.erase(elsewhere, domain_)),
               "the object is not on this list");
  // Elements do not know their list; but the other one knows its last.
  EXPECT_DEATH(
      {
        list_.insert_after(BaseList::iterator_to(elsewhere), card(4));
        other.push_back(card(5));
      },
      "the list is corrupt where the object goes");
  other.clear(domain_);
}

TEST_F(RcuSListDeathTest, HandleThatWasMovedFrom) {
  std::optional<Owned<Card>> gone(card(3));
  const Owned<Card> kept = std::move(*gone);
  EXPECT_DEATH(list_.push_back(std::move(*gone)), "a handle is inserted after it was moved from");
}

TEST_F(RcuSListDeathTest, OnAListAlready) {
  std::optional<Owned<Card>> forged(internal::OwnedAccess::adopt(const_cast<Card*>(&a_)));
  EXPECT_DEATH(list_.push_back(std::move(*forged)), "the object is on a list by this hook already");
  EXPECT_DEATH(list_.replace_after(BaseList::iterator_to(a_), std::move(*forged), domain_).retire(),
               "the new object is on a list by this hook already");
  static_cast<void>(internal::OwnedAccess::disown(std::move(*forged)));
}

TEST_F(RcuSListDeathTest, Overwritten) {
  const std::uintptr_t before = std::exchange(word(a_), word(b_));
  EXPECT_DEATH(list_.insert_after(BaseList::iterator_to(a_), card(3)),
               "the list is corrupt where the object goes");
  EXPECT_DEATH(static_cast<void>(list_.pop_front(domain_)), "the list is corrupt at the object");
  EXPECT_DEATH(list_.replace_after(list_.before_begin(), card(3), domain_).retire(),
               "the list is corrupt at the object");
  word(a_) = before;
  const std::uintptr_t last = std::exchange(word(b_), before);
  EXPECT_DEATH(list_.clear(domain_), "the list is corrupt at its end");
  EXPECT_DEATH(list_.push_back(card(3)), "the list is corrupt where the object goes");
  word(b_) = last;
}

TEST_F(RcuSListDeathTest, ChainThatIsCorrupt) {
  std::optional<BaseList::OwnedChainType> chain(list_.take_all(domain_).synchronize());
  const std::uintptr_t last = std::exchange(word(b_), word(a_));
  EXPECT_DEATH(list_.splice_after(list_.before_begin(), std::move(*chain)),
               "the chain is corrupt at its end");
  word(b_) = last | 1;
  EXPECT_DEATH(chain.reset(), "a chain is corrupt at the object");
  word(b_) = last;
}

#ifndef NDEBUG
TEST_F(RcuSListDeathTest, ChainThatWasPassedOn) {
  // Where the compiler does not follow it.
  std::optional<BaseList::RetiredChainType> chain(list_.take_all(domain_));
  const BaseList::RetiredChainType other = std::move(*chain);
  EXPECT_DEATH(static_cast<void>(chain->try_reclaim()), "used after it was passed on");
  EXPECT_DEATH(std::move(*chain).retire(), "used after it was passed on");
}
#endif

TEST_F(RcuSListDeathTest, IntoItself) {
  EXPECT_DEATH(list_.append(list_, domain_), "a list into itself");
}

TEST_F(RcuSListDeathTest, DestroyedOnAList) {
  EXPECT_DEATH(a_.~Card(), "an object is destroyed while it is on a singly linked RCU list");
}

/// A domain whose waiting can be looked into.
struct WaitingDomain : MembarrierDomain {
  std::function<void()> while_waiting;
  void synchronize() { while_waiting(); }
  static WaitingDomain& default_domain();
};

#ifndef NDEBUG
TEST(RcuSListWritersDeathTest, TwoAtATime) {
  WaitingDomain domain;
  Pool<Card, 4> cards;
  RcuSList<Card, kBaseHook<>, WaitingDomain> list;
  RcuSList<Card, kBaseHook<>, WaitingDomain> other;
  other.push_back(std::move(*cards.make(1)));
  domain.while_waiting = [&] { list.push_back(std::move(*cards.make(2))); };
  EXPECT_DEATH(list.append(other, domain), "two write to an RCU container at a time");
  // The other one is free meanwhile.
  domain.while_waiting = [&] { other.push_back(std::move(*cards.make(3))); };
  list.append(other, domain);
  EXPECT_EQ(list.as_owner().begin()->n, 1);
  EXPECT_EQ(other.as_owner().begin()->n, 3);
  list.clear(domain);
  other.clear(domain);
  domain.barrier();
}
#endif

}  // namespace
}  // namespace baton::sync
