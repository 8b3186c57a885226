// kernel/rcu.h's functions, as they are where the machine has one core.  For kernel/rcu.cc only,
// where each of the same name says what it does.
#ifndef BATON_KERNEL_ONE_CORE_RCU_H_
#define BATON_KERNEL_ONE_CORE_RCU_H_

#include "kernel/rcu.h"
#include "sync/irqs_off.h"

namespace baton::kernel::rcu::one_core {

bool come_by();
void note_quiescent(const sync::IrqsOff& irqs_off);
void sleep(const sync::IrqsOff& irqs_off);
void synchronize();
void barrier();
[[noreturn]] void run_callbacks();
Progress progress();
CoreNumbers numbers();

}  // namespace baton::kernel::rcu::one_core

#endif  // BATON_KERNEL_ONE_CORE_RCU_H_
