// `CoreDomain`: RCU for a kernel.  A slot is a core.
//
// A core reads nothing at a context switch, when it goes idle, and when it returns to a program:
// there the kernel calls quiescent(), enter_idle() or leave_idle().  So all that a read section has
// to do is to see to it that no context switch comes in between: it forbids preemption, which is a
// count of the thread's own (arch/preempt.h).  Handlers may read at any time, as they end before
// their core does anything of that.
//
// An idle core is neither waited for nor woken.  A core that is not started counts as idle.
//
// For a machine with one core there is less to do: sync/rcu/single_core_domain.h.
#ifndef BATON_SYNC_RCU_CORE_DOMAIN_H_
#define BATON_SYNC_RCU_CORE_DOMAIN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/cpu.h"
#include "arch/preempt.h"
#include "sync/atomics.h"
#include "sync/misuse.h"
#include "sync/rcu/engine.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

class CoreDomain {
 public:
  using Atomics = StdAtomics;
  using Head = BasicRcuHead<Atomics>;
  using Periods = GracePeriods<arch::kMaxCores, Atomics>;

  constexpr CoreDomain() = default;
  CoreDomain(const CoreDomain&) = delete;
  CoreDomain& operator=(const CoreDomain&) = delete;

  /// The machine's.
  static CoreDomain& default_domain();

  /// A read section on this core; nests; threads and handlers.
  void lock() noexcept {
    arch::preempt_disable();
#ifndef NDEBUG
    add_depth(1);
#endif
  }
  bool try_lock() noexcept {
    lock();
    return true;
  }
  /// Never runs a callback.
  void unlock() noexcept {
#ifndef NDEBUG
    add_depth(~0U);
#endif
    arch::preempt_enable();
  }

  /// `run(&head)` is called once, by process() on this core, after a grace period.  Never
  /// allocates, never waits, calls nothing; any context.  True when this core has to be told that
  /// there is something to process.
  bool retire(Head& head, typename Head::Run run) noexcept {
    // The queue is the core's.
    arch::preempt_disable();
    const bool tell = engine_.queue(arch::core_index()).retire(head, run);
    arch::preempt_enable();
    return tell;
  }

  /// A grace period that begins now, to be asked about later.  Any context.
  RcuCookie start_poll() { return engine_.grace_periods().request(); }
  bool poll(RcuCookie cookie) const { return engine_.grace_periods().reached(cookie); }

  /// Waits for a grace period, reporting for its core meanwhile.  A thread, outside read sections.
  /// `pause` lets the core do other things; before it does, it passes on that a grace period has
  /// ended, if others sleep until one has.
  template <class Pause>
  void synchronize(Pause&& pause) {
    engine_.grace_periods().wait(start_poll(), [&] {
      arch::preempt_disable();
      quiescent();
      arch::preempt_enable();
      pause();
    });
  }
  void synchronize() { synchronize(pause_); }
  /// Waits until everything that was retired before, on any core, has run; processes this core's
  /// queue meanwhile.  Other cores must process theirs.  Likewise.
  template <class Pause>
  void barrier(Pause&& pause) {
    engine_.barrier([&] {
      arch::preempt_disable();
      quiescent();
      process();
      arch::preempt_enable();
      pause();
    });
  }
  void barrier() { barrier(pause_); }

  // What the kernel calls, on each core.

  /// What synchronize() and barrier() do between looks unless they are told: spin, until the kernel
  /// has something better.  A core that waits here may end the grace period that another one sleeps
  /// for, and barrier() may leave something in the queue of a core that sleeps.  Boot core, before
  /// the others start.
  void set_pause(void (*pause)()) { pause_ = pause; }
  /// The core takes part.  Once when it starts, interrupts masked.
  void start_core() { engine_.grace_periods().enter(arch::core_index()); }
  /// The core reads nothing at this moment: at a context switch, or wherever preemption would be
  /// allowed.  Preemption off.  One relaxed load if nobody waits.
  void quiescent() {
    check_outside("a quiescent state is reported inside a read section");
    engine_.grace_periods().quiescent(arch::core_index());
  }
  /// The core is about to sleep, or to run a program that cannot read; interrupts masked.
  void enter_idle() {
    check_outside("a core goes idle inside a read section");
    engine_.grace_periods().leave(arch::core_index());
  }
  /// The core is back, before it takes an interrupt.
  void leave_idle() { engine_.grace_periods().enter(arch::core_index()); }
  /// Runs at most `limit` of this core's callbacks; returns how many.  A thread, where callbacks
  /// may run, preemption off.
  std::size_t process(std::size_t limit = kDrainLimit) {
    check_outside("callbacks are run inside a read section");
    return engine_.process(arch::core_index(), limit);
  }
  /// Callbacks that one process() runs unless it is told otherwise.
  static constexpr std::size_t kDrainLimit = 32;
  /// Whether this core has something to process, now or later.
  bool has_work() const { return has_work(arch::core_index()); }
  bool has_work(unsigned core) const { return !engine_.queue(core).is_empty(); }

  /// Whether quiescent() or process() would do something on one core; to ask often.
  class Watch {
   public:
    constexpr Watch() = default;
    /// At about this moment: a grace period waits for the core, or its callbacks for one.  (Not:
    /// whether the end of one is still to be passed on.)
    bool is_concerned() const { return pending_.get() || callbacks_->backlog() != 0; }

   private:
    friend class CoreDomain;
    Periods::Pending pending_;
    const RcuCallbacks<Atomics>* callbacks_ = nullptr;
  };
  Watch watch(unsigned core) const {
    Watch watch;
    watch.pending_ = engine_.grace_periods().pending(core);
    watch.callbacks_ = &engine_.queue(core);
    return watch;
  }

  // For people.

  std::size_t backlog() const { return engine_.backlog(); }
  std::size_t backlog(unsigned core) const { return engine_.queue(core).backlog(); }
  std::uintptr_t grace_periods() const { return engine_.grace_periods().completed(); }
  bool is_active() const { return engine_.grace_periods().is_active(); }
  /// Whether the running grace period waits for this core.
  bool is_pending(unsigned core) const { return engine_.grace_periods().is_pending(core); }
  bool is_watching(unsigned core) const { return engine_.grace_periods().is_watching(core); }

 private:
  void check_outside([[maybe_unused]] const char* what) const {
#ifndef NDEBUG
    // Relaxed: this core's own.
    BATON_NO_MISUSE(depth_[arch::core_index()].load(std::memory_order_relaxed) == 0, this, what);
#endif
  }
#ifndef NDEBUG
  void add_depth(unsigned n) {
    std::atomic<unsigned>& depth = depth_[arch::core_index()];
    // Relaxed, both: this core's own; a handler leaves it as it was.
    depth.store(depth.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::atomic<unsigned> depth_[arch::kMaxCores]{};
#endif

  static void spin() { arch::relax(); }

  RcuEngine<arch::kMaxCores, arch::kMaxCores, Atomics> engine_;
  void (*pause_)() = &spin;
};

namespace internal {
inline constinit CoreDomain core_rcu_domain;
}  // namespace internal

inline CoreDomain& CoreDomain::default_domain() { return internal::core_rcu_domain; }

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_CORE_DOMAIN_H_
