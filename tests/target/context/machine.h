// The little that these images need of a machine: cores, one timer each, and IPIs.
#ifndef BATON_TESTS_TARGET_CONTEXT_MACHINE_H_
#define BATON_TESTS_TARGET_CONTEXT_MACHINE_H_

#include "arch/cores.h"
#include "drivers/iface/interrupt_controller.h"

namespace baton::context_test {

/// What machine_<name>.cc says.
struct Machine {
  iface::InterruptController* interrupts = nullptr;
  iface::IrqNumber timer{};
  unsigned most_cores = 0;
};

/// Boot core, once, before any other call.
Machine& machine();

/// How core `index`, whose affinity is its index, is started.
arch::StartMethod start_method(unsigned index);

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_MACHINE_H_
