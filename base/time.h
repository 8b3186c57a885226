// Durations and points in time, in nanoseconds since the machine's counter started.
//
// Integers in a type of their own: std::chrono's duration would do, but its clocks would not, and
// 64 bits of nanoseconds last 584 years.  What would be longer or later than they can say is the
// longest and the last: a sum never wraps into the past.  Any context; constexpr.
#ifndef BATON_BASE_TIME_H_
#define BATON_BASE_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace baton {

/// A span of time, never negative.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration nanoseconds(std::uint64_t n) { return Duration(n); }
  static constexpr Duration microseconds(std::uint64_t n) { return of(n, 1000U); }
  static constexpr Duration milliseconds(std::uint64_t n) { return of(n, 1000000U); }
  static constexpr Duration seconds(std::uint64_t n) { return of(n, 1000000000U); }
  /// The longest.
  static constexpr Duration max() { return Duration(std::numeric_limits<std::uint64_t>::max()); }

  constexpr std::uint64_t count_ns() const { return ns_; }
  constexpr std::uint64_t count_us() const { return ns_ / 1000U; }
  constexpr std::uint64_t count_ms() const { return ns_ / 1000000U; }
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) {
    const std::uint64_t sum = a.ns_ + b.ns_;
    return sum < a.ns_ ? max() : Duration(sum);
  }

 private:
  static constexpr Duration of(std::uint64_t n, std::uint64_t unit) {
    return n > max().ns_ / unit ? max() : Duration(n * unit);
  }
  explicit constexpr Duration(std::uint64_t n) : ns_(n) {}
  std::uint64_t ns_ = 0;
};

/// A point on the machine's counter.
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant from_ns(std::uint64_t ns) { return Instant(ns); }
  /// The last: nobody lives to see it.
  static constexpr Instant max() { return Instant(std::numeric_limits<std::uint64_t>::max()); }
  constexpr std::uint64_t since_start_ns() const { return ns_; }
  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) {
    const std::uint64_t sum = t.ns_ + d.count_ns();
    return sum < t.ns_ ? max() : Instant(sum);
  }
  /// From `b` to `a`; zero where `a` is not later.
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration::nanoseconds(a.ns_ > b.ns_ ? a.ns_ - b.ns_ : 0);
  }

 private:
  explicit constexpr Instant(std::uint64_t ns) : ns_(ns) {}
  std::uint64_t ns_ = 0;
};

}  // namespace baton

#endif  // BATON_BASE_TIME_H_
