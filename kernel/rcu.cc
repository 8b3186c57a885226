#include "kernel/rcu.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/cpu.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/interrupts.h"
#include "kernel/rcu_sleepers.h"
#include "kernel/timers.h"
#include "sync/rcu/core_domain.h"

namespace baton::kernel::rcu {
namespace {

using Domain = sync::CoreDomain;

Domain& domain() { return Domain::default_domain(); }

void check_stall();

// A core's own; threads, but for the counts, which anybody reads.
struct alignas(arch::kCacheLine) CoreState {
  // When it last came by: grace periods ended, callbacks there, and whether any ran.
  std::uintptr_t completed = 0;
  std::size_t backlog = 0;
  bool ran = false;
  bool in_callback = false;
  Count told;
  // Looks after a grace period that this core sleeps for.
  Timer patience{[](void*) { check_stall(); }, nullptr};
};
constinit std::array<CoreState, arch::kMaxCores> states{};

CoreState& this_core() { return states[arch::core_index()]; }

constinit RcuSleepers<> sleepers;

// A grace period's number and a time, in one word, so that nobody reads one's number with another's
// time.
class Stamp {
 public:
  constexpr Stamp() = default;
  Stamp(std::uintptr_t number, Instant at)
      : word_((std::uint64_t{number} << kTimeBits) | (at.since_start_ns() / 1000 & kTimeMask)) {}
  bool is_of(std::uintptr_t number) const {
    return word_ >> kTimeBits == (std::uint64_t{number} << kTimeBits) >> kTimeBits;
  }
  Instant at() const { return Instant() + Duration::microseconds(word_ & kTimeMask); }

 private:
  static constexpr unsigned kTimeBits = 48;  // 8 years of microseconds
  static constexpr std::uint64_t kTimeMask = (std::uint64_t{1} << kTimeBits) - 1;
  std::uint64_t word_ = ~std::uint64_t{0};
};
// A word for people.  Relaxed, all of it: nothing else is read by what it says.
template <class T>
class ForPeople {
 public:
  constexpr explicit ForPeople(T value) : word_(value) {}
  T get() const {
    // Relaxed: see above.
    return word_.load(std::memory_order_relaxed);
  }
  /// True for the one of several who changes it from what it was.
  bool change(T from, T to) {
    // Relaxed: see above.
    return word_.compare_exchange_strong(from, to, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

 private:
  std::atomic<T> word_;
};
constinit ForPeople<Stamp> running_since{Stamp()};  // when the running one was first seen
constinit ForPeople<Stamp> told_of{Stamp()};        // the last stall that was printed
constinit ForPeople<std::uint64_t> longest_ns{0};

void note_running() {
  const std::uintptr_t number = domain().grace_periods();
  const Stamp since = running_since.get();
  if (!since.is_of(number) && domain().is_active()) {
    running_since.change(since, Stamp(number, now()));
  }
}

void note_ended(std::uintptr_t number) {
  const Stamp since = running_since.get();
  if (!since.is_of(number)) {
    return;
  }
  const std::uint64_t took = (now() - since.at()).count_ns();
  for (std::uint64_t longest = longest_ns.get(); took > longest; longest = longest_ns.get()) {
    longest_ns.change(longest, took);
  }
}

// Tells those who sleep for it that a grace period has ended.
void pass_on() {
  const std::uintptr_t completed = domain().grace_periods();
  const std::uint32_t mask = sleepers.pass_on(completed, [completed](std::uintptr_t before) {
    if (completed == before + 1) {
      note_ended(before);
    }
    note_running();
  });
  if (mask != 0) {
    send_ipi(mask, Ipi::kWake);
  }
}

// What a core does while it waits for others.  They may sleep though a barrier has left something
// with them: then they do not listen.
void pause() {
  pass_on();
  std::uint32_t forgetful = 0;
  for (unsigned i = 0; i < arch::kMaxCores; ++i) {
    if (domain().backlog(i) != 0 && !domain().is_watching(i) && !sleepers.is_listening(i)) {
      forgetful |= 1U << i;
    }
  }
  if (forgetful != 0) {
    send_ipi(forgetful, Ipi::kWake);
  }
  arch::relax();
}

// Says once per grace period who holds it up.
void check_stall() {
  const std::uintptr_t number = domain().grace_periods();
  const Stamp since = running_since.get();
  if (!domain().is_active() || !since.is_of(number)) {
    return;
  }
  const Duration lasted = now() - since.at();
  const Stamp told = told_of.get();
  if (lasted < kStall || told.is_of(number) || !told_of.change(told, since)) {
    return;
  }
  LineWriter line;
  format_to(line, "rcu: a grace period has lasted {}, held up by", lasted);
  for (unsigned i = 0; i < arch::kMaxCores; ++i) {
    if (domain().is_pending(i)) {
      format_to(line, " core {}", i);
    }
  }
  format_to(line, "\n");
}

// This core sleeps until a grace period ends: if that takes too long, it says so.
void have_patience(CoreState& me, const sync::IrqsOff& irqs_off) {
  const std::uintptr_t number = domain().grace_periods();
  const Stamp since = running_since.get();
  if (me.patience.armed() || !since.is_of(number) || told_of.get().is_of(number)) {
    return;
  }
  this_core_timers(irqs_off).arm(me.patience, since.at() + kStall + Duration::milliseconds(1),
                                 irqs_off);
}

// As sleep(); `waiting`: for a grace period, whether or not there are callbacks.
void sleep(bool waiting, const sync::IrqsOff& irqs_off) {
  CoreState& me = this_core();
  const unsigned self = arch::core_index();
  domain().enter_idle();
  pass_on();
  bool something = me.ran;
  const bool listening = waiting || domain().has_work();
  if (listening) {
    sleepers.listen(self);
    something = something || domain().grace_periods() != me.completed ||
                domain().backlog(self) != me.backlog;
    have_patience(me, irqs_off);
  }
  if (!something) {
    this_core_state().sleeps.add();
    // Masked: an interrupt that comes between the looks and the sleep ends the sleep.  Whoever
    // retires something here is a handler of this core, or sends an interrupt: see pause().
    arch::wait_for_interrupt();
  }
  if (listening) {
    me.told.add(sleepers.stop(self) ? 1 : 0);
  }
  // Before any handler runs, which may read.
  domain().leave_idle();
}

}  // namespace

void init() { domain().set_pause(pause); }

void start_core() { domain().start_core(); }

void stop_core(const sync::IrqsOff& /*irqs_off*/) {
  domain().enter_idle();
  pass_on();
}

void come_by() {
  CoreState& me = this_core();
  if (me.in_callback) {
    return;
  }
  domain().quiescent();
  // Before the look at the queue: what changes after it keeps the core awake.
  me.completed = domain().grace_periods();
  me.backlog = domain().backlog(arch::core_index());
  me.ran = false;
  if (me.backlog != 0) {
    me.in_callback = true;
    me.ran = domain().process() != 0;
    me.in_callback = false;
    note_running();
    check_stall();
  }
  pass_on();
}

void sleep(const sync::IrqsOff& irqs_off) { sleep(false, irqs_off); }

void synchronize() {
  BATON_ASSERT(!this_core().in_callback);
  const sync::RcuCookie cookie = domain().start_poll();
  for (;;) {
    come_by();
    const sync::IrqsOff irqs_off;
    if (domain().poll(cookie)) {
      return;
    }
    note_running();
    sleep(true, irqs_off);
  }
}

void barrier() {
  BATON_ASSERT(!this_core().in_callback);
  domain().barrier([] {
    come_by();
    pause();
  });
}

Progress progress() {
  const std::uintptr_t number = domain().grace_periods();
  const bool active = domain().is_active();
  const Stamp since = running_since.get();
  return {
      .active = active,
      .completed = number,
      .running = active && since.is_of(number) ? now() - since.at() : Duration(),
      .longest = Duration::nanoseconds(longest_ns.get()),
  };
}

std::uint64_t times_told(unsigned core) { return states[core].told.value(); }

}  // namespace baton::kernel::rcu
