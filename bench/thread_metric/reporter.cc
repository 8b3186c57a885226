#include "bench/thread_metric/reporter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "bench/thread_metric/port.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"

namespace baton::thread_metric {
namespace {

constexpr int kMostUrgent = 2;
// Until the threads have their stacks, and are in step.
constexpr Duration kBefore = Duration::microseconds(100);

struct Work {
  const Test& test;
  Duration time;
  Plant plant;
  Report report{};
};

struct Reading {
  Instant at;
  std::uint64_t sleeps = 0;
  std::array<std::uint32_t, kCounters> counters{};
};

Reading read() {
  Reading reading{.at = kernel::now(), .sleeps = kernel::cores[0].sleeps.value(), .counters = {}};
  for (std::size_t i = 0; i < kCounters; ++i) reading.counters[i] = counters[i].value();
  return reading;
}

// The counters are those since the beginning.
std::string_view check(const Test& test, const std::array<std::uint32_t, kCounters>& values) {
  if (!given_up().empty()) return given_up();
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (!contains(test.alike, i)) continue;
    sum += values[i];
    ++count;
  }
  const std::uint64_t mean = sum / count;
  if (mean == 0) return "the counters stand still";
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (!contains(test.alike, i)) continue;
    if (values[i] > mean + 1 || std::uint64_t{values[i]} + 1 < mean) {
      return "a counter is not within one of the mean";
    }
  }
  return {};
}

std::string_view check(const Test& test, const Reading& before, const Reading& after) {
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (contains(test.alike, i) && after.counters[i] == before.counters[i]) {
      return given_up().empty() ? "a counter stands still" : given_up();
    }
  }
  // Else time would pass without instructions.
  if (after.sleeps != before.sleeps) return "the core slept meanwhile";
  return check(test, after.counters);
}

void report(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  const Test& test = work.test;
  set_up(test);
  BATON_CHECK(kernel::this_thread::sleep_for(kBefore).has_value());
  if (work.plant == Plant::kStall) suspend_all(test);
  if (work.plant == Plant::kDamage) test.plant();
  const Reading before = read();
  BATON_CHECK(kernel::this_thread::sleep_for(work.time).has_value());
  Reading after = read();
  suspend_all(test);
  if (work.plant == Plant::kCounter) {
    // Of two counters: two more than their mean.
    constexpr std::uint32_t kTooMany = 4;
    for (std::size_t i = 0; i < kCounters; ++i) {
      if (contains(test.alike, i)) {
        after.counters[i] += kTooMany;
        break;
      }
    }
  }
  work.report.wrong = check(test, before, after);
  work.report.time = after.at - before.at;
  for (std::size_t i = 0; i < kCounters; ++i) {
    work.report.counted[i] = after.counters[i] - before.counters[i];
    if (contains(test.operations, i)) work.report.operations += work.report.counted[i];
  }
}

constinit kernel::StaticThread<4096> reporter;

}  // namespace

void set_up(const Test& test, kernel::Thread::Entry first) {
  if (test.handler != nullptr) port::interrupt_handler(test.handler);
  for (std::size_t id = 0; id < test.players.size(); ++id) {
    const bool other = id == 0 && first != nullptr;
    port::thread_create(id, test.players[id].priority, other ? first : test.players[id].loop);
  }
  for (std::size_t id = 0; id < test.players.size(); ++id) {
    if (test.players[id].resumed) port::thread_resume(id);
  }
}

void suspend_all(const Test& test) {
  for (std::size_t id = 0; id < test.players.size(); ++id) port::thread_suspend(id);
}

std::string_view check_counters(const Test& test) { return check(test, read().counters); }

Report measure(const Test& test, Duration time, Plant plant) {
  Work work{.test = test, .time = time, .plant = plant};
  const Result<void> started =
      reporter.start({.name = "reporter", .priority = port::priority(kMostUrgent)}, report, &work);
  BATON_CHECK(started.has_value());
  reporter.join();
  return work.report;
}

Duration calibrate(std::uint32_t turns) {
  const Instant begin = kernel::now();
  asm volatile("1: subs %0, #1\n bne 1b" : "+r"(turns)::"cc");
  return kernel::now() - begin;
}

}  // namespace baton::thread_metric
