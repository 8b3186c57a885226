#include "sync/list.h"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct ByAge;
struct ByName;

struct Named {
  int padding = 0;
  ListHook<> hook_in_base;
};

// A hook of every kind, none of them where the object begins.
struct Card : Named, ListHook<>, ListHook<ByAge> {
  explicit Card(int number) : n(number) {}
  int n;
  ListHook<ByName> hook;
};

using BaseList = List<Card>;
using TaggedList = List<Card, kBaseHook<ByAge>>;
using MemberList = List<Card, &Card::hook>;
using BaseMemberList = List<Card, &Card::hook_in_base>;

static_assert(std::is_trivially_destructible_v<BaseList>);
static_assert(std::is_trivially_destructible_v<RefList<Card>>);
static_assert(sizeof(BaseList) == 2 * sizeof(void*));
static_assert(sizeof(ListHook<>) == 2 * sizeof(void*));
static_assert(std::bidirectional_iterator<BaseList::iterator>);
static_assert(std::bidirectional_iterator<BaseList::const_iterator>);
static_assert(std::convertible_to<BaseList::iterator, BaseList::const_iterator>);
static_assert(!std::convertible_to<BaseList::const_iterator, BaseList::iterator>);
static_assert(
    std::is_same_v<decltype(std::declval<const BaseList&>().begin().operator*()), const Card&>);
static_assert(!std::is_copy_constructible_v<BaseList>);
static_assert(std::is_nothrow_move_constructible_v<BaseList>);

static_assert(std::ranges::bidirectional_range<BaseList>);

constinit BaseList g_list;

// Inside the class that it is a list of.
struct Node : ListHook<> {
  List<Node> children;
  ListHook<ByAge> hook;
  RefList<Node, &Node::hook> friends;
};

constexpr std::size_t kCards = 24;
using Cards = Pool<Card, kCards>;

template <class L>
std::vector<int> numbers(const L& list) {
  std::vector<int> found;
  for (const auto& card : list) found.push_back(card.n);
  return found;
}

template <class L>
class ListTest : public testing::Test {
 protected:
  Owned<Card> card(int n) { return std::move(*cards_.make(n)); }
  L of(std::initializer_list<int> ns) {
    L list;
    for (const int n : ns) list.push_back(card(n));
    return list;
  }
  ~ListTest() override { EXPECT_EQ(cards_.available(), kCards); }
  Cards cards_;
};

using Lists = testing::Types<BaseList, TaggedList, MemberList, BaseMemberList>;
TYPED_TEST_SUITE(ListTest, Lists);
using V = std::vector<int>;

TYPED_TEST(ListTest, PushAndPopAtBothEnds) {
  TypeParam list;
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.pop_front().has_value());
  EXPECT_FALSE(list.pop_back().has_value());
  Card& two = list.push_back(this->card(2));
  list.push_front(this->card(1));
  list.push_back(this->card(3));
  EXPECT_EQ(two.n, 2);
  EXPECT_TRUE(TypeParam::is_linked(two));
  EXPECT_EQ(numbers(list), (V{1, 2, 3}));
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.front().n, 1);
  EXPECT_EQ(std::as_const(list).front().n, 1);
  EXPECT_EQ(std::as_const(list).back().n, 3);
  EXPECT_EQ(list.back().n, 3);
  EXPECT_EQ((*list.pop_front())->n, 1);
  EXPECT_EQ((*list.pop_back())->n, 3);
  std::optional<Owned<Card>> last = list.pop_back();
  EXPECT_EQ((*last)->n, 2);
  EXPECT_FALSE(TypeParam::is_linked(**last));
  EXPECT_TRUE(list.empty());
}

TYPED_TEST(ListTest, EraseByReferenceHandsTheObjectBack) {
  TypeParam list = this->of({1, 2, 3});
  Card& two = *std::next(list.begin());
  Owned<Card> mine = list.erase(two);
  EXPECT_EQ(mine.get(), &two);
  EXPECT_EQ(numbers(list), (V{1, 3}));
  list.push_front(std::move(mine));
  EXPECT_EQ(numbers(list), (V{2, 1, 3}));
  list.clear();
  EXPECT_TRUE(list.empty());
}

TYPED_TEST(ListTest, InsertsInFrontOfAPosition) {
  TypeParam list = this->of({1, 3});
  auto two = list.insert(std::next(list.begin()), this->card(2));
  EXPECT_EQ(two->n, 2);
  list.insert(list.end(), this->card(4));
  list.insert(list.cbegin(), this->card(0));
  EXPECT_EQ(numbers(list), (V{0, 1, 2, 3, 4}));
  EXPECT_EQ(TypeParam::iterator_to(*two), two);
  list.clear();
}

TYPED_TEST(ListTest, IteratesBothWays) {
  TypeParam list = this->of({1, 2, 3});
  V back;
  for (auto it = list.rbegin(); it != list.rend(); ++it) back.push_back(it->n);
  EXPECT_EQ(back, (V{3, 2, 1}));
  const TypeParam& constant = list;
  EXPECT_EQ(constant.rbegin()->n, 3);
  auto it = list.begin();
  EXPECT_EQ((it++)->n, 1);
  EXPECT_EQ((it--)->n, 2);
  EXPECT_EQ(it->n, 1);
  for (Card& card : list) card.n *= 10;
  EXPECT_EQ(numbers(list), (V{10, 20, 30}));
  EXPECT_NE(std::find_if(list.begin(), list.end(), [](const Card& c) { return c.n == 20; }),
            list.end());
  list.clear();
}

TYPED_TEST(ListTest, RemoveIfSendsHome) {
  TypeParam list = this->of({1, 2, 3, 4, 5});
  EXPECT_EQ(list.remove_if([](const Card& c) { return c.n % 2 == 1; }), 3U);
  EXPECT_EQ(numbers(list), (V{2, 4}));
  EXPECT_EQ(this->cards_.available(), kCards - 2);
  list.clear();
}

TYPED_TEST(ListTest, SplicesAWholeList) {
  TypeParam a = this->of({1, 4});
  TypeParam b = this->of({2, 3});
  a.splice(std::next(a.begin()), b);
  EXPECT_TRUE(b.empty());
  EXPECT_EQ(numbers(a), (V{1, 2, 3, 4}));
  a.splice(a.begin(), b);
  EXPECT_EQ(a.size(), 4U);
  a.clear();
}

TYPED_TEST(ListTest, SplicesOneObject) {
  TypeParam a = this->of({1, 2});
  TypeParam b = this->of({3, 4});
  a.splice(a.end(), b, b.begin());
  EXPECT_EQ(numbers(a), (V{1, 2, 3}));
  EXPECT_EQ(numbers(b), (V{4}));
  a.splice(a.begin(), a, std::prev(a.end()));
  EXPECT_EQ(numbers(a), (V{3, 1, 2}));
  // Where it is already.
  a.splice(a.begin(), a, a.begin());
  a.splice(std::next(a.begin()), a, a.begin());
  EXPECT_EQ(numbers(a), (V{3, 1, 2}));
  a.clear();
  b.clear();
}

TYPED_TEST(ListTest, SplicesARange) {
  TypeParam a = this->of({1, 5});
  TypeParam b = this->of({0, 2, 3, 4, 6});
  a.splice(std::next(a.begin()), b, std::next(b.begin()), std::prev(b.end()));
  EXPECT_EQ(numbers(a), (V{1, 2, 3, 4, 5}));
  EXPECT_EQ(numbers(b), (V{0, 6}));
  a.splice(a.begin(), a, std::next(a.begin(), 3), a.end());
  EXPECT_EQ(numbers(a), (V{4, 5, 1, 2, 3}));
  a.splice(a.begin(), b, b.end(), b.end());
  EXPECT_EQ(a.size(), 5U);
  a.clear();
  b.clear();
}

TYPED_TEST(ListTest, SwapsAndMoves) {
  TypeParam a = this->of({1, 2});
  TypeParam b;
  swap(a, b);
  EXPECT_TRUE(a.empty());
  EXPECT_EQ(numbers(b), (V{1, 2}));
  b.swap(b);
  EXPECT_EQ(numbers(b), (V{1, 2}));
  TypeParam c = std::move(b);
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move): what is tested
  a = this->of({3});
  a = std::move(c);  // the 3 goes home
  EXPECT_EQ(numbers(a), (V{1, 2}));
  EXPECT_EQ(this->cards_.available(), kCards - 2);
  a.clear();
}

TEST(List, IsOfStaticObjectsToo) {
  static StaticOwned<Card> home{7};
  g_list.push_back(home.claim());
  EXPECT_EQ(g_list.front().n, 7);
  home.give_back(*g_list.pop_front());
  EXPECT_TRUE(g_list.empty());
}

TEST(LocalList, SendsHomeAtTheEndOfItsScope) {
  Cards cards;
  List<Card> shared;
  for (int i = 0; i < 3; ++i) shared.push_back(*cards.make(i));
  {
    LocalList<Card> mine;
    mine.splice(mine.end(), shared);
    LocalList<Card> moved = std::move(mine);
    EXPECT_EQ(moved.size(), 3U);
    EXPECT_EQ(cards.available(), kCards - 3);
  }
  EXPECT_EQ(cards.available(), kCards);
}

TEST(RefList, AnObjectIsOnSeveralListsAtOnce) {
  Cards cards;
  List<Card> owner;
  RefList<Card, kBaseHook<ByAge>> by_age;
  RefList<Card, &Card::hook> by_name;
  for (int i = 0; i < 4; ++i) {
    Card& card = owner.push_back(*cards.make(i));
    by_age.push_front(card);
    by_name.push_back(card);
  }
  EXPECT_EQ(numbers(owner), (V{0, 1, 2, 3}));
  EXPECT_EQ(numbers(by_age), (V{3, 2, 1, 0}));
  Card& two = *std::next(by_name.begin(), 2);
  by_age.erase(two);
  EXPECT_EQ(&by_name.erase(two), &two);
  Owned<Card> gone = owner.erase(two);
  EXPECT_EQ(numbers(owner), (V{0, 1, 3}));
  EXPECT_EQ(numbers(by_age), (V{3, 1, 0}));
  EXPECT_EQ(numbers(by_name), (V{0, 1, 3}));
  EXPECT_EQ(by_age.pop_front()->n, 3);
  EXPECT_EQ(by_age.pop_back()->n, 0);
  by_age.clear();
  EXPECT_EQ(by_age.pop_back(), nullptr);
  by_name.clear();
  owner.clear();
}

TEST(RefList, TakesTurns) {
  struct Player : ListHook<> {};
  RefList<Player> list;
  Player a;
  Player b;
  Player c;
  list.push_back(a);
  EXPECT_EQ(&list.take_turns(b), &a);
  EXPECT_FALSE(RefList<Player>::is_linked(a));
  EXPECT_EQ(&list.front(), &b);
  EXPECT_EQ(&list.back(), &b);
  list.push_back(c);
  EXPECT_EQ(&list.take_turns(a), &b);
  EXPECT_EQ(&list.front(), &c);
  EXPECT_EQ(&list.back(), &a);
  EXPECT_EQ(list.size(), 2U);
  EXPECT_EQ(&*std::prev(list.end(), 2), &c);
  list.clear();
}

TEST(RefList, OfAClassInsideItself) {
  static Pool<Node, 2> nodes;
  Owned<Node> parent = *nodes.make();
  Node& child = parent->children.push_back(*nodes.make());
  parent->friends.push_back(child);
  parent->friends.clear();
  parent->children.clear();
  EXPECT_EQ(nodes.available(), 1U);
}

// --- What stops the program ---

class ListDeathTest : public testing::Test {
 protected:
  static ListHook<>& hook_of(Card& card) { return card; }
  // The two words of a hook, as somebody who overwrites memory sees them.
  static std::uintptr_t* words(ListHook<>& hook) {
    return reinterpret_cast<std::uintptr_t*>(&hook);
  }
  static std::uintptr_t address(Card& card) {
    return reinterpret_cast<std::uintptr_t>(&hook_of(card));
  }
  Card a_{1};
  Card b_{2};
  Card c_{3};
  RefList<Card> list_;
};

TEST_F(ListDeathTest, OnTwoListsByOneHook) {
  list_.push_back(a_);
  RefList<Card> other;
  EXPECT_DEATH(other.push_back(a_), "List::insert: the object is on a list by this hook already");
  list_.clear();
}

TEST_F(ListDeathTest, ErasedFromNoList) {
  EXPECT_DEATH(list_.erase(a_), "List::erase: the object is on no list by this hook");
}

TEST_F(ListDeathTest, OverwrittenLinks) {
  list_.push_back(a_);
  list_.push_back(b_);
  list_.push_back(c_);
  std::uintptr_t* const links = words(hook_of(b_));
  for (const int which : {0, 1}) {
    const std::uintptr_t before = links[which];
    links[which] = address(b_);
    EXPECT_DEATH(list_.erase(b_), "List::erase: the list is corrupt around the object");
    links[which] = before;
  }
  std::uintptr_t* const last = words(hook_of(c_));
  const std::uintptr_t before = last[1];
  last[1] = address(a_);
  Card d(4);
  EXPECT_DEATH(list_.insert(RefList<Card>::iterator_to(c_), d),
               "List::insert: the list is corrupt where the object goes");
  RefList<Card> other;
  EXPECT_DEATH(other.splice(other.end(), list_, RefList<Card>::iterator_to(c_)),
               "List::splice: the list is corrupt around the objects");
  last[1] = before;
  RefList<Card> target;
  target.push_back(d);
  words(hook_of(d))[1] = address(a_);
  EXPECT_DEATH(target.splice(RefList<Card>::iterator_to(d), list_),
               "List::splice: the list is corrupt where the objects go");
  words(hook_of(d))[1] = words(hook_of(d))[0];
  target.clear();
  list_.clear();
}

TEST_F(ListDeathTest, TurnsOnACorruptList) {
  EXPECT_DEATH(static_cast<void>(list_.take_turns(a_)),
               "List::take_turns: the list is empty, or corrupt");
  list_.push_back(a_);
  EXPECT_DEATH(static_cast<void>(list_.take_turns(a_)),
               "List::take_turns: the object is on a list by this hook already");
  list_.push_back(b_);
  // The first one's two links, and the last one's to the root.
  for (std::uintptr_t* const link :
       {&words(hook_of(a_))[0], &words(hook_of(a_))[1], &words(hook_of(b_))[0]}) {
    const std::uintptr_t before = *link;
    *link = address(c_);
    EXPECT_DEATH(static_cast<void>(list_.take_turns(c_)),
                 "List::take_turns: the list is empty, or corrupt");
    *link = before;
  }
  list_.clear();
}

TEST_F(ListDeathTest, DestroyedWhileOnAList) {
  EXPECT_DEATH(
      {
        Card gone(4);
        list_.push_back(gone);
      },
      "an object is destroyed while it is on a list");
}

TEST_F(ListDeathTest, SentHomeWhileOnAnotherList) {
  Cards cards;
  RefList<Card, &Card::hook> by_name;
  Owned<Card> card = *cards.make(1);
  by_name.push_back(*card);
  EXPECT_DEATH(
      { Owned<Card> dropped = std::move(card); }, "an object is destroyed while it is on a list");
  by_name.clear();
}

TEST_F(ListDeathTest, MovedFromHandle) {
  Cards cards;
  List<Card> list;
  EXPECT_DEATH(
      {
        Owned<Card> card = *cards.make(1);
        Owned<Card> other = std::move(card);
        list.push_back(std::move(card));  // NOLINT(bugprone-use-after-move): what is tested
      },
      "a handle is inserted after it was moved from");
}

TEST_F(ListDeathTest, EmptyListsAndItself) {
  EXPECT_DEATH(list_.front(), "List::front: the list is empty");
  EXPECT_DEATH(list_.back(), "List::back: the list is empty");
  EXPECT_DEATH(list_.splice(list_.end(), list_), "List::splice: a list into itself");
}

}  // namespace
}  // namespace baton::sync
