// Keeps a core busy in a way that the watchdog is to find, or is not to.
#include <array>
#include <atomic>
#include <optional>
#include <string_view>

#include "arch/cpu.h"
#include "kernel/blocking/event.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/sizes.h"
#include "kernel/timers.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel::commands {
namespace {

struct Job;
using Way = void (*)(Job& job);

struct Job {
  Way way = nullptr;
  Duration time;
  CoreMask here = 0;
  sync::Atomic<bool> over{false};
};

constinit Job job;
constinit WaitQueue queue;
constinit std::array<StaticThread<sizes::kCommandStack>, 2> threads{};

// What a backtrace is to show.
[[gnu::noinline]] void hog_the_core(Duration time) {
  const Instant until = now() + time;
  while (now() < until) arch::relax();
}

void run_hog(void* argument) { hog_the_core(static_cast<Job*>(argument)->time); }

// The thread that calls this is ready meanwhile, and does not run.
void most_urgent(Job& me) {
  if (threads[0].start({.name = "hog",
                        .priority = Priority::highest(),
                        .affinity = me.here,
                        .slice = Duration()},
                       run_hog, &me)) {
    threads[0].join();
  }
}

void masked(Job& me) {
  const sync::IrqsOff irqs_off;
  hog_the_core(me.time);
}

// The same, while others may want the lock.
void with_a_lock(Job& me) {
  const WaitQueue::Guard guard(queue);
  hog_the_core(me.time);
}

void not_preempted(Job& me) {
  Event hurry(Reset::kAuto);
  const bool started =
      threads[0]
          .start(
              {.name = "hurry", .priority = Priority::highest(), .affinity = me.here},
              [](void* event) { static_cast<Event*>(event)->wait_in_any_case(); }, &hurry)
          .has_value();
  {
    const PreemptOff preempt_off;
    hurry.set();
    hog_the_core(me.time);
  }
  if (started) threads[0].join();
}

void in_handler(Job& me) {
  Timer timer(run_hog, &me);
  {
    const sync::IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(timer, now(), irqs_off);
  }
  // The handler comes first.
  static_cast<void>(this_thread::sleep_for(Duration::milliseconds(1)));
}

// Two threads that take turns.
void by_turns(Job& me) {
  for (StaticThread<sizes::kCommandStack>& thread : threads) {
    static_cast<void>(thread.start(
        {.name = "turns", .priority = Priority::lowest(), .affinity = me.here}, run_hog, &me));
  }
  for (StaticThread<sizes::kCommandStack>& thread : threads) thread.join();
}

// A thread for which nobody waits.
void alone(Job& me) { hog_the_core(me.time); }

struct Kind {
  std::string_view name;
  Way way;
};
constexpr std::array<Kind, 7> kKinds = {{
    {.name = "urgent", .way = most_urgent},
    {.name = "masked", .way = masked},
    {.name = "locked", .way = with_a_lock},
    {.name = "pinned", .way = not_preempted},
    {.name = "handler", .way = in_handler},
    {.name = "turns", .way = by_turns},
    {.name = "alone", .way = alone},
}};

}  // namespace

shell::Status hog(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kLongestMs = 60'000;
  const auto core = context.number("CORE", args[0], 0, core_count() - 1);
  if (!core) return shell::Status::kFailed;
  const auto milliseconds = context.number("MILLISECONDS", args[1], 1, kLongestMs);
  if (!milliseconds) return shell::Status::kFailed;
  const std::string_view name = args.size() > 2 ? args[2] : kKinds[0].name;
  const Kind* kind = nullptr;
  for (const Kind& each : kKinds) {
    if (each.name == name) kind = &each;
  }
  if (kind == nullptr) return context.fail("there is no way '{}'", name);
  job.way = kind->way;
  job.time = Duration::milliseconds(*milliseconds);
  job.here = CoreMask{1} << *core;
  // Relaxed: the cross-call carries it over.
  job.over.store(false, std::memory_order_relaxed);
  const Result<void> posted = call_on(
      static_cast<unsigned>(*core),
      [](void*) {
        job.way(job);
        // Release pairs with the acquire below: the job is the shell's again.
        job.over.store(true, std::memory_order_release);
      },
      nullptr, Duration::seconds(1));
  if (!posted) return context.fail("core {}: {}", *core, posted.error());
  // Acquire pairs with the release above.
  while (!job.over.load(std::memory_order_acquire)) {
    static_cast<void>(this_thread::sleep_for(Duration::milliseconds(5)));
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
