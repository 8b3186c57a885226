// The machine's counter as time.  Any context, any core; every core reads the same.
#ifndef BATON_KERNEL_CLOCK_H_
#define BATON_KERNEL_CLOCK_H_

#include <cstdint>

#include "arch/counter.h"
#include "base/time.h"

namespace baton::kernel {

inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

/// `ticks` of a counter of `hz`, in nanoseconds, without overflow for 500 years; rounds down.
constexpr std::uint64_t ticks_to_ns(std::uint64_t ticks, std::uint64_t hz) {
  return ticks / hz * kNanosecondsPerSecond + ticks % hz * kNanosecondsPerSecond / hz;
}

/// `ns` in ticks of a counter of `hz`; rounds up, so that a wait is never too short.
constexpr std::uint64_t ns_to_ticks(std::uint64_t ns, std::uint64_t hz) {
  return ns / kNanosecondsPerSecond * hz +
         (ns % kNanosecondsPerSecond * hz + kNanosecondsPerSecond - 1) / kNanosecondsPerSecond;
}

/// Time since the counter started, which is when the machine came out of reset.
inline Instant now() {
  return Instant::from_ns(ticks_to_ns(arch::Counter::ticks(), arch::Counter::frequency_hz()));
}

/// When the counter reads this, `instant` has come.
inline std::uint64_t to_ticks(Instant instant) {
  return ns_to_ticks(instant.since_start_ns(), arch::Counter::frequency_hz());
}

/// Burns at least `duration`.  For the moments in which nothing else can be done: boot, panic.
inline void busy_wait(Duration duration) {
  const Instant until = now() + duration;
  while (now() < until) {
  }
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CLOCK_H_
