// `CoreMailbox`: what other cores have to say to one core.
//
// Messages are intrusive and pushed by anybody; the core takes all at once, oldest first, when an
// interrupt tells it to.  Nothing is left for later without one: who sends a message interrupts the
// core, unless somebody has done so since the core last looked.  So a message is read within the
// time of an interrupt, and a burst of them costs one.
//
//   sender     pushes, then kicked: false -> true, or it was true        core     kicked -> false,
//                           and then interrupts     and need not                  then takes
//
// Any core, any context to send; its own core, interrupts masked, to take.  Lock-free.
#ifndef BATON_KERNEL_SCHED_CORE_MAILBOX_H_
#define BATON_KERNEL_SCHED_CORE_MAILBOX_H_

#include <atomic>
#include <utility>

#include "sync/atomics.h"

namespace baton::kernel {

/// `Message` has a member `typename Atomics::template Plain<Message*> next`.
template <class Message, class Atomics = sync::StdAtomics>
class CoreMailbox {
 public:
  constexpr CoreMailbox() = default;
  CoreMailbox(const CoreMailbox&) = delete;
  CoreMailbox& operator=(const CoreMailbox&) = delete;

  /// The message is the core's from here on.  True: the caller interrupts the core.
  [[nodiscard]] bool send(Message& message) {
    leave(message);
    return kick();
  }
  /// The same by the core to itself, which will look without an interrupt.
  void leave(Message& message) {
    // Relaxed: linked, not followed.
    Message* top = top_.load(std::memory_order_relaxed);
    do {
      message.next.write(top);
      // Release pairs with the acquire in take(): the message.  Relaxed on failure: linked again.
    } while (!top_.compare_exchange_weak(top, &message, std::memory_order_release,
                                         std::memory_order_relaxed));
  }
  /// Nothing to say but "look".  True: the caller interrupts the core.
  [[nodiscard]] bool kick() {
    // Release pairs with the acquire in take(): if somebody has kicked already, the core is to see
    // what we pushed, or wrote, when it answers that kick.
    return !kicked_.exchange(true, std::memory_order_release);
  }

  /// Whether take() may have something; a look, after which more may come, with an interrupt.
  bool may_have_news() const {
    // Relaxed, both: what comes later comes with a kick, whose interrupt looks.
    return kicked_.load(std::memory_order_relaxed) ||
           top_.load(std::memory_order_relaxed) != nullptr;
  }

  /// Everything that is there, oldest first.
  [[nodiscard]] Message* take() {
    // Relaxed: a look; if it is early, the interrupt is still to come.
    if (kicked_.load(std::memory_order_relaxed)) {
      // Acquire pairs with the release in kick().
      kicked_.exchange(false, std::memory_order_acquire);
    }
    // Relaxed: a look; what comes after it comes with a kick.
    if (top_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    // Acquire pairs with the release in leave(); pushes below the top are in its release sequence.
    Message* newest = top_.exchange(nullptr, std::memory_order_acquire);
    Message* oldest = nullptr;
    while (newest != nullptr) {
      Message* const next = newest->next.read();
      newest->next.write(oldest);
      oldest = std::exchange(newest, next);
    }
    return oldest;
  }

 private:
  typename Atomics::template Atomic<Message*> top_{nullptr};
  typename Atomics::template Atomic<bool> kicked_{false};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_CORE_MAILBOX_H_
