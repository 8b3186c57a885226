// Waiting for a device, with an end: no driver spins on a register without a limit.
//
// Any context, though a caller that masks interrupts should keep the limit short.  The limit is
// real time by arch::Counter; where a core was held up past it, the condition is looked at once
// more, so that lateness alone never fails a wait.
#ifndef BATON_DRIVERS_COMMON_WAIT_H_
#define BATON_DRIVERS_COMMON_WAIT_H_

#include <cstdint>

#include "arch/counter.h"
#include "arch/cpu.h"
#include "base/time.h"

namespace baton::drivers {

/// A moment after which waiting is over.
class TimeLimit {
 public:
  /// `limit` from now.  Durations up to some minutes; longer ones overflow no earlier than at 584
  /// years divided by the counter's GHz.
  explicit TimeLimit(Duration limit) noexcept
      : start_(arch::Counter::ticks()), ticks_(to_ticks(limit, arch::Counter::frequency_hz())) {}

  [[nodiscard]] bool passed() const noexcept { return arch::Counter::ticks() - start_ >= ticks_; }

  /// `duration` in ticks of a counter of `hz`, rounded down.
  static constexpr std::uint64_t to_ticks(Duration duration, std::uint64_t hz) noexcept {
    constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
    const std::uint64_t ns = duration.count_ns();
    // In two parts: ns * hz would not fit.
    return ns / kNsPerSecond * hz + ns % kNsPerSecond * hz / kNsPerSecond;
  }

 private:
  std::uint64_t start_;
  std::uint64_t ticks_;
};

/// Looks at `done()` until it is true, at most for `limit`; false: it never was.
template <class Done>
[[nodiscard]] bool wait_until(Duration limit, Done&& done) noexcept {
  const TimeLimit time(limit);
  while (!time.passed()) {
    if (done()) {
      return true;
    }
    arch::relax();
  }
  return done();
}

/// Spends at least `duration`: for devices that want a pause and have no flag to look at.
inline void pause(Duration duration) noexcept {
  const TimeLimit time(duration);
  while (!time.passed()) {
    arch::relax();
  }
}

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_COMMON_WAIT_H_
