// What Channel and MessageQueue have in common: a ring of N items, threads that wait for room or
// for items, and an end.
//
//   senders     wait only while the ring is full; the most urgent moves in as soon as there is room
//   receivers   wait only while the ring is empty and no sender waits; the most urgent gets the
//   next
//               item from hand to hand
//
// With N = 0 there is no ring: every item goes from hand to hand, and a sender waits until it has
// gone.  After close() nothing goes in any more; what is in the ring comes out.
//
// Any core; see those two.
#ifndef BATON_KERNEL_BLOCKING_CHANNEL_CORE_H_
#define BATON_KERNEL_BLOCKING_CHANNEL_CORE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/annotations.h"
#include "base/result.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel::internal {

/// `Item`: copied with interrupts masked; small.
template <class Item, std::size_t N>
class ChannelCore {
 public:
  constexpr ChannelCore() = default;
  ChannelCore(const ChannelCore&) = delete;
  ChannelCore& operator=(const ChannelCore&) = delete;

  /// kFull, kClosed.
  Result<void> try_send(const Item& item) {
    const WaitQueue::Guard guard(waiters_);
    return send_now(item);
  }
  /// kClosed, kTimedOut; kStopped: the thread was asked to stop.
  Result<void> send_by(const Item& item, Deadline deadline) BATON_MAY_BLOCK {
    check_may_block(this);
    Waiter me;
    // Read only, by whoever makes room.
    me.object = static_cast<void*>(const_cast<Item*>(&item));
    me.want = kSends;
    {
      const WaitQueue::Guard guard(waiters_);
      const Result<void> sent = send_now(item);
      if (sent || sent.error() != Error::kFull) return sent;
      if (!waiters_.add(me)) return fail(Error::kStopped);
    }
    return outcome(me, deadline);
  }

  /// kEmpty; kClosed: and nothing is left.
  Result<void> try_receive(Item& item) {
    const WaitQueue::Guard guard(waiters_);
    return receive_now(item);
  }
  /// kClosed: as above; kTimedOut; kStopped: the thread was asked to stop.
  Result<void> receive_by(Item& item, Deadline deadline) BATON_MAY_BLOCK {
    check_may_block(this);
    Waiter me;
    me.object = static_cast<void*>(&item);
    me.want = kReceives;
    {
      const WaitQueue::Guard guard(waiters_);
      const Result<void> received = receive_now(item);
      if (received || received.error() != Error::kEmpty) return received;
      if (!waiters_.add(me)) return fail(Error::kStopped);
    }
    return outcome(me, deadline);
  }

  void close() {
    const WaitQueue::Guard guard(waiters_);
    closed_ = true;
    // Senders wait for room that they will not use, receivers for items that will not come.
    while (waiters_.wake_one_if([](const Waiter&) { return true; },
                                [](Waiter& waiter) { waiter.want = kIsClosed; })) {
    }
  }
  bool is_closed() const {
    const WaitQueue::Guard guard(waiters_);
    return closed_;
  }
  std::size_t size() const {
    const WaitQueue::Guard guard(waiters_);
    return count_;
  }

 private:
  // In Waiter::want.
  static constexpr std::uint32_t kSends = 1;
  static constexpr std::uint32_t kReceives = 2;
  static constexpr std::uint32_t kIsClosed = 3;

  template <class Give>
  bool wake(std::uint32_t who, Give&& give) BATON_REQUIRES(waiters_) {
    // Mostly nobody does.
    return !waiters_.empty() &&
           waiters_.wake_one_if(
               [who](const Waiter& waiter) { return waiter.want == who; },
               [&give](Waiter& waiter) { give(*static_cast<Item*>(waiter.object)); });
  }

  Result<void> send_now(const Item& item) BATON_REQUIRES(waiters_) {
    if (closed_) return fail(Error::kClosed);
    if (count_ == 0 && wake(kReceives, [&item](Item& to) { to = item; })) return {};
    if (count_ == N) return fail(Error::kFull);
    push(item);
    return {};
  }

  Result<void> receive_now(Item& item) BATON_REQUIRES(waiters_) {
    if constexpr (N != 0) {
      if (count_ != 0) {
        item = ring_[first_];
        first_ = wrapped(first_ + 1);
        --count_;
        const Item* next = nullptr;
        if (wake(kSends, [&next](const Item& from) { next = &from; })) push(*next);
        return {};
      }
    } else if (wake(kSends, [&item](const Item& from) { item = from; })) {
      return {};
    }
    return fail(closed_ ? Error::kClosed : Error::kEmpty);
  }

  void push(const Item& item) BATON_REQUIRES(waiters_) {
    if constexpr (N != 0) {
      ring_[wrapped(first_ + count_)] = item;
      ++count_;
    }
  }

  // Of an index below 2 * N.
  static constexpr std::size_t wrapped(std::size_t index) { return index < N ? index : index - N; }

  Result<void> outcome(Waiter& me, Deadline deadline) {
    const Result<void> woken = waiters_.wait(me, deadline);
    if (woken && me.want == kIsClosed) return fail(Error::kClosed);
    return woken;
  }

  mutable WaitQueue waiters_;
  bool closed_ BATON_GUARDED_BY(waiters_) = false;
  std::size_t first_ BATON_GUARDED_BY(waiters_) = 0;
  std::size_t count_ BATON_GUARDED_BY(waiters_) = 0;
  std::array<Item, N> ring_ BATON_GUARDED_BY(waiters_){};
};

}  // namespace baton::kernel::internal

#endif  // BATON_KERNEL_BLOCKING_CHANNEL_CORE_H_
