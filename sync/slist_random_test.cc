// SList beside std::list: a million random operations, compared after each.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/slist.h"

namespace baton::sync {
namespace {

struct Card : SListHook<> {
  explicit Card(int number) : n(number) {}
  int n;
  SListHook<> hook;
};

using BaseList = SList<Card>;
using MemberList = SList<Card, &Card::hook>;

constexpr std::size_t kCards = 24;
using Cards = Pool<Card, kCards>;

// Runs random operations on three lists and on three std::lists, and compares them after each.
// Returns the operation that made a difference, or nothing.
template <class L>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed) {}

  std::string run(int operations) {
    for (int i = 0; i < operations; ++i) {
      objects_ += kCards - cards_.available();
      const std::string operation = step();
      bool same = taken_ == expected_;
      for (std::size_t k = 0; k < kLists; ++k) same = same && agrees(lists_[k], oracles_[k]);
      if (!same) return "operation " + std::to_string(i) + ", " + operation;
    }
    std::cout << "objects on the lists, on average: "
              << objects_ / static_cast<std::size_t>(operations) << "\n";
    for (L& list : lists_) list.clear();
    return cards_.available() == kCards ? "" : "an object did not come home";
  }

 private:
  static constexpr std::size_t kLists = 3;
  using Oracle = std::list<int>;

  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  // A place among the first `up_to` or before them: what is behind it in the oracle.
  auto place(L& list, Oracle& oracle, std::size_t up_to) {
    const auto n = static_cast<std::ptrdiff_t>(pick(up_to + 1));
    return std::pair(std::next(list.before_begin(), n), std::next(oracle.begin(), n));
  }
  static bool agrees(L& list, const Oracle& oracle) {
    const auto same = [](const Card& card, int n) { return card.n == n; };
    return list.size() == oracle.size() && list.empty() == oracle.empty() &&
           (list.empty() || list.back().n == oracle.back()) &&
           std::equal(list.begin(), list.end(), oracle.begin(), oracle.end(), same);
  }
  void took(std::optional<Owned<Card>> card, std::optional<int> n) {
    taken_ = card.has_value() ? (*card)->n : -1;
    expected_ = n.value_or(-1);
  }

  std::string push(L& a, Oracle& x) {
    auto card = cards_.make(next_);
    if (!card.has_value()) return "full";
    const int n = next_++;
    switch (pick(3)) {
      case 0:
        a.push_front(std::move(*card));
        x.push_front(n);
        return "push_front";
      case 1:
        a.push_back(std::move(*card));
        x.push_back(n);
        return "push_back";
      default: {
        const auto [at, at_x] = place(a, x, x.size());
        a.insert_after(at, std::move(*card));
        x.insert(at_x, n);
        return "insert_after";
      }
    }
  }

  std::string step() {
    const std::size_t k = pick(kLists);
    const std::size_t other = (k + 1 + pick(kLists - 1)) % kLists;
    L& a = lists_[k];
    L& b = lists_[other];
    Oracle& x = oracles_[k];
    Oracle& y = oracles_[other];
    switch (pick(13)) {
      case 0: {
        std::optional<int> n;
        if (!x.empty()) n = x.front(), x.pop_front();
        took(a.pop_front(), n);
        return "pop_front";
      }
      case 1: {
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place(a, x, x.size() - 1);
        const int n = *at_x;
        x.erase(at_x);
        took(a.erase_after(at), n);
        return "erase_after";
      }
      case 2: {
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place(a, x, x.size() - 1);
        const int n = *at_x;
        x.erase(at_x);
        took(a.erase(*std::next(at)), n);
        return "erase";
      }
      case 3: {
        const auto [at, at_x] = place(a, x, x.size());
        a.splice_after(at, b);
        x.splice(at_x, y);
        return "splice_after";
      }
      case 4:
        a.append(b);
        x.splice(x.end(), y);
        return "append";
      case 5:
        a.reverse();
        x.reverse();
        return "reverse";
      case 6:
        swap(a, b);
        swap(x, y);
        return "swap";
      case 7: {
        const int rest = static_cast<int>(pick(5));
        const auto goes = [rest](int n) { return n % 5 == rest; };
        taken_ = static_cast<int>(a.remove_if([&goes](const Card& card) { return goes(card.n); }));
        expected_ = static_cast<int>(x.remove_if(goes));
        return "remove_if";
      }
      case 8:
        if (pick(4) == 0) {
          a.clear();
          x.clear();
          return "clear";
        }
        a = std::move(b);
        x = std::move(y);
        y.clear();
        return "move";
      default:
        return push(a, x);
    }
  }

  std::mt19937_64 random_;
  Cards cards_;
  std::array<L, kLists> lists_;
  std::array<Oracle, kLists> oracles_;
  int next_ = 0;
  int taken_ = 0;
  int expected_ = 0;
  std::size_t objects_ = 0;
};

TEST(SListBesideStd, BaseHook) { EXPECT_EQ(compare<Comparison<BaseList>>(), ""); }
TEST(SListBesideStd, MemberHook) { EXPECT_EQ(compare<Comparison<MemberList>>(), ""); }

// The control: lists that are wrong on purpose, and that the comparison must find.
class ReversesFew : public BaseList {
 public:
  void reverse() {
    if (size() < 8) BaseList::reverse();
  }
};
class AppendsInFront : public BaseList {
 public:
  void append(AppendsInFront& other) { splice_after(before_begin(), other); }
};

TEST(SListBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<ReversesFew>>().find("reverse"), std::string::npos);
  EXPECT_NE(compare<Comparison<AppendsInFront>>().find("append"), std::string::npos);
}

}  // namespace
}  // namespace baton::sync
