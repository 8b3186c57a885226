// Model programs of how cores find work for each other, with every bug that can be planted still
// open.
#ifndef BATON_TESTS_MODEL_SCHED_PLACEMENT_PROGRAMS_H_
#define BATON_TESTS_MODEL_SCHED_PLACEMENT_PROGRAMS_H_

#include <array>

#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/sched_placement.h"

namespace baton::model {

/// One core's work is done as something becomes ready on the other.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void idle_as_it_gets_ready(Execution& run) {
  using Machine = PlacementMachine<Policy, 2, kFlaws>;
  Machine machine;
  typename Machine::Job job(5);
  machine.work(0, 10);
  machine.work(1, 10);
  run.parallel({thread("idle",
                       [&] {
                         machine.work(0, Machine::kIdle);
                         machine.look(0);
                       }),
                thread("ready", [&] {
                  machine.ready(1, job);
                  machine.look(1);
                })});
  machine.finish();
  require(machine.running(0) == 5, "overlooked: a core is idle");
}

/// One that asks gets other work, and is idle again before the answer comes.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void idle_again_before_the_answer(Execution& run) {
  using Machine = PlacementMachine<Policy, 2, kFlaws>;
  Machine machine;
  typename Machine::Job job(5);
  machine.work(0, 10);
  machine.work(1, 10);
  machine.ready(1, job);
  run.parallel({thread("asks",
                       [&] {
                         machine.work(0, 3);
                         machine.work(0, 8);
                         machine.work(0, Machine::kIdle);
                         machine.look(0);
                       }),
                thread("answers", [&] { machine.look(1); })});
  machine.finish();
  require(machine.running(0) == 5, "overlooked: a core is idle");
}

/// Two cores get idle, and the most urgent thread is wanted by both.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void two_ask_for_one(Execution& run) {
  using Machine = PlacementMachine<Policy, 4, kFlaws>;
  Machine machine;
  typename Machine::Job first(9);
  typename Machine::Job second(8);
  for (unsigned core = 0; core < 4; ++core) machine.work(core, 10);
  machine.ready(2, first);
  machine.ready(3, second);
  run.parallel({thread("A", [&] { machine.work(0, Machine::kIdle); }),
                thread("B", [&] { machine.work(1, Machine::kIdle); })});
  machine.finish();
  require(machine.running(0) + machine.running(1) == 17, "overlooked: a core is idle");
}

/// A thread that cannot go where there is nothing to do hides none that can.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void behind_one_that_cannot_move(Execution& run) {
  using Machine = PlacementMachine<Policy, 2, kFlaws>;
  Machine machine;
  typename Machine::Job bound(9, /*may_run_on=*/2U);
  typename Machine::Job job(5);
  machine.work(0, 10);
  machine.work(1, 10);
  machine.ready(1, bound);
  run.parallel({thread("idle",
                       [&] {
                         machine.work(0, Machine::kIdle);
                         machine.look(0);
                       }),
                thread("ready", [&] {
                  machine.look(1);
                  machine.ready(1, job);
                })});
  machine.finish();
  require(machine.running(0) == 5, "overlooked: a core is idle");
}

/// A thread comes to a core together with a request, which is refused; by then another core may be
/// idle that saw nothing waiting there.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void asked_as_something_comes(Execution& run) {
  using Machine = PlacementMachine<Policy, 3, kFlaws>;
  Machine machine;
  typename Machine::Job low(4);
  typename Machine::Job job(9);
  machine.work(0, 10);
  machine.work(1, 5);
  machine.work(2, 10);
  machine.ready(1, low);
  machine.ready(2, job);  // goes to core 1
  machine.work(2, 3);     // asks for the other one
  machine.work(2, 10);
  machine.work(1, 3);
  machine.end_job(1);
  machine.work(1, 10);
  run.parallel({thread("idle", [&] { machine.work(0, Machine::kIdle); }),
                thread("asked", [&] { machine.look(1); })});
  machine.finish();
  require(machine.running(0) == 9, "overlooked: a core is idle");
}

/// A thread that is bound to a core becomes ready there as another core gets idle, to which the one
/// that runs there could go.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void bound_behind_one_that_can_move(Execution& run) {
  using Machine = PlacementMachine<Policy, 2, kFlaws>;
  Machine machine;
  typename Machine::Job free(7);
  typename Machine::Job bound(5, /*may_run_on=*/2U);
  machine.work(0, 10);
  machine.ready(1, free);
  run.parallel({thread("idle",
                       [&] {
                         machine.work(0, Machine::kIdle);
                         machine.look(0);
                       }),
                thread("ready", [&] {
                  machine.ready(1, bound);
                  machine.look(1);
                })});
  machine.finish();
  require(machine.running(0) == 7 && machine.running(1) == 5, "overlooked: a core is idle");
}

/// Two bound threads wait, and there is room for one of those that run in front of them.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void two_make_room_at_once(Execution& run) {
  using Machine = PlacementMachine<Policy, 3, kFlaws>;
  Machine machine;
  typename Machine::Job one(7, /*may_run_on=*/3U);
  typename Machine::Job other(7, /*may_run_on=*/5U);
  typename Machine::Job bound(5, /*may_run_on=*/2U);
  typename Machine::Job more_urgent(6, /*may_run_on=*/4U);
  machine.work(0, 10);
  machine.ready(1, one);
  machine.ready(2, other);
  machine.work(0, Machine::kIdle);
  run.parallel({thread("B", [&] { machine.ready(1, bound); }),
                thread("C", [&] { machine.ready(2, more_urgent); })});
  machine.finish();
  require(machine.running(0) + machine.running(1) + machine.running(2) == 7 + 7 + 6,
          "overlooked: others run than the most urgent");
}

/// In the end the most urgent run, whoever has noticed first.
template <class Policy = ModelAtomics, PlacementFlaws kFlaws = PlacementFlaws{}>
void three_change_at_once(Execution& run) {
  using Machine = PlacementMachine<Policy, 3, kFlaws>;
  Machine machine;
  std::array<typename Machine::Job, 3> jobs{typename Machine::Job(7), typename Machine::Job(5),
                                            typename Machine::Job(4)};
  for (unsigned core = 0; core < 3; ++core) machine.work(core, 10);
  for (typename Machine::Job& job : jobs) machine.ready(1, job);
  run.parallel({thread("A", [&] { machine.work(0, Machine::kIdle); }),
                thread("B", [&] { machine.work(1, Machine::kIdle); }),
                thread("C", [&] { machine.work(2, 3); })});
  machine.finish();
  require(machine.running(0) + machine.running(1) + machine.running(2) == 7 + 5 + 4,
          "overlooked: others run than the most urgent");
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_PLACEMENT_PROGRAMS_H_
