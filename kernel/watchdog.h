// The watchdog: tells of a core that does not schedule though somebody waits for it.
//
// A core passes its scheduler when it changes from one thread to another, sends a waiting thread to
// another core, or goes to sleep.  If it does none of that for the time of the limit, while a
// thread waits for its turn there, it is told of, once: which thread runs since when, who waits,
// and the backtrace, which the core itself takes in an interrupt that the watching core sends.  If
// it does not answer that interrupt for so long, that is told, and a more urgent one is sent: it
// gets the backtrace of a handler that does not end, too.  And when it schedules again.
//
// Who watches: a core whose timer comes four times per limit while another one is awake.  A core
// that wakes up and finds nobody who watches asks another one to; a core that finds all others
// asleep ceases to.  So when all sleep, no timer runs.  Nothing is written, and nobody asked, where
// threads are switched.
#ifndef BATON_KERNEL_WATCHDOG_H_
#define BATON_KERNEL_WATCHDOG_H_

#include <cstdint>

#include "base/time.h"
#include "sync/irqs_off.h"

namespace baton::arch {
struct TrapFrame;
}  // namespace baton::arch

namespace baton::kernel::watchdog {

/// Linux's watchdog_thresh, too.  Much less, and a virtual core that its busy host does not run is
/// taken for one that hangs.
inline constexpr Duration kDefaultLimit = Duration::seconds(10);
inline constexpr Duration kShortestLimit = Duration::milliseconds(20);
inline constexpr Duration kLongestLimit = Duration::seconds(3600);

/// From here on, with the default limit.  Boot core, once, when it is online.
void start();

/// How long a core may make others wait; zero: for ever, nobody watches.  Otherwise from
/// kShortestLimit to kLongestLimit.  Threads, one at a time.
void set_limit(Duration limit);
/// Any context.
Duration limit();

/// This core has come online: it is one more that watches, and is watched.
void on_online(const sync::IrqsOff& irqs_off);
/// This core has been asleep, and takes interrupts from now on.
void on_wake(const sync::IrqsOff& irqs_off);
/// This core goes to sleep.
void on_sleep(const sync::IrqsOff& irqs_off);
/// The handler of Ipi::kWatch; `frame` is what it interrupted.
void on_interrupt(const arch::TrapFrame& frame, const sync::IrqsOff& irqs_off);
/// The handler of Ipi::kShow; `frame` is what it interrupted: `in_handler`, one that is less
/// urgent.
void show(const arch::TrapFrame& frame, bool in_handler);

/// The last four, for the only core of a machine, which may have no watchdog: null until start().
struct OneCoreHooks {
  void (*on_wake)(const sync::IrqsOff& irqs_off);
  void (*on_sleep)(const sync::IrqsOff& irqs_off);
  void (*on_interrupt)(const arch::TrapFrame& frame, const sync::IrqsOff& irqs_off);
  void (*show)(const arch::TrapFrame& frame, bool in_handler);
};
namespace internal {
inline constinit const OneCoreHooks* one_core_hooks = nullptr;
}  // namespace internal

/// Of one core, for people.
struct Numbers {
  bool awake = false;
  bool watches = false;
  bool stalled = false;      ///< it has been told of, and does not schedule yet
  std::uint64_t looks = 0;   ///< how often it has looked after the others
  std::uint64_t stalls = 0;  ///< how often it was told of
  Duration longest;          ///< of its stalls, those that are over
};
/// Any context.
Numbers numbers(unsigned core);

}  // namespace baton::kernel::watchdog

#endif  // BATON_KERNEL_WATCHDOG_H_
