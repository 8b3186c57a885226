// `Channel<Owned<T>, N>`: passes objects from thread to thread, at most N on their way; with N = 0
// a sender waits until somebody has taken the object.
//
//   constinit Channel<sync::Owned<Frame>, 8> received;
//   if (auto sent = received.try_send(std::move(frame)); !sent) {   // in a handler, say
//     keep(std::move(sent.error().object));                         // full: it is ours again
//   }
//   while (Result<sync::Owned<Frame>> frame = received.receive()) use(std::move(*frame));
//
// What is handed over is the object itself: the sender has it no more, the receiver has it, and in
// between the channel has.  An object that was not sent comes back in the answer.
//
// close() is the end: senders are refused with kClosed, those who wait included, and keep their
// objects; receivers get what is there, and then kClosed.  A channel that is closed says so also to
// a thread that was asked to stop.
//
// Destroyed when it is empty; as the cells it has no destructor.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_CHANNEL_H_
#define BATON_KERNEL_BLOCKING_CHANNEL_H_

#include <cstddef>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/channel_core.h"
#include "kernel/clock.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"
#include "sync/cell_answers.h"
#include "sync/owned.h"

namespace baton::kernel {

/// The object that was not sent, back with its owner, and why.
template <class T>
struct [[nodiscard]] Unsent {
  Error why;
  sync::Owned<T> object;
};

template <class Handle, std::size_t N>
class Channel;

template <class T, std::size_t N>
class Channel<sync::Owned<T>, N> {
 public:
  using Object = sync::Owned<T>;
  using Sent = sync::Answer<void, Unsent<T>>;

  constexpr Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// kFull: no room, or with N = 0 nobody who waits for it.  kClosed.  Any context.
  Sent try_send(Object object) {
    T* const item = sync::internal::OwnedAccess::disown(std::move(object));
    return answer(item, core_.try_send(item));
  }
  /// Waits for room.  kClosed; kStopped: the thread was asked to stop.
  Sent send(Object object) BATON_MAY_BLOCK { return send_by(std::move(object), kForever); }
  /// kClosed, kTimedOut, kStopped.
  Sent send_for(Object object, Duration timeout) BATON_MAY_BLOCK {
    return send_by(std::move(object), now() + timeout);
  }
  Sent send_until(Object object, Instant deadline) BATON_MAY_BLOCK {
    return send_by(std::move(object), deadline);
  }

  /// kEmpty; kClosed: and empty.  Any context.
  Result<Object> try_receive() {
    T* item = nullptr;
    return take(core_.try_receive(item), item);
  }
  /// Waits for an object.  kClosed: and empty; kStopped: the thread was asked to stop.
  Result<Object> receive() BATON_MAY_BLOCK { return receive_by(kForever); }
  /// kClosed, kTimedOut, kStopped.
  Result<Object> receive_for(Duration timeout) BATON_MAY_BLOCK {
    return receive_by(now() + timeout);
  }
  Result<Object> receive_until(Instant deadline) BATON_MAY_BLOCK { return receive_by(deadline); }

  /// No more is sent, from here on; once more does nothing.  Any context.
  void close() { core_.close(); }
  bool is_closed() const { return core_.is_closed(); }
  /// How many are in it at about this moment.
  std::size_t size() const { return core_.size(); }

 private:
  Sent send_by(Object object, Deadline deadline) BATON_MAY_BLOCK {
    T* const item = sync::internal::OwnedAccess::disown(std::move(object));
    return answer(item, core_.send_by(item, deadline));
  }
  Result<Object> receive_by(Deadline deadline) BATON_MAY_BLOCK {
    T* item = nullptr;
    return take(core_.receive_by(item, deadline), item);
  }

  static Sent answer(T* item, Result<void> sent) {
    if (sent) return {};
    return std::unexpected(Unsent<T>{sent.error(), sync::internal::OwnedAccess::adopt(item)});
  }
  static Result<Object> take(Result<void> received, T* item) {
    if (!received) return fail(received.error());
    return sync::internal::OwnedAccess::adopt(item);
  }

  internal::ChannelCore<T*, N> core_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_CHANNEL_H_
