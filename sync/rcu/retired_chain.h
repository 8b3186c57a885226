// `RetiredChain`: all objects of an RcuSList at once, which new readers do not find any more and
// old ones may still read; `OwnedChain`: the same after a grace period.
//
//   auto chain = list.take_all();                      // one store
//   std::move(chain).retire();                         // each goes home, afterwards
//   auto mine = std::move(chain).synchronize();        // waits; then all are mine
//   while (!(mine = chain.try_reclaim())) ...          // asks
//   other.splice_after(other.before_begin(), std::move(mine));
//
// What Retired and Owned are for one object (sync/rcu/retired.h): nobody touches a retired chain,
// and only a grace period makes it an owned one.  One that is dropped is retired, or goes home.
//
// The context that owns the list, or whoever it passes the chain on to.
#ifndef BATON_SYNC_RCU_RETIRED_CHAIN_H_
#define BATON_SYNC_RCU_RETIRED_CHAIN_H_

#include <optional>
#include <utility>

#include "base/annotations.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu_hook.h"
#include "sync/rcu/rcu_iterator.h"
#include "sync/rcu/rcu_slist_link.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

/// `Nodes` is the list's: the same object, hook and domain.
template <class Nodes>
class [[nodiscard]] OwnedChain {
  using Chain = internal::RcuSListChain<typename Nodes::Domain::Atomics>;
  using T = typename Nodes::Object;

 public:
  using value_type = T;
  using iterator = internal::RcuOwnerIterator<Nodes, T>;

  OwnedChain(OwnedChain&& other) noexcept : chain_(other.release()) {}
  OwnedChain(const OwnedChain&) = delete;
  OwnedChain& operator=(const OwnedChain&) = delete;
  OwnedChain& operator=(OwnedChain&&) = delete;
  ~OwnedChain() {
    while (pop_front().has_value()) {
    }
  }

  [[nodiscard]] bool empty() const { return chain_.empty(); }
  iterator begin() BATON_LIFETIMEBOUND { return iterator(*chain_.first); }
  iterator end() BATON_LIFETIMEBOUND { return iterator(*chain_.end); }
  /// The first object, or nothing when the chain is empty.
  [[nodiscard]] std::optional<Owned<T>> pop_front() {
    if (empty()) return std::nullopt;
    return Nodes::owned(chain_.pop_front());
  }

 private:
  template <class>
  friend class RetiredChain;
  template <class, auto Hook, class Domain>
  friend class RcuSList;

  explicit OwnedChain(Chain chain) : chain_(chain) {}
  Chain release() { return std::exchange(chain_, Chain{chain_.end, chain_.end, chain_.end}); }

  Chain chain_;
};

template <class Nodes>
class [[nodiscard]] [[clang::consumable(unconsumed)]] RetiredChain {
  using Domain = typename Nodes::Domain;
  using Chain = internal::RcuSListChain<typename Domain::Atomics>;
  using T = typename Nodes::Object;

 public:
  using value_type = T;

  [[clang::return_typestate(unconsumed)]] RetiredChain(RetiredChain&& other) noexcept
      : domain_(std::exchange(other.domain_, nullptr)),
        chain_(other.chain_),
        cookie_(other.cookie_) {}
  RetiredChain(const RetiredChain&) = delete;
  RetiredChain& operator=(const RetiredChain&) = delete;
  RetiredChain& operator=(RetiredChain&&) = delete;
  ~RetiredChain() {
    if (domain_ != nullptr) go();
  }

  /// Each object goes home after a grace period.  Never allocates, never waits, runs nothing now;
  /// O(n).
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] void
  retire() && noexcept {
    go();
  }
  /// `Receiver(Owned<T>)` is called for each after a grace period, where the domain runs callbacks.
  template <void (*Receiver)(Owned<T>)>
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] void
  retire() && noexcept {
    Domain& domain = leave();
    while (!chain_.empty()) {
      Nodes::retired(chain_.pop_front(), domain).template retire<Receiver>();
    }
  }
  /// Waits for a grace period, but not for nothing.  Not in a read section, not where one may not
  /// wait.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] OwnedChain<Nodes>
  synchronize() && {
    Domain& domain = leave();
    if (!chain_.empty()) domain.synchronize();
    return OwnedChain<Nodes>(chain_);
  }
  /// The objects, if a grace period has passed since the first time this was asked; else ask again.
  [[nodiscard]] [[clang::callable_when("unconsumed")]] std::optional<OwnedChain<Nodes>>
  try_reclaim() {
    check();
    if (!cookie_.has_value()) cookie_ = domain_->start_poll();
    if (!domain_->poll(*cookie_)) return std::nullopt;
    domain_ = nullptr;
    return OwnedChain<Nodes>(chain_);
  }

 private:
  template <class, auto Hook, class D>
  friend class RcuSList;

  [[clang::return_typestate(unconsumed)]] RetiredChain(Chain chain, Domain& domain)
      : domain_(&domain), chain_(chain) {}

  void check() const {
    BATON_NO_MISUSE(domain_ != nullptr, this, "a retired chain is used after it was passed on");
  }
  Domain& leave() {
    check();
    return *std::exchange(domain_, nullptr);
  }
  void go() noexcept {
    Domain& domain = leave();
    while (!chain_.empty()) Nodes::retired(chain_.pop_front(), domain).retire();
  }

  Domain* domain_;  // null: passed on
  Chain chain_;
  std::optional<RcuCookie> cookie_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RETIRED_CHAIN_H_
