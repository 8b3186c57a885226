// `SingleCoreDomain`: RCU for a program on one core whose threads are not preempted in a read
// section; `PreemptibleCoreDomain`, which sees to that itself.
//
// A read section has no context switch inside, and handlers end before the thread that they
// interrupted goes on.  So whenever a thread runs outside of read sections, nobody on the machine
// is inside one, and every grace period that was asked for before is over: none needs to be kept
// track of.  What was retired is ready the next time that a thread comes by.
//
//   retire()        a push on a stack; threads and handlers
//   synchronize()   nothing but a barrier for the compiler
//   process()       takes the stack, and runs what was on it, oldest first
//   poll()          compares the number of times that a thread came by
#ifndef BATON_SYNC_RCU_SINGLE_CORE_DOMAIN_H_
#define BATON_SYNC_RCU_SINGLE_CORE_DOMAIN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "arch/preempt.h"
#include "sync/batch.h"
#include "sync/core_atomics.h"
#include "sync/misuse.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

/// Of the same shape as CoreDomain.
template <class AtomicsPolicy = OneCoreAtomics>
class BasicSingleCoreDomain {
 public:
  using Atomics = AtomicsPolicy;
  using Head = BasicRcuHead<Atomics>;

  constexpr BasicSingleCoreDomain() = default;
  BasicSingleCoreDomain(const BasicSingleCoreDomain&) = delete;
  BasicSingleCoreDomain& operator=(const BasicSingleCoreDomain&) = delete;

  /// The machine's.
  static BasicSingleCoreDomain& default_domain();

  /// A read section; nests; threads and handlers.  No code in release builds.
  void lock() noexcept {
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
  }

  /// `run(&head)` is called once, by process(), after a grace period.  Never allocates, never
  /// waits, calls nothing; any context.  True when nothing else was waiting to be taken.
  bool retire(Head& head, typename Head::Run run) noexcept {
    BATON_NO_MISUSE(head.run.read() == nullptr, &head, "an object is retired twice");
    head.run.write(run);
    // Relaxed: the pointer is linked, not followed.
    Head* top = retired_.load(std::memory_order_relaxed);
    do {
      head.hook.next.write(top);
      // Release pairs with the acquire in process(): the head, and what its owner unlinked, go with
      // the pointer.  Relaxed on failure: `top` is linked again, not followed.
    } while (!retired_.compare_exchange_weak(top, &head, std::memory_order_release,
                                             std::memory_order_relaxed));
    return top == nullptr;
  }

  /// A grace period that begins now, to be asked about later.  Any context.
  RcuCookie start_poll() const {
    // Relaxed: a thread that comes by later makes it a higher number.
    return RcuCookie(passed_.load(std::memory_order_relaxed) + 1);
  }
  bool poll(RcuCookie cookie) const {
    // Acquire pairs with the release in quiescent(): what was read before it has been read.
    const std::uintptr_t passed = passed_.load(std::memory_order_acquire);
    return static_cast<std::make_signed_t<std::uintptr_t>>(passed - cookie.number_) >= 0;
  }

  /// A thread, outside read sections: so nobody reads what was unlinked before.  `pause` has
  /// nothing to wait for.
  template <class Pause>
  void synchronize(Pause&& /*pause*/) {
    quiescent();
  }
  void synchronize() { quiescent(); }
  /// Runs everything that was retired before.  A thread, outside read sections and callbacks.
  template <class Pause>
  void barrier(Pause&& /*pause*/) {
    barrier();
  }
  void barrier() {
    // The first call may run what was taken before, and only that.
    process(std::numeric_limits<std::size_t>::max());
    process(std::numeric_limits<std::size_t>::max());
  }

  // What the kernel calls.

  /// The core reads nothing at this moment: at a context switch.
  void quiescent() {
    check_outside("a quiescent state is reported inside a read section");
    // Release pairs with the acquire in poll(): our reading is over before the number is seen.
    // Acquire: what we read from now on stays behind it, and pairs with the release here.
    passed_.fetch_add(1, std::memory_order_acq_rel);
  }
  /// The core takes part anyway.
  void start_core() {}
  /// The core is about to sleep: it reads nothing.
  void enter_idle() { quiescent(); }
  void leave_idle() {}
  /// Runs at most `limit` of what had been retired when this began; returns how many.  One thread
  /// at a time, outside read sections, where callbacks may run.
  std::size_t process(std::size_t limit = kDrainLimit) {
    quiescent();
    if (ready_.read() == nullptr) {
      // Acquire pairs with the release in retire(), along the stack's release sequence.
      ready_.write(
          internal::reversed<&Head::hook>(retired_.exchange(nullptr, std::memory_order_acquire)));
    }
    std::size_t ran = 0;
    for (; ran < limit; ++ran) {
      Head* const head = ready_.read();
      if (head == nullptr) break;
      ready_.write(head->hook.next.read());
      const typename Head::Run run = head->run.read();
      head->run.write(nullptr);  // it may be retired again
      run(head);
    }
    return ran;
  }
  /// Callbacks that one process() runs unless it is told otherwise.
  static constexpr std::size_t kDrainLimit = 32;
  /// Whether there is something to process.  The thread that processes.
  bool has_work() const {
    // Relaxed: a handler that comes after the look ends the sleep.
    return ready_.read() != nullptr || retired_.load(std::memory_order_relaxed) != nullptr;
  }

  // For people.

  /// Retired and not run yet.  O(n); the thread that processes.
  std::size_t backlog() const {
    // Acquire pairs with the release in retire(): the links are followed.
    return length(ready_.read()) + length(retired_.load(std::memory_order_acquire));
  }
  /// How often a thread came by; wraps.
  std::uintptr_t grace_periods() const {
    // Relaxed: for people.
    return passed_.load(std::memory_order_relaxed) - kFirst;
  }

 private:
  static constexpr std::uintptr_t kFirst = std::uintptr_t{0} - 300;  // soon wraps, see GracePeriods

  static std::size_t length(const Head* head) {
    std::size_t n = 0;
    for (; head != nullptr; head = head->hook.next.read()) ++n;
    return n;
  }
  void check_outside([[maybe_unused]] const char* what) const {
#ifndef NDEBUG
    // Relaxed: this context's own; a handler leaves it as it was.
    BATON_NO_MISUSE(depth_.load(std::memory_order_relaxed) == 0, this, what);
#endif
  }
#ifndef NDEBUG
  void add_depth(unsigned n) {
    // Relaxed, both: a handler leaves it as it was.
    depth_.store(depth_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  typename Atomics::template Atomic<unsigned> depth_{0};
#endif

  typename Atomics::template Atomic<Head*> retired_{nullptr};
  typename Atomics::template Plain<Head*> ready_{nullptr};
  typename Atomics::template Atomic<std::uintptr_t> passed_{kFirst};
};

using SingleCoreDomain = BasicSingleCoreDomain<>;

namespace internal {
template <class Atomics>
inline constinit BasicSingleCoreDomain<Atomics> single_core_rcu_domain;
}  // namespace internal

template <class Atomics>
BasicSingleCoreDomain<Atomics>& BasicSingleCoreDomain<Atomics>::default_domain() {
  return internal::single_core_rcu_domain<Atomics>;
}

/// The same for a kernel that preempts threads: not in a read section.
class PreemptibleCoreDomain : public SingleCoreDomain {
 public:
  /// The machine's.
  static PreemptibleCoreDomain& default_domain();

  /// As above; and the thread comes by the next time that it could be preempted.
  bool retire(Head& head, Head::Run run) noexcept {
    const bool is_first = SingleCoreDomain::retire(head, run);
    // Relaxed: of this core's thread.
    arch::preempt_state().wanted.store(true, std::memory_order_relaxed);
    return is_first;
  }

  void lock() noexcept {
    arch::preempt_disable();
    SingleCoreDomain::lock();
  }
  bool try_lock() noexcept {
    lock();
    return true;
  }
  /// Never runs a callback.
  void unlock() noexcept {
    SingleCoreDomain::unlock();
    arch::preempt_enable();
  }
};

namespace internal {
inline constinit PreemptibleCoreDomain preemptible_core_rcu_domain;
}  // namespace internal

inline PreemptibleCoreDomain& PreemptibleCoreDomain::default_domain() {
  return internal::preemptible_core_rcu_domain;
}

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_SINGLE_CORE_DOMAIN_H_
