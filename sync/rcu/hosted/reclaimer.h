// `RcuReclaimer`: a thread that runs a hosted domain's callbacks.
#ifndef BATON_SYNC_RCU_HOSTED_RECLAIMER_H_
#define BATON_SYNC_RCU_HOSTED_RECLAIMER_H_

#include <atomic>
#include <thread>

#include "sync/rcu/hosted/domain_base.h"

namespace baton::sync {

/// Runs until it is destroyed; then what is pending stays pending, for process() or barrier().
class RcuReclaimer {
 public:
  explicit RcuReclaimer(HostedRcuDomain& domain);
  ~RcuReclaimer();
  RcuReclaimer(const RcuReclaimer&) = delete;
  RcuReclaimer& operator=(const RcuReclaimer&) = delete;

  /// The one of a flavour's default domain, from the first call to the end of the program.
  template <class Domain>
  static RcuReclaimer& of_default() {
    static RcuReclaimer& reclaimer = *new RcuReclaimer(Domain::default_domain());
    return reclaimer;
  }

 private:
  void run();

  HostedRcuDomain& domain_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_HOSTED_RECLAIMER_H_
