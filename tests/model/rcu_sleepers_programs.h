// Model programs of the kernel's list of cores that sleep until a grace period ends: whoever sleeps
// there is woken, whoever ends it and whoever takes the list.
#ifndef BATON_TESTS_MODEL_RCU_SLEEPERS_PROGRAMS_H_
#define BATON_TESTS_MODEL_RCU_SLEEPERS_PROGRAMS_H_

#include <cstdint>

#include "kernel/rcu_sleepers.h"
#include "sync/rcu/grace_periods.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

/// A bug that can be planted.
struct SleeperFlaws {
  bool looks_at_grace_periods_only = false;  // not whether the end of one is to be passed on
};

/// Core 0 and, in some, core 1 hold a grace period up; the last core asks for it and sleeps.
template <unsigned Cores, SleeperFlaws kFlaws = SleeperFlaws{}>
struct RcuMachine {
  static constexpr unsigned kSleeper = Cores - 1;

  RcuMachine() {
    for (unsigned i = 0; i < Cores; ++i) grace_periods.enter(i);
  }
  void pass_on() {
    const std::uint32_t mask = sleepers.pass_on(grace_periods.completed(), [](std::uintptr_t) {});
    require((mask & ~(1U << kSleeper)) == 0, "a core is woken that does not sleep");
    // Relaxed, as below: an interrupt by itself orders nothing.  Read-modify-writes: it comes when
    // it is sent, and is there until it is taken.
    if (mask != 0) interrupt_is_pending.exchange(true, std::memory_order_relaxed);
  }
  /// What a core does whenever it changes threads.
  void come_by(unsigned core) {
    const bool is_news = !sleepers.is_passed_on(grace_periods.completed());
    if (grace_periods.is_pending(core) || (is_news && !kFlaws.looks_at_grace_periods_only)) {
      grace_periods.quiescent(core);
      pass_on();
    }
  }
  void sleep_through() {
    const sync::RcuCookie cookie = grace_periods.request();
    for (;;) {
      grace_periods.quiescent(kSleeper);
      const std::uintptr_t completed = grace_periods.completed();
      if (grace_periods.reached(cookie)) return;
      grace_periods.leave(kSleeper);
      pass_on();
      sleepers.listen(kSleeper);
      if (grace_periods.completed() == completed) {
        interrupt_is_pending.await([](bool pending) { return pending; }, std::memory_order_relaxed);
        interrupt_is_pending.exchange(false, std::memory_order_relaxed);
      }
      static_cast<void>(sleepers.stop(kSleeper));
      grace_periods.enter(kSleeper);
    }
  }

  sync::GracePeriods<Cores, ModelAtomics> grace_periods;
  kernel::RcuSleepers<ModelAtomics> sleepers;
  Atomic<bool> interrupt_is_pending{false};
};

inline void rcu_sleeper_is_told(Execution& run) {
  RcuMachine<2> machine;
  run.parallel({thread("sleeper", [&] { machine.sleep_through(); }), thread("other", [&] {
                  machine.come_by(0);
                  machine.come_by(0);
                  machine.grace_periods.leave(0);
                  machine.pass_on();
                })});
}

/// One ends it, another passes it on.
inline void rcu_sleeper_is_told_by_another(Execution& run) {
  RcuMachine<3> machine;
  machine.grace_periods.leave(1);
  run.parallel({thread("sleeper", [&] { machine.sleep_through(); }),
                thread("ends",
                       [&] {
                         machine.grace_periods.leave(0);
                         machine.pass_on();
                       }),
                thread("passes on", [&] { machine.pass_on(); })});
}

/// One ends it, and passes it on when it comes by the next time.
template <SleeperFlaws kFlaws = SleeperFlaws{}>
void rcu_sleeper_is_told_later(Execution& run) {
  RcuMachine<2, kFlaws> machine;
  run.parallel({thread("sleeper", [&] { machine.sleep_through(); }), thread("other", [&] {
                  machine.grace_periods.quiescent(0);
                  machine.come_by(0);
                  machine.grace_periods.leave(0);
                  machine.come_by(0);
                })});
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_RCU_SLEEPERS_PROGRAMS_H_
