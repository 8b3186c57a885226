#include "sync/slist.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/pool.h"

namespace baton::sync {
namespace {

struct ByName;

struct Card : SListHook<>, SListHook<ByName> {
  explicit Card(int number) : n(number) {}
  int n;
  SListHook<> hook;
};

using BaseList = SList<Card>;
using TaggedList = SList<Card, kBaseHook<ByName>>;
using MemberList = SList<Card, &Card::hook>;

static_assert(std::is_trivially_destructible_v<BaseList>);
static_assert(sizeof(BaseList) == 2 * sizeof(void*));
static_assert(sizeof(SListHook<>) == sizeof(void*));
static_assert(std::forward_iterator<BaseList::iterator>);
static_assert(std::forward_iterator<BaseList::const_iterator>);
static_assert(!std::is_copy_constructible_v<BaseList>);
static_assert(std::is_nothrow_move_constructible_v<BaseList>);

static_assert(std::ranges::forward_range<BaseList>);

constinit BaseList g_list;

constexpr std::size_t kCards = 24;
using Cards = Pool<Card, kCards>;
using V = std::vector<int>;

template <class L>
V numbers(const L& list) {
  V found;
  for (const Card& card : list) found.push_back(card.n);
  return found;
}

template <class L>
class SListTest : public testing::Test {
 protected:
  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }
  L of(std::initializer_list<int> ns) {
    L list;
    for (const int n : ns) list.push_back(card(n));
    return list;
  }
  ~SListTest() override { EXPECT_EQ(cards_.available(), kCards); }
  Cards cards_;
};

using Lists = testing::Types<BaseList, TaggedList, MemberList>;
TYPED_TEST_SUITE(SListTest, Lists);

TYPED_TEST(SListTest, PushesAtBothEndsAndPopsTheFirst) {
  TypeParam list;
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.pop_front().has_value());
  Card& two = list.push_back(this->card(2));
  list.push_front(this->card(1));
  list.push_back(this->card(3));
  EXPECT_TRUE(TypeParam::is_linked(two));
  EXPECT_EQ(numbers(list), (V{1, 2, 3}));
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.front().n, 1);
  EXPECT_EQ(std::as_const(list).front().n, 1);
  EXPECT_EQ(std::as_const(list).back().n, 3);
  EXPECT_EQ(list.back().n, 3);
  for (int n = 1; n <= 3; ++n) EXPECT_EQ((*list.pop_front())->n, n);
  EXPECT_TRUE(list.empty());
  list.push_back(this->card(4));
  EXPECT_EQ(list.back().n, 4);
  list.clear();
}

TYPED_TEST(SListTest, InsertsAndErasesBehindAPosition) {
  TypeParam list;
  auto one = list.insert_after(list.before_begin(), this->card(1));
  auto three = list.insert_after(one, this->card(3));
  list.insert_after(one, this->card(2));
  list.insert_after(three, this->card(4));
  EXPECT_EQ(list.back().n, 4);
  EXPECT_EQ(numbers(list), (V{1, 2, 3, 4}));
  EXPECT_EQ(list.erase_after(one)->n, 2);
  EXPECT_EQ(list.erase_after(three)->n, 4);
  EXPECT_EQ(list.back().n, 3);
  EXPECT_EQ(list.erase_after(list.before_begin())->n, 1);
  EXPECT_EQ(numbers(list), V{3});
  Card& last = list.front();
  Owned<Card> erased = list.erase(last);
  EXPECT_FALSE(TypeParam::is_linked(*erased));
  EXPECT_TRUE(list.empty());
  list.push_back(std::move(erased));
  list.clear();
}

TYPED_TEST(SListTest, EraseFindsItsObject) {
  TypeParam list = this->of({1, 2, 3});
  Card& three = list.back();
  EXPECT_EQ(list.erase(three)->n, 3);
  EXPECT_EQ(list.back().n, 2);
  EXPECT_EQ(list.erase(list.front())->n, 1);
  EXPECT_EQ(numbers(list), V{2});
  list.clear();
}

TYPED_TEST(SListTest, SplicesAndAppends) {
  TypeParam a = this->of({1, 4});
  TypeParam b = this->of({2, 3});
  a.splice_after(a.begin(), b);
  EXPECT_TRUE(b.empty());
  EXPECT_EQ(numbers(a), (V{1, 2, 3, 4}));
  a.append(b);
  b.push_back(this->card(5));
  a.append(b);
  b.push_back(this->card(0));
  b.append(a);
  EXPECT_EQ(numbers(b), (V{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(b.back().n, 5);
  b.clear();
}

TYPED_TEST(SListTest, ReversesSwapsAndMoves) {
  TypeParam a = this->of({1, 2, 3});
  a.reverse();
  EXPECT_EQ(numbers(a), (V{3, 2, 1}));
  EXPECT_EQ(a.back().n, 1);
  TypeParam b;
  b.reverse();
  swap(a, b);
  EXPECT_TRUE(a.empty());
  b.swap(b);
  TypeParam c = std::move(b);
  a = this->of({9});
  a = std::move(c);  // the 9 goes home
  EXPECT_EQ(numbers(a), (V{3, 2, 1}));
  EXPECT_EQ(this->cards_.available(), kCards - 3);
  EXPECT_EQ(a.remove_if([](const Card& card) { return card.n % 2 == 1; }), 2U);
  EXPECT_EQ(a.back().n, 2);
  a.clear();
}

TEST(SList, ConstantInitialized) {
  EXPECT_TRUE(g_list.empty());
  EXPECT_EQ(g_list.begin(), g_list.end());
}

TEST(LocalSList, SendsHomeAtTheEndOfItsScope) {
  Cards cards;
  {
    LocalSList<Card> mine;
    mine.push_back(*cards.make(1));
    LocalSList<Card> moved = std::move(mine);
    EXPECT_EQ(moved.size(), 1U);
  }
  EXPECT_EQ(cards.available(), kCards);
}

TEST(RefSList, AnObjectIsOnSeveralListsAtOnce) {
  Cards cards;
  SList<Card> owner;
  RefSList<Card, &Card::hook> others;
  for (int i = 0; i < 3; ++i) others.push_front(owner.push_back(*cards.make(i)));
  EXPECT_EQ(numbers(owner), (V{0, 1, 2}));
  EXPECT_EQ(numbers(others), (V{2, 1, 0}));
  EXPECT_EQ(others.pop_front()->n, 2);
  EXPECT_EQ(others.erase(owner.front()).n, 0);
  others.clear();
  EXPECT_EQ(others.pop_front(), nullptr);
  owner.clear();
}

// --- What stops the program ---

class SListDeathTest : public testing::Test {
 protected:
  static std::uintptr_t& word(Card& card) { return reinterpret_cast<std::uintptr_t&>(card.hook); }
  static std::uintptr_t address(Card& card) { return reinterpret_cast<std::uintptr_t>(&card.hook); }
  using L = RefSList<Card, &Card::hook>;
  Card a_{1};
  Card b_{2};
  L list_;
};

TEST_F(SListDeathTest, OnTwoListsByOneHook) {
  list_.push_back(a_);
  L other;
  EXPECT_DEATH(other.push_back(a_), "SList::insert: the object is on a list by this hook already");
  EXPECT_DEATH(list_.push_back(a_), "SList::insert: the object is on a list by this hook already");
  list_.clear();
}

TEST_F(SListDeathTest, ErasedWhereNothingIs) {
  EXPECT_DEATH(list_.erase(a_), "SList::erase: the object is not on this list");
  EXPECT_DEATH(list_.erase_after(list_.before_begin()),
               "SList::erase: there is no object at this place of a list");
  EXPECT_DEATH(list_.erase_after(L::iterator_to(a_)),
               "SList::erase: there is no object at this place of a list");
}

TEST_F(SListDeathTest, OverwrittenLinks) {
  list_.push_back(a_);
  list_.push_back(b_);
  const std::uintptr_t before = word(b_);
  Card c(3);
  for (const std::uintptr_t wrong : {std::uintptr_t{0}, address(a_)}) {
    word(b_) = wrong;
    EXPECT_DEATH(list_.erase_after(list_.begin()), "SList::erase: the list is corrupt");
    EXPECT_DEATH(list_.push_back(c), "SList::insert: the list is corrupt where the object goes");
    L other;
    EXPECT_DEATH(other.append(list_), "SList::splice_after: the list is corrupt");
    word(b_) = before;
  }
  word(a_) = before;  // skips the last one
  EXPECT_DEATH(static_cast<void>(list_.pop_front()), "SList::erase: the list is corrupt");
  word(a_) = address(b_);
  list_.clear();
}

TEST_F(SListDeathTest, InsertedBehindWhatIsOnNoList) {
  EXPECT_DEATH(list_.insert_after(L::iterator_to(a_), b_),
               "SList::insert: the list is corrupt where the object goes");
}

TEST_F(SListDeathTest, DestroyedWhileOnAList) {
  EXPECT_DEATH(
      {
        Card gone(4);
        list_.push_back(gone);
      },
      "an object is destroyed while it is on a list");
}

TEST_F(SListDeathTest, EmptyListsAndItself) {
  EXPECT_DEATH(list_.front(), "SList::front: the list is empty");
  EXPECT_DEATH(list_.back(), "SList::back: the list is empty");
  EXPECT_DEATH(list_.append(list_), "SList::splice_after: a list into itself");
}

}  // namespace
}  // namespace baton::sync
