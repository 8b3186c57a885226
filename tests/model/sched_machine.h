// A small machine for the model programs of kernel/sched: cores with mailboxes, and threads that go
// between them, by the very words of the kernel.  What a core does with a message is the kernel's
// scheduler in short, without queues: whoever holds a thread may run it at any time.
#ifndef BATON_TESTS_MODEL_SCHED_MACHINE_H_
#define BATON_TESTS_MODEL_SCHED_MACHINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernel/sched/core_mailbox.h"
#include "kernel/sched/thread_control.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {

/// Bugs that can be planted; other kernels have had them.
struct SchedFlaws {
  bool looks_before_it_pushes = false;  // a sender, whether the core is kicked already
  bool looks_at_kicks_only = false;     // a core, whether there may be news
  bool parks_before_saving = false;
  bool leaves_before_saving = false;
  bool ends_before_leaving_its_stack = false;
  bool drops_attention_elsewhere = false;
  bool wins_threads_in_transit = false;
  bool ends_with_a_message_under_way = false;
  bool promises_a_message_it_does_not_send = false;  // for a stop
};

/// `Policy` is ModelAtomics, or what a planted bug puts in its place.
template <class Policy = ModelAtomics, SchedFlaws kFlaws = SchedFlaws{}>
struct SchedMachine {
  using Control = kernel::ThreadControl<Policy>;
  using Concluded = typename Control::Concluded;
  using Reason = kernel::WakeReason;
  using Word = typename Control::Word;

  struct Guest;
  struct Message {
    Message(Guest* whose, bool an_arrival) : guest(whose), is_arrival(an_arrival) {}
    typename Policy::template Plain<Message*> next{nullptr};
    Guest* guest;
    bool is_arrival;
  };
  using Mailbox = kernel::CoreMailbox<Message, Policy>;

  static constexpr int kNobody = -1;

  /// A thread of the kernel in the model.  What is no atomic and no Plain here is the model's own
  /// book, seen by all at once.
  struct Guest {
    Control control;
    Message arrival{this, true};
    Message attention{this, false};
    /// The holder's: whoever touches them without having synchronized with the last one races.
    Plain<int> registers{0};
    /// As Thread's: relaxed, ordered by the control word.
    Atomic<int> priority{0};
    int seen_priority = 0;  // by its holder
    bool suspended = false;
    bool attention_under_way = false;
    bool in_transit = false;
    int holder = kNobody;
    int ended = 0;
    Atomic<bool> over{false};  // those who join it may go on
    int waits = 0;
    int wins = 0;  // waits of its that were ended
    Reason winner{};

    /// `core` has it from here on, and nobody else.
    void own(int core) {
      require(holder == kNobody, "two owners: a thread is somebody's already");
      require(ended == 0, "a thread runs after its end");
      holder = core;
      registers.write(registers.read() + 1);
    }
    /// The registers are saved.
    void save() { registers.write(registers.read() + 1); }
    void disown() { holder = kNobody; }
    void look(Word wishes) {
      suspended = (wishes & Control::kSuspend) != 0;
      if ((wishes & Control::kReposition) == 0) return;
      // Relaxed, as the scheduler's: the control word orders it.
      seen_priority = priority.load(std::memory_order_relaxed);
    }
    /// Off its stack for good, and no message under way: all of it may be used for something else.
    void end() {
      require(++ended == 1, "a thread ends twice");
      registers.write(0);
      arrival.next.write(nullptr);
      attention.next.write(nullptr);
      // Release pairs with the acquire in whoever joins it.
      over.store(true, std::memory_order_release);
    }
  };

  struct Core {
    Mailbox mailbox;
    Atomic<int> interrupts{0};
    int kicks = 0;
    int handled = 0;
  };

  /// Core `core` holds the guest; set-up.
  void place(Guest& guest, unsigned core) {
    guest.control.begin(0);
    arrive(guest, core);
  }

  // What the holder does.

  bool announce(Guest& guest, bool stoppable) {
    // Before others see it.
    ++guest.waits;
    if (guest.control.announce(stoppable)) return true;
    --guest.waits;
    return false;
  }

  void leave(Guest& guest, unsigned to) {
    if (!kFlaws.leaves_before_saving) guest.save();
    guest.control.leave();
    guest.disown();
    guest.in_transit = true;
    send(to, guest.arrival);
    if (kFlaws.leaves_before_saving) guest.save();
  }
  /// False: it stays.
  bool park(Guest& guest) {
    if (!kFlaws.parks_before_saving) guest.save();
    const int core = guest.holder;
    guest.disown();
    if (guest.control.park()) {
      if (kFlaws.parks_before_saving) guest.save();
      return true;
    }
    guest.own(core);
    return false;
  }
  /// Whoever awaits its end may then use it again.
  void die(Guest& guest) {
    if (!kFlaws.ends_before_leaving_its_stack) guest.save();
    guest.disown();
    if (guest.control.die() || kFlaws.ends_with_a_message_under_way) guest.end();
    if (kFlaws.ends_before_leaving_its_stack) guest.save();
  }

  // What others do.

  /// Wins the guest, and sends it to core `to`.
  Concluded conclude(Guest& guest, Reason reason, unsigned to) {
    const Concluded concluded = guest.control.conclude(reason);
    if (concluded != Concluded::kLost) {
      require(++guest.wins <= guest.waits, "two owners: a wait is ended twice");
      guest.winner = reason;
    }
    if (concluded == Concluded::kOwned ||
        (kFlaws.wins_threads_in_transit && concluded == Concluded::kStays && guest.in_transit)) {
      require(guest.holder == kNobody && !guest.in_transit,
              "two owners: a thread is won that is somebody's");
      guest.in_transit = true;
      guest.save();
      send(to, guest.arrival);
    }
    return concluded;
  }
  void request(Guest& guest, Word set, Word clear) {
    if (kFlaws.promises_a_message_it_does_not_send && set == Control::kStop) {
      static_cast<void>(guest.control.request(set | Control::kReposition, clear));
      return;
    }
    if (const std::optional<unsigned> core = guest.control.request(set, clear)) {
      require(!guest.attention_under_way, "a message is sent again while it is under way");
      guest.attention_under_way = true;
      send(*core, guest.attention);
    }
  }
  void set_priority(Guest& guest, int priority) {
    // Relaxed, as Thread's: request() releases it.
    guest.priority.store(priority, std::memory_order_relaxed);
    request(guest, Control::kReposition, 0);
  }

  void send(unsigned core, Message& message) {
    Mailbox& mailbox = cores[core].mailbox;
    if (kFlaws.looks_before_it_pushes) {
      const bool first = mailbox.kick();
      mailbox.leave(message);
      if (first) interrupt(core);
      return;
    }
    if (mailbox.send(message)) interrupt(core);
  }
  void interrupt(unsigned core) {
    ++cores[core].kicks;
    // Release pairs with the acquire in await_interrupt(): what was written before is seen.
    cores[core].interrupts.fetch_add(1, std::memory_order_release);
  }
  /// Goes on when there has been one since the last call.
  void await_interrupt(unsigned core) {
    // Acquire pairs with the release in interrupt().
    cores[core].interrupts.await([](int pending) { return pending != 0; },
                                 std::memory_order_acquire);
    cores[core].interrupts.exchange(0, std::memory_order_acquire);
  }

  // What a core does with its mail.

  /// A look, before it does without looking.
  bool may_have_news(unsigned core) const {
    return kFlaws.looks_at_kicks_only ? cores[core].kicks != 0
                                      : cores[core].mailbox.may_have_news();
  }
  /// True: there was some.
  bool look(unsigned core) { return handle(core, cores[core].mailbox.take()); }
  bool handle(unsigned core, Message* messages) {
    const bool some = messages != nullptr;
    while (messages != nullptr) {
      Message& message = *messages;
      messages = message.next.read();
      ++cores[core].handled;
      if (message.is_arrival) {
        arrive(*message.guest, core);
      } else {
        attend(*message.guest, core);
      }
    }
    return some;
  }
  void arrive(Guest& guest, unsigned core) {
    const Word wishes = guest.control.arrive(core);
    guest.in_transit = false;
    guest.own(static_cast<int>(core));
    guest.look(wishes);
  }
  void attend(Guest& guest, unsigned core) {
    using Kind = typename Control::Attention::Kind;
    const auto attention = guest.control.attend(core);
    require(guest.attention_under_way, "a message comes that nobody has sent");
    if (attention.kind == Kind::kElsewhere) {
      if (kFlaws.drops_attention_elsewhere) return;
      send(attention.core, guest.attention);
      return;
    }
    guest.attention_under_way = false;
    if (attention.kind == Kind::kDead) guest.end();
    if (attention.kind == Kind::kMine) {
      require(guest.holder == static_cast<int>(core), "a thread is attended to elsewhere");
      guest.look(attention.wishes);
    }
  }
  /// After the threads: what is still under way comes.
  void finish() {
    for (bool more = true; more;) {
      more = false;
      for (unsigned core = 0; core < cores.size(); ++core) more |= look(core);
    }
  }

  std::array<Core, 2> cores;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_SCHED_MACHINE_H_
