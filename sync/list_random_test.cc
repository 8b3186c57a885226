// List beside std::list: a million random operations, compared after each.
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
#include "sync/list.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {
namespace {

struct Card : ListHook<> {
  explicit Card(int number) : n(number) {}
  int n;
  ListHook<> hook;
};

using BaseList = List<Card>;
using MemberList = List<Card, &Card::hook>;

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
      const std::string operation = step();
      for (std::size_t k = 0; k < kLists; ++k) {
        if (!agrees(lists_[k], oracles_[k])) {
          return "operation " + std::to_string(i) + ", " + operation;
        }
      }
      if (taken_ != expected_) return "operation " + std::to_string(i) + ", " + operation;
    }
    std::cout << "objects on the lists, on average: "
              << objects_ / static_cast<std::size_t>(operations) << "\n";
    for (std::size_t k = 0; k < kLists; ++k) lists_[k].clear();
    return cards_.available() == kCards ? "" : "an object did not come home";
  }

 private:
  static constexpr std::size_t kLists = 3;
  using Oracle = std::list<int>;

  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  auto place(L& list, Oracle& oracle, std::size_t up_to) {
    const auto n = static_cast<std::ptrdiff_t>(pick(up_to + 1));
    return std::pair(std::next(list.begin(), n), std::next(oracle.begin(), n));
  }
  static bool agrees(L& list, const Oracle& oracle) {
    const auto same = [](const Card& card, int n) { return card.n == n; };
    return list.size() == oracle.size() && list.empty() == oracle.empty() &&
           std::equal(list.begin(), list.end(), oracle.begin(), oracle.end(), same) &&
           std::equal(list.rbegin(), list.rend(), oracle.rbegin(), oracle.rend(), same);
  }
  void took(std::optional<Owned<Card>> card, std::optional<int> n) {
    taken_ = card.has_value() ? (*card)->n : -1;
    expected_ = n.value_or(-1);
  }

  std::string step() {
    const std::size_t k = pick(kLists);
    const std::size_t other = (k + 1 + pick(kLists - 1)) % kLists;
    L& a = lists_[k];
    L& b = lists_[other];
    Oracle& x = oracles_[k];
    Oracle& y = oracles_[other];
    objects_ += kCards - cards_.available();
    switch (pick(17)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: {
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
            a.insert(at, std::move(*card));
            x.insert(at_x, n);
            return "insert";
          }
        }
      }
      case 16: {
        if (x.empty()) return "empty";
        auto card = cards_.make(next_);
        if (!card.has_value()) return "full";
        const int n = next_++;
        const int first = x.front();
        x.pop_front();
        x.push_back(n);
        took(a.take_turns(std::move(*card)), first);
        return "take_turns";
      }
      case 6: {
        std::optional<int> n;
        if (!x.empty()) n = x.front(), x.pop_front();
        took(a.pop_front(), n);
        return "pop_front";
      }
      case 7: {
        std::optional<int> n;
        if (!x.empty()) n = x.back(), x.pop_back();
        took(a.pop_back(), n);
        return "pop_back";
      }
      case 8: {
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place(a, x, x.size() - 1);
        const int n = *at_x;
        x.erase(at_x);
        took(a.erase(*at), n);
        return "erase";
      }
      case 9: {
        const auto [at, at_x] = place(a, x, x.size());
        a.splice(at, b);
        x.splice(at_x, y);
        return "splice all";
      }
      case 10: {
        if (y.empty()) return "none to splice";
        const auto [at, at_x] = place(a, x, x.size());
        const auto [from, from_y] = place(b, y, y.size() - 1);
        a.splice(at, b, from);
        x.splice(at_x, y, from_y);
        return "splice one";
      }
      case 11: {
        if (x.empty()) return "none to splice";
        const auto [at, at_x] = place(a, x, x.size());
        const auto [from, from_x] = place(a, x, x.size() - 1);
        a.splice(at, a, from);
        x.splice(at_x, x, from_x);
        return "splice one of its own";
      }
      case 12: {
        const auto [at, at_x] = place(a, x, x.size());
        const auto first = static_cast<std::ptrdiff_t>(pick(y.size() + 1));
        const auto last = first + pick(y.size() + 1 - static_cast<std::size_t>(first));
        a.splice(at, b, std::next(b.begin(), first), std::next(b.begin(), last));
        x.splice(at_x, y, std::next(y.begin(), first), std::next(y.begin(), last));
        return "splice a range";
      }
      case 13:
        swap(a, b);
        swap(x, y);
        return "swap";
      case 14: {
        const int rest = static_cast<int>(pick(5));
        const auto goes = [rest](int n) { return n % 5 == rest; };
        taken_ = static_cast<int>(a.remove_if([&goes](const Card& card) { return goes(card.n); }));
        expected_ = static_cast<int>(x.remove_if(goes));
        return "remove_if";
      }
      default:
        if (pick(4) == 0) {
          a.clear();
          x.clear();
          return "clear";
        }
        a = std::move(b);
        x = std::move(y);
        y.clear();
        return "move";
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

TEST(ListBesideStd, BaseHook) { EXPECT_EQ(compare<Comparison<BaseList>>(), ""); }
TEST(ListBesideStd, MemberHook) { EXPECT_EQ(compare<Comparison<MemberList>>(), ""); }

// The control: lists that are wrong on purpose, and that the comparison must find.
class PopsTheWrongEnd : public BaseList {
 public:
  std::optional<Owned<Card>> pop_back() { return size() > 9 ? pop_front() : BaseList::pop_back(); }
};
class SplicesOneTooFew : public BaseList {
 public:
  using BaseList::splice;
  void splice(const_iterator where, BaseList& other, const_iterator first, const_iterator last) {
    BaseList::splice(where, other, first, first == last ? last : std::prev(last));
  }
};
class RemovesOne : public BaseList {
 public:
  template <class P>
  std::size_t remove_if(P predicate) {
    bool done = false;
    return BaseList::remove_if(
        [&](const Card& card) { return !done && predicate(card) && (done = true); });
  }
};

TEST(ListBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<PopsTheWrongEnd>>().find("pop_back"), std::string::npos);
  EXPECT_NE(compare<Comparison<SplicesOneTooFew>>().find("splice a range"), std::string::npos);
  EXPECT_NE(compare<Comparison<RemovesOne>>().find("remove_if"), std::string::npos);
}

}  // namespace
}  // namespace baton::sync
