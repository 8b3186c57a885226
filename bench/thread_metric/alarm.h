// The two interrupts of a sweep (sweep.h).
#ifndef BATON_BENCH_THREAD_METRIC_ALARM_H_
#define BATON_BENCH_THREAD_METRIC_ALARM_H_

#include <cstdint>

namespace baton::thread_metric::alarm {

struct Heard {
  bool both = false;              ///< the two interrupts have come
  bool handlers = false;          ///< the urgent one came in one of the kernel's, or one ran since
  std::uint32_t urgent_at = 0;    ///< the instruction that the urgent one kept from running
  std::uint32_t urgent_late = 0;  ///< ticks
  std::uint32_t ordinary_at = 0;  ///< likewise the kernel's
  std::uint32_t ordinary_late = 0;  ///< ticks from being pending
};

/// Once: gives both lines vectors and priorities.  Threads.
void set_up();
/// The urgent interrupt comes in `ticks`.  Threads.
void arm(std::uint32_t ticks);
/// What has come since arm(); nothing comes any more.  Threads, unmasked.
Heard disarm();

}  // namespace baton::thread_metric::alarm

#endif  // BATON_BENCH_THREAD_METRIC_ALARM_H_
