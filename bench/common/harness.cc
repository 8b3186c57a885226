#include "bench/common/harness.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "arch/cpu.h"
#include "bench/common/outcome.h"
#include "benchmark/benchmark.h"

namespace baton::bench {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Short enough to fit between two ticks of a busy machine's scheduler, most of the time.
constexpr Clock::duration kAlone = microseconds(1500);
constexpr Clock::duration kTogether = milliseconds(3);
constexpr Clock::duration kShort = microseconds(100);
constexpr unsigned kMostTries = 25;

bool short_runs = false;

bool pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return pthread_setaffinity_np(pthread_self(), sizeof(set), &set) == 0;
}

std::vector<int> usable_cpus() {
  std::vector<int> found;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return found;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) found.push_back(cpu);
  }
  return found;
}

/// How often the scheduler has taken the CPU from the calling thread.
long preemptions() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

/// One run of two parts; lives on the first thread's stack.
struct Meeting {
  explicit Meeting(const Part& both_do) : part(both_do) {}

  const Part& part;
  std::atomic<unsigned> arrived{0};
  std::atomic<unsigned> gone{0};
  std::atomic<std::int64_t> begin{0};
  Measurement measurement;
  std::atomic<bool> disturbed{false};

  void attend(unsigned side) {
    const long before = preemptions();
    // Relaxed: only the number counts.
    if (arrived.fetch_add(1, std::memory_order_relaxed) == 1) {
      const Clock::time_point start = Clock::now() + microseconds(20);
      // Relaxed: a number, which publishes nothing.
      begin.store(start.time_since_epoch().count(), std::memory_order_relaxed);
    }
    std::int64_t start = 0;
    // Relaxed: as above.
    while ((start = begin.load(std::memory_order_relaxed)) == 0) arch::relax();
    const Clock::time_point starts{Clock::duration(start)};
    while (Clock::now() < starts) {
    }
    Tally& tally = measurement.sides[side];
    part(tally, side, starts + (short_runs ? kShort : kTogether));
    tally.end = Clock::now();
    // Relaxed: published with `gone`.
    if (preemptions() != before) disturbed.store(true, std::memory_order_relaxed);
    // Release pairs with the acquire in run_together(): our tally goes with it.
    gone.fetch_add(1, std::memory_order_release);
  }
};

/// Where the second thread gets its work.
struct Door {
  std::mutex mutex;
  std::condition_variable knock;
  Meeting* meeting = nullptr;
};

Door& door() {
  static auto* const one = new Door;  // outlives the thread that waits at it
  return *one;
}

[[noreturn]] void second_thread(int cpu) {
  pin_to(cpu);
  for (;;) {
    Meeting* meeting = nullptr;
    {
      std::unique_lock lock(door().mutex);
      door().knock.wait(lock, [] { return door().meeting != nullptr; });
      meeting = std::exchange(door().meeting, nullptr);
    }
    meeting->attend(1);
  }
}

Measurement until_undisturbed(const std::function<Measurement()>& run) {
  Measurement measurement;
  for (unsigned i = 0; i < kMostTries; ++i) {
    measurement = run();
    if (!measurement.disturbed) break;
  }
  return measurement;
}

const char* program_name = "";
std::uint64_t expected_reports = 0;

void show_progress() {
  static std::uint64_t reports = 0;
  ++reports;
  if (expected_reports == 0) return;
  const std::uint64_t before = (reports - 1) * 20 / expected_reports;
  const std::uint64_t now = reports * 20 / expected_reports;
  if (now != before) {
    std::fprintf(stderr, "%s: %3d %% of %llu runs\n", program_name, static_cast<int>(now * 5),
                 static_cast<unsigned long long>(expected_reports));
  }
}

}  // namespace

bool start_second_thread() {
  const std::vector<int> cpus = usable_cpus();
  if (cpus.size() < 2 || !pin_to(cpus[0])) return false;
  std::thread(second_thread, cpus[1]).detach();
  return true;
}

Measurement run_alone(const Part& part) {
  return until_undisturbed([&part] {
    Measurement measurement;
    const long before = preemptions();
    const Clock::time_point begin = Clock::now();
    part(measurement.sides[0], 0, begin + (short_runs ? kShort : kAlone));
    measurement.elapsed = Clock::now() - begin;
    measurement.disturbed = preemptions() != before;
    return measurement;
  });
}

Measurement run_together(const Part& part) {
  return until_undisturbed([&part] {
    Meeting meeting(part);
    {
      const std::lock_guard lock(door().mutex);
      door().meeting = &meeting;
    }
    door().knock.notify_one();
    meeting.attend(0);
    // Acquire pairs with the release in attend().
    while (meeting.gone.load(std::memory_order_acquire) != 2) arch::relax();
    Measurement& measurement = meeting.measurement;
    // Relaxed: acquired with `gone`; and so is `begin`.
    measurement.disturbed = meeting.disturbed.load(std::memory_order_relaxed);
    const Clock::time_point begin{
        Clock::duration(meeting.begin.load(std::memory_order_relaxed))};  // relaxed: as above
    measurement.elapsed = std::max(measurement.sides[0].end, measurement.sides[1].end) - begin;
    return measurement;
  });
}

void make_short() { short_runs = true; }
bool is_short() { return short_runs; }

void expect_reports(const char* program, std::uint64_t count) {
  program_name = program;
  expected_reports = count;
}

void report_time(benchmark::State& state, double seconds, bool disturbed) {
  state.SetIterationTime(seconds);
  state.counters["disturbed"] = disturbed ? 1 : 0;
  show_progress();
}

void report(benchmark::State& state, const Measurement& measurement, bool together,
            bool turns_known) {
  const Tally& first = measurement.sides[0];
  const Tally& second = measurement.sides[1];
  const auto successes = static_cast<double>(first.successes + second.successes);
  const std::chrono::duration<double> elapsed = measurement.elapsed;
  state.counters["success_rate"] =
      successes / static_cast<double>(first.attempts + second.attempts);
  if (together) {
    const auto a = static_cast<double>(first.successes);
    const auto b = static_cast<double>(second.successes);
    // Jain's index for two: 1 is even, 0.5 is all for one.
    state.counters["fairness"] = (a + b) * (a + b) / (2 * (a * a + b * b));
    state.counters["least_share"] = std::min(a, b) / (a + b);
    if (turns_known) {
      state.counters["in_a_row"] =
          successes / static_cast<double>(std::max<std::uint64_t>(1, first.turns + second.turns));
    }
  }
  report_time(state, elapsed.count() / successes, measurement.disturbed);
}

void report_turns(benchmark::State& state, const Turns (&turns)[2], std::uint64_t operations,
                  bool disturbed) {
  const auto median = [&turns](std::vector<double> Turns::* whose) {
    std::vector<double> times = turns[0].*whose;
    times.insert(times.end(), (turns[1].*whose).begin(), (turns[1].*whose).end());
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
  };
  const double ours = median(&Turns::ours);
  state.counters["ratio"] = ours / median(&Turns::peer);
  report_time(state, ours / static_cast<double>(operations), disturbed);
}

}  // namespace baton::bench
