// `Thread`: a flow of control that the scheduler may run on any core.
//
//   constinit StaticThread<8192> blinker;                          // object and stack, static
//   blinker.start({.name = "blinker", .priority = Priority(20)}, &blink, &led);
//   ...
//   blinker.join();                                                // now it may be started again
//
// Nothing is allocated: whoever owns a Thread lends it to the scheduler from start() until join()
// returns.  A thread that returns from its entry function ends.
//
// One thread may be suspended, resumed, given another priority and so on by any context on any
// core: the wish is a bit of the thread's control word, and the core that holds the thread gets a
// message.  Such a wish takes effect when that core has looked, which is at once, within the time
// of an interrupt; for oneself, before the call returns.
#ifndef BATON_KERNEL_SCHED_THREAD_H_
#define BATON_KERNEL_SCHED_THREAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "arch/context.h"
#include "arch/preempt.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/core.h"
#include "kernel/records.h"
#include "kernel/sched/core_message.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/ready_rings.h"
#include "kernel/sched/thread_control.h"
#include "kernel/sched/thread_mutexes.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/timers.h"
#include "kernel/trace/event.h"
#include "sync/list.h"

namespace baton::kernel {

namespace this_thread {
Result<void> sleep_until(Instant when) BATON_MAY_BLOCK;
[[noreturn]] void exit() BATON_MAY_BLOCK;
}  // namespace this_thread

struct ThreadOptions {
  std::string_view name = "thread";  ///< must outlive the thread
  Priority priority{};
  CoreMask affinity = kAllCores;  ///< cores on which it may run; at least one that exists
  /// How long it runs before its equals get their turn; zero: until it gives way.
  Duration slice = Duration::milliseconds(10);
  bool suspended = false;  ///< does not run before resume()
  /// Serves the one core that it is bound to: does not keep it from being parked.
  bool cores_own = false;
};

/// For people: `ps`.  What each switch writes is zero, which needs no register.
enum class ThreadState : std::uint8_t { kRunning, kDead, kReady, kWaiting, kSuspended, kMoving };

constexpr std::string_view to_string(ThreadState state) {
  switch (state) {
    case ThreadState::kDead:
      return "dead";
    case ThreadState::kRunning:
      return "running";
    case ThreadState::kReady:
      return "ready";
    case ThreadState::kWaiting:
      return "waiting";
    case ThreadState::kSuspended:
      return "suspended";
    case ThreadState::kMoving:
      return "moving";
  }
  return "?";
}

class Thread {
 public:
  using Entry = void (*)(void* argument);

  constexpr Thread() = default;
  /// Not between start() and join().
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  /// Lends the thread and `stack` to the scheduler, which calls entry(argument) with interrupts
  /// unmasked.  Its counts begin anew.  Threads.  kInvalidArgument: the stack is too small
  /// (arch::kMinStackBytes); no core of the affinity mask is online.  kBusy: it has not ended.
  Result<void> start(std::span<std::byte> stack, const ThreadOptions& options, Entry entry,
                     void* argument) BATON_MAY_BLOCK;

  /// Waits until the thread has ended and is off its stack.  When all who wait have returned,
  /// thread and stack may be used for anything.  Threads, any number of them; not from itself.
  void join() BATON_MAY_BLOCK;
  /// kTimedOut: it still lives.
  Result<void> join_for(Duration timeout) BATON_MAY_BLOCK;
  Result<void> join_until(Instant deadline) BATON_MAY_BLOCK;
  /// Without waiting.  kBusy: it still lives.  Any context.
  Result<void> try_join();

  // Any core, any context, while the thread is lent (until join() returns).

  /// It does not run until resume().  A wait of its goes on meanwhile.
  void suspend();
  void resume();
  /// Asks it to end: its stoppable waits end with Error::kStopped, now and from now on.
  void request_stop();
  bool stop_requested() const;
  /// Its own priority; what it inherits from those who wait for it comes on top.  A thread that
  /// waits for its turn is the first of its new equals.
  void set_priority(Priority priority);
  /// Cores on which it may run from now on; kInvalidArgument: none of them is online.
  Result<void> set_affinity(CoreMask affinity);
  /// See ThreadOptions::slice; from its next turn on.
  void set_slice(Duration slice);

  std::string_view name() const { return name_; }
  Priority base_priority() const;
  /// With what it inherits.
  Priority priority() const {
    // Relaxed, both: whoever changes one tells the thread's core.
    const int base = base_priority_.load(std::memory_order_relaxed);
    const int inherited = inherited_priority_.load(std::memory_order_relaxed);
    return Priority(base > inherited ? base : inherited);
  }
  CoreMask affinity() const {
    // Relaxed: as priority().
    return affinity_.load(std::memory_order_relaxed);
  }
  Duration slice() const {
    // Relaxed: a number.
    return Duration::nanoseconds(slice_ns_.load(std::memory_order_relaxed));
  }
  /// Time on a CPU, as of its last switch.
  Duration cpu_time() const;
  std::uint64_t switches() const;  ///< times it got a CPU
  std::uint64_t migrations() const;
  ThreadState state() const;
  unsigned last_core() const;
  /// ThreadOptions::cores_own.
  bool is_its_cores_own() const { return cores_own_; }
  std::size_t stack_bytes() const { return stack_.size(); }
  /// The most that it has ever used of its stack.  O(unused bytes).
  std::size_t stack_high_water() const;

 private:
  friend class CoreScheduler;
  friend class WaitQueue;
  friend class ThreadList;
  friend class PriorityGraph;
  friend class PooledThread;
  friend Result<void> this_thread::sleep_until(Instant when);
  friend void this_thread::exit();

  void change(ThreadControl<>::Word set, ThreadControl<>::Word clear);
  bool wake(WakeReason reason);
  bool wake(WakeReason reason, const sync::IrqsOff& irqs_off);
  void leave_mutex();
  Result<void> wait_for_end(Deadline deadline) BATON_MAY_BLOCK;
  Result<void> sleep(Instant when) BATON_MAY_BLOCK;
  [[noreturn]] void end();
  // Called after the thread's end, off its stack; false: it has ended already.
  using EndAction = void (*)(Thread& thread);
  bool set_end_action(EndAction action);
  Result<void> wait_result() const;
  void set_state(ThreadState state) {
    // Relaxed: for people.
    state_.store(state, std::memory_order_relaxed);
  }

  // First: the thread pointer points here (arch/preempt.h).
  arch::PreemptState preempt_;
  ThreadControl<> control_;

 public:
  /// The run queue's, and so the holder's.
  std::conditional_t<arch::kMaxCores == 1, RingHook<Thread>, sync::ListHook<>> queue_hook;
  std::uint8_t queued_priority = 0;
  bool queued_movable = false;

 private:
  arch::Context context_;
  CoreMessage arrival_{CoreMessage::Kind::kArrival, this};
  CoreMessage attention_{CoreMessage::Kind::kAttention, this};

  // Written by whoever asks, read by the holder: relaxed, ordered by the control word.
  std::atomic<int> base_priority_{Priority().value()};
  std::atomic<int> inherited_priority_{kIdlePriority};
  std::atomic<CoreMask> affinity_{kAllCores};
  std::atomic<std::uint64_t> slice_ns_{0};
  std::atomic<std::uint8_t> has_slice_{0};  // it is not zero: a word of 64 bits may be dear

  // The holder's; counts are read by people.
  Timer timeout_{&Thread::on_timeout, this};
  bool timeout_armed_ = false;  // on last_core_: a wake-up goes there first
  bool suspended_ = false;      // its core has it, and does not run it
  std::atomic<std::uint8_t> last_core_{0};
  std::atomic<ThreadState> state_{ThreadState::kDead};
  trace::ThreadId trace_id_ = trace::kNoThread;  // from start() on
  std::uint64_t slice_ticks_ = 0;                // of its turn, used before it was preempted
  using Count = std::conditional_t<kKeepsRecords, kernel::Count, NoCount>;
  [[no_unique_address]] Count cpu_ticks_;
  [[no_unique_address]] Count switches_;
  [[no_unique_address]] std::conditional_t<arch::kMaxCores == 1, NoCount, Count> migrations_;

  ThreadMutexes mutexes_;  // the priority graph's

  // priority(), where it need not be looked at whether it is one.
  int urgency() const {
    // Relaxed, both: as priority().
    const int base = base_priority_.load(std::memory_order_relaxed);
    const int inherited = inherited_priority_.load(std::memory_order_relaxed);
    return base > inherited ? base : inherited;
  }

  static void on_timeout(void* thread);
  static void run(void* thread);

  // Between start() and join().
  Entry entry_ = nullptr;
  void* argument_ = nullptr;
  std::span<std::byte> stack_;
  std::string_view name_ = "?";
  bool cores_own_ = false;
  WaitQueue joiners_;
  bool ended_ BATON_GUARDED_BY(joiners_) = true;
  EndAction end_action_ BATON_GUARDED_BY(joiners_) = nullptr;  // for one life

 public:
  /// Of all threads (kernel/sched/thread_list.h).
  sync::ListHook<> all_hook;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_THREAD_H_
