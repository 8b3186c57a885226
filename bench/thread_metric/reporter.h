// Thread-Metric's reporter: a thread more urgent than all others, which sleeps while they count.
#ifndef BATON_BENCH_THREAD_METRIC_REPORTER_H_
#define BATON_BENCH_THREAD_METRIC_REPORTER_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "bench/thread_metric/tests.h"
#include "kernel/sched/thread.h"

namespace baton::thread_metric {

/// Something wrong that the checks must find.
enum class Plant : std::uint8_t {
  kNone,
  kCounter,  ///< one counter has more than it should, where there are several
  kStall,    ///< the threads stand still
  kDamage,   ///< Test::plant
};

struct Report {
  std::string_view wrong;  ///< what a check found; empty: all is well
  Duration time;
  std::uint64_t operations = 0;
  std::array<std::uint32_t, kCounters> counted{};  ///< in that time
};

/// Has the test run for about `time`, and its threads suspended then for ever: once, as long as the
/// machine is on.  The shell's thread.
Report measure(const Test& test, Duration time, Plant plant);

/// Creates the test's threads and resumes those that begin; thread 0 with another loop, if one is
/// given.  Once; a thread that is more urgent than they are.
void set_up(const Test& test, kernel::Thread::Entry first = nullptr);
/// From here on they do not run.  Such a thread.
void suspend_all(const Test& test);
/// What is wrong with what they have counted since the beginning; empty: nothing.
std::string_view check_counters(const Test& test);

/// The time that a loop of `turns` turns takes, which has two instructions per turn.  A thread that
/// nobody interrupts.
Duration calibrate(std::uint32_t turns);

}  // namespace baton::thread_metric

#endif  // BATON_BENCH_THREAD_METRIC_REPORTER_H_
