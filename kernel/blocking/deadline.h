// From a timeout to a deadline.
#ifndef BATON_KERNEL_BLOCKING_DEADLINE_H_
#define BATON_KERNEL_BLOCKING_DEADLINE_H_

#include <cstdint>

#include "base/time.h"
#include "kernel/clock.h"

namespace baton::kernel {

/// `timeout` from now; where that is more than a clock can say, its end.
inline Instant deadline_after(Duration timeout) {
  const Instant start = now();
  const Instant end = start + timeout;
  return end < start ? Instant::from_ns(~std::uint64_t{0}) : end;
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_DEADLINE_H_
