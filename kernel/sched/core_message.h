// What one core's scheduler says to another's (kernel/sched/core_mailbox.h).
//
// A thread carries the two messages that may ever be about it: its arrival, which is the thread
// itself being handed over, and a call for attention.  The others are a core's (placement.h).
#ifndef BATON_KERNEL_SCHED_CORE_MESSAGE_H_
#define BATON_KERNEL_SCHED_CORE_MESSAGE_H_

#include <cstdint>

#include "sync/atomics.h"

namespace baton::kernel {

class Thread;

struct CoreMessage {
  enum class Kind : std::uint8_t {
    kArrival,    ///< the thread is the receiver's
    kAttention,  ///< look at what is wanted of the thread
    kPull,       ///< core `core` would run something of the receiver's
    kPulled,     ///< the receiver's own kPull comes back from core `core`: there was something
    kRefused,    ///< likewise: there was nothing for it
    kMakeRoom,   ///< core `core` would have threads come to the receiver, so that others move up
    kMoveUp,     ///< what runs here is to go
    kMovedUp,    ///< so it has, and comes, or it cannot
    kMadeRoom,   ///< the receiver's own kMakeRoom comes back
  };

  constexpr CoreMessage(Kind what, Thread* about) : thread(about), kind(what) {}
  constexpr CoreMessage(Kind what, unsigned about) : core(about), kind(what) {}

  sync::Plain<CoreMessage*> next{nullptr};
  Thread* thread = nullptr;
  unsigned core = 0;
  Kind kind;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_CORE_MESSAGE_H_
