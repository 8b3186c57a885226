// Every core's thread and every core's timer handler read and replace the same elements, while the
// cores go idle and come back.
#ifndef BATON_TESTS_TARGET_RCU_TORTURE_H_
#define BATON_TESTS_TARGET_RCU_TORTURE_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "arch/cpu.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/core_start.h"
#include "kernel/cross_call.h"
#include "kernel/rcu.h"
#include "kernel/sched/preempt.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "kernel/shell/command.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"
#include "sync/rcu/core_domain.h"
#include "tests/target/rcu/player.h"

namespace baton::rcu_torture {

/// Something retired whose turn can be looked at.
struct Probe : sync::CoreDomain::Head {
  void retire() {
    // Relaxed, as below: barrier() or the cookie's answer orders it, where it matters.
    ran.store(false, std::memory_order_relaxed);
    sync::CoreDomain::default_domain().retire(*this, [](sync::CoreDomain::Head* head) {
      auto& self = *static_cast<Probe*>(head);
      self.ran_at_ns.store(kernel::now().since_start_ns(), std::memory_order_relaxed);
      self.ran.store(true, std::memory_order_relaxed);
    });
  }
  std::atomic<bool> ran{false};
  std::atomic<std::uint64_t> ran_at_ns{0};
};

template <class Domain>
class Torture {
 public:
  constexpr Torture() = default;

  /// `skipped`: a core that says it is idle while it reads; kMaxCores: none.  Cores that are off
  /// are started one after the other while the others play, and then do so, too.
  kernel::shell::Status run(kernel::shell::Context& context, Duration length, unsigned skipped);

 private:
  using PlayerType = Player<Domain>;

  // What one core does.
  struct Core {
    PlayerType thread;
    PlayerType handler;
    std::uint64_t naps = 0;
    std::uint64_t barriers = 0;
    std::uint64_t forgotten = 0;       // by a barrier
    std::uint64_t handler_inside = 0;  // handlers that came inside a read section
    std::uint64_t handler_idle = 0;    // handlers that came while the core was asleep
    std::size_t most_waiting = 0;      // callbacks
    bool napping = false;              // written by the thread, read by its handler
  };

  class HandlerTimer {
   public:
    HandlerTimer(Torture& torture, Core& core) : torture_(torture), core_(core) {}
    void start() { arm(); }
    bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

   private:
    void arm() {
      const sync::IrqsOff irqs_off;
      kernel::this_core_timers(irqs_off).arm(
          timer_, kernel::now() + Duration::microseconds(20 + core_.handler.pick(200)), irqs_off);
    }
    void on_timer() {
      torture_.play_in_handler(core_);
      // Relaxed: between a core's thread and its own handler.
      if (torture_.over_.load(std::memory_order_relaxed)) {
        stopped_.store(true, std::memory_order_relaxed);
      } else {
        arm();
      }
    }

    Torture& torture_;
    Core& core_;
    std::atomic<bool> stopped_{false};
    kernel::Timer timer_{[](void* self) { static_cast<HandlerTimer*>(self)->on_timer(); }, this};
  };

  static void start_others(void* torture) { static_cast<Torture*>(torture)->start_others(); }
  void start_others();
  bool join_in(unsigned core);
  static void play_here(void* torture) { static_cast<Torture*>(torture)->play(arch::core_index()); }
  void play(unsigned self);
  void play_once(Core& core, bool long_sections);
  void play_in_handler(Core& core);
  void nap(Core& core);
  void check_barrier(Core& core);
  void be_skipped();
  kernel::shell::Status judge(kernel::shell::Context& context);

  Arena<Domain> arena_;
  std::array<Core, arch::kMaxCores> cores_{};
  std::uint32_t playing_ = 0;  // bit n: core n plays; while `starter_` runs, it writes this
  unsigned late_ = 0;          // cores of those that were started meanwhile
  unsigned skipped_ = 0;
  Duration length_;
  Instant until_;
  kernel::StaticThread<8192> starter_;
  std::atomic<bool> over_{false};
  std::atomic<unsigned> finished_{0};
};

// The core reads on, and nobody waits for it.  Again after whatever may have slept: a core that
// comes back from its sleep is waited for.
template <class Domain>
void Torture<Domain>::be_skipped() {
  const kernel::PreemptOff preempt_off;
  auto& domain = sync::CoreDomain::default_domain();
  if (arch::core_index() == skipped_ && domain.is_watching(skipped_)) domain.enter_idle();
}

template <class Domain>
void Torture<Domain>::nap(Core& core) {
  ++core.naps;
  core.napping = true;
  static_cast<void>(kernel::this_thread::sleep_until(
      kernel::now() + Duration::microseconds(50 + core.thread.pick(1500))));
  core.napping = false;
  be_skipped();
}

template <class Domain>
void Torture<Domain>::check_barrier(Core& core) {
  std::array<Probe, 3> probes;
  for (Probe& probe : probes) probe.retire();
  // The kernel's, and the plain one.
  if (core.barriers % 2 == 0) {
    kernel::rcu::barrier();
  } else {
    sync::CoreDomain::default_domain().barrier();
  }
  for (const Probe& probe : probes) {
    core.forgotten += probe.ran.load(std::memory_order_relaxed) ? 0 : 1;
  }
  ++core.barriers;
  be_skipped();
}

template <class Domain>
void Torture<Domain>::play_in_handler(Core& core) {
  core.handler_inside += core.thread.is_reading() ? 1 : 0;
  core.handler_idle += core.napping ? 1 : 0;
  constexpr unsigned kShort = 20;
  constexpr unsigned kLong = 5'000;
  for (int i = 0; i < 3; ++i) core.handler.read(core.handler.pick(32) == 0 ? kLong : kShort);
  core.handler.update();
}

template <class Domain>
void Torture<Domain>::play_once(Core& core, bool long_sections) {
  PlayerType& player = core.thread;
  constexpr unsigned kShort = 100;
  constexpr unsigned kLong = 20'000;
  player.read(long_sections || player.pick(64) == 0 ? kLong : kShort);
  const unsigned dice = player.pick(256);
  if (dice < 60) {
    player.update();
  } else if (dice < 62) {
    player.update_and_wait();
  } else if (dice < 80) {
    player.update_and_ask();
  } else if (dice < 84) {
    nap(core);
  } else if (dice == 84 && player.pick(2) == 0) {
    check_barrier(core);
  }
  if (player.pick(4) == 0) kernel::rcu::come_by();
  const std::size_t waiting = sync::CoreDomain::default_domain().backlog(arch::core_index());
  core.most_waiting = waiting > core.most_waiting ? waiting : core.most_waiting;
}

template <class Domain>
void Torture<Domain>::play(unsigned self) {
  Core& core = cores_[self];
  HandlerTimer timer(*this, core);
  be_skipped();
  timer.start();
  // Relaxed: everybody sees it some time.
  while (!over_.load(std::memory_order_relaxed)) {
    play_once(core, self == skipped_);
    if (self == 0 && kernel::now() >= until_) over_.store(true, std::memory_order_relaxed);
  }
  while (!timer.stopped()) nap(core);
  core.thread.stop_asking();
  {
    const kernel::PreemptOff preempt_off;
    auto& domain = sync::CoreDomain::default_domain();
    if (self == skipped_ && !domain.is_watching(self)) domain.leave_idle();
  }
  // Release pairs with the acquire in run(): what this core has counted and retired.
  finished_.fetch_add(1, std::memory_order_release);
}

// False: it cannot.
template <class Domain>
bool Torture<Domain>::join_in(unsigned core) {
  if (!kernel::call_on(core, play_here, this, Duration::seconds(5))) return false;
  playing_ |= 1U << core;
  return true;
}

template <class Domain>
void Torture<Domain>::start_others() {
  for (unsigned i = 1; i < cores_.size(); ++i) {
    if (kernel::cores[i].state.load(std::memory_order_acquire) != kernel::CoreState::kOff) continue;
    static_cast<void>(kernel::this_thread::sleep_for(
        Duration::nanoseconds(length_.count_ns() / (2 * cores_.size()))));
    if (kernel::start_core(i) && join_in(i)) ++late_;
  }
}

template <class Domain>
kernel::shell::Status Torture<Domain>::judge(kernel::shell::Context& context) {
  // Whatever is still on its way grows older by one grace period per barrier, at least.
  for (auto& place : arena_.places) {
    if (auto last = place.remove()) std::move(*last).template retire<&grow_old<Domain>>();
  }
  for (unsigned i = 0; i < Element<Domain>::kAges; ++i) kernel::rcu::barrier();
  const std::uint64_t stranded = arena_.pool.capacity() - arena_.pool.available();
  Wrongs wrongs;
  std::uint64_t forgotten = 0;
  for (unsigned i = 0; i < cores_.size(); ++i) {
    if ((playing_ & (1U << i)) == 0) continue;
    const Core& core = cores_[i];
    const auto tell = [&](std::string_view who, const Tally& tally) {
      context.print(
          "core {} {}: reads={} nested={} outdated={} updates={} starved={} waited={} polled={}\n",
          i, who, tally.reads, tally.nested, tally.outdated, tally.updates, tally.starved,
          tally.waited, tally.polled);
      wrongs.add(tally.wrongs);
    };
    tell("thread", core.thread.tally);
    tell("handler", core.handler.tally);
    context.print(
        "core {} itself: naps={} barriers={} handler_inside={} handler_idle={} most_waiting={} "
        "told={}\n",
        i, core.naps, core.barriers, core.handler_inside, core.handler_idle, core.most_waiting,
        kernel::rcu::numbers(i).told);
    forgotten += core.forgotten;
  }
  const kernel::rcu::Progress progress = kernel::rcu::progress();
  context.print("torture: {} cores, {} of them late, {} grace periods, the longest {}\n",
                std::popcount(playing_), late_, progress.completed, progress.longest);
  context.print("torture: too_old={} dead={} hidden={} forgotten={} stranded={}\n", wrongs.too_old,
                wrongs.dead, wrongs.hidden, forgotten, stranded);
  return wrongs.sum() + forgotten + stranded == 0 ? kernel::shell::Status::kOk
                                                  : kernel::shell::Status::kFailed;
}

template <class Domain>
kernel::shell::Status Torture<Domain>::run(kernel::shell::Context& context, Duration length,
                                           unsigned skipped) {
  const std::uint32_t online = kernel::online_mask();
  playing_ = online & 1U;
  skipped_ = skipped;
  length_ = length;
  until_ = kernel::now() + length;
  for (unsigned i = 0; i < cores_.size(); ++i) {
    cores_[i].thread.begin(arena_, 2 * i);
    cores_[i].handler.begin(arena_, 2 * i + 1);
  }
  for (unsigned i = 1; i < cores_.size(); ++i) {
    if ((online & (1U << i)) == 0) continue;
    if (!join_in(i)) return context.fail("core {} does not play", i);
  }
  // More urgent than who plays.
  const Result<void> started = starter_.start({.name = "starter", .priority = kernel::Priority(20)},
                                              &Torture::start_others, this);
  if (!started) return context.fail("no starter: {}", started.error());
  play(0);
  starter_.join();
  // Acquire pairs with the release in play().
  while (finished_.load(std::memory_order_acquire) !=
         static_cast<unsigned>(std::popcount(playing_))) {
    static_cast<void>(kernel::this_thread::sleep_until(kernel::now() + Duration::milliseconds(1)));
  }
  return judge(context);
}

}  // namespace baton::rcu_torture

#endif  // BATON_TESTS_TARGET_RCU_TORTURE_H_
