#include <atomic>
#include <bit>
#include <cstdint>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/machine.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sizes.h"
#include "kernel/threaded_interrupt.h"

namespace baton::kernel::commands {
namespace {

constexpr Priority kPriority(27);
constexpr Duration kPatience = Duration::seconds(1);
// For what must not come.
constexpr Duration kLong = Duration::milliseconds(2);

// Counts in any thread.
class Tally {
 public:
  void add() {
    // Relaxed, as below: whoever waits for a number looks again and again.
    value_.fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t value() const {
    // Relaxed: see add().
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// A line that no device uses, raised by its own thread and by the shell's.
class Trial {
 public:
  Result<void> begin() {
    calls_before_ = calls_.value();
    errors_before_ = errors_.value();
    if (has_line_) return start(irq_);
    Result<void> done = fail(Error::kNotFound);
    for (std::uint32_t irq = machine().interrupts->irq_count(); !done && irq > 0;) {
      irq_ = static_cast<iface::IrqNumber>(--irq);
      done = start(irq_);
      if (!done && done.error() != Error::kInvalidArgument) break;
    }
    has_line_ = done.has_value();
    return done;
  }

  Result<void> raise() { return machine().interrupts->raise(irq_); }
  void wait_for_first() { expect(comes_to(1)); }

  void one_round(bool twice) {
    // Relaxed: the interrupt carries it over.
    again_.store(twice, std::memory_order_relaxed);
    const std::uint64_t before = calls();
    expect(raise().has_value());
    expect(comes_to(before + (twice ? 2 : 1)));
  }

  // Masked, and nobody to answer; what comes meanwhile is answered when it goes on.
  void stop_and_go_on() {
    line_.stop();
    const std::uint64_t before = calls();
    const std::uint64_t interrupts = line_.interrupts();
    expect(raise().has_value());
    static_cast<void>(this_thread::sleep_for(kLong));
    expect(calls() == before && line_.interrupts() == interrupts);
    expect(start(irq_).has_value());
    expect(comes_to(before + 1));
  }

  void end() { line_.stop(); }

  std::uint64_t errors() const { return errors_.value() - errors_before_; }
  std::uint64_t calls() const { return calls_.value() - calls_before_; }
  std::uint64_t interrupts() const { return line_.interrupts(); }

 private:
  Result<void> start(iface::IrqNumber irq) {
    // On the last core, so that the handler is elsewhere than the shell, mostly.
    const auto core = 31U - static_cast<unsigned>(std::countl_zero(online_mask()));
    return line_.start(irq, core, {.name = "irqthread", .priority = kPriority});
  }

  // In the thread.
  static void answer(void* self) { static_cast<Trial*>(self)->answer(); }
  void answer() {
    expect(!arch::in_interrupt() && arch::LocalIrq::enabled());
    expect(this_thread::get().priority() == kPriority);
    // Relaxed: see one_round().
    if (again_.exchange(false, std::memory_order_relaxed)) {
      // Kept by the controller until this has returned.
      const std::uint64_t interrupts = line_.interrupts();
      expect(raise().has_value());
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(100)));
      expect(line_.interrupts() == interrupts);
    }
    calls_.add();
  }

  bool comes_to(std::uint64_t calls_wanted) const {
    const Instant until = now() + kPatience;
    while (calls() < calls_wanted) {
      if (now() >= until) return false;
      static_cast<void>(this_thread::sleep_for(Duration::microseconds(20)));
    }
    return true;
  }
  void expect(bool holds) {
    if (!holds) errors_.add();
  }

  iface::IrqNumber irq_{};
  bool has_line_ = false;
  Tally calls_;
  Tally errors_;
  std::uint64_t calls_before_ = 0;
  std::uint64_t errors_before_ = 0;
  std::atomic<bool> again_{false};
  StaticThreadedInterrupt<sizes::kCommandStack> line_{&answer, this};
};

constinit Trial trial;

}  // namespace

shell::Status irqthread(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMostRounds = 1'000'000;
  const auto rounds = args.empty() ? 1 : context.number("ROUNDS", args[0], 1, kMostRounds);
  if (!rounds) return shell::Status::kFailed;
  if (const Result<void> done = trial.begin(); !done) {
    return context.fail("no line to try it with: {}", done.error());
  }
  if (const Result<void> done = trial.raise(); !done) {
    trial.end();
    context.print("{} cannot raise a line: {}\n", machine().interrupts->name(), done.error());
    return shell::Status::kOk;
  }
  trial.wait_for_first();
  for (std::uint64_t round = 0; round < *rounds; ++round) trial.one_round(round % 4 == 1);
  trial.stop_and_go_on();
  trial.end();
  context.print("irqthread: rounds={} interrupts={} calls={} errors={}\n", *rounds,
                trial.interrupts(), trial.calls(), trial.errors());
  return trial.errors() == 0 ? shell::Status::kOk : shell::Status::kFailed;
}

}  // namespace baton::kernel::commands
