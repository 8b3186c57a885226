#include "arch/hosted_cpu.h"

#include <cstdio>
#include <cstdlib>

#include "arch/context.h"
#include "arch/contract/preempt_state.h"
#include "arch/cpu.h"

namespace baton::arch {
namespace internal {

constinit thread_local unsigned hosted_core = 0;
constinit thread_local unsigned hosted_interrupt_depth = 0;
constinit thread_local unsigned hosted_irqs_enabled = 1;
constinit thread_local void* hosted_thread_pointer = nullptr;
constinit thread_local HostedCpu* hosted_cpu = nullptr;

void broken(const char* what) noexcept {
  if (HostedCpu* const cpu = this_hosted_cpu(); cpu != nullptr) {
    cpu->broken(what);
  }
  std::fprintf(stderr, "arch/host: %s\n", what);
  std::abort();
}

void* boot_thread_pointer() noexcept {
  static constinit thread_local PreemptState state;
  write_thread_pointer(&state);
  return &state;
}

}  // namespace internal

void wait_for_interrupt() noexcept {
  if (internal::HostedCpu* const cpu = internal::this_hosted_cpu(); cpu != nullptr) {
    cpu->wait_for_interrupt();
    return;
  }
  internal::broken("a wait for an interrupt where no machine runs");
}

void park() noexcept {
  if (internal::HostedCpu* const cpu = internal::this_hosted_cpu(); cpu != nullptr) {
    cpu->park();
  }
  internal::broken("a core is to be parked where no machine runs");
}

}  // namespace baton::arch
