// The hosted port's counter, in nanoseconds: the virtual machine's where one runs, else the steady
// clock.
#ifndef BATON_ARCH_HOST_COUNTER_H_
#define BATON_ARCH_HOST_COUNTER_H_

#include <chrono>
#include <cstdint>

#include "arch/contract/concepts.h"
#include "arch/hosted_cpu.h"

namespace baton::arch {

/// Monotonic; the same for every thread.
struct Counter {
  static std::uint64_t ticks() noexcept {
    if (internal::HostedCpu* const cpu = internal::this_hosted_cpu(); cpu != nullptr) {
      return cpu->ticks();
    }
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
  }
  static std::uint64_t frequency_hz() noexcept { return 1'000'000'000U; }
};

static_assert(contract::Counter<Counter>);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_COUNTER_H_
