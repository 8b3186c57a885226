// RcuList beside std::list: a million random operations, compared after each; and reads that last
// while the list changes, checked against what such a read must see.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/hook.h"
#include "sync/list_oracle.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {
namespace {

using Domain = QsbrDomain;

struct Card : RcuHead, RcuListHook<> {
  explicit Card(int number) : n(number) {}
  ~Card() { n = -1; }
  int n;
  RcuListHook<> hook;
};

using BaseList = RcuList<Card, kBaseHook<>, Domain>;
using MemberList = RcuList<Card, &Card::hook, Domain>;

constexpr std::size_t kCards = 40;
constexpr std::size_t kHeld = 4;

template <class L>
class Comparison {
 public:
  explicit Comparison(std::uint64_t seed) : random_(seed) {}

  std::string run(int operations) {
    for (int i = 0; i < operations; ++i) {
      const std::string operation = step();
      bool same = taken_ == expected_;
      for (std::size_t k = 0; k < kLists; ++k) same = same && agrees(lists_[k], oracles_[k]);
      if (!same) {
        put_away();
        return "operation " + std::to_string(i) + ", " + operation;
      }
    }
    put_away();
    std::cout << "objects on the lists, on average: "
              << objects_ / static_cast<std::size_t>(operations)
              << ", reads that lasted: " << long_reads_ << ", changes during them: " << during_
              << ", moves: " << moves_ << "\n";
    if (long_reads_ == 0 || during_ == 0 || moves_ == 0) return "it tested nothing";
    return cards_.available() == kCards ? "" : "an object did not come home";
  }

 private:
  static constexpr std::size_t kLists = 2;
  using Oracle = std::list<int>;
  using Reader = BasicRcuReader<Domain>;

  /// A read section that lasts over several operations, and stands on an element, or at the end.
  struct LongRead {
    LongRead(Domain& domain, L& list, std::size_t k)
        : reader(domain), which(k), range(list.read(reader)) {}
    Reader reader;
    std::size_t which;
    typename L::ReadRange range;
    typename L::ReadIterator it = range.begin();
    std::vector<int> ahead;  // what was behind its position when it stopped there
    std::vector<int> seen;   // from there on
    int first_new = 0;       // numbers from here on were inserted since
  };

  void put_away() {
    long_read_.reset();
    held_.clear();
    for (L& list : lists_) list.clear(domain_);
    domain_.barrier();
  }
  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  auto place(L& list, Oracle& oracle) {
    const auto n = static_cast<std::ptrdiff_t>(pick(oracle.size()));
    return std::pair(std::next(list.as_owner().begin(), n), std::next(oracle.begin(), n));
  }
  bool agrees(L& list, const Oracle& oracle) {
    const auto same = [](const Card& card, int n) { return card.n == n; };
    const Reader reader(domain_);
    const auto range = std::as_const(list).read(reader);
    const auto mine = list.as_owner();
    const Card* const front = list.front_or_null(reader);
    return (front == nullptr ? oracle.empty() : !oracle.empty() && front->n == oracle.front()) &&
           std::equal(range.begin(), range.end(), oracle.begin(), oracle.end(), same) &&
           std::equal(std::make_reverse_iterator(mine.end()),
                      std::make_reverse_iterator(mine.begin()), oracle.rbegin(), oracle.rend(),
                      same);
  }
  void took(std::optional<typename L::RetiredType> retired, std::optional<int> n) {
    taken_ = retired.has_value() ? 1 : 0;
    expected_ = n.has_value() ? 1 : 0;
    if (retired.has_value()) let_go(std::move(*retired), *n);
  }
  /// Home by itself, or held for somebody who asks, or waited for and put onto the other list.
  void let_go(typename L::RetiredType retired, int n) {
    switch (pick(3)) {
      case 0:
        std::move(retired).retire();
        return;
      case 1:
        if (held_.size() < kHeld) held_.push_back(Held{std::move(retired), n});
        return;  // or dropped: retired
      default:
        if (long_read_) return;  // dropped: retired
        insert_reclaimed(std::move(retired).synchronize(), n);
    }
  }
  void insert_reclaimed(Owned<Card> card, int n) {
    taken_ = card->n;  // nobody has written to it
    expected_ = n;
    card->n = next_++;
    const std::size_t k = pick(kLists);
    oracles_[k].push_back(card->n);
    lists_[k].push_back(std::move(card));
    ++moves_;
  }

  std::string step() {
    if (!long_read_) {
      me_.quiescent();
      domain_.process(4);
    }
    const std::size_t k = pick(kLists);
    L& a = lists_[k];
    L& b = lists_[1 - k];
    Oracle& x = oracles_[k];
    Oracle& y = oracles_[1 - k];
    if (long_read_) ++during_;
    objects_ += x.size() + y.size();
    switch (pick(22)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 17:
      case 18: {
        auto card = cards_.make(next_);
        if (!card.has_value()) return "full";
        return insert(a, x, std::move(*card), next_++);
      }
      case 6: {
        std::optional<int> n;
        if (!x.empty()) n = x.front(), x.pop_front();
        took(a.pop_front(domain_), n);
        return "pop_front";
      }
      case 7: {
        std::optional<int> n;
        if (!x.empty()) n = x.back(), x.pop_back();
        took(a.pop_back(domain_), n);
        return "pop_back";
      }
      case 8:
      case 9:
      case 10: {
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place(a, x);
        const int n = *at_x;
        x.erase(at_x);
        took(a.erase(*at, domain_), n);
        return "erase";
      }
      case 11:
      case 12: {
        if (x.empty()) return "none to replace";
        auto card = cards_.make(next_);
        if (!card.has_value()) return "full";
        const auto [at, at_x] = place(a, x);
        const int n = std::exchange(*at_x, next_++);
        took(a.replace(*at, std::move(*card), domain_), n);
        return "replace";
      }
      case 13: {
        if (held_.empty()) return "none held";
        const auto held = std::next(held_.begin(), static_cast<std::ptrdiff_t>(pick(held_.size())));
        std::optional<Owned<Card>> mine = held->retired.try_reclaim();
        if (!mine.has_value()) return "not yet";
        const int n = held->n;
        held_.erase(held);
        insert_reclaimed(std::move(*mine), n);
        return "reclaim";
      }
      case 14: {
        if (long_read_) return "cannot wait";
        if (pick(2) == 0) {
          a.splice_back(b, domain_);
          x.splice(x.end(), y);
        } else {
          a.splice_front(b, domain_);
          x.splice(x.begin(), y);
        }
        return "splice";
      }
      case 15: {
        const int rest = static_cast<int>(pick(5));
        taken_ = static_cast<int>(
            a.remove_if([rest](const Card& card) { return card.n % 5 == rest; }, domain_));
        expected_ = static_cast<int>(x.remove_if([rest](int n) { return n % 5 == rest; }));
        return "remove_if";
      }
      case 16:
        if (pick(8) != 0) return "none";
        a.clear(domain_);
        x.clear();
        return "clear";
      default:
        return long_read_ ? go_on() : begin_read(k);
    }
  }

  std::string insert(L& a, Oracle& x, Owned<Card> card, int n) {
    switch (x.empty() ? pick(2) : pick(4)) {
      case 0:
        a.push_front(std::move(card));
        x.push_front(n);
        return "push_front";
      case 1:
        a.push_back(std::move(card));
        x.push_back(n);
        return "push_back";
      case 2: {
        const auto [at, at_x] = place(a, x);
        a.insert_before(*at, std::move(card));
        x.insert(at_x, n);
        return "insert_before";
      }
      default: {
        const auto [at, at_x] = place(a, x);
        a.insert_after(*at, std::move(card));
        x.insert(std::next(at_x), n);
        return "insert_after";
      }
    }
  }

  std::string begin_read(std::size_t k) {
    long_read_ = std::make_unique<LongRead>(domain_, lists_[k], k);
    ++long_reads_;
    const std::size_t steps = pick(oracles_[k].size() + 1);
    for (std::size_t i = 0; i < steps; ++i) ++long_read_->it;
    auto ahead = std::next(oracles_[k].begin(), static_cast<std::ptrdiff_t>(steps));
    if (ahead != oracles_[k].end()) long_read_->ahead.assign(std::next(ahead), oracles_[k].end());
    long_read_->first_new = next_;
    return "begin to read";
  }

  /// One step, or all that are left.
  std::string go_on() {
    LongRead& read = *long_read_;
    const bool to_the_end = pick(2) == 0;
    while (read.it != read.range.end()) {
      if (++read.it == read.range.end()) break;
      read.seen.push_back(read.it->n);
      if (read.seen.size() > kCards) return wrong("read: too many steps");
      if (!to_the_end) return "read on";
    }
    const std::string verdict = check(read, oracles_[read.which]);
    if (!verdict.empty()) return wrong(verdict);
    long_read_.reset();
    return "read to the end";
  }
  /// Everything that was ahead and is still there was seen, in order; besides only what was
  /// inserted since, or was ahead and has been erased since; and nothing twice.
  std::string check(const LongRead& read, const Oracle& now) {
    const auto has = [](const auto& numbers, int n) {
      return std::find(numbers.begin(), numbers.end(), n) != numbers.end();
    };
    std::vector<int> due;
    for (const int n : read.ahead) {
      if (has(now, n)) due.push_back(n);
    }
    std::vector<int> in_order;
    for (const int n : read.seen) {
      if (has(due, n)) in_order.push_back(n);
      if (n < read.first_new && !has(read.ahead, n)) return "read: what was not there";
    }
    if (in_order != due) return "read: not everything, or twice";
    return "";
  }
  std::string wrong(std::string what) {
    taken_ = expected_ + 1;
    return what;
  }

  struct Held {
    typename L::RetiredType retired;
    int n;
  };

  std::mt19937_64 random_;
  Domain domain_;
  Domain::ReaderThread me_{domain_};
  Pool<Card, kCards> cards_;
  std::array<L, kLists> lists_;
  std::array<Oracle, kLists> oracles_;
  std::list<Held> held_;
  std::unique_ptr<LongRead> long_read_;
  int next_ = 0;
  int taken_ = 0;
  int expected_ = 0;
  std::size_t objects_ = 0;
  std::size_t long_reads_ = 0;
  std::size_t during_ = 0;
  std::size_t moves_ = 0;
};

TEST(RcuListBesideStd, BaseHook) { EXPECT_EQ(compare<Comparison<BaseList>>(), ""); }
TEST(RcuListBesideStd, MemberHook) { EXPECT_EQ(compare<Comparison<MemberList>>(), ""); }

// The control: lists that are wrong on purpose, and that the comparison must find.
class ErasesTheLast : public BaseList {
 public:
  RetiredType erase(const Card&, Domain& domain) { return std::move(*pop_back(domain)); }
};
class InsertsOnTheWrongSide : public BaseList {
 public:
  const Card& insert_before(const Card& where, Owned<Card> card) {
    return insert_after(where, std::move(card));
  }
};
class SplicesTheWrongEnd : public BaseList {
 public:
  void splice_front(BaseList& other, Domain& domain) { splice_back(other, domain); }
};
// A replacement behind the one that it replaces, as somebody would write it: a reader may find
// both, or neither.
class ReplacesInTwoSteps : public BaseList {
 public:
  RetiredType replace(const Card& old, Owned<Card> card, Domain& domain) {
    push_front(std::move(card));
    return erase(old, domain);
  }
};

TEST(RcuListBesideStd, FindsWhatIsWrong) {
  EXPECT_NE(compare<Comparison<ErasesTheLast>>().find("erase"), std::string::npos);
  EXPECT_NE(compare<Comparison<InsertsOnTheWrongSide>>().find("insert_before"), std::string::npos);
  EXPECT_NE(compare<Comparison<SplicesTheWrongEnd>>().find("splice"), std::string::npos);
  EXPECT_NE(compare<Comparison<ReplacesInTwoSteps>>().find("replace"), std::string::npos);
}

}  // namespace
}  // namespace baton::sync
