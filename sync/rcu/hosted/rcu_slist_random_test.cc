// RcuSList beside std::forward_list: a million random operations, compared after each; and reads
// that last while the list changes, checked against what such a read must see.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <forward_list>
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
#include "sync/rcu/rcu_slist.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "sync/rcu/retired_chain.h"

namespace baton::sync {
namespace {

using Domain = QsbrDomain;

struct Card : RcuHead, RcuSListHook<> {
  explicit Card(int number) : n(number) {}
  ~Card() { n = -1; }
  int n;
  RcuSListHook<> hook;
};

using BaseList = RcuSList<Card, kBaseHook<>, Domain>;
using MemberList = RcuSList<Card, &Card::hook, Domain>;

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
              << ", moves: " << moves_ << ", chains: " << chains_ << "\n";
    if (long_reads_ == 0 || during_ == 0 || moves_ == 0 || chains_ == 0) {
      return "it tested nothing";
    }
    return cards_.available() == kCards ? "" : "an object did not come home";
  }

 private:
  static constexpr std::size_t kLists = 2;
  using Oracle = std::forward_list<int>;
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
    chain_.reset();
    for (L& list : lists_) list.clear(domain_);
    domain_.barrier();
  }
  unsigned pick(std::size_t n) { return static_cast<unsigned>(random_() % n); }
  static std::size_t size(const Oracle& oracle) {
    return static_cast<std::size_t>(std::distance(oracle.begin(), oracle.end()));
  }
  /// A place among the first `up_to`, before_begin() included.
  auto place(L& list, Oracle& oracle, std::size_t up_to) {
    const auto n = static_cast<std::ptrdiff_t>(pick(up_to + 1));
    return std::pair(std::next(list.before_begin(), n), std::next(oracle.before_begin(), n));
  }
  /// A place with an element behind it.
  auto place_before_one(L& list, Oracle& oracle) { return place(list, oracle, size(oracle) - 1); }
  static auto last(Oracle& oracle) {
    return std::next(oracle.before_begin(), static_cast<std::ptrdiff_t>(size(oracle)));
  }
  bool agrees(L& list, const Oracle& oracle) {
    const auto same = [](const Card& card, int n) { return card.n == n; };
    const Reader reader(domain_);
    const auto range = std::as_const(list).read(reader);
    const auto mine = list.as_owner();
    const Card* const front = list.front_or_null(reader);
    return (front == nullptr ? oracle.empty() : !oracle.empty() && front->n == oracle.front()) &&
           mine.empty() == oracle.empty() &&
           std::equal(range.begin(), range.end(), oracle.begin(), oracle.end(), same) &&
           std::equal(mine.begin(), mine.end(), oracle.begin(), oracle.end(), same);
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
    oracles_[k].insert_after(last(oracles_[k]), card->n);
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
    objects_ += size(x) + size(y);
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
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place_before_one(a, x);
        const int n = *std::next(at_x);
        x.erase_after(at_x);
        took(a.erase(*std::next(at), domain_), n);
        return "erase, wherever it is";
      }
      case 8:
      case 9:
      case 10: {
        if (x.empty()) return "none to erase";
        const auto [at, at_x] = place_before_one(a, x);
        const int n = *std::next(at_x);
        x.erase_after(at_x);
        took(a.erase_after(at, domain_), n);
        return "erase_after";
      }
      case 11:
      case 12: {
        if (x.empty()) return "none to replace";
        auto card = cards_.make(next_);
        if (!card.has_value()) return "full";
        const auto [at, at_x] = place_before_one(a, x);
        const int n = std::exchange(*std::next(at_x), next_++);
        took(a.replace_after(at, std::move(*card), domain_), n);
        return "replace_after";
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
          a.append(b, domain_);
          x.splice_after(last(x), y);
        } else {
          const auto [at, at_x] = place(a, x, size(x));
          a.splice_after(at, b, domain_);
          x.splice_after(at_x, y);
        }
        return "splice_after";
      }
      case 19:
        return chain_.has_value() ? put_back(a, x) : take_all(a, x);
      case 15: {
        const int rest = static_cast<int>(pick(5));
        taken_ = static_cast<int>(
            a.remove_if([rest](const Card& card) { return card.n % 5 == rest; }, domain_));
        const std::size_t before = size(x);
        x.remove_if([rest](int n) { return n % 5 == rest; });
        expected_ = static_cast<int>(before - size(x));
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
    switch (pick(4)) {
      case 0:
        a.push_front(std::move(card));
        x.push_front(n);
        return "push_front";
      case 1:
        a.push_back(std::move(card));
        x.insert_after(last(x), n);
        return "push_back";
      default: {
        const auto [at, at_x] = place(a, x, size(x));
        taken_ = a.insert_after(at, std::move(card))->n;
        expected_ = *x.insert_after(at_x, n);
        return "insert_after";
      }
    }
  }

  /// All of them go, and come back one day; or go home.
  std::string take_all(L& a, Oracle& x) {
    if (pick(4) == 0) {
      a.take_all(domain_).retire();
      x.clear();
      return "take_all, home";
    }
    chain_.emplace(a.take_all(domain_));
    expected_chain_.clear();
    expected_chain_.splice_after(expected_chain_.before_begin(), x);
    return "take_all";
  }
  std::string put_back(L& a, Oracle& x) {
    auto mine = chain_->try_reclaim();
    if (!mine.has_value()) return "not yet";
    chain_.reset();
    const auto same = [](const Card& card, int n) { return card.n == n; };
    if (!std::equal(mine->begin(), mine->end(), expected_chain_.begin(), expected_chain_.end(),
                    same)) {
      return wrong("the chain");
    }
    for (Card& card : *mine) card.n = next_++;
    int n = next_ - static_cast<int>(size(expected_chain_));
    for (int& number : expected_chain_) number = n++;
    for (auto few = pick(3); few > 0 && !expected_chain_.empty(); --few) {
      taken_ = (*mine->pop_front())->n;
      expected_ = expected_chain_.front();
      expected_chain_.pop_front();
    }
    chains_ += expected_chain_.empty() ? 0 : 1;
    const auto [at, at_x] = place(a, x, size(x));
    x.splice_after(at_x, expected_chain_);
    a.splice_after(at, std::move(*mine));
    return "the chain put back";
  }

  std::string begin_read(std::size_t k) {
    long_read_ = std::make_unique<LongRead>(domain_, lists_[k], k);
    ++long_reads_;
    const std::size_t steps = pick(size(oracles_[k]) + 1);
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
  std::optional<typename L::RetiredChainType> chain_;
  Oracle expected_chain_;
  std::unique_ptr<LongRead> long_read_;
  int next_ = 0;
  int taken_ = 0;
  int expected_ = 0;
  std::size_t objects_ = 0;
  std::size_t long_reads_ = 0;
  std::size_t during_ = 0;
  std::size_t moves_ = 0;
  std::size_t chains_ = 0;
};

TEST(RcuSListBesideStd, BaseHook) { EXPECT_EQ(compare<Comparison<BaseList>>(), ""); }
TEST(RcuSListBesideStd, MemberHook) { EXPECT_EQ(compare<Comparison<MemberList>>(), ""); }

// The control: lists that are wrong on purpose, and that the comparison must find.
class ErasesTheFirst : public BaseList {
 public:
  RetiredType erase_after(OwnerIterator, Domain& domain) { return std::move(*pop_front(domain)); }
};
class InsertsAtTheEnd : public BaseList {
 public:
  OwnerIterator insert_after(OwnerIterator, Owned<Card> card) {
    return iterator_to(push_back(std::move(card)));
  }
};
class AppendsInFront : public BaseList {
 public:
  void append(BaseList& other, Domain& domain) { splice_after(before_begin(), other, domain); }
};
// One after the other, behind the same place: in the wrong order.
class TakesOneByOne : public BaseList {
 public:
  void splice_after(OwnerIterator where, BaseList& other, Domain& domain) {
    while (auto first = other.pop_front(domain)) {
      insert_after(where, std::move(*first).synchronize());
    }
  }
  using BaseList::splice_after;
};
// A replacement as somebody would write it: a reader may find both, or neither.
class ReplacesInTwoSteps : public BaseList {
 public:
  RetiredType replace_after(OwnerIterator where, Owned<Card> card, Domain& domain) {
    push_front(std::move(card));
    return erase_after(where, domain);
  }
};

TEST(RcuSListBesideStd, FindsWhatIsWrong) {
  const auto finds = [](const std::string& found, const char* what) {
    EXPECT_NE(found.find(what), std::string::npos) << found;
  };
  finds(compare<Comparison<ErasesTheFirst>>(), "erase_after");
  finds(compare<Comparison<InsertsAtTheEnd>>(), "insert_after");
  finds(compare<Comparison<AppendsInFront>>(), "splice_after");
  finds(compare<Comparison<TakesOneByOne>>(), "splice_after");
  finds(compare<Comparison<ReplacesInTwoSteps>>(), "replace_after");
}

}  // namespace
}  // namespace baton::sync
