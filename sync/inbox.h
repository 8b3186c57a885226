// `Inbox<T, Hook>`: many push, one takes everything, oldest first.
//
//   struct Message { sync::InboxHook<Message> hook; ... };
//   constinit sync::Inbox<Message, &Message::hook> inbox;
//
// A stack that is only pushed to and emptied whole: no ABA, as nothing is ever removed from its
// middle or top alone, and no gap that a consumer could spin on, as a push is one compare-and-swap
// and its link is complete before.  take_all() is one exchange, and turns the stack round.
// Rejected: Vyukov's queue, whose consumer can meet a producer that was interrupted half-way.
//
// A look at an inbox takes the line away from whoever pushes.  A consumer that polls gets most out
// of it by looking seldom: what it then finds costs little more than the objects' own lines.
//
// Any core, any context, for both ends; several may take, each gets what was there.
#ifndef BATON_SYNC_INBOX_H_
#define BATON_SYNC_INBOX_H_

#include <atomic>
#include <utility>

#include "sync/atomics.h"
#include "sync/batch.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

template <class T, auto Hook, class Atomics = StdAtomics>
class Inbox {
 public:
  using BatchType = Batch<T, Hook>;

  constexpr Inbox() = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Leaves the object here.  True when the inbox was empty: whoever empties it may be asleep.
  /// Lock-free: retries only when somebody else's push or take_all() succeeded meanwhile.
  bool push(Owned<T> object) {
    T* const pushed = internal::OwnedAccess::disown(std::move(object));
    BATON_NO_MISUSE(pushed != nullptr, this, "a handle is pushed after it was moved from");
    // Relaxed: the pointer is linked, not followed.
    T* top = top_.load(std::memory_order_relaxed);
    do {
      (pushed->*Hook).next.write(top);
      // Release pairs with the acquire in take_all(): object and link go with the pointer.
      // Relaxed on failure: `top` is linked again, not followed.
    } while (!top_.compare_exchange_weak(top, pushed, std::memory_order_release,
                                         std::memory_order_relaxed));
    return top == nullptr;
  }

  /// Everything that was pushed and not taken yet, oldest first.  Wait-free exchange, then O(n).
  [[nodiscard]] BatchType take_all() {
    // Acquire pairs with the release in push(); the pushes below the top are in its release
    // sequence, so one acquire is enough for all of them.
    return BatchType::from_newest(top_.exchange(nullptr, std::memory_order_acquire));
  }

  /// Whether there is nothing at about this moment.
  bool is_empty() const {
    // Relaxed: a hint; nobody follows the pointer.
    return top_.load(std::memory_order_relaxed) == nullptr;
  }

 private:
  typename Atomics::template Atomic<T*> top_{nullptr};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_INBOX_H_
