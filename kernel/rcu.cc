#include "kernel/rcu.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/cpu.h"
#include "kernel/blocking/event.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/interrupts.h"
#include "kernel/one_core_rcu.h"
#include "kernel/rcu_sleepers.h"
#include "kernel/sched/one_core.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "kernel/trace/trace.h"
#include "sync/rcu/core_domain.h"

namespace baton::kernel::rcu {
namespace {

using Domain = sync::CoreDomain;

Domain& domain() { return Domain::default_domain(); }

void hurry(void* core);

// A core's own, preemption off; the count is anybody's to read.
struct alignas(arch::kCacheLine) CoreState {
  // When its callbacks' thread last looked: grace periods ended, callbacks there.
  std::uintptr_t completed = 0;
  std::size_t backlog = 0;
  bool called = false;  // its thread, since it last looked
  bool in_callback = false;
  Count told;
  Event bell{Reset::kAuto};
  // Looks after a grace period that this core's callbacks wait for.
  Timer patience{&hurry, this};
  Duration next_look;
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

void put_in_trace(trace::Kind kind, std::uintptr_t number) {
  const sync::IrqsOff irqs_off;
  trace::put(trace::pack(kind, 0, static_cast<std::uint32_t>(number)), irqs_off);
}

void note_running() {
  const std::uintptr_t number = domain().grace_periods();
  const Stamp since = running_since.get();
  if (!since.is_of(number) && domain().is_active()) {
    if (running_since.change(since, Stamp(number, now()))) {
      put_in_trace(trace::Kind::kGraceBegun, number);
    }
  }
}

void note_ended(std::uintptr_t number) {
  const Stamp since = running_since.get();
  if (!since.is_of(number)) {
    return;
  }
  put_in_trace(trace::Kind::kGraceEnded, number);
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

// What a thread does while it waits in the domain's own functions.  Other cores may sleep though a
// barrier has left something with them: then they do not listen.
void pause() {
  {
    const sync::IrqsOff irqs_off;
    pass_on();
  }
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

// Callbacks of this core wait for a grace period: it is looked after.
void have_patience(CoreState& me, const sync::IrqsOff& irqs_off) {
  if (me.patience.armed() || !domain().is_active()) return;
  note_running();
  me.next_look = kHurry;
  this_core_timers(irqs_off).arm(me.patience, now() + me.next_look, irqs_off);
}

// In the timer's interrupt.
void hurry(void* core) {
  const sync::IrqsOff irqs_off;
  CoreState& me = *static_cast<CoreState*>(core);
  const std::uintptr_t number = domain().grace_periods();
  const Stamp since = running_since.get();
  if (!domain().is_active()) return;
  if (since.is_of(number) && now() - since.at() >= kHurry) {
    std::uint32_t late = 0;
    for (unsigned i = 0; i < arch::kMaxCores; ++i) {
      if (domain().is_pending(i)) late |= 1U << i;
    }
    // This one's end of interrupt is a report, too.
    if ((late & ~(1U << arch::core_index())) != 0) {
      send_ipi(late & ~(1U << arch::core_index()), Ipi::kWake);
    }
    check_stall();
  } else {
    note_running();
  }
  if (!domain().has_work()) return;
  // More and more rarely, as whoever does not report now reads for long; and when it is to be told.
  if (me.next_look < kStall) me.next_look = me.next_look + me.next_look;
  const Instant at = now();
  Instant next = at + me.next_look;
  const Instant stall = since.at() + kStall + Duration::milliseconds(1);
  if (since.is_of(number) && at < stall && stall < next) next = stall;
  this_core_timers(irqs_off).arm(me.patience, next, irqs_off);
}

// Whether this core's thread for callbacks has something to look at.
bool something_new(const CoreState& me) {
  return domain().has_work() && (domain().grace_periods() != me.completed ||
                                 domain().backlog(arch::core_index()) != me.backlog);
}

void call_thread(CoreState& me) {
  if (me.called) return;
  me.called = true;
  me.bell.set();
}

}  // namespace

void init() {
  if constexpr (!kOneCore) domain().set_pause(pause);
}

void start_core() {
  if constexpr (!kOneCore) domain().start_core();
}

void stop_core(const sync::IrqsOff& /*irqs_off*/) {
  if constexpr (kOneCore) return;
  domain().enter_idle();
  pass_on();
}

bool come_by() {
  if constexpr (kOneCore) return one_core::come_by();
  const PreemptOff preempt_off;
  CoreState& me = this_core();
  if (me.in_callback) {
    return false;
  }
  {
    const sync::IrqsOff irqs_off;
    domain().quiescent();
    me.called = false;
    // Before the look at the queue: what changes after it is something new.
    me.completed = domain().grace_periods();
    me.backlog = domain().backlog(arch::core_index());
  }
  bool ran = false;
  if (me.backlog != 0) {
    me.in_callback = true;
    ran = domain().process() != 0;
    me.in_callback = false;
    note_running();
    check_stall();
  }
  const sync::IrqsOff irqs_off;
  pass_on();
  return ran;
}

// Where callbacks are on their way, somebody waits for this core, or is to be told.
[[gnu::noinline]] static void note_busily(const sync::IrqsOff& irqs_off) {
  CoreState& me = this_core();
  if (me.in_callback) return;  // interrupted there: it reports by itself
  domain().quiescent();
  pass_on();
  if (!domain().has_work()) return;
  if (something_new(me)) {
    call_thread(me);
  } else {
    have_patience(me, irqs_off);
  }
}

void note_quiescent(const sync::IrqsOff& irqs_off) {
  if constexpr (kOneCore) {
    one_core::note_quiescent(irqs_off);
    return;
  }
#ifdef NDEBUG
  const unsigned self = arch::core_index();
  if (!domain().is_pending(self) && !domain().has_work(self) &&
      sleepers.is_passed_on(domain().grace_periods())) [[likely]] {
    return;
  }
#endif  // else it looks each time whether this is in a read section
  note_busily(irqs_off);
}

void sleep(const sync::IrqsOff& irqs_off) {
  if constexpr (kOneCore) {
    one_core::sleep(irqs_off);
    return;
  }
  CoreState& me = this_core();
  const unsigned self = arch::core_index();
  domain().enter_idle();
  pass_on();
  bool something = false;
  const bool listening = domain().has_work();
  if (listening) {
    sleepers.listen(self);
    something = something_new(me);
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
  // Otherwise the end of the interrupt looks.
  if (something) call_thread(me);
}

void synchronize() {
  if constexpr (kOneCore) {
    one_core::synchronize();
    return;
  }
  // On this thread's stack: it waits until the callback has run.
  struct Waiting : sync::CoreDomain::Head {
    Event bell{Reset::kAuto};
  } waiting;
  domain().retire(waiting,
                  [](sync::CoreDomain::Head* head) { static_cast<Waiting*>(head)->bell.set(); });
  {
    const PreemptOff preempt_off;
    call_thread(this_core());
  }
  waiting.bell.wait_in_any_case();
}

void barrier() {
  if constexpr (kOneCore) {
    one_core::barrier();
    return;
  }
  domain().barrier([] {
    pause();
    // Other cores' callbacks run in threads, maybe less urgent than this one.
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(50)));
  });
}

void run_callbacks() {
  if constexpr (kOneCore) one_core::run_callbacks();
  for (;;) {
    if (!come_by()) this_core().bell.wait_in_any_case();
  }
}

Progress progress() {
  if constexpr (kOneCore) return one_core::progress();
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

CoreNumbers numbers(unsigned core) {
  if constexpr (kOneCore) return one_core::numbers();
  return {.awake = domain().is_watching(core),
          .pending = domain().is_pending(core),
          .backlog = domain().backlog(core),
          .told = states[core].told.value()};
}

}  // namespace baton::kernel::rcu
