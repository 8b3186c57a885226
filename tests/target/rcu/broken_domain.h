// A domain for the torture to find out: it waits for nobody.
#ifndef BATON_TESTS_TARGET_RCU_BROKEN_DOMAIN_H_
#define BATON_TESTS_TARGET_RCU_BROKEN_DOMAIN_H_

#include "sync/rcu/core_domain.h"

namespace baton::rcu_torture {

class HastyDomain {
 public:
  using Atomics = sync::CoreDomain::Atomics;
  using Head = sync::CoreDomain::Head;

  static HastyDomain& default_domain();

  void lock() noexcept {}
  void unlock() noexcept {}
  void retire(Head& head, Head::Run run) noexcept { run(&head); }
  sync::RcuCookie start_poll() { return sync::CoreDomain::default_domain().start_poll(); }
  bool poll(sync::RcuCookie /*cookie*/) const { return true; }
  void synchronize() {}
};

inline constinit HastyDomain hasty_domain;
inline HastyDomain& HastyDomain::default_domain() { return hasty_domain; }

}  // namespace baton::rcu_torture

#endif  // BATON_TESTS_TARGET_RCU_BROKEN_DOMAIN_H_
