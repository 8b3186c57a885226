// `RcuCallbacks`: what is to be done once nobody looks any more, in the order in which it was asked
// for.
//
//   retired        an intrusive stack: any core, any context
//   waiting        at most two batches, each with the grace period that it waits for
//   ready          run a few at a time
//
// Retiring touches no grace period: whoever drains the queue takes what was retired and asks for
// one for all of it.  Two batches wait, as the second asks for the grace period after the running
// one, which begins the moment that one ends.
#ifndef BATON_SYNC_RCU_CALLBACKS_H_
#define BATON_SYNC_RCU_CALLBACKS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sync/atomics.h"
#include "sync/batch.h"
#include "sync/misuse.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

/// What an object carries to be retired; two words.
template <class Atomics = StdAtomics>
struct BasicRcuHead {
  using Run = void (*)(BasicRcuHead* head);

  constexpr BasicRcuHead() = default;
  BasicRcuHead(const BasicRcuHead&) = delete;
  BasicRcuHead& operator=(const BasicRcuHead&) = delete;

  InboxHook<BasicRcuHead, Atomics> hook;
  typename Atomics::template Plain<Run> run{nullptr};  // null while it is not retired
};

using RcuHead = BasicRcuHead<>;

template <class Atomics = StdAtomics>
class RcuCallbacks {
 public:
  using Head = BasicRcuHead<Atomics>;

  constexpr RcuCallbacks() = default;
  RcuCallbacks(const RcuCallbacks&) = delete;
  RcuCallbacks& operator=(const RcuCallbacks&) = delete;

  /// `run(head)` is called once, by drain(), after a grace period that begins after this call.  The
  /// head is the queue's until then.  Any core, any context; lock-free.  True when nothing else was
  /// waiting to be taken: whoever drains may not know yet that there is work.
  bool retire(Head& head, typename Head::Run run) noexcept {
    BATON_NO_MISUSE(head.run.read() == nullptr, &head, "an object is retired twice");
    head.run.write(run);
    // Relaxed: a number for people and for pressure.
    backlog_.fetch_add(1, std::memory_order_relaxed);
    // Relaxed: the pointer is linked, not followed.
    Head* top = retired_.load(std::memory_order_relaxed);
    do {
      head.hook.next.write(top);
      // Release pairs with the acquire in advance(): the head, and what its owner unlinked, go with
      // the pointer.  Relaxed on failure: `top` is linked again, not followed.
    } while (!retired_.compare_exchange_weak(top, &head, std::memory_order_release,
                                             std::memory_order_relaxed));
    return top == nullptr;
  }

  /// Moves what may move on, and asks for grace periods.  One caller at a time; not from an
  /// interrupt handler that may come between two steps of another call.  O(what was retired).
  template <class GracePeriodsType>
  void advance(GracePeriodsType& grace_periods) {
    while (!waiting_[0].is_empty() && grace_periods.reached(waiting_[0].cookie())) {
      ready_.append(waiting_[0]);
      waiting_[0].append(waiting_[1]);
    }
    // Relaxed: a guess; what comes too late is taken next time.
    if (!waiting_[1].is_empty() || retired_.load(std::memory_order_relaxed) == nullptr) return;
    // Acquire pairs with the release in retire(), along the stack's release sequence.
    Head* const newest = retired_.exchange(nullptr, std::memory_order_acquire);
    Segment& batch = waiting_[waiting_[0].is_empty() ? 0 : 1];
    batch.adopt(newest);
    // After the exchange: everything in the batch was unlinked before this grace period is asked
    // for.
    batch.wait_for(grace_periods.request());
  }

  /// Runs at most `limit` of what is ready, oldest first; returns how many.  One caller at a time,
  /// where callbacks may run: they may retire, and need whatever their authors need.
  std::size_t drain(std::size_t limit) {
    std::size_t ran = 0;
    while (ran < limit) {
      Head* const head = ready_.pop();
      if (head == nullptr) break;
      const typename Head::Run run = head->run.read();
      head->run.write(nullptr);  // it may be retired again
      ++ran;
      run(head);
      // After it has run.  Release pairs with the acquire in is_empty().
      backlog_.fetch_sub(1, std::memory_order_release);
    }
    return ran;
  }

  /// Whether there is something to run now.  By whoever drains.
  bool has_ready() const { return !ready_.is_empty(); }

  /// Retired and not run yet, at about this moment.
  std::size_t backlog() const {
    // Relaxed: for people and for pressure.
    return backlog_.load(std::memory_order_relaxed);
  }
  /// Whether nothing is there at about this moment: then everything that was retired before has
  /// run.
  bool is_empty() const {
    // Acquire pairs with the release in drain(): what has run is done.
    return backlog_.load(std::memory_order_acquire) == 0;
  }

 private:
  /// A chain, oldest first, and what it waits for.
  class Segment {
   public:
    constexpr Segment() = default;

    bool is_empty() const { return first_.read() == nullptr; }
    RcuCookie cookie() const { return cookie_; }
    void wait_for(RcuCookie cookie) { cookie_ = cookie; }

    /// Takes over a stack; this batch is empty.
    void adopt(Head* newest) {
      last_.write(newest);
      first_.write(internal::reversed<&Head::hook>(newest));
    }
    /// Takes over all of `other`, and what it waits for.
    void append(Segment& other) {
      if (other.is_empty()) return;
      if (is_empty()) {
        first_.write(other.first_.read());
      } else {
        last_.read()->hook.next.write(other.first_.read());
      }
      last_.write(other.last_.read());
      cookie_ = other.cookie_;
      other.first_.write(nullptr);
    }
    Head* pop() {
      Head* const head = first_.read();
      if (head != nullptr) first_.write(head->hook.next.read());
      return head;
    }

   private:
    typename Atomics::template Plain<Head*> first_{nullptr};
    typename Atomics::template Plain<Head*> last_{nullptr};  // meaningless when empty
    RcuCookie cookie_;
  };

  typename Atomics::template Atomic<Head*> retired_{nullptr};
  typename Atomics::template Atomic<std::size_t> backlog_{0};
  // Only whoever advances and drains touches these.
  Segment waiting_[2];
  Segment ready_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_CALLBACKS_H_
