// Concurrency Kit's epochs as a contestant.
#ifndef BATON_BENCH_RCU_EPOCH_H_
#define BATON_BENCH_RCU_EPOCH_H_

extern "C" {
#include <ck_epoch.h>  // says so itself nowhere
}

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/common/outcome.h"
#include "bench/rcu/entry.h"

namespace baton::bench {

/// Every thread's record, from its first use on.
class CkEpoch {
 public:
  static ck_epoch_record_t& record() {
    static thread_local ck_epoch_record_t* mine = nullptr;
    if (mine == nullptr) [[unlikely]] {
      mine = new ck_epoch_record_t{};
      ck_epoch_register(&the().epoch_, mine, nullptr);
    }
    return *mine;
  }

 private:
  CkEpoch() { ck_epoch_init(&epoch_); }
  static CkEpoch& the() {
    static auto* const one = new CkEpoch;
    return *one;
  }
  ck_epoch_t epoch_{};
};

class CkEpochShown {
 public:
  class Reading {
   public:
    explicit Reading(CkEpochShown& /*shown*/) { CkEpoch::record(); }
    void quiescent() {}
  };

  std::uint64_t read() {
    ck_epoch_record_t& record = CkEpoch::record();
    ck_epoch_begin(&record, nullptr);
    // Acquire pairs with the release in update().
    const std::uint64_t result = sum(shown_.load(std::memory_order_acquire)->entry);
    ck_epoch_end(&record, nullptr);
    return result;
  }
  void update() {
    next_ ^= 1U;
    ++places_[next_].entry.first;
    // Release pairs with the acquire in read().
    shown_.store(&places_[next_], std::memory_order_release);
    synchronize();
  }
  void synchronize() { ck_epoch_synchronize(&CkEpoch::record()); }

 private:
  Place places_[2];
  unsigned next_ = 0;
  alignas(kLine) std::atomic<Place*> shown_{&places_[0]};
};

/// Into the calling thread's record; it runs what is ready itself, in help() and barrier().
/// `Strict`: as if others retired into it too.
template <bool Strict>
class CkRetirer {
 public:
  using Head = ck_epoch_entry_t;
  using Run = ck_epoch_cb_t*;

  static CkRetirer& the() {
    static auto* const one = new CkRetirer;
    return *one;
  }

  void retire(Head& head, Run run) {
    if constexpr (Strict) {
      ck_epoch_call_strict(&CkEpoch::record(), &head, run);
    } else {
      ck_epoch_call(&CkEpoch::record(), &head, run);
    }
  }
  void barrier() { ck_epoch_barrier(&CkEpoch::record()); }
  void help(std::size_t most) {
    if (CkEpoch::record().n_pending > most) ck_epoch_poll(&CkEpoch::record());
  }
};

}  // namespace baton::bench

#endif  // BATON_BENCH_RCU_EPOCH_H_
