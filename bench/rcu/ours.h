// RCU's hosted flavours as contestants: reading, updating, waiting, retiring.
#ifndef BATON_BENCH_RCU_OURS_H_
#define BATON_BENCH_RCU_OURS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "bench/common/outcome.h"
#include "bench/rcu/entry.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/hosted/reclaimer.h"
#include "sync/rcu/rcu_ptr.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::bench {

/// An RcuPtr in a domain of its own.
template <class Domain>
class OursShown {
  struct alignas(kLine) Shown : Entry, sync::RcuHead {};

 public:
  class Reading;

  OursShown() { BATON_CHECK(shown_.publish(make()).has_value()); }
  OursShown(const OursShown&) = delete;
  OursShown& operator=(const OursShown&) = delete;
  ~OursShown() {
    if (auto last = shown_.remove(domain_)) std::move(*last).retire();
    domain_.barrier();
  }

  std::uint64_t read() {
    const sync::BasicRcuReader<Domain> reader(domain_);
    return sum(*shown_.get(reader));
  }
  void update() {
    sync::Owned<Shown> next = make();
    ++next->first;
    auto old = shown_.replace(std::move(next), domain_);
    BATON_CHECK(old.has_value());
    const sync::Owned<Shown> mine = std::move(*old).synchronize();
  }
  void synchronize() { domain_.synchronize(); }

 private:
  sync::Owned<Shown> make() {
    auto made = places_.make();
    BATON_CHECK(made.has_value());
    return std::move(*made);
  }

  Domain domain_;
  sync::Pool<Shown, 4> places_;
  alignas(kLine) sync::RcuPtr<Shown, Domain> shown_;
};

template <class Domain>
class OursShown<Domain>::Reading : public NothingToSay {
 public:
  using NothingToSay::NothingToSay;
};
template <>
class OursShown<sync::QsbrDomain>::Reading {
 public:
  explicit Reading(OursShown& shown) : thread_(shown.domain_) {}
  void quiescent() { thread_.quiescent(); }

 private:
  sync::QsbrDomain::ReaderThread thread_;
};

/// A domain for the whole program, to retire into.  `Reclaims`: a thread of its own runs what is
/// retired; it stays on the CPU of the thread that calls the() first.
template <class Domain, bool Reclaims>
class OursRetirer {
 public:
  using Head = sync::RcuHead;
  using Run = Head::Run;

  static OursRetirer& the() {
    static auto* const one = new OursRetirer;
    return *one;
  }

  void retire(Head& head, Run run) { domain_.retire(head, run); }
  /// All that was retired has run.
  void barrier() { domain_.barrier(); }
  /// Returns when no more than `most` wait.  While somebody else is running callbacks, process()
  /// does nothing: who wants a bound waits.
  void help(std::size_t most) {
    while (domain_.backlog() > most) {
      if (domain_.process() == 0) std::this_thread::yield();
    }
  }

 private:
  OursRetirer() {
    if (Reclaims) reclaimer_.emplace(domain_);
  }
  Domain domain_;
  std::optional<sync::RcuReclaimer> reclaimer_;
};

}  // namespace baton::bench

#endif  // BATON_BENCH_RCU_OURS_H_
