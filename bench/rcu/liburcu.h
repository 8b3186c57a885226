// liburcu's flavours as contestants, their read sections inline.
#ifndef BATON_BENCH_RCU_LIBURCU_H_
#define BATON_BENCH_RCU_LIBURCU_H_

#include <urcu/urcu-bp.h>
#include <urcu/urcu-memb.h>
#include <urcu/urcu-qsbr.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/common/outcome.h"
#include "bench/rcu/entry.h"

// Every flavour has these, but call-rcu.h is read once, and declares those of one only.
extern "C" {
void urcu_qsbr_call_rcu(rcu_head* head, void (*run)(rcu_head*));
void urcu_qsbr_barrier();
call_rcu_data* urcu_qsbr_get_default_call_rcu_data();
void urcu_memb_call_rcu(rcu_head* head, void (*run)(rcu_head*));
void urcu_memb_barrier();
call_rcu_data* urcu_memb_get_default_call_rcu_data();
}

namespace baton::bench {

/// Threads are registered for good, and offline unless they read.
struct UrcuQsbr {
  static void register_thread() {
    urcu_qsbr_register_thread();
    urcu_qsbr_thread_offline();
  }
  static void begin() { urcu_qsbr_thread_online(); }
  static void end() { urcu_qsbr_thread_offline(); }
  static void quiescent() { urcu_qsbr_quiescent_state(); }
  static void lock() { urcu_qsbr_read_lock(); }
  static void unlock() { urcu_qsbr_read_unlock(); }
  static void synchronize() { urcu_qsbr_synchronize_rcu(); }
  static void retire(rcu_head& head, void (*run)(rcu_head*)) { urcu_qsbr_call_rcu(&head, run); }
  static void barrier() { urcu_qsbr_barrier(); }
  static void start_reclaimer() { urcu_qsbr_get_default_call_rcu_data(); }
};

struct UrcuMemb {
  static void register_thread() { urcu_memb_register_thread(); }
  static void begin() {}
  static void end() {}
  static void quiescent() {}
  static void lock() { urcu_memb_read_lock(); }
  static void unlock() { urcu_memb_read_unlock(); }
  static void synchronize() { urcu_memb_synchronize_rcu(); }
  static void retire(rcu_head& head, void (*run)(rcu_head*)) { urcu_memb_call_rcu(&head, run); }
  static void barrier() { urcu_memb_barrier(); }
  static void start_reclaimer() { urcu_memb_get_default_call_rcu_data(); }
};

struct UrcuBp {
  static void register_thread() {}
  static void begin() {}
  static void end() {}
  static void quiescent() {}
  static void lock() { urcu_bp_read_lock(); }
  static void unlock() { urcu_bp_read_unlock(); }
  static void synchronize() { urcu_bp_synchronize_rcu(); }
};

/// Once per thread.
template <class Flavour>
void register_with() {
  static thread_local bool registered = false;
  if (registered) return;
  registered = true;
  Flavour::register_thread();
}

template <class Flavour>
class UrcuShown {
 public:
  class Reading {
   public:
    explicit Reading(UrcuShown& /*shown*/) {
      register_with<Flavour>();
      Flavour::begin();
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { Flavour::end(); }
    void quiescent() { Flavour::quiescent(); }
  };

  std::uint64_t read() {
    Flavour::lock();
    const Place* const place = rcu_dereference(shown_);
    const std::uint64_t result = sum(place->entry);
    Flavour::unlock();
    return result;
  }
  void update() {
    next_ ^= 1U;
    ++places_[next_].entry.first;
    // As rcu_assign_pointer does, which no compiler takes without a warning in C++23.  Release
    // pairs with the rcu_dereference in read().
    std::atomic_ref(shown_).store(&places_[next_], std::memory_order_release);
    Flavour::synchronize();
  }
  void synchronize() { Flavour::synchronize(); }

 private:
  Place places_[2];
  unsigned next_ = 0;
  alignas(kLine) Place* shown_ = &places_[0];
};

/// call_rcu; its thread stays on the CPU of the thread that calls the() first.
template <class Flavour>
class UrcuRetirer {
 public:
  using Head = rcu_head;
  using Run = void (*)(rcu_head*);

  static UrcuRetirer& the() {
    static auto* const one = new UrcuRetirer;
    return *one;
  }

  void retire(Head& head, Run run) { Flavour::retire(head, run); }
  void barrier() { Flavour::barrier(); }
  /// There is no way to.
  void help(std::size_t /*most*/) {}

 private:
  UrcuRetirer() { Flavour::start_reclaimer(); }
};

}  // namespace baton::bench

#endif  // BATON_BENCH_RCU_LIBURCU_H_
