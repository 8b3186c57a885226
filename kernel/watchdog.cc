#include "kernel/watchdog.h"

#include <array>
#include <atomic>
#include <bit>

#include "arch/cpu.h"
#include "arch/preempt.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/core_report.h"
#include "kernel/interrupts.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/one_core.h"
#include "kernel/timers.h"
#include "kernel/trace/history.h"
#include "kernel/trace/trace.h"
#include "kernel/trace/words.h"
#include "kernel/watch_roster.h"
#include "sync/atomics.h"

namespace baton::kernel::watchdog {
namespace {

using sync::IrqsOff;

constexpr std::size_t kDepth = 16;
constexpr std::size_t kReadyShown = 8;
constexpr std::size_t kEventsShown = 6;
// Looks per limit.
constexpr std::uint64_t kLooks = 4;
constexpr Duration kShortestPeriod = Duration::milliseconds(5);

constinit WatchRoster<arch::kMaxCores> roster;
constinit sync::Atomic<std::uint64_t> limit_ns{0};

// Only the boot core has ever been online.
constinit sync::Atomic<bool> alone{true};

void look(void* watcher);

// What a core knows of another one that it watches.
struct Watched {
  std::uint64_t passes = 0;
  Instant since;  // it has not passed its scheduler, as far as the watcher has seen
  bool asked = false;
  Instant asked_at;
  std::uint32_t question = 0;
};

// A core that watches.  Its own, but for what it was asked for.
struct alignas(arch::kCacheLine) Watcher {
  sync::Atomic<bool> asked_to_watch{false};  // by any core, and not seen yet
  Timer timer{&look, this};
  Instant due;
  std::uint64_t sleeps = 0;  // of its core, when it looked
  Count looks;
  std::array<Watched, arch::kMaxCores> others{};
};
constinit std::array<Watcher, arch::kMaxCores> watchers{};

// A core that is watched.
struct alignas(arch::kCacheLine) Patient {
  // Interrupts of watchers, by number: the last one sent, the last one that was answered.
  sync::Atomic<std::uint32_t> question{0};
  sync::Atomic<std::uint32_t> answer{0};
  // With the answer: a thread waits for its turn.
  sync::Atomic<bool> somebody_waits{false};
  // Whoever sets it tells.
  sync::Atomic<bool> stalled{false};
  sync::Atomic<std::uint64_t> stalled_since_ns{0};
  sync::Atomic<bool> silent{false};  // it was told that there is no answer
  sync::Atomic<std::uint64_t> stalls{0};
  sync::Atomic<std::uint64_t> longest_ns{0};
  // The core's own, in its handler.
  std::uint64_t waits_passes = 0;
  bool waits = false;
  Instant waits_since;
};
constinit std::array<Patient, arch::kMaxCores> patients{};

Duration period() {
  const Duration quarter = Duration::nanoseconds(limit().count_ns() / kLooks);
  return quarter < kShortestPeriod ? kShortestPeriod : quarter;
}

// Goes up with each pass through the scheduler that does something for those who wait.
std::uint64_t passes_of(unsigned core) {
  const CoreScheduler::Counts& counts = CoreScheduler::of(core).counts();
  return counts.switches.value() + counts.departures.value() + cores[core].sleeps.value();
}

// Those that look after a core, and are looked after by it.  The only core there is watches itself:
// it finds what does not mask interrupts.
std::uint32_t others_of(unsigned core) {
  const std::uint32_t online = online_mask();
  const std::uint32_t self = 1U << core;
  return online == self ? self : online & ~self;
}

// True for one of several that find the core stalled.
bool begin_stall(unsigned core, Instant since) {
  Patient& patient = patients[core];
  // Relaxed, all: words for people.
  if (patient.stalled.exchange(true, std::memory_order_relaxed)) return false;
  patient.stalled_since_ns.store(since.since_start_ns(), std::memory_order_relaxed);
  patient.stalls.fetch_add(1, std::memory_order_relaxed);
  const IrqsOff irqs_off;
  trace::put(trace::pack(trace::Kind::kStall, core, 0), irqs_off);
  return true;
}

bool is_stalled(unsigned core) {
  // Relaxed: a word for people.
  return patients[core].stalled.load(std::memory_order_relaxed);
}

void end_stall(unsigned core) {
  Patient& patient = patients[core];
  // Relaxed, both: words for people.
  if (!patient.stalled.exchange(false, std::memory_order_relaxed)) return;
  patient.silent.store(false, std::memory_order_relaxed);
  // Relaxed, as below: likewise.
  const Instant since = Instant::from_ns(patient.stalled_since_ns.load(std::memory_order_relaxed));
  const Duration lasted = now() - since;
  if (lasted.count_ns() > patient.longest_ns.load(std::memory_order_relaxed)) {
    patient.longest_ns.store(lasted.count_ns(), std::memory_order_relaxed);
  }
  {
    const IrqsOff irqs_off;
    trace::put(
        trace::pack(trace::Kind::kStallEnd, core, static_cast<std::uint32_t>(lasted.count_ms())),
        irqs_off);
  }
  console::print("watchdog: core {} schedules again after {}", core, lasted);
}

// What the core did last, which is all there is of one that does not answer.
void write_last_events(TextSink& out, unsigned core) {
  trace::History::Rings rings{};
  rings[core] = &trace::ring_of(core);
  trace::History history(rings, kEventsShown);
  out.write("  last events:\n");
  while (const std::optional<trace::CoreEvent> event = history.next()) {
    out.write("  ");
    trace::write_line(out, *event);
  }
}

// The core has not answered for so long.
void tell_silent(unsigned core, const Watched& seen) {
  const Instant at = now();
  if (!begin_stall(core, seen.asked_at)) return;
  // Release pairs with the acquire in show(): it says where it was after this was told.
  patients[core].silent.store(true, std::memory_order_release);
  LineWriter out;
  format_to(
      out,
      "watchdog: core {} has not answered an interrupt for {}: it has masked them, or is in a "
      "handler; it has not changed threads for {}\n",
      core, at - seen.asked_at, at - seen.since);
  report::thread(out, core);
  if (CoreScheduler::of(core).has_mail()) {
    out.write("  messages of other cores wait in its mailbox\n");
  }
  report::locks(out, core);
  write_last_events(out, core);
  send_ipi(1U << core, Ipi::kShow);
}

// On the core that is told of.
void tell_busy(unsigned self, const arch::TrapFrame& frame, Instant since,
               const IrqsOff& irqs_off) {
  if (!begin_stall(self, since)) return;
  // Relaxed: of the thread that was interrupted; before this handler begins a line.
  const std::uint32_t off = arch::preempt_state().off.load(std::memory_order_relaxed);
  LineWriter out;
  format_to(out, "watchdog: core {} lets others wait for {}", self, now() - since);
  if (off != 0) {
    format_to(out, ": preemption is off, {} deep", off);
  }
  out.write("\n");
  report::thread(out, self);
  std::size_t count = 0;
  CoreScheduler::here(irqs_off).for_each_ready(
      [&out, &count](const Thread& thread) {
        if (count++ < kReadyShown) {
          format_to(out, "  waits: {}, priority {}\n", thread.name(), thread.priority().value());
        }
      },
      irqs_off);
  if (count > kReadyShown) format_to(out, "  and {} more\n", count - kReadyShown);
  report::backtrace(out, frame, kDepth);
  report::build_id(out);
}

// The watching core asks one that does not seem to do anything.
void ask(unsigned core, Watched& seen, Instant at) {
  // Release pairs with the acquire in on_interrupt(): what was told before.
  seen.question = patients[core].question.fetch_add(1, std::memory_order_release) + 1;
  seen.asked = true;
  seen.asked_at = at;
  send_ipi(1U << core, Ipi::kWatch);
}

bool has_answered(unsigned core, const Watched& seen) {
  // Acquire pairs with the release in on_interrupt(): what goes with the answer.
  const std::uint32_t answer = patients[core].answer.load(std::memory_order_acquire);
  return static_cast<std::int32_t>(answer - seen.question) >= 0;
}

void look_at(unsigned core, Watched& seen, Instant at) {
  const std::uint64_t passes = passes_of(core);
  const bool at_rest = !roster.is_awake(core) && !CoreScheduler::of(core).has_mail();
  if (passes != seen.passes || at_rest) {
    seen = {.passes = passes, .since = at, .asked = false, .asked_at = {}, .question = 0};
    end_stall(core);
    return;
  }
  if (seen.asked && has_answered(core, seen)) {
    seen.asked = false;
    // Relaxed: came with the answer.
    if (!patients[core].somebody_waits.load(std::memory_order_relaxed)) end_stall(core);
  }
  if (!seen.asked) {
    ask(core, seen, at);
  } else if (at - seen.asked_at >= limit()) {
    tell_silent(core, seen);
  }
}

void look_again(Watcher& mine, Duration after, const IrqsOff& irqs_off) {
  mine.due = now() + after;
  this_core_timers(irqs_off).arm(mine.timer, mine.due, irqs_off);
}

void begin_to_watch(unsigned self, const IrqsOff& irqs_off) {
  Watcher& mine = watchers[self];
  if (mine.timer.armed()) {
    // The limit may have become shorter.
    if (mine.due > now() + period()) {
      this_core_timers(irqs_off).cancel(mine.timer, irqs_off);
      look_again(mine, period(), irqs_off);
    }
    return;
  }
  roster.join(self);
  const Instant at = now();
  for (unsigned core = 0; core < arch::kMaxCores; ++core) {
    mine.others[core] = {.passes = passes_of(core), .since = at, .asked_at = {}};
  }
  look_again(mine, period(), irqs_off);
}

// One that is awake rather than one that is to be woken; not one that has not done it since it was
// asked the last time.
void find_watcher(unsigned self, const IrqsOff& irqs_off) {
  const std::uint32_t others = others_of(self);
  if (others == 1U << self) {
    begin_to_watch(self, irqs_off);
    return;
  }
  for (const bool awake : {true, false}) {
    for (unsigned step = 1; step < arch::kMaxCores; ++step) {
      const unsigned core = (self + step) % arch::kMaxCores;
      if ((others >> core & 1U) == 0 || roster.is_awake(core) != awake) continue;
      // Relaxed: the interrupt carries it over.
      if (watchers[core].asked_to_watch.exchange(true, std::memory_order_relaxed)) continue;
      send_ipi(1U << core, Ipi::kWatch);
      return;
    }
  }
}

// Of those that watch, the first looks after all others, and the next after the first.
bool is_mine(unsigned core, unsigned self) {
  const std::uint32_t watching = roster.watchers() & (others_of(core));
  return watching != 0 && static_cast<unsigned>(std::countr_zero(watching)) == self;
}

// In the timer's interrupt.
void look(void* watcher) {
  const IrqsOff irqs_off;
  Watcher& mine = *static_cast<Watcher*>(watcher);
  const unsigned self = arch::core_index();
  mine.looks.add();
  if (limit() == Duration()) {
    roster.quit(self);
    return;
  }
  const Instant at = now();
  const std::uint32_t others = others_of(self);
  bool any = false;
  bool stalled = false;
  for (std::uint32_t left = others; left != 0; left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    if (is_mine(core, self)) look_at(core, mine.others[core], at);
    // The only core was asleep if this interrupts its idle thread.
    const bool awake = core != self ? roster.is_awake(core)
                                    : CoreScheduler::of(self).running_priority() != kIdlePriority;
    any = any || awake || is_stalled(core);
    stalled = stalled || is_stalled(core);
  }
  // The boot core's interrupts empty the console's queue.
  if (self != 0 && is_stalled(0)) console::flush(Duration::milliseconds(100));
  if (!any && (others == 1U << self ? (roster.quit(self), true) : roster.leave(self, others))) {
    return;
  }
  // Awake since the last look: somebody else is to watch this one.
  const std::uint64_t sleeps = cores[self].sleeps.value();
  if (sleeps == mine.sleeps && (roster.watchers() & others) == 0) find_watcher(self, irqs_off);
  mine.sleeps = sleeps;
  const Duration every = period();
  // How long it took is told more precisely than that it did.
  look_again(mine,
             stalled && every > kShortestPeriod + kShortestPeriod
                 ? Duration::nanoseconds(every.count_ns() / 8) + kShortestPeriod
                 : every,
             irqs_off);
}

}  // namespace

void start() {
  static_assert(kShortestLimit.count_ns() / kLooks >= kShortestPeriod.count_ns());
  if constexpr (kOneCore) {
    static constexpr OneCoreHooks kHooks{
        .on_wake = &on_wake, .on_sleep = &on_sleep, .on_interrupt = &on_interrupt, .show = &show};
    internal::one_core_hooks = &kHooks;
  }
  set_limit(kDefaultLimit);
}

void set_limit(Duration limit) {
  BATON_CHECK(limit == Duration() || (limit >= kShortestLimit && limit <= kLongestLimit));
  // Relaxed: looked at again and again.
  limit_ns.store(limit.count_ns(), std::memory_order_relaxed);
  roster.set_on(limit != Duration());
  if (limit == Duration()) return;
  const IrqsOff irqs_off;
  // Those that watch do so more often, perhaps.
  const unsigned self = arch::core_index();
  for (std::uint32_t left = roster.watchers(); left != 0; left &= left - 1) {
    const auto core = static_cast<unsigned>(std::countr_zero(left));
    if (core == self) {
      begin_to_watch(self, irqs_off);
      continue;
    }
    // Relaxed: the interrupt carries it over.
    watchers[core].asked_to_watch.store(true, std::memory_order_relaxed);
    send_ipi(1U << core, Ipi::kWatch);
  }
  // This core is awake, and has not been asked.
  on_wake(irqs_off);
}

Duration limit() {
  // Relaxed: a number.
  return Duration::nanoseconds(limit_ns.load(std::memory_order_relaxed));
}

void on_online(const IrqsOff& irqs_off) {
  // Relaxed: see on_wake().
  if (arch::core_index() != 0) alone.store(false, std::memory_order_relaxed);
  on_wake(irqs_off);
}

void on_sleep(const IrqsOff& /*irqs_off*/) { roster.sleep(arch::core_index()); }

void on_wake(const IrqsOff& irqs_off) {
  const unsigned self = arch::core_index();
  // The only core watches itself.  Relaxed: one that watches itself goes on when another one comes.
  if (!roster.wake(self, alone.load(std::memory_order_relaxed) ? ~0U : ~(1U << self))) return;
  Watcher& mine = watchers[self];
  // It sleeps again as soon as it has done what it was woken for: nobody need watch that.
  // Relaxed: the interrupt comes when it is unmasked.
  if (mine.asked_to_watch.load(std::memory_order_relaxed)) return;
  if (mine.timer.armed() && mine.due <= now()) return;
  find_watcher(self, irqs_off);
}

void show(const arch::TrapFrame& frame, bool in_handler) {
  const unsigned self = arch::core_index();
  // Acquire pairs with the release in tell_silent().
  if (!patients[self].silent.exchange(false, std::memory_order_acquire)) return;
  LineWriter out;
  format_to(out, "watchdog: core {} {}\n", self,
            in_handler ? "is in a handler" : "answers again; interrupts were masked up to here");
  report::thread(out, self);
  report::backtrace(out, frame, kDepth);
  report::build_id(out);
}

void on_interrupt(const arch::TrapFrame& frame, const IrqsOff& irqs_off) {
  const unsigned self = arch::core_index();
  // Relaxed, as is the store: came with the interrupt.
  if (watchers[self].asked_to_watch.load(std::memory_order_relaxed)) {
    watchers[self].asked_to_watch.store(false, std::memory_order_relaxed);
    if (limit() != Duration()) begin_to_watch(self, irqs_off);
  }
  Patient& me = patients[self];
  // Acquire pairs with the release in ask().
  const std::uint32_t question = me.question.load(std::memory_order_acquire);
  // Relaxed: its own.
  if (question == me.answer.load(std::memory_order_relaxed)) return;
  const Instant at = now();
  show(frame, false);
  const std::uint64_t passes = passes_of(self);
  const bool waits = CoreScheduler::here(irqs_off).somebody_waits(irqs_off);
  if (!waits || !me.waits || passes != me.waits_passes) {
    me.waits = waits;
    me.waits_passes = passes;
    me.waits_since = at;
  } else if (at - me.waits_since >= limit() && limit() != Duration()) {
    tell_busy(self, frame, me.waits_since, irqs_off);
  }
  // Relaxed: published by the answer.
  me.somebody_waits.store(waits, std::memory_order_relaxed);
  // Release pairs with the acquire in has_answered().
  me.answer.store(question, std::memory_order_release);
}

Numbers numbers(unsigned core) {
  const Patient& patient = patients[core];
  // Relaxed, all: for people.
  return {.awake = roster.is_awake(core),
          .watches = (roster.watchers() >> core & 1U) != 0,
          // Relaxed, as below: see above.
          .stalled = patient.stalled.load(std::memory_order_relaxed),
          .looks = watchers[core].looks.value(),
          // Relaxed, both: likewise.
          .stalls = patient.stalls.load(std::memory_order_relaxed),
          .longest = Duration::nanoseconds(patient.longest_ns.load(std::memory_order_relaxed))};
}

}  // namespace baton::kernel::watchdog
