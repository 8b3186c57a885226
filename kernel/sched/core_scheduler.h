// `CoreScheduler`: which thread runs on one core.
//
// A core's run queue, and every thread in it, is touched by that core only, with interrupts masked.
// Others send messages (core_mailbox.h).  Two words per core are read by all (core_load.h): how
// urgent what it runs is, and how urgent the best of those that wait there for their turn.
//
// Who runs where follows from these (placement.h): within the time of a few messages the most
// urgent threads are the ones that run, as far as affinity lets them.
//
// A thread is never seen by another core before its registers are saved: what becomes of the
// thread that is left is settled after the switch, by the next one (finish_switch()).
#ifndef BATON_KERNEL_SCHED_CORE_SCHEDULER_H_
#define BATON_KERNEL_SCHED_CORE_SCHEDULER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "arch/cpu.h"
#include "base/annotations.h"
#include "base/assert.h"
#include "base/result.h"
#include "kernel/core.h"
#include "kernel/records.h"
#include "kernel/sched/active_cores.h"
#include "kernel/sched/core_message.h"
#include "kernel/sched/held.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/one_core.h"
#include "kernel/sched/placement.h"
#include "kernel/sched/ready_rings.h"
#include "kernel/sched/run_queue.h"
#include "kernel/sched/thread.h"
#include "kernel/timers.h"
#include "kernel/trace/trace.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"
#include "sync/rcu/core_domain.h"

namespace baton::kernel {

namespace internal {
void preempt_wanted();  // kernel/sched/preempt.h
}  // namespace internal

namespace this_thread {
void yield() BATON_MAY_BLOCK;  // kernel/sched/this_thread.h
}  // namespace this_thread

class CoreScheduler;

/// What Placement is to know.
struct SchedulerParts {
  using Thread = kernel::Thread;
  using Message = CoreMessage;
  using Token = sync::IrqsOff;
  using Atomics = sync::StdAtomics;
  static constexpr unsigned kCores = arch::kMaxCores;
  static constexpr std::size_t kLine = arch::kCacheLine;
};

/// Placement, where there is more than one place.
template <class Core, class Parts>
using PlacementIfAny =
    std::conditional_t<Parts::kCores == 1, NoPlacement<Core, Parts>, Placement<Core, Parts>>;

class alignas(arch::kCacheLine) CoreScheduler
    : private PlacementIfAny<CoreScheduler, SchedulerParts> {
  using Between = PlacementIfAny<CoreScheduler, SchedulerParts>;
  using Rings = std::conditional_t<kOneCore, ReadyRings<kernel::Thread>, NoRings<kernel::Thread>>;
  using Queue = std::conditional_t<kOneCore, NoRunQueue<kernel::Thread>, RunQueue<kernel::Thread>>;

 public:
  using Thread = kernel::Thread;
  using IrqsOff = sync::IrqsOff;

  constexpr CoreScheduler() = default;
  CoreScheduler(const CoreScheduler&) = delete;
  CoreScheduler& operator=(const CoreScheduler&) = delete;

  /// This core's, as long as the caller stays there: until it masks no more, or switches.
  static CoreScheduler& here(const IrqsOff& irqs_off BATON_LIFETIMEBOUND);
  /// Any core's, for its mailbox and for people.
  static CoreScheduler& of(unsigned core);
  /// Cores that take threads.  Any context.
  static CoreMask active();
  /// Cores that ever took some.  Any context.
  static CoreMask started();

  /// The flow that calls this becomes the core's idle thread.  Once per core, before anything else
  /// of the scheduler; what comes in between must not block.
  static void adopt(const IrqsOff& irqs_off);
  /// From here on the core takes threads.
  static void activate(const IrqsOff& irqs_off);

  /// The core's threads go elsewhere, and it takes no others until unpark(); it sleeps, but for its
  /// interrupts and for threads that may run nowhere else.  Any thread.  kNotFound: no such core,
  /// or parked already; kBusy: it is the last one, or, besides its own `rcu/N` and the like, a
  /// thread is bound to it.
  static Result<void> park_core(unsigned core);
  /// kNotFound: it is not parked.
  static Result<void> unpark_core(unsigned core);

  // What a thread does to itself; when they return it runs again, maybe on another core.

  /// Lets more urgent threads run, if there are any.
  static void reschedule(const IrqsOff& irqs_off);
  /// After ThreadControl::announce(): does not run until the wait is over.
  static void park(const Deadline& deadline, const IrqsOff& irqs_off);
  /// Never runs again.
  [[noreturn]] static void exit(const IrqsOff& irqs_off);

  // What is done to threads.

  /// A thread that the caller has won begins to run somewhere.  Any core, any context.
  static void dispatch(Held<Thread> thread, const IrqsOff& irqs_off);
  /// The core has a look at what is wanted of the thread.
  static void send_attention(unsigned core, Thread& thread, const IrqsOff& irqs_off);

  /// If it is the thread that runs here, or that the caller interrupted: what is wanted of it is so
  /// at once, whether or not a message about it is still under way.
  static void mind_own_wishes(Thread& thread, const IrqsOff& irqs_off);

  /// The end of an interrupt: true if the interrupted thread is to give way.
  static bool on_interrupt_end(const IrqsOff& irqs_off);

  // For people.
  int running_priority() const;
  Thread* current_for_people() const {
    if (kOneCore && !ready_rings_.has_idle()) return nullptr;
    // Relaxed: may be over at once.
    return current_.load(std::memory_order_relaxed);
  }
  Thread& idle_thread() { return idle_; }
  /// Whether somebody has sent something that the core has not looked at yet.  Any core.
  bool has_mail() const { return mailbox_.may_have_news(); }
  /// Whether a thread waits here for its turn.  This core's.
  bool somebody_waits(const IrqsOff& /*irqs_off*/) const {
    return kOneCore ? ready_rings_.has_others(current()) : !ready_.empty();
  }
  /// Calls visit(const Thread&) for each that does, most urgent first.  This core's.
  template <class Visit>
  void for_each_ready(Visit&& visit, const IrqsOff& /*irqs_off*/) const {
    ready_.for_each(visit);
    ready_rings_.for_each([&](const Thread& thread) {
      if (&thread != &current()) visit(thread);
    });
  }
  using Count = std::conditional_t<kKeepsRecords, kernel::Count, NoCount>;
  struct Counts {
    Count switches;     ///< threads that got the core
    Count preemptions;  ///< of them, because they were more urgent
    Count arrivals;     ///< threads that came from another core
    Count departures;   ///< threads that went to another core
    Count messages;     ///< received
    Count batches;      ///< times that some were there when it looked
    Count longest_batch;
    Count sent;  ///< messages to other cores, and its own to itself
    // Interrupts sent, all of them: a thread's or a handler's, with interrupts masked.
    Count kicks;       ///< to other cores, for messages
    Count park_kicks;  ///< to cores that were parked or brought back
    Count self_kicks;  ///< to itself, so that a thread gives way when interrupts are unmasked
    Count pulls;       ///< times it asked another core for work
  };
  const Counts& counts() const { return counts_; }

 private:
  friend void internal::preempt_wanted();
  friend void this_thread::yield();
  friend class kernel::Thread;
  friend class WaitQueue;
  friend Between;

  // What becomes of the thread that leaves the core.
  enum class Fate : std::uint8_t {
    kPreempted,  // first among its equals
    kYields,     // last among its equals
    kParks,
    kSuspended,
    kMoves,
    kDies,
  };

  Thread& current() const {
    // Relaxed: this core's own.
    return *current_.load(std::memory_order_relaxed);
  }
  static unsigned self() { return arch::core_index(); }
  static bool may_run_on(const Thread& thread, unsigned core);
  static bool belongs_on(const Thread& thread, unsigned core);
  void clear_out(const IrqsOff& irqs_off);
  static void kick(unsigned core);
  static void bring_back(unsigned core);

  // On the only core (one_core.cc; one_core_switch.h).
  [[gnu::always_inline]] inline void switch_here(Thread& me, Thread& next, Fate fate);
  [[gnu::always_inline]] static inline void yield_here();
  void yield_slowly_here(Thread& me);
  void reschedule_here();
  [[gnu::always_inline]] static inline void leave_parked_here(Thread& me, const Deadline& deadline);
  static void park_here(Thread& me, const Deadline& deadline);
  [[noreturn]] void exit_here(Thread& me);
  bool on_interrupt_end_here();
  static bool wake_here(Thread& thread, WakeReason reason);
  static void receive_here(Thread& thread);
  [[gnu::always_inline]] inline void ready_here(Thread& thread);
  void attend_here(Thread& thread);
  static void suspend_here(Thread& thread);
  static void resume_here(Thread& thread);
  void arm_timeout_here(Thread& me, Instant deadline);
  void cancel_timeout_here(Thread& thread);
  static void come_by_here();
  void account_here(Thread& left, Fate fate, Thread& next);
  std::uint64_t slice_used_ns(const Thread& running) const;
  void mind_slice_here(const Thread& running);
  void on_slice_timer_here();

  // Switching (core_scheduler.cc).
  static void run_another(Fate fate, const IrqsOff& irqs_off);
  void choose_and_switch(Fate fate, const IrqsOff& irqs_off);
  // In due_, beside Placement's.
  static constexpr std::uint32_t kSliceOver = 8;  // of the running thread
  // In a yield's way, so inline; in core_scheduler.cc, and used there only.
  [[gnu::always_inline]] static inline bool finish_switch(const IrqsOff& irqs_off);
  [[gnu::always_inline]] inline Thread* equal_in_turn(const Thread& me);
  [[gnu::always_inline]] inline void switch_to_equal(Thread& me, Thread& next,
                                                     const IrqsOff& irqs_off);
  static void yield_slowly(const IrqsOff& irqs_off);
  static void look_again(const IrqsOff& irqs_off);
  void settle(Thread& left, Fate fate, const IrqsOff& irqs_off);
  static void first_run(const IrqsOff& irqs_off);
  bool should_switch(Fate& fate) const;
  bool ask_to_switch();
  [[gnu::always_inline]] inline void account(Thread& left, Fate fate, Thread& next);
  static void note_wake(const Thread& thread, unsigned target, const IrqsOff& irqs_off);
  void mind_slice(const IrqsOff& irqs_off);
  bool arm_slice_timer(const IrqsOff& irqs_off);
  void on_slice_timer();
  static void finish_death(Thread& thread);
  static void finish_death_for_good(Thread& thread);
  static Thread::EndAction end_life(Thread& thread);

  // Messages and queues (core_messages.cc).
  void take(const IrqsOff& irqs_off);
  void handle(CoreMessage& message, const IrqsOff& irqs_off);
  bool is_back();
  void count_batch(std::uint64_t size);
  void receive(Held<Thread> thread, const IrqsOff& irqs_off);
  void receive_back(Thread& thread, const IrqsOff& irqs_off);
  void attend(Thread& thread, const IrqsOff& irqs_off);
  void go_where_it_belongs(Held<Thread> thread, const IrqsOff& irqs_off);
  void enqueue(Held<Thread> thread, bool first, const IrqsOff& irqs_off);
  Held<Thread> dequeue(Thread& thread);
  Held<Thread> dequeue_top();

  // Between cores (placement.cc; placement.h wants them).
  unsigned place(const Thread& thread);
  void spread(const IrqsOff& irqs_off);
  void spread_beside_one_that_stays(const IrqsOff& irqs_off);
  Queue& queue() { return ready_; }
  Desk& desk() { return desk_; }
  bool may_leave(const Thread& thread) const;
  void tell_when_it_may_leave();
  void give(Held<Thread> thread, unsigned core, const IrqsOff& irqs_off);
  void send(Thread& thread, unsigned core, const IrqsOff& irqs_off);
  void deliver(unsigned core, CoreMessage& message);
  void count_pull() { counts_.pulls.add(); }

  static CoreScheduler all_[arch::kMaxCores];
  static ActiveCores<> started_cores_;
  static ActiveCores<> active_cores_;

  [[no_unique_address]] Rings ready_rings_;
  [[no_unique_address]] Mailbox mailbox_;
  sync::Atomic<bool> back_{false};  // unpark_core() was here

  alignas(arch::kCacheLine) [[no_unique_address]] Queue ready_;
  // Written by this core; people look.
  [[no_unique_address]] std::conditional_t<kOneCore, NoCurrent<Thread>, std::atomic<Thread*>>
      current_{};
  Thread* left_ = nullptr;  // what is to be settled after the switch, if anything
  Fate left_fate_ = Fate::kPreempted;
  bool at_work_ = false;     // here: looks by itself at what has become ready
  bool slice_over_ = false;  // on the only core: of the running thread
  sync::CoreDomain::Watch rcu_;
  std::uint64_t switched_at_ = 0;  // ticks
  trace::Pen pen_;                 // of this core's ring
  Timer slice_timer_{[](void* core) {
                       if constexpr (kOneCore) {
                         static_cast<CoreScheduler*>(core)->on_slice_timer_here();
                       } else {
                         static_cast<CoreScheduler*>(core)->on_slice_timer();
                       }
                     },
                     this};
  Counts counts_;
  [[no_unique_address]] Desk desk_;
  Thread idle_;
};

// After a switch the core is another one: core_index() asks anew each time.
inline CoreScheduler& CoreScheduler::here(const IrqsOff& /*irqs_off*/) {
  return all_[arch::core_index()];
}
inline CoreScheduler& CoreScheduler::of(unsigned core) {
  BATON_ASSERT(core < arch::kMaxCores);
  return all_[core];
}
inline int CoreScheduler::running_priority() const {
  if constexpr (kOneCore) {
    return current().queued_priority - 1;
  } else {
    return work().running().priority;
  }
}
inline CoreMask CoreScheduler::active() { return active_cores_.mask(); }
inline CoreMask CoreScheduler::started() { return started_cores_.mask(); }
inline bool CoreScheduler::may_run_on(const Thread& thread, unsigned core) {
  return (thread.affinity() >> core & 1U) != 0;
}
// Whether it may stay there: a core that is parked keeps only what may run nowhere else.
inline bool CoreScheduler::belongs_on(const Thread& thread, unsigned core) {
  if constexpr (kOneCore) return true;
  const CoreMask affinity = thread.affinity();
  const CoreMask taking = active();
  return (affinity >> core & 1U) != 0 && ((taking >> core & 1U) != 0 || (affinity & taking) == 0);
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_CORE_SCHEDULER_H_
