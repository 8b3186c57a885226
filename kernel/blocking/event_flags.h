// `EventFlags`: 32 events in one object; a thread waits for any or for all of some of them.
//
//   const Result<std::uint32_t> seen = flags.wait(kRx | kTx, Want::kAny, Then::kClear);
//
// Who waits with Then::kClear takes the flags that it waited for: each flag that is set is taken by
// one thread, the most urgent that it lets go on.  Who waits with Then::kKeep only looks.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_EVENT_FLAGS_H_
#define BATON_KERNEL_BLOCKING_EVENT_FLAGS_H_

#include <cstdint>

#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/may_block.h"
#include "kernel/sched/wait_queue.h"

namespace baton::kernel {

enum class Want : std::uint8_t { kAny, kAll };
enum class Then : std::uint8_t { kKeep, kClear };

class EventFlags {
 public:
  using Flags = std::uint32_t;

  constexpr explicit EventFlags(Flags flags = 0) : flags_(flags) {}
  EventFlags(const EventFlags&) = delete;
  EventFlags& operator=(const EventFlags&) = delete;

  /// Sets some, and lets go on whom they suit.  Any context.  O(waiters) for each of them.
  void set(Flags flags);
  /// Takes some back; which of them were set.  Any context.
  Flags clear(Flags flags);
  Flags value() const;

  // Those of `flags` that were set, at least one; with Want::kAll all of them.  Waiting for none is
  // kInvalidArgument.

  /// kEmpty: they are not set.  Any context.
  Result<Flags> try_wait(Flags flags, Want want, Then then);
  /// kStopped: the thread was asked to stop first.
  Result<Flags> wait(Flags flags, Want want, Then then) BATON_MAY_BLOCK {
    return wait_by(flags, want, then, kForever);
  }
  /// kTimedOut, kStopped: none was taken.
  Result<Flags> wait_for(Flags flags, Want want, Then then, Duration timeout) BATON_MAY_BLOCK;
  Result<Flags> wait_until(Flags flags, Want want, Then then, Instant deadline) BATON_MAY_BLOCK {
    return wait_by(flags, want, then, deadline);
  }

 private:
  struct Request;
  Result<Flags> wait_by(Flags flags, Want want, Then then, Deadline deadline) BATON_MAY_BLOCK;

  mutable WaitQueue waiters_;
  Flags flags_ BATON_GUARDED_BY(waiters_);
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_EVENT_FLAGS_H_
