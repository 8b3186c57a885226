// What idle cores have to do with grace periods: nothing, but for their own callbacks.
#ifndef BATON_TESTS_TARGET_RCU_IDLE_H_
#define BATON_TESTS_TARGET_RCU_IDLE_H_

#include "kernel/shell/command.h"

namespace baton::rcu_torture {

/// A handler retires something on a core that sleeps: it is run, though nobody else comes by there;
/// not while another core reads; and meanwhile no other core is woken.  A handler that reads on a
/// core that sleeps is waited for.
kernel::shell::Status check_idle(kernel::shell::Context& context);

/// A core reads for longer than a grace period should last: somebody says so.
kernel::shell::Status check_stall(kernel::shell::Context& context);

}  // namespace baton::rcu_torture

#endif  // BATON_TESTS_TARGET_RCU_IDLE_H_
