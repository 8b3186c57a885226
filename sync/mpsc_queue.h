// `MpscQueue<T, Hook>`: many push, one pops, one at a time and in order; intrusive and unbounded.
//
//   struct Event { ...; sync::MpscHook<> hook; };
//   constinit sync::MpscQueue<Event, &Event::hook> events;
//   events.push(std::move(event));                          // any core, any context; one exchange
//   auto popped = events.pop();                             // the oldest event, or: empty, busy
//
// Vyukov's queue.  A push takes the place of the newest object by one exchange, and then links the
// one before to its own: wait-free, and FIFO in the order of the exchanges.  Between these two
// steps the chain has a gap, and what was pushed behind the gap cannot be reached yet.  pop() never
// waits for a gap to close: it answers kBusy, which is not kEmpty.  A consumer that may have
// interrupted the producer, or has a higher priority on the same core, must not try again before
// the producer ran; whoever closes the gap should wake the consumer, that is, producers wake after
// their push.
//
// Where everything can be taken at once, an Inbox (sync/inbox.h) has no gap.  This queue has its
// place where objects are popped one at a time, and where pushes must not retry.
//
// push: any core, any context.  pop: one consumer, thread or handler.  No destructor: whoever ends
// a queue empties it before.
#ifndef BATON_SYNC_MPSC_QUEUE_H_
#define BATON_SYNC_MPSC_QUEUE_H_

#include <atomic>
#include <expected>
#include <type_traits>
#include <utility>

#include "sync/atomics.h"
#include "sync/cache_line.h"
#include "sync/cell_answers.h"
#include "sync/hook.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

namespace internal {

/// Null: the newest object, or one whose successor is being pushed.
template <class Atomics>
struct MpscLink {
  constexpr MpscLink() = default;
  typename Atomics::template Atomic<MpscLink*> next{nullptr};
};

}  // namespace internal

/// What an object carries to be in an MpscQueue, as a base class or as a member (sync/hook.h): in
/// one queue at a time, as it has one owner at a time.
template <class Tag = DefaultTag, class Atomics = StdAtomics>
class MpscHook {
 public:
  constexpr MpscHook() = default;
  MpscHook(const MpscHook&) = delete;
  MpscHook& operator=(const MpscHook&) = delete;

 private:
  template <class T, auto Hook, class A>
  friend class MpscQueue;

  internal::MpscLink<Atomics> hook_link_;
};

template <class T, auto Hook = kBaseHook<>, class Atomics = StdAtomics>
class MpscQueue {
 public:
  using value_type = T;

  constexpr MpscQueue() : newest_(&stub_), oldest_(&stub_) {}
  MpscQueue(const MpscQueue&) = delete;
  MpscQueue& operator=(const MpscQueue&) = delete;

  /// Leaves the object here.  Wait-free: one exchange, two stores.
  void push(Owned<T> object) {
    T* const pushed = internal::OwnedAccess::disown(std::move(object));
    BATON_NO_MISUSE(pushed != nullptr, this, "a handle is pushed after it was moved from");
    Link& link = Access::hook_of(*pushed).hook_link_;
    // Relaxed: published by the release of the exchange.
    link.next.store(nullptr, std::memory_order_relaxed);
    // Release pairs with the acquire of the next push's exchange: the null comes before its link.
    // Acquire pairs with the release of the last push's, and of the compare-and-swap in pop(): our
    // link comes after its null.
    Link* const before = newest_.exchange(&link, std::memory_order_acq_rel);
    // Release pairs with the acquire in pop(): the object, and its null link, go with its address.
    before->next.store(&link, std::memory_order_release);
  }

  /// The consumer's.  The oldest object; or kEmpty; or kBusy if a push is under way and what it
  /// pushes, or what was pushed after it, cannot be reached yet.  Wait-free.
  [[nodiscard]] Answer<Owned<T>, Absent> pop() {
    Link* oldest = oldest_.read();
    // Acquire pairs with the release in push(): the next object is ours to see, and its predecessor
    // is touched by no producer any more.
    Link* next = oldest->next.load(std::memory_order_acquire);
    if (oldest == &stub_) {
      if (next == nullptr) {
        // Relaxed: only says why; the address is compared, not followed.
        const bool empty = newest_.load(std::memory_order_relaxed) == &stub_;
        return std::unexpected(empty ? Absent::kEmpty : Absent::kBusy);
      }
      oldest_.write(next);
      oldest = next;
      // Acquire pairs with the release in push(), as above.
      next = oldest->next.load(std::memory_order_acquire);
    }
    if (next == nullptr) {
      // The last one that can be reached.  If it is the last of all, the stub takes its place; else
      // somebody's push is under way, and is going to write its link.
      // Relaxed: published by the release of the compare-and-swap.
      stub_.next.store(nullptr, std::memory_order_relaxed);
      Link* newest = oldest;
      // Release pairs with the acquire of the next push's exchange: the stub's null comes before
      // its link.  Relaxed on failure: the address is not followed.
      if (!newest_.compare_exchange_strong(newest, &stub_, std::memory_order_release,
                                           std::memory_order_relaxed)) {
        return std::unexpected(Absent::kBusy);
      }
      next = &stub_;
    }
    oldest_.write(next);
    return internal::OwnedAccess::adopt(&object_of(*oldest));
  }

 private:
  template <class Tag>
  using HookTemplate = MpscHook<Tag, Atomics>;
  using Access = internal::HookOf<T, Hook, HookTemplate>;
  using Link = internal::MpscLink<Atomics>;

  static T& object_of(Link& link) {
    using HookType = typename Access::Hook;
    static_assert(std::is_standard_layout_v<HookType> && sizeof(HookType) == sizeof(Link));
    return Access::object_of(reinterpret_cast<HookType&>(link));
  }

  // The producers' word, apart from the consumer's.
  alignas(kApart<Link*, Atomics>) typename Atomics::template Atomic<Link*> newest_;
  alignas(kApart<Link*, Atomics>) typename Atomics::template Plain<Link*> oldest_;
  Link stub_;

  friend struct MpscQueueLayout;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_MPSC_QUEUE_H_
