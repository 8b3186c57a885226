// `Priority`: how urgent a thread is, 0 (least) to 31 (most).
//
// A number in a type of its own, so that it is not mixed up with anything else.  Any context.
#ifndef BATON_KERNEL_SCHED_PRIORITY_H_
#define BATON_KERNEL_SCHED_PRIORITY_H_

#include <compare>
#include <cstdint>

#include "base/assert.h"

namespace baton::kernel {

class Priority {
 public:
  static constexpr int kCount = 32;

  /// The default: in the middle.
  constexpr Priority() = default;
  /// 0 to 31; anything else ends the program, at compile time where it can.
  constexpr explicit Priority(int value) : value_(static_cast<std::int8_t>(value)) {
    BATON_CHECK(value >= 0 && value < kCount);
  }
  static constexpr Priority lowest() { return Priority(0); }
  static constexpr Priority highest() { return Priority(kCount - 1); }

  constexpr int value() const { return value_; }
  /// More urgent is greater.
  friend constexpr auto operator<=>(Priority, Priority) = default;

 private:
  std::int8_t value_ = kCount / 2;
};

/// Cores by number, bit n for core n.
using CoreMask = std::uint32_t;
inline constexpr CoreMask kAllCores = ~CoreMask{0};

/// What a core runs that has no thread to run: less urgent than any Priority::value().
inline constexpr int kIdlePriority = -1;

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_PRIORITY_H_
