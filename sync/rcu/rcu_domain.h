// `rcu_domain`, C++26's name, for the default flavour of this build: in a hosted program the one
// that needs no cooperation, in a kernel the one whose slots are cores, or the one for a machine
// that has one core.
#ifndef BATON_SYNC_RCU_RCU_DOMAIN_H_
#define BATON_SYNC_RCU_RCU_DOMAIN_H_

#if __STDC_HOSTED__
#include "sync/rcu/hosted/membarrier_domain.h"
#else
#include <type_traits>

#include "arch/cpu.h"
#include "sync/rcu/core_domain.h"
#include "sync/rcu/single_core_domain.h"
#endif

namespace baton::sync {

#if __STDC_HOSTED__
using rcu_domain = MembarrierDomain;
#else
using rcu_domain = std::conditional_t<(arch::kMaxCores > 1), CoreDomain, PreemptibleCoreDomain>;
#endif

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_DOMAIN_H_
