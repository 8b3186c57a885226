// Model programs of what cores say to each other (kernel/sched/core_mailbox.h, core_load.h,
// active_cores.h), with every bug that can be planted still open.
#ifndef BATON_TESTS_MODEL_SCHED_CORE_PROGRAMS_H_
#define BATON_TESTS_MODEL_SCHED_CORE_PROGRAMS_H_

#include <array>
#include <cstddef>

#include "kernel/sched/active_cores.h"
#include "kernel/sched/core_load.h"
#include "kernel/sched/priority.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/sched_machine.h"

namespace baton::model {

// Cores and their mailboxes.

/// Letters to core 0.
template <class Machine>
struct Post {
  using Message = typename Machine::Message;

  void write(int number) { letters[at(number)].write(1); }
  void send(int number) {
    write(number);
    machine.send(0, messages[at(number)]);
  }
  /// By the core to itself.
  void leave(int number) {
    write(number);
    machine.cores[0].mailbox.leave(messages[at(number)]);
  }
  /// How many there were.
  int take() {
    int count = 0;
    for (Message* message = machine.cores[0].mailbox.take(); message != nullptr; ++count) {
      const auto number = static_cast<std::size_t>(message - messages.data());
      // It may be sent again from here on.
      message = message->next.read();
      require(letters[number].read() == 1, "a message comes twice, or before it was sent");
      letters[number].write(2);
      order[at(received++)] = static_cast<int>(number);
    }
    return count;
  }
  /// The same, if there may be some.
  void take_news() {
    if (machine.may_have_news(0)) take();
  }
  /// Has nothing to do until it is interrupted.
  int sleep() {
    machine.await_interrupt(0);
    return take();
  }
  int kicks() const { return machine.cores[0].kicks; }
  void expect_order(int before, int after) const {
    bool seen = false;
    for (int i = 0; i < received; ++i) {
      seen |= order[at(i)] == before;
      require(order[at(i)] != after || seen, "two messages of one sender came in the wrong order");
    }
  }

  static std::size_t at(int number) { return static_cast<std::size_t>(number); }

  Machine machine;
  std::array<Plain<int>, 3> letters;
  std::array<Message, 3> messages{Message{nullptr, false}, Message{nullptr, false},
                                  Message{nullptr, false}};
  std::array<int, 3> order{};
  int received = 0;
};

/// A core that looks, and sleeps when nothing is there.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void no_sleep_on_a_message(Execution& run) {
  Post<SchedMachine<Policy, kFlaws>> post;
  run.parallel({thread("core",
                       [&] {
                         post.take_news();
                         while (post.received < 2) post.sleep();
                       }),
                thread("A", [&] { post.send(0); }), thread("B", [&] { post.send(1); })});
  require(post.kicks() <= 2, "a core is kicked more often than messages are sent");
}

/// While it does not look, one kick is enough for all.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void one_kick_for_two(Execution& run) {
  Post<SchedMachine<Policy, kFlaws>> post;
  run.parallel({thread("A", [&] { post.send(0); }), thread("B", [&] { post.send(1); })});
  require(post.kicks() == 1, "a core is kicked that was kicked already");
  require(post.take() == 2, "lost: a message is nowhere");
  post.send(2);
  require(post.kicks() == 2, "a core that has looked is not kicked again");
  require(post.take() == 1, "lost: a message is nowhere");
}

/// What was written before a kick is seen when it is answered, whoever kicked first.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void kicked_to_look(Execution& run) {
  SchedMachine<Policy, kFlaws> machine;
  std::array<Atomic<int>, 2> written;
  const auto kick = [&](std::size_t me) {
    // Relaxed, as the loads below: the kick orders them.
    written[me].store(1, std::memory_order_relaxed);
    if (machine.cores[0].mailbox.kick()) machine.interrupt(0);
  };
  run.parallel({thread("A", [&] { kick(0); }), thread("B", [&] { kick(1); }), thread("core", [&] {
                  int seen = 0;
                  while (seen < 2) {
                    machine.await_interrupt(0);
                    machine.look(0);
                    seen = written[0].load(std::memory_order_relaxed) +
                           written[1].load(std::memory_order_relaxed);
                  }
                })});
}

/// The core leaves something for itself, and takes it without a kick.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void left_for_oneself(Execution& run) {
  Post<SchedMachine<Policy, kFlaws>> post;
  run.parallel({thread("core",
                       [&] {
                         post.leave(0);
                         post.take_news();
                         require(post.received >= 1, "lost: a message is nowhere");
                         while (post.received < 2) post.sleep();
                       }),
                thread("other", [&] { post.send(1); })});
}

template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
void oldest_first(Execution& run) {
  Post<SchedMachine<Policy, kFlaws>> post;
  run.parallel({thread("A",
                       [&] {
                         post.send(0);
                         post.send(1);
                       }),
                thread("B", [&] { post.send(2); }), thread("core", [&] { post.sleep(); })});
  post.take();
  require(post.received == 3, "lost: a message is nowhere");
  post.expect_order(0, 1);
}

// Cores that look for each other.

/// One gets a thread too many as the other gets idle.
template <class Policy = ModelAtomics>
void too_many_and_idle(Execution& run) {
  kernel::CoreLoad<Policy> crowded;
  kernel::CoreLoad<Policy> other;
  bool asked = false;
  bool given = false;
  other.set_running({.priority = 10, .may_go = 0});
  run.parallel({thread("too many",
                       [&] {
                         crowded.set_waiting({.top = 5, .movable = 5, .may_go = 3});
                         given = other.running().priority < 5;
                       }),
                thread("idle", [&] {
                  other.set_running({});
                  asked = crowded.waiting().top > kernel::kIdlePriority;
                })});
  require(asked || given, "neither notices: a core is idle, and a thread waits");
  crowded.set_waiting({});
  require(crowded.waiting() == kernel::WaitingLoad{},
          "a core says that a thread waits, and none does");
}

/// One gets a thread too many as the other begins to take threads.
template <class Policy = ModelAtomics>
void too_many_and_new(Execution& run) {
  kernel::CoreLoad<Policy> crowded;
  kernel::ActiveCores<Policy> active;
  Plain<int> scheduler{0};
  bool asked = false;
  bool given = false;
  static_cast<void>(active.add(0));
  run.parallel({thread("too many",
                       [&] {
                         crowded.set_waiting({.top = 5, .movable = 5, .may_go = 3});
                         given = active.mask() == 3U;
                         if (given) scheduler.write(scheduler.read() + 1);
                       }),
                thread("new", [&] {
                  scheduler.write(1);
                  static_cast<void>(active.add(1));
                  asked = crowded.waiting().top > kernel::kIdlePriority;
                })});
  require(asked || given, "neither notices: a core is idle, and a thread waits");
  require(active.mask() == 3U, "lost: a core takes no threads");
}

/// A core that is taken off, and told so, knows; two cores are not both the last one, and taken
/// off.
template <class Policy = ModelAtomics>
void taken_off(Execution& run) {
  using Active = kernel::ActiveCores<Policy>;
  using Removed = typename Active::Removed;
  SchedMachine<Policy> machine;
  Active active;
  require(active.add(0) && active.add(1) && !active.add(1), "a core begins twice");
  std::array<Removed, 2> removed{};
  run.parallel({thread("takes 0 off",
                       [&] {
                         removed[0] = active.remove(0);
                         if (machine.cores[0].mailbox.kick()) machine.interrupt(0);
                       }),
                thread("takes 1 off", [&] { removed[1] = active.remove(1); }),
                thread("core 0", [&] {
                  machine.await_interrupt(0);
                  machine.look(0);
                  require(active.has(0) == (removed[0] != Removed::kDone),
                          "a core does not know that it is taken off");
                })});
  require((removed[0] == Removed::kDone) != (removed[1] == Removed::kDone),
          "no core is left that takes threads");
  require(removed[0] == Removed::kLast || removed[1] == Removed::kLast, "one was the last");
  require(active.remove(active.has(0) ? 1 : 0) == Removed::kNotThere, "a core is taken off twice");
}

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_CORE_PROGRAMS_H_
