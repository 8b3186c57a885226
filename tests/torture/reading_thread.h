// `ReadingThread<Domain>`: what a thread needs that reads, by flavour.
#ifndef BATON_TESTS_TORTURE_READING_THREAD_H_
#define BATON_TESTS_TORTURE_READING_THREAD_H_

#include <concepts>
#include <optional>

#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/hosted/qsbr_domain.h"

namespace baton::torture {

/// Says when it reads nothing, goes away and comes back.
template <class Domain>
class ReadingThread {
  static_assert(std::derived_from<Domain, sync::QsbrDomain>);

 public:
  explicit ReadingThread(Domain& domain) : domain_(domain) { thread_.emplace(domain_); }
  void quiescent() { thread_->quiescent(); }
  /// Away while `f` runs; `for_good`: without its slot.
  template <class F>
  void away(bool for_good, F&& f) {
    if (for_good) {
      thread_.reset();
      f();
      thread_.emplace(domain_);
    } else {
      thread_->offline();
      f();
      thread_->online();
    }
  }

 private:
  Domain& domain_;
  std::optional<sync::QsbrDomain::ReaderThread> thread_;
};

/// Knows nothing of RCU.
template <class Domain>
  requires std::derived_from<Domain, sync::MembarrierDomain>
class ReadingThread<Domain> {
 public:
  explicit ReadingThread(Domain& domain) { domain.attach(); }
  static void quiescent() {}
  template <class F>
  static void away(bool /*for_good*/, F&& f) {
    f();
  }
};

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_READING_THREAD_H_
