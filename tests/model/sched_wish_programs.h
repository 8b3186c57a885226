// Model programs of what others want of a thread (kernel/sched/thread_control.h), and of its end,
// with every bug that can be planted still open: no wish is lost, and no message about a thread is
// under way after its end.
#ifndef BATON_TESTS_MODEL_SCHED_WISH_PROGRAMS_H_
#define BATON_TESTS_MODEL_SCHED_WISH_PROGRAMS_H_

#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/sched_machine.h"

namespace baton::model {

/// Whoever has the thread in the end has seen the last of what was wanted, and sees the next.
template <class Machine>
void expect_wish_seen(Machine& machine, typename Machine::Guest& guest, int priority) {
  for (const int next : {priority, priority + 1}) {
    require(guest.holder != Machine::kNobody, "lost: a thread is nobody's");
    require(guest.seen_priority == next, "lost: its holder has not seen what is wanted");
    require(!guest.attention_under_way, "lost: a message is under way for ever");
    machine.set_priority(guest, next + 1);
    machine.finish();
  }
}

template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void wish_against_migration(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0",
                       [&] {
                         machine.leave(guest, 1);
                         machine.look(0);
                       }),
                thread("core 1",
                       [&] {
                         if (machine.look(1)) machine.look(1);
                       }),
                thread("wisher", [&] { machine.set_priority(guest, 7); })});
  machine.finish();
  expect_wish_seen(machine, guest, 7);
}

template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void wish_against_park(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  require(machine.announce(guest, /*stoppable=*/false), "not stoppable");
  run.parallel({thread("core 0",
                       [&] {
                         static_cast<void>(machine.park(guest));
                         machine.look(0);
                       }),
                thread("waker", [&] { machine.conclude(guest, Reason::kNotified, 1); }),
                thread("core 1", [&] { machine.look(1); }),
                thread("wisher", [&] { machine.set_priority(guest, 7); })});
  machine.finish();
  expect_wish_seen(machine, guest, 7);
}

/// Who comes second sends no message, and is seen by the first one's; or it sends it again.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void two_wishes(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0", [&] { machine.look(0); }),
                thread("A", [&] { machine.request(guest, Machine::Control::kSuspend, 0); }),
                thread("B", [&] { machine.set_priority(guest, 7); })});
  machine.finish();
  require(guest.suspended, "lost: a thread runs that was suspended");
  expect_wish_seen(machine, guest, 7);
}

template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void suspend_and_resume(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0",
                       [&] {
                         machine.look(0);
                         machine.look(0);
                       }),
                thread("other", [&] {
                  machine.request(guest, Machine::Control::kSuspend, 0);
                  machine.request(guest, 0, Machine::Control::kSuspend);
                })});
  machine.finish();
  require(!guest.suspended, "lost: a thread stays suspended that was resumed");
  require(!guest.attention_under_way, "lost: a message is under way for ever");
}

/// The thread is over once, and its message is not under way then.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void wish_against_death(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0",
                       [&] {
                         machine.die(guest);
                         machine.look(0);
                       }),
                thread("wisher", [&] { machine.set_priority(guest, 7); })});
  machine.finish();
  require(guest.ended == 1, "lost: a thread has died, and is never over");
  require(!guest.attention_under_way, "lost: a message is under way for ever");
}

/// What the thread did on the core where it died is seen where its last message comes.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void dies_elsewhere(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  machine.set_priority(guest, 7);
  machine.leave(guest, 1);
  run.parallel({thread("core 0", [&] { machine.look(0); }), thread("core 1", [&] {
                  machine.look(1);
                  if (guest.holder == 1) machine.die(guest);
                  machine.look(1);
                })});
  machine.finish();
  require(guest.ended == 1, "lost: a thread has died, and is never over");
}

/// Whoever has been told of its end may use it again.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void begins_again(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0", [&] { machine.die(guest); }),
                thread("joiner",
                       [&] {
                         if (!guest.over.load(std::memory_order_acquire)) return;
                         guest.registers.write(0);
                         guest.ended = 0;
                         guest.control.begin(Machine::Control::kSuspend);
                         machine.send(1, guest.arrival);
                       }),
                thread("core 1", [&] { machine.look(1); })});
  machine.finish();
  require(guest.holder != 1 || guest.suspended, "a thread runs that began suspended");
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_WISH_PROGRAMS_H_
