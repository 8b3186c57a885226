// Domains for the stress programs of RCU's containers: with the containers' atomics chosen, and
// broken on purpose.
#ifndef BATON_TESTS_STRESS_RCU_BUSTED_H_
#define BATON_TESTS_STRESS_RCU_BUSTED_H_

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "sync/atomics.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "tests/stress/stress.h"

namespace baton::stress {

/// A reader found a link that leads nowhere: it cannot go on.
[[noreturn]] inline void half_an_element() {
  std::printf("WRONG: half an element: its link leads nowhere\n");
  std::fflush(stdout);
  std::_Exit(1);
}

/// The domain with the lists' atomics replaced.
template <class ListAtomics>
struct DomainWith : sync::MembarrierDomain {
  using Atomics = ListAtomics;
};

// --- Broken on purpose ---

/// An atomic whose relaxed stores come after the thread's next release store: what is published is
/// not complete.
template <class T>
class LateAtomic {
  using Order = std::memory_order;

 public:
  constexpr explicit LateAtomic(T value = {}) : value_(value) {}
  T load(Order order) const {
    const T value = value_.load(order);
    if (value == nullptr && order == std::memory_order_acquire) half_an_element();
    return value;
  }
  void store(T value, Order order) {
    if (order == std::memory_order_relaxed) {
      late_.push_back({&value_, value});
      return;
    }
    value_.store(value, order);
    yield_now();
    // Relaxed: too late, whatever the order.
    for (const auto& [word, stored] : late_) word->store(stored, std::memory_order_relaxed);
    late_.clear();
  }

 private:
  static inline thread_local std::vector<std::pair<std::atomic<T>*, T>> late_;
  std::atomic<T> value_;
};
struct LateAtomics {
  template <class T>
  using Atomic = LateAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// Atomics of a real list whose readers may be led astray all the same.
template <class T>
class CheckedAtomic : public YieldingAtomic<T> {
 public:
  using YieldingAtomic<T>::YieldingAtomic;
  T load(std::memory_order order) const {
    const T value = YieldingAtomic<T>::load(order);
    if (value == nullptr && order == std::memory_order_acquire) half_an_element();
    return value;
  }
};
struct CheckedAtomics {
  template <class T>
  using Atomic = CheckedAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// A domain for which every grace period is over at once.
struct HastyDomain : DomainWith<CheckedAtomics> {
  void retire(Head& head, Head::Run run) noexcept { run(&head); }
  void synchronize() {}
  bool poll(sync::RcuCookie) { return true; }
};

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_RCU_BUSTED_H_
