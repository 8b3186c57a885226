// An interrupt at every instruction of a round: how long interrupts of the kernel's priority wait.
//
// A timer's interrupt of a priority above the kernel's ceiling (arch/armv7m/priorities.h) comes at
// each instruction in turn: the timer's time grows by a tick per round, which is less than an
// instruction under QEMU's -icount shift=6.  Nothing may delay it.  It notes which instruction it
// kept from running, and makes an interrupt of the kernel's priority pending at that moment.  How
// much later that one comes is how long the kernel still masks it there; the longest is found where
// masking begins.  Both have vectors of their own: neither is one of the kernel's handlers.
//
// CMSDK timer 0 and two lines of the board's, which nobody else uses.  One core.
#ifndef BATON_BENCH_THREAD_METRIC_SWEEP_H_
#define BATON_BENCH_THREAD_METRIC_SWEEP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bench/thread_metric/tests.h"

namespace baton::thread_metric {

/// Instructions at which an interrupt of the kernel's waits until the same one, `end`.  Where a
/// handler of the kernel's has to run first the wait is longer: a timer's, now and then.
struct Stretch {
  std::uint32_t begin = 0;  ///< the one at which it waits longest
  std::uint32_t end = 0;    ///< before which it comes
  bool handlers = false;    ///< it begins in a handler of the kernel's, or one came first
  std::uint32_t ticks = 0;  ///< from `begin` on
  std::uint32_t times = 0;  ///< it was met
};

/// In ticks of the timer.
struct Range {
  std::uint32_t least = ~std::uint32_t{0};
  std::uint32_t most = 0;

  void add(std::uint32_t value) {
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
};

struct Sweep {
  static constexpr std::size_t kStretches = 96;

  std::string_view wrong;       ///< what a check found; empty: all is well
  std::uint32_t rounds = 0;     ///< and interrupts
  std::uint32_t places = 0;     ///< different instructions at which they came
  std::uint32_t masked = 0;     ///< of the interrupts, those at which the kernel's had to wait
  Range urgent;                 ///< how late the urgent one was
  Range ordinary;               ///< how late the kernel's; the least is where nothing masks it
  std::uint32_t urgent_at = 0;  ///< where the urgent one was latest
  std::array<Stretch, kStretches> stretches{};
  std::size_t kinds = 0;

  std::span<const Stretch> all() const { return std::span(stretches).first(kinds); }
};

/// Sweeps a test's round: once, as long as the machine is on.  The shell's thread.
const Sweep& sweep(const Test& test);

/// What the kernel does beside the tests: sleeping, timeouts, a mutex that is fought for, threads
/// that begin and end, the console; and two whose masking is known.
std::span<const Test> load_tests();

}  // namespace baton::thread_metric

#endif  // BATON_BENCH_THREAD_METRIC_SWEEP_H_
