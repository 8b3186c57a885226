// Bugs planted in RcuList and RcuSList, each of which the checker must find and name, beside the
// real ones, which pass.
//
// The lists are those that run: a bug is an atomics policy that does something else in one of their
// functions, or a domain that does not wait.
#include <atomic>
#include <cstring>
#include <source_location>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/hook.h"
#include "sync/rcu/rcu_list.h"
#include "sync/rcu/rcu_slist.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/planted.h"
#include "tests/model/rcu_domain.h"
#include "tests/model/rcu_lists.h"

namespace baton::model {
namespace {

enum class Bug {
  kNone,
  kShownRelaxed,   // lead_to() releases nothing
  kMarkRelaxed,    // mark() releases nothing
  kWayLeadsRound,  // what is taken out leads to itself, as if it was made ready for another list
};

template <Bug kBug, class T>
class PlantedAtomic : public Atomic<T> {
  using Base = Atomic<T>;
  using Where = std::source_location;

 public:
  using Base::Base;

  void store(T value, std::memory_order order, Where where = Where::current()) {
    if (kBug == Bug::kShownRelaxed && is_in(where, "::lead_to(")) {
      order = std::memory_order_relaxed;
    }
    if (kBug == Bug::kMarkRelaxed && is_in(where, "::mark(")) order = std::memory_order_relaxed;
    Base::store(value, order, where);
    if constexpr (kBug == Bug::kWayLeadsRound && std::is_pointer_v<T>) {
      // A link begins with its way.
      if (is_in(where, "::mark(")) Base::store(reinterpret_cast<T>(this), order, where);
    }
  }

 private:
  static bool is_in(const Where& where, const char* function) {
    return std::strstr(where.function_name(), function) != nullptr;
  }
};

template <Bug kBug>
struct PlantedAtomics {
  template <class T>
  using Atomic = PlantedAtomic<kBug, T>;
  template <class T>
  using Plain = model::Plain<T>;
  template <class T, class Wanted, class Pause>
  static void await_acquire(const Atomic<T>& atomic, Wanted&& wanted, Pause&& pause) {
    ModelAtomics::await_acquire(atomic, wanted, pause);
  }
};

/// A domain for which every grace period is over at once.
template <class Policy>
struct Hasty : ModelRcuDomain<Policy> {
  void synchronize() {}
};

template <class Policy, class Domain>
struct OfRcuList {
  using Item = ListItem<sync::RcuListHook<sync::DefaultTag, Policy>, Policy>;
  using Type = Lists<sync::RcuList<Item, &Item::hook, Domain>, Domain>;
};
template <class Policy, class Domain>
struct OfRcuSList {
  using Item = ListItem<sync::RcuSListHook<sync::DefaultTag, Policy>, Policy>;
  using Type = Lists<sync::RcuSList<Item, &Item::hook, Domain>, Domain>;
};

template <template <class, class> class Of, Bug kBug>
using With = typename Of<PlantedAtomics<kBug>, ModelRcuDomain<PlantedAtomics<kBug>>>::Type;
template <template <class, class> class Of>
using WithoutWaiting = typename Of<ModelAtomics, Hasty<ModelAtomics>>::Type;

template <class L>
void spliced_in_front(Execution& run) {
  spliced<L>(run, [](auto& list, auto& other, auto& domain) {
    if constexpr (requires { list.splice_front(other, domain); }) {
      list.splice_front(other, domain);
    } else {
      list.splice_after(list.before_begin(), other, domain);
    }
  });
}

// As somebody would write it who has only insertion and erasing.
template <class L, bool kEraseFirst>
void replaced_in_two_steps(Execution& run) {
  replaced<L>(run, [](auto& list, auto fresh, auto& domain) {
    const auto& old = *list.as_owner().begin();
    if constexpr (kEraseFirst) {
      auto retired = list.erase(old, domain);
      list.push_front(std::move(fresh));
      return retired;
    } else {
      list.push_front(std::move(fresh));
      return list.erase(old, domain);
    }
  });
}

TEST(RcuListsPlanted, ShownWithoutRelease) {
  expect_found("RcuList: shown without release", "race",
               shown_by_erasing<With<OfRcuList, Bug::kShownRelaxed>>);
  expect_found("RcuSList: shown without release", "race",
               shown_by_erasing<With<OfRcuSList, Bug::kShownRelaxed>>);
  expect_passed("RcuList: shown by release", shown_by_erasing<With<OfRcuList, Bug::kNone>>);
  expect_passed("RcuSList: shown by release", shown_by_erasing<With<OfRcuSList, Bug::kNone>>);
}

TEST(RcuListsPlanted, MarkedWithoutRelease) {
  expect_found("RcuSList: marked without release", "race",
               shown_by_erasing<With<OfRcuSList, Bug::kMarkRelaxed>>);
}

TEST(RcuListsPlanted, WhatIsTakenOutLeadsRound) {
  expect_found("RcuSList: what is taken out leads round", "out of order, or twice",
               neighbours_erased<With<OfRcuSList, Bug::kWayLeadsRound>>);
  expect_passed("RcuSList: what is taken out leads on",
                neighbours_erased<With<OfRcuSList, Bug::kNone>>);
}

TEST(RcuListsPlanted, MovedWithoutAGracePeriod) {
  expect_found("RcuList: moved without a grace period", "race", moved<WithoutWaiting<OfRcuList>>);
  expect_found("RcuSList: moved without a grace period", "race", moved<WithoutWaiting<OfRcuSList>>);
  expect_passed("RcuSList: moved", moved<With<OfRcuSList, Bug::kNone>>);
}

TEST(RcuListsPlanted, SplicedWithoutAGracePeriod) {
  expect_found("RcuList: spliced without a grace period", "the walk does not end",
               spliced_in_front<WithoutWaiting<OfRcuList>>);
  expect_found("RcuSList: spliced without a grace period", "the walk does not end",
               spliced_in_front<WithoutWaiting<OfRcuSList>>);
  expect_passed("RcuList: spliced", spliced_in_front<With<OfRcuList, Bug::kNone>>);
  expect_passed("RcuSList: spliced", spliced_in_front<With<OfRcuSList, Bug::kNone>>);
}

TEST(RcuListsPlanted, ReplacedInTwoSteps) {
  expect_found("RcuSList: erased, and then inserted", "both, or neither",
               replaced_in_two_steps<With<OfRcuSList, Bug::kNone>, true>);
  expect_found("RcuSList: inserted, and then erased", "out of order, or twice",
               replaced_in_two_steps<With<OfRcuSList, Bug::kNone>, false>);
}

}  // namespace
}  // namespace baton::model
