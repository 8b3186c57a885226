// Two threads and an LED: one switches it on twice a second, the other switches it off, a quarter
// of a second later.
#ifndef BATON_BOARDS_BLINK_BLINK_H_
#define BATON_BOARDS_BLINK_BLINK_H_

#include "arch/context.h"
#include "arch/thread_stack.h"
#include "base/assert.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/thread.h"

namespace baton::board {

/// Of a board that has set_led().
template <class Board>
struct Blink {
  static constexpr Duration kPeriod = Duration::milliseconds(500);
  static constexpr Duration kLit = Duration::milliseconds(250);

  /// The image's program.
  static void start() {
    start_one(threads_[0], stacks_[0], [](void*) { every_period(kPeriod, true); });
    start_one(threads_[1], stacks_[1], [](void*) { every_period(kPeriod + kLit, false); });
  }

 private:
  using Stack = arch::ThreadStack<arch::kMinStackBytes + 128>;

  static void start_one(kernel::Thread& thread, Stack& stack, void (*entry)(void*)) {
    BATON_CHECK(arch::protect_guard(stack.guard()));
    BATON_CHECK(thread.start(stack.bytes(), {}, entry, nullptr));
  }

  // By the clock, so that the two never drift apart.
  [[noreturn]] static void every_period(Duration first, bool on) {
    for (Instant due = Instant() + first;; due = due + kPeriod) {
      BATON_CHECK(kernel::this_thread::sleep_until(due));
      Board::set_led(on);
    }
  }

  // Apart from the threads: zeroes need no room in flash memory.
  static constinit inline kernel::Thread threads_[2];
  static constinit inline Stack stacks_[2];
};

}  // namespace baton::board

#endif  // BATON_BOARDS_BLINK_BLINK_H_
