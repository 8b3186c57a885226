#include "tests/target/cortex_m/sweep.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/systick.h"
#include "base/assert.h"
#include "base/format.h"
#include "tests/target/cortex_m/report.h"

namespace baton::cortex_m {
namespace {

constexpr std::uint32_t kFirstTicks = 2;
constexpr std::size_t kMostTicks = 4096;
constexpr std::size_t kMostOutcomes = 64;
constexpr std::size_t kMostCode = 128 * 1024;

/// The experiment under way, shared by the thread and the timer's handler.
struct Experiment {
  std::array<const Operation*, 2> handlers{};  // the second may be missing
  std::uint32_t second_ticks = 0;
  std::size_t interrupts = 0;
  std::array<std::uint32_t, 2> places{};  // where they came
  std::array<Answer, kActors> answers{};
};
constinit Experiment now;

struct Outcome {
  std::array<Answer, kActors> answers{};
  Remains remains{};
  unsigned times = 0;
};

/// The outcomes of one case.
struct Tally {
  std::array<Outcome, kMostOutcomes> outcomes{};
  std::size_t kinds = 0;
  unsigned interrupts = 0;

  void add(const Remains& remains) {
    interrupts += now.interrupts;
    const auto end = outcomes.begin() + kinds;
    auto* const same = std::find_if(outcomes.begin(), end, [&](const Outcome& outcome) {
      return outcome.answers == now.answers && outcome.remains == remains;
    });
    if (same == end) {
      BATON_CHECK(kinds < outcomes.size());
      outcomes[kinds++] = {.answers = now.answers, .remains = remains, .times = 1};
    } else {
      ++same->times;
    }
  }
};

/// A bit per halfword of code.
class Places {
 public:
  void add(std::uint32_t address) {
    const std::size_t bit = address / 2;
    BATON_CHECK(bit < kMostCode / 2);
    words_[bit / 32] |= std::uint32_t{1} << bit % 32;
  }
  void clear() { words_.fill(0); }
  template <class F>
  void for_each(F&& f) const {
    for (std::uint32_t bit = 0; bit < kMostCode / 2; ++bit) {
      if ((words_[bit / 32] >> bit % 32 & 1U) != 0) f(bit * 2);
    }
  }

 private:
  std::array<std::uint32_t, kMostCode / 64> words_{};
};

constinit Report report;
constinit Tally tally;
constinit Places interrupted;                            // during one operation, in all its cases
constinit std::array<std::uint32_t, kMostTicks> path{};  // where the first interrupt came, by ticks
constinit std::size_t path_length = 0;

/// One experiment; what remains of it.
Remains run(const Subject& subject, const Operation& operation, std::size_t start,
            std::uint32_t ticks) {
  now.interrupts = 0;
  now.answers = {};
  subject.prepare(start);
  arch::SysTick::start(ticks);
  const Answer answer = operation.run(Actor::kThread);
  arch::SysTick::stop();
  now.answers[0] = answer;
  for (std::size_t i = 0; i < now.interrupts; ++i) interrupted.add(now.places[i]);
  return subject.finish();
}

void print_case(const Subject& subject, const Operation& operation, std::size_t start) {
  format_to(report, "case {} {} {} {}", subject.name, operation.name, subject.starts[start],
            now.handlers[0]->name);
  if (now.handlers[1] != nullptr) format_to(report, "+{}", now.handlers[1]->name);
  format_to(report, " {}", tally.interrupts);
  for (std::size_t i = 0; i < tally.kinds; ++i) {
    const Outcome& outcome = tally.outcomes[i];
    report.write(" ");
    for (const Answer& given : outcome.answers) format_to(report, "{}{},", given.kind, given.value);
    for (const std::uint16_t number : outcome.remains) format_to(report, "{},", number);
    format_to(report, "*{}", outcome.times);
  }
  report.write("\n");
}

/// Each place and for how many ticks it was the one, since no instruction follows itself.
void print_path() {
  std::size_t i = 0;
  while (i < path_length) {
    std::size_t ticks = 0;
    const std::uint32_t place = path[i];
    while (i < path_length && path[i] == place) {
      ++i;
      ++ticks;
    }
    format_to(report, " {:x}*{}", place, ticks);
  }
  report.write("\n");
}

/// One interrupt.  The first handler's places make the path; those of all others must be the same,
/// as nothing differs before the interrupt comes.
void sweep_one(const Subject& subject, const Operation& operation, std::size_t start,
               const Operation& handler) {
  now.handlers = {&handler, nullptr};
  tally = {};
  const bool first = path_length == 0;
  std::size_t length = 0;
  for (std::uint32_t ticks = kFirstTicks;; ++ticks) {
    const Remains remains = run(subject, operation, start, ticks);
    if (now.interrupts == 0) break;
    tally.add(remains);
    BATON_CHECK(length < path.size());
    if (first) path[length] = now.places[0];
    BATON_CHECK(path[length] == now.places[0] && "the same time leads to the same place");
    ++length;
  }
  BATON_CHECK(first || length == path_length);
  path_length = length;
  print_case(subject, operation, start);
}

/// Two interrupts: the first once at every place of the path, the second's time counts from the end
/// of the first.
void sweep_two(const Subject& subject, const Operation& operation, std::size_t start,
               const Pair& pair) {
  now.handlers = {pair.first, pair.second};
  tally = {};
  for (std::size_t i = 0; i < path_length; ++i) {
    if (i > 0 && path[i] == path[i - 1]) continue;
    now.second_ticks = kFirstTicks;
    for (;; ++now.second_ticks) {
      const Remains remains =
          run(subject, operation, start, kFirstTicks + static_cast<std::uint32_t>(i));
      BATON_CHECK(now.interrupts > 0);
      if (now.interrupts < 2) break;
      tally.add(remains);
    }
  }
  print_case(subject, operation, start);
}

}  // namespace

void on_timer(std::uint32_t program_counter) {
  arch::SysTick::stop();
  const std::size_t number = now.interrupts;
  BATON_CHECK(number < now.handlers.size());
  now.places[number] = program_counter;
  const bool more = number == 0 && now.handlers[1] != nullptr;
  now.answers[number + 1] =
      now.handlers[number]->run(number == 0 ? Actor::kHandler : Actor::kSecondHandler);
  now.interrupts = number + 1;
  if (more) arch::SysTick::start(now.second_ticks);
}

void sweep(const Subject& subject) {
  for (const Operation& operation : subject.operations) {
    interrupted.clear();
    for (std::size_t start = 0; start < subject.starts.size(); ++start) {
      path_length = 0;
      for (const Operation& handler : subject.operations) {
        sweep_one(subject, operation, start, handler);
      }
      for (const Pair& pair : subject.pairs) sweep_two(subject, operation, start, pair);
      format_to(report, "path {} {} {} {:x}:", subject.name, operation.name, subject.starts[start],
                reinterpret_cast<std::uintptr_t>(operation.run) & ~std::uintptr_t{1});
      print_path();
    }
    format_to(report, "interrupted {} {}:", subject.name, operation.name);
    interrupted.for_each([](std::uint32_t address) { format_to(report, " {:x}", address); });
    report.write("\n");
    report.flush();
  }
}

}  // namespace baton::cortex_m
