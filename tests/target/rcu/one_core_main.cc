// The image: RCU where there is one core, between a thread and the handlers that interrupt it, in
// every instruction that a timer can find.  Then the same broken, to be found out.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/semihosting.h"
#include "arch/systick.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/assert.h"
#include "base/format.h"
#include "sync/core_atomics.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/single_core_domain.h"
#include "tests/target/cortex_m/report.h"
#include "tests/target/cortex_m/torn_atomics.h"
#include "tests/target/rcu/element.h"
#include "tests/target/rcu/player.h"

namespace baton::rcu_torture {
namespace {

using cortex_m::Report;

constexpr std::uint32_t kSysTickException = 15;
constexpr std::uint8_t kAssertionFailed = 3;
constexpr std::uint8_t kFault = 4;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};

/// No grace period.
class HastyDomain : public sync::SingleCoreDomain {
 public:
  static HastyDomain& default_domain();
  void retire(Head& head, Head::Run run) noexcept { run(&head); }
  bool poll(sync::RcuCookie /*cookie*/) const { return true; }
};
constinit HastyDomain hasty_domain;
HastyDomain& HastyDomain::default_domain() { return hasty_domain; }

/// What is retired can be lost to a handler that retires, too.
class TornDomain : public sync::BasicSingleCoreDomain<cortex_m::TornAtomics> {
 public:
  // Of all others: those are sound.
  using Atomics = sync::OneCoreAtomics;
  static TornDomain& default_domain();
};
constinit TornDomain torn_domain;
TornDomain& TornDomain::default_domain() { return torn_domain; }

/// Called by the timer's handler while a torture runs.
constinit void (*on_tick)() = nullptr;

template <class Domain>
class Torture {
 public:
  constexpr Torture() = default;

  void run(Report& report, std::string_view name, unsigned rounds);

 private:
  static constexpr unsigned kAges = Element<Domain>::kAges;

  struct Probe : Domain::Head {
    void retire() {
      // Relaxed, as below: this core's own.
      ran.store(false, std::memory_order_relaxed);
      domain().retire(*this, [](Domain::Head* head) {
        static_cast<Probe*>(head)->ran.store(true, std::memory_order_relaxed);
      });
    }
    std::atomic<bool> ran{false};
  };

  static Domain& domain() { return Domain::default_domain(); }
  void play_in_handler();
  void play_once();
  void nap();
  void check_barrier();
  void finish(Report& report, std::string_view name);

  Arena<Domain> arena_;
  Player<Domain> thread_;
  Player<Domain> handler_;
  std::uint64_t ticks_ = 0;
  std::uint64_t inside_ = 0;  // ticks that came inside a read section
  std::uint64_t idle_ = 0;    // ticks that came while the core slept
  std::uint64_t naps_ = 0;
  std::uint64_t left_ = 0;  // by a nap's handler: something to run
  std::uint64_t barriers_ = 0;
  std::uint64_t forgotten_ = 0;  // by a barrier
  std::size_t most_waiting_ = 0;
  // Written by the thread, read by its handler.
  std::atomic<bool> napping_{false};
};

template <class Domain>
void Torture<Domain>::play_in_handler() {
  ++ticks_;
  inside_ += thread_.is_reading() ? 1 : 0;
  idle_ += napping_.load(std::memory_order_relaxed) ? 1 : 0;
  handler_.read(4);
  handler_.update();
  if (handler_.pick(4) == 0) handler_.update_and_ask();
  handler_.read(4);
  arch::SysTick::start(100 + handler_.pick(3000));
}

template <class Domain>
void Torture<Domain>::nap() {
  ++naps_;
  while (domain().has_work()) domain().process();
  {
    const auto state = arch::LocalIrq::save_and_disable();
    domain().enter_idle();
    // Relaxed, both: this core's own.
    napping_.store(true, std::memory_order_relaxed);
    // Masked: what a handler retires between the look and the sleep ends the sleep.
    if (!domain().has_work()) arch::wait_for_interrupt();
    domain().leave_idle();
    arch::LocalIrq::restore(state);
    napping_.store(false, std::memory_order_relaxed);
  }
  left_ += domain().has_work() ? 1 : 0;
}

template <class Domain>
void Torture<Domain>::check_barrier() {
  std::array<Probe, 3> probes;
  for (Probe& probe : probes) probe.retire();
  domain().barrier();
  for (const Probe& probe : probes) {
    forgotten_ += probe.ran.load(std::memory_order_relaxed) ? 0 : 1;
  }
  ++barriers_;
}

template <class Domain>
void Torture<Domain>::play_once() {
  thread_.read(thread_.pick(64) == 0 ? 2'000 : 50);
  const unsigned dice = thread_.pick(256);
  if (dice < 60) {
    thread_.update();
  } else if (dice < 70) {
    thread_.update_and_wait();
  } else if (dice < 90) {
    thread_.update_and_ask();
  } else if (dice < 100) {
    nap();
  } else if (dice == 100) {
    check_barrier();
  } else if (dice < 110) {
    domain().quiescent();
  }
  if (thread_.pick(4) == 0) {
    const std::size_t waiting = domain().backlog();
    most_waiting_ = waiting > most_waiting_ ? waiting : most_waiting_;
    domain().process();
  }
}

template <class Domain>
void Torture<Domain>::finish(Report& report, std::string_view name) {
  thread_.stop_asking();
  handler_.stop_asking();
  for (auto& place : arena_.places) {
    if (auto last = place.remove()) std::move(*last).template retire<&grow_old<Domain>>();
  }
  for (unsigned i = 0; i < kAges; ++i) domain().barrier();
  const std::size_t stranded = arena_.pool.capacity() - arena_.pool.available();
  Wrongs wrongs;
  const auto tell = [&](std::string_view who, const Tally& tally) {
    format_to(report,
              "{} {}: reads={} nested={} outdated={} updates={} starved={} waited={} polled={}\n",
              name, who, tally.reads, tally.nested, tally.outdated, tally.updates, tally.starved,
              tally.waited, tally.polled);
    wrongs.add(tally.wrongs);
  };
  tell("thread", thread_.tally);
  tell("handler", handler_.tally);
  format_to(report,
            "{} itself: ticks={} inside={} idle={} naps={} left={} barriers={} most_waiting={}\n",
            name, ticks_, inside_, idle_, naps_, left_, barriers_, most_waiting_);
  format_to(report, "{}: too_old={} dead={} hidden={} forgotten={} stranded={}\n", name,
            wrongs.too_old, wrongs.dead, wrongs.hidden, forgotten_, stranded);
}

template <class Domain>
void Torture<Domain>::run(Report& report, std::string_view name, unsigned rounds) {
  thread_.begin(arena_, 0);
  handler_.begin(arena_, 1);
  static constinit Torture* self = nullptr;
  self = this;
  on_tick = [] { self->play_in_handler(); };
  domain().start_core();
  arch::SysTick::start(1000);
  arch::LocalIrq::enable();
  for (unsigned i = 0; i < rounds; ++i) play_once();
  static_cast<void>(arch::LocalIrq::save_and_disable());
  arch::SysTick::stop();
  finish(report, name);
  report.flush();
}

constinit Torture<sync::SingleCoreDomain> right;
constinit Torture<HastyDomain> hasty;
constinit Torture<TornDomain> torn;

// What rcu.h's names stand for here.
static_assert(std::is_same_v<sync::rcu_domain, sync::PreemptibleCoreDomain>);

[[noreturn]] void stop(Report& report, std::uint8_t status) {
  report.flush();
  arch::semihosting::exit(status);
  arch::park();
}

}  // namespace
}  // namespace baton::rcu_torture

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  cortex_m::Report report;
  format_to(report, "\nassertion failed: {} at {}:{}\n", condition, file, line);
  rcu_torture::stop(report, rcu_torture::kAssertionFailed);
}

}  // namespace baton

namespace baton::arch {

bool on_interrupt(const TrapFrame& /*frame*/) {
  BATON_CHECK(exception_number() == rcu_torture::kSysTickException);
  rcu_torture::on_tick();
  return false;
}

// No interrupt asks for it.
void on_preemption() { BATON_CHECK(false); }

void on_fault(const TrapFrame& frame) {
  cortex_m::Report report;
  format_to(report, "\nexception {} at {:#x}\n", exception_number(), program_counter(frame));
  rcu_torture::stop(report, rcu_torture::kFault);
}

void boot_main(std::uint64_t /*boot_argument*/) {
  using namespace rcu_torture;  // NOLINT(google-build-using-namespace)
  cortex_m::Report report;
  constexpr unsigned kRounds = 100'000;
  constexpr unsigned kFewer = 20'000;
  right.run(report, "right", kRounds);
  hasty.run(report, "hasty", kFewer);
  torn.run(report, "torn", kFewer);
  report.write("end\n");
  stop(report, 0);
}

}  // namespace baton::arch
