#include "bench/thread_metric/sweep.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/result.h"
#include "bench/thread_metric/alarm.h"
#include "bench/thread_metric/port.h"
#include "bench/thread_metric/reporter.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/sched/static_thread.h"

namespace baton::thread_metric {
namespace {

constexpr int kMostUrgent = 2;
constexpr std::uint32_t kFirstTicks = 2;
constexpr std::uint32_t kMostTicks = 1'000'000;
// A round now and then takes longer than the others: the kernel's own timer.
constexpr unsigned kTooLate = 4;
// Two of the ordinary interrupts with nothing between them may differ by the timer's steps.
constexpr std::uint32_t kSteps = 3;
constexpr std::size_t kMostCode = 512 * 1024;

// A bit per halfword of code.
constinit std::array<std::uint32_t, kMostCode / 64> seen{};

constinit Sweep found;
constinit const Test* swept = nullptr;
constinit kernel::Semaphore ended(0);

void note_place(std::uint32_t address) {
  const std::size_t bit = address / 2;
  if (bit >= kMostCode / 2) return;
  std::uint32_t& word = seen[bit / 32];
  const std::uint32_t mask = std::uint32_t{1} << bit % 32;
  found.places += (word & mask) == 0 ? 1U : 0U;
  word |= mask;
}

void note_stretch(const alarm::Heard& heard) {
  auto* const end = found.stretches.begin() + found.kinds;
  auto* const same = std::find_if(found.stretches.begin(), end, [&heard](const Stretch& one) {
    return one.end == heard.ordinary_at && one.handlers == heard.handlers;
  });
  if (same == end) {
    BATON_CHECK(found.kinds < Sweep::kStretches);
    ++found.kinds;
    *same = {
        .begin = 0, .end = heard.ordinary_at, .handlers = heard.handlers, .ticks = 0, .times = 0};
  }
  ++same->times;
  if (heard.ordinary_late > same->ticks) {
    same->ticks = heard.ordinary_late;
    same->begin = heard.urgent_at;
  }
}

void note(const alarm::Heard& heard) {
  ++found.rounds;
  note_place(heard.urgent_at);
  if (heard.urgent_late > found.urgent.most) found.urgent_at = heard.urgent_at;
  found.urgent.add(heard.urgent_late);
  found.ordinary.add(heard.ordinary_late);
  // The two come at one instruction where nothing masks them.
  if (heard.ordinary_at == heard.urgent_at &&
      heard.ordinary_late <= found.ordinary.least + kSteps) {
    return;
  }
  ++found.masked;
  note_stretch(heard);
}

// Thread 0's instead of its test's.
void sweep_loop(void* /*argument*/) {
  const Test& test = *swept;
  if (test.before != nullptr) test.before();
  // The first is unlike the others: a round that goes all the way, without an interrupt.
  test.round();
  unsigned late = 0;
  for (std::uint32_t ticks = kFirstTicks; late < kTooLate && ticks < kMostTicks; ++ticks) {
    alarm::arm(ticks);
    test.round();
    const alarm::Heard heard = alarm::disarm();
    if (heard.both) {
      note(heard);
      late = 0;
    } else {
      ++late;
    }
  }
  ended.release();
  for (;;) port::thread_suspend(0);
}

void conduct(void* /*argument*/) {
  const Test& test = *swept;
  alarm::set_up();
  set_up(test, sweep_loop);
  BATON_CHECK(ended.acquire().has_value());
  suspend_all(test);
  found.wrong = check_counters(test);
  if (found.wrong.empty() && found.rounds == 0) found.wrong = "no interrupt came";
}

constinit kernel::StaticThread<4096> conductor;

}  // namespace

const Sweep& sweep(const Test& test) {
  swept = &test;
  const Result<void> started = conductor.start(
      {.name = "conductor", .priority = port::priority(kMostUrgent)}, conduct, nullptr);
  BATON_CHECK(started.has_value());
  conductor.join();
  return found;
}

}  // namespace baton::thread_metric
