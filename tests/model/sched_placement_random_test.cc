// How cores find work for each other, at random: threads of all urgencies and affinities become
// ready, wait, and are changed, messages come in any order and when they like.  At each quiet
// moment the threads that run are compared with those that should, found the naive way.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "sync/atomics.h"
#include "tests/model/sched_placement.h"

namespace baton::model {
namespace {

constexpr unsigned kSeeds = 80;
constexpr unsigned kEvents = 10'000;

struct Result {
  unsigned compared = 0;
  unsigned wrong = 0;
  unsigned restless = 0;  // times that messages did not end
  unsigned looks = 0;     // the most that it took until it was quiet
  unsigned messages = 0;
};

template <unsigned kCores, PlacementFlaws kFlaws = PlacementFlaws{}>
class RandomRun {
  using Machine = PlacementMachine<sync::StdAtomics, kCores, kFlaws>;
  using Job = typename Machine::Job;

 public:
  // In every second run cores are often parked, of which few threads keep them.
  explicit RandomRun(unsigned seed)
      : random_(seed),
        parks_often_(seed % 2 == 0),
        used_(parks_often_ ? 1 + below(kCores + 2) : kJobs) {}

  Result run(unsigned events) {
    for (unsigned i = 0; i < events && result_.wrong + result_.restless == 0; ++i) {
      event();
      if (below(8) == 0) compare();
    }
    result_.messages = machine_->messages();
    machine_->clear();
    return result_;
  }

 private:
  static constexpr unsigned kJobs = 3 * kCores;

  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  // At least one of them takes threads.
  unsigned some_cores() {
    for (;;) {
      const unsigned cores = any_cores();
      if ((cores & machine_->active()) != 0) return cores;
    }
  }
  unsigned any_cores() {
    constexpr unsigned kAll = (1U << kCores) - 1;
    // Mostly few, so that they are in each other's way.
    const unsigned one = 1U << below(kCores);
    if (parks_often_) return 1 + below(kAll);
    switch (below(4)) {
      case 0:
        return kAll;
      case 1:
        return one;
      default:
        return one | 1U << below(kCores);
    }
  }

  void park_or_unpark(unsigned core) {
    if ((machine_->active() >> core & 1U) == 0) return machine_->unpark(core);
    const unsigned rest = machine_->active() & ~(1U << core);
    if (std::ranges::all_of(std::span(jobs_).first(used_),
                            [rest](const Job& job) { return (job.may_go & rest) != 0; })) {
      machine_->park(core);
    }
  }

  void event() {
    const unsigned core = below(kCores);
    Job& job = jobs_[below(used_)];
    if (machine_->is_switching(core)) return machine_->finish_switch(core);
    Job* const current = machine_->current(core);
    switch (below(9)) {
      case 0:
      case 1:
        if (!machine_->sleeps(job)) return;
        job.value = static_cast<int>(below(6));
        job.may_go = some_cores();
        machine_->dispatch(core, job);
        return;
      case 2:
        if (current == nullptr) return;
        current->must_stay = false;
        machine_->end_job(core);
        machine_->look(core);
        return;
      case 3:
        finish_switch_with(job);
        machine_->change(job, static_cast<int>(below(6)), job.may_go);
        return;
      case 4:
        finish_switch_with(job);
        machine_->change(job, job.value, some_cores());
        return;
      case 5:
        if (current == nullptr) return;
        current->must_stay = !current->must_stay;
        // What has been put off is done.
        if (!current->must_stay) machine_->look(core);
        return;
      case 6:
        if (parks_often_ || below(4) == 0) park_or_unpark(core);
        return;
      default:
        machine_->interrupt(core);
        return;
    }
  }

  // Its core has interrupts masked until it has switched.
  void finish_switch_with(const Job& job) {
    if (job.holder >= 0 && machine_->is_switching(static_cast<unsigned>(job.holder))) {
      machine_->finish_switch(static_cast<unsigned>(job.holder));
    }
  }

  void compare() {
    // Also while some cannot leave.
    if (!come_to_rest()) return;
    if (!machine_->is_best()) ++result_.wrong;
    for (Job& job : jobs_) job.must_stay = false;
    // Those that could not leave look when they can.
    for (unsigned core = 0; core < kCores; ++core) machine_->look(core);
    if (!come_to_rest()) return;
    ++result_.compared;
    if (!machine_->is_best()) ++result_.wrong;
  }

  bool come_to_rest() {
    unsigned looks = 0;
    // One after another, or in any order, or in one that comes again and again: what goes in
    // circles may need a certain one.
    const unsigned how = below(3);
    std::vector<unsigned> again(kCores + below(2 * kCores + 3));
    for (unsigned i = 0; i < again.size(); ++i) again[i] = i < kCores ? i : below(kCores);
    std::ranges::shuffle(again, random_);
    while (machine_->is_busy()) {
      const unsigned core = how == 0   ? turn_++ % kCores
                            : how == 1 ? below(kCores)
                                       : again[looks % again.size()];
      if (machine_->is_switching(core)) {
        machine_->finish_switch(core);
      } else {
        machine_->interrupt(core);
      }
      if (++looks == 2000 * kCores) {
        ++result_.restless;
        return false;
      }
    }
    result_.looks = std::max(result_.looks, looks);
    return true;
  }

  std::mt19937 random_;
  bool parks_often_;
  unsigned used_;  // of the jobs
  unsigned turn_ = 0;
  std::unique_ptr<Machine> machine_ = std::make_unique<Machine>();
  std::array<Job, kJobs> jobs_;
  Result result_;
};

template <unsigned kCores, PlacementFlaws kFlaws = PlacementFlaws{}>
Result run(unsigned seeds, unsigned events) {
  Result sum;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    const Result one = RandomRun<kCores, kFlaws>(seed).run(events);
    sum.compared += one.compared;
    sum.wrong += one.wrong;
    sum.restless += one.restless;
    sum.looks = std::max(sum.looks, one.looks);
    sum.messages += one.messages;
  }
  std::printf("  %u cores: %u seeds, compared=%u wrong=%u restless=%u messages=%u most looks=%u\n",
              kCores, seeds, sum.compared, sum.wrong, sum.restless, sum.messages, sum.looks);
  return sum;
}

template <unsigned kCores>
void expect_best() {
  const Result result = run<kCores>(kSeeds, kEvents);
  EXPECT_EQ(result.wrong, 0U);
  EXPECT_EQ(result.restless, 0U);
  EXPECT_GT(result.compared, kSeeds * kEvents / 10);
}

TEST(PlacementAtRandom, TheMostUrgentRun) {
  expect_best<1>();
  expect_best<2>();
  expect_best<3>();
  expect_best<4>();
  expect_best<8>();
}

// What is done with interrupts masked does not grow with the number of threads that wait.
TEST(Placement, LooksAtFewOfMany) {
  using Machine = PlacementMachine<sync::StdAtomics, 4>;
  using Job = Machine::Job;
  const auto machine = std::make_unique<Machine>();
  machine->work(0, 10);
  machine->work(1, 10);
  std::array<Job, 200> bound;
  std::array<Job, 200> both;
  std::array<Job, 2> more;
  for (Job& job : bound) {
    job.value = 3;
    job.may_go = 1;
    machine->ready(0, job);
  }
  for (Job& job : both) {
    job.value = 4;
    job.may_go = 3;
    machine->ready(0, job);
  }
  machine->settle();
  const auto looked_at = [&](auto&& what) {
    for (Job& job : bound) job.looked_at = 0;
    for (Job& job : both) job.looked_at = 0;
    what();
    machine->settle();
    unsigned sum = 0;
    for (const Job& job : bound) sum += job.looked_at;
    for (const Job& job : both) sum += job.looked_at;
    return sum;
  };
  // Cores 2 and 3 idle, and none of these may go there.
  EXPECT_EQ(looked_at([&] {
              more[0].value = 2;
              more[0].may_go = 3;
              machine->ready(0, more[0]);
            }),
            0U);
  // The work of core 1 might move up for some of them.
  EXPECT_LT(looked_at([&] {
              machine->work(1, Machine::kIdle);
              more[1].value = 8;
              more[1].may_go = 6;
              machine->wake(1, more[1]);
            }),
            20U);
  machine->clear();
}

// Each found within the seeds that the test above runs.
template <unsigned kCores, PlacementFlaws kFlaws>
void expect_found(const char* what) {
  std::printf("%s:\n", what);
  const Result result = run<kCores, kFlaws>(kSeeds, kEvents);
  EXPECT_GT(result.wrong + result.restless, 0U) << what;
}

TEST(PlacementAtRandom, PlantedBugsAreFound) {
  expect_found<3, {.does_not_ask = true}>("a core with something else to do does not ask");
  expect_found<3, {.asks_when_it_does_less = true}>("it asks when it does less, only");
  expect_found<3, {.asks_once = true}>("it asks one core only");
  expect_found<4, {.believes_an_old_refusal = true}>("it believes a refusal from before");
  expect_found<2, {.spreads_on_a_rise_only = true}>("it looks when something more urgent waits");
  expect_found<2, {.makes_no_room = true}>("what runs does not make room");
  expect_found<4, {.asks_for_room_once = true}>("it does not look again when room is made");
  expect_found<3, {.expects_nobody = true}>("several make room for each other");
  expect_found<3, {.hides_that_it_stays = true}>("what must stay seems to make room");
  expect_found<2, {.remembers_being_parked = true}>("parked and back before it noticed");
  expect_found<3, {.returns_in_silence = true}>("what waits where a core comes back is forgotten");
}

}  // namespace
}  // namespace baton::model
