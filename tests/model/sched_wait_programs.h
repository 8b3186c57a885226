// Model programs of a thread's waits (kernel/sched/thread_control.h), with every bug that can be
// planted still open: one wait, one end, one owner.
#ifndef BATON_TESTS_MODEL_SCHED_WAIT_PROGRAMS_H_
#define BATON_TESTS_MODEL_SCHED_WAIT_PROGRAMS_H_

#include <array>
#include <cstddef>

#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/sched_machine.h"
#include "tests/model/sched_wish_programs.h"

namespace baton::model {

/// What those who may end a wait have in hand for the thread.
template <class Machine>
struct Wait {
  using Reason = typename Machine::Reason;

  void end(Machine& machine, typename Machine::Guest& guest, Reason reason, unsigned to) {
    gifts[static_cast<std::size_t>(reason)].write(1);
    machine.conclude(guest, reason, to);
  }
  /// In the thread that waited.
  void over(const typename Machine::Guest& guest) {
    const Reason reason = guest.control.reason();
    require(guest.wins == 1, "a wait is over, and not by one");
    require(reason == guest.winner, "a wait ended otherwise than its winner says");
    require(gifts[static_cast<std::size_t>(reason)].read() == 1,
            "a thread does not see what it was woken for");
    ++overs;
  }

  std::array<Plain<int>, 3> gifts;
  int overs = 0;
};

template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void one_of_three_wakes(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  Wait<Machine> wait;
  require(machine.announce(guest, /*stoppable=*/true), "nobody has asked it to stop");
  run.parallel({thread("core 0",
                       [&] {
                         if (!machine.park(guest)) wait.over(guest);
                       }),
                thread("waker", [&] { wait.end(machine, guest, Reason::kNotified, 1); }),
                thread("timer", [&] { wait.end(machine, guest, Reason::kTimedOut, 1); }),
                thread("stopper", [&] { wait.end(machine, guest, Reason::kStopped, 1); }),
                thread("core 1", [&] {
                  if (machine.look(1)) wait.over(guest);
                })});
  if (wait.overs == 0) {
    machine.finish();
    wait.over(guest);
  }
  require(guest.wins == 1 && wait.overs == 1, "a wait that is ended is over once");
}

/// It does not even switch away.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void woken_before_it_parks(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  Wait<Machine> wait;
  // What the thread wrote before it announced its wait is the queue's lock's to order.
  require(machine.announce(guest, /*stoppable=*/false), "it is not stoppable");
  run.parallel({thread("core 0",
                       [&] {
                         if (!guest.control.is_waiting()) wait.over(guest);
                       }),
                thread("waker", [&] { wait.end(machine, guest, Reason::kNotified, 0); })});
  require(guest.wins == 1, "nobody else ends it");
  require(guest.holder == 0, "it has never left its core");
}

/// Between announcing and parking it is moved: the wait goes on, and whoever ends it then does not
/// own it.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void preempted_before_it_parks(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  Wait<Machine> wait;
  require(machine.announce(guest, /*stoppable=*/false), "it is not stoppable");
  run.parallel({thread("core 0", [&] { machine.leave(guest, 1); }),
                thread("core 1",
                       [&] {
                         if (!machine.look(1)) return;
                         static_cast<void>(machine.park(guest));
                       }),
                thread("waker", [&] { wait.end(machine, guest, Reason::kNotified, 0); })});
  machine.finish();
  require(guest.wins == 1, "a wait goes on that somebody has ended");
  require(guest.holder != Machine::kNobody, "lost: a thread whose wait is over is nobody's");
}

/// Either it does not begin to wait, or its wait is ended.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void stop_against_announce(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  using Concluded = typename Machine::Concluded;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0",
                       [&] {
                         if (machine.announce(guest, /*stoppable=*/true)) {
                           static_cast<void>(machine.park(guest));
                         }
                       }),
                thread("stopper", [&] {
                  machine.request(guest, Machine::Control::kStop, 0);
                  machine.conclude(guest, Reason::kStopped, 1);
                })});
  machine.finish();
  require(guest.control.conclude(Reason::kNotified) == Concluded::kLost,
          "lost: a thread waits that was asked to stop");
  require(guest.holder != Machine::kNobody, "lost: a thread whose wait is over is nobody's");
  require(guest.control.wishes(Machine::Control::kStop), "a wish is lost");
  // It can still be told something, and die.
  machine.set_priority(guest, 7);
  machine.finish();
  expect_wish_seen(machine, guest, 7);
  machine.die(guest);
  require(guest.ended == 1, "lost: a thread has died, and is never over");
}

/// A stop does not end such a wait, and stays wanted.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void not_stoppable(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  using Concluded = typename Machine::Concluded;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  run.parallel({thread("core 0",
                       [&] {
                         require(machine.announce(guest, /*stoppable=*/false), "not stoppable");
                         static_cast<void>(machine.park(guest));
                       }),
                thread("stopper", [&] {
                  machine.request(guest, Machine::Control::kStop, 0);
                  require(machine.conclude(guest, Reason::kStopped, 1) == Concluded::kLost,
                          "a wait is stopped that is not stoppable");
                })});
  require(machine.conclude(guest, Reason::kNotified, 1) == Concluded::kOwned,
          "a wait does not go on");
  machine.finish();
  require(guest.control.reason() == Reason::kNotified, "a wait ended otherwise than by its waker");
  require(!machine.announce(guest, /*stoppable=*/true), "a wish is lost");
}

/// A wait begins when the one before it has been ended on the other core.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void waits_twice(Execution& run) {
  using Machine = SchedMachine<Policy, kFlaws>;
  using Reason = typename Machine::Reason;
  using Concluded = typename Machine::Concluded;
  Machine machine;
  typename Machine::Guest guest;
  machine.place(guest, 0);
  require(machine.announce(guest, /*stoppable=*/true), "nobody has asked it to stop");
  run.parallel({thread("core 0", [&] { static_cast<void>(machine.park(guest)); }),
                thread("waker", [&] { machine.conclude(guest, Reason::kTimedOut, 1); }),
                thread("core 1", [&] {
                  if (!machine.look(1)) return;
                  require(guest.control.reason() == Reason::kTimedOut, "one reason");
                  require(machine.announce(guest, /*stoppable=*/false), "not stoppable");
                  require(machine.park(guest), "nobody ends the second wait");
                })});
  machine.finish();
  if (guest.holder == Machine::kNobody) {
    require(machine.conclude(guest, Reason::kStopped, 0) == Concluded::kLost,
            "a wait is stopped that is not stoppable");
    require(machine.conclude(guest, Reason::kNotified, 0) == Concluded::kOwned,
            "the second wait goes on");
    machine.finish();
    require(guest.control.reason() == Reason::kNotified,
            "a wait has the reason of the one before it");
  }
  require(guest.holder != Machine::kNobody, "lost: a thread whose wait is over is nobody's");
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_WAIT_PROGRAMS_H_
