// `MessageQueue<T, N>`: passes small values from thread to thread by copy, at most N on their way;
// with N = 0 a sender waits until somebody has taken the value.
//
// A value is copied with interrupts masked: a few words.  Larger things go by Channel, which passes
// objects without copying them.  close() is the end: senders are refused with kClosed, those who
// wait included; receivers get what is there, and then kClosed.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_MESSAGE_QUEUE_H_
#define BATON_KERNEL_BLOCKING_MESSAGE_QUEUE_H_

#include <cstddef>
#include <type_traits>

#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/channel_core.h"
#include "kernel/clock.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

template <class T, std::size_t N>
class MessageQueue {
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>);
  static_assert(sizeof(T) <= 256, "what is large goes by Channel");

 public:
  constexpr MessageQueue() = default;
  MessageQueue(const MessageQueue&) = delete;
  MessageQueue& operator=(const MessageQueue&) = delete;

  /// kFull: no room, or with N = 0 nobody who waits for it.  kClosed.  Any context.
  Result<void> try_send(const T& value) { return core_.try_send(value); }
  /// Waits for room.  kClosed; kStopped: the thread was asked to stop.
  Result<void> send(const T& value) BATON_MAY_BLOCK { return core_.send_by(value, kForever); }
  /// kClosed, kTimedOut, kStopped.
  Result<void> send_for(const T& value, Duration timeout) BATON_MAY_BLOCK {
    return core_.send_by(value, now() + timeout);
  }
  Result<void> send_until(const T& value, Instant deadline) BATON_MAY_BLOCK {
    return core_.send_by(value, deadline);
  }

  /// kEmpty; kClosed: and empty.  Any context.
  Result<T> try_receive() {
    T value{};
    return take(core_.try_receive(value), value);
  }
  /// The same into `value`, which stays as it is if there is none.
  Result<void> try_receive(T& value) { return core_.try_receive(value); }
  /// Waits for a value.  kClosed: and empty; kStopped: the thread was asked to stop.
  Result<T> receive() BATON_MAY_BLOCK { return receive_by(kForever); }
  /// kClosed, kTimedOut, kStopped.
  Result<T> receive_for(Duration timeout) BATON_MAY_BLOCK { return receive_by(now() + timeout); }
  Result<T> receive_until(Instant deadline) BATON_MAY_BLOCK { return receive_by(deadline); }

  /// No more is sent, from here on; once more does nothing.  Any context.
  void close() { core_.close(); }
  bool is_closed() const { return core_.is_closed(); }
  /// How many are in it at about this moment.
  std::size_t size() const { return core_.size(); }

 private:
  Result<T> receive_by(Deadline deadline) BATON_MAY_BLOCK {
    T value{};
    return take(core_.receive_by(value, deadline), value);
  }
  static Result<T> take(Result<void> received, const T& value) {
    if (!received) return fail(received.error());
    return value;
  }

  internal::ChannelCore<T, N> core_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_MESSAGE_QUEUE_H_
