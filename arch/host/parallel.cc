// Parallel mode: an OS thread per core, real time.
//
// The OS thread's own flow starts the core's boot function on a stack of the machine's, and gets
// back control when the run is over, from whichever flow then runs there.
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>
#include <utility>

#include "arch/host/flow_switch.h"
#include "arch/host/virtual_machine.h"
#include "arch/irq.h"

namespace baton::arch::host {
namespace {

constexpr std::uint64_t kNever = internal::HostedCpu::kNever;
constexpr std::uint64_t kMillisecond = 1'000'000;
// How often a core that waits for nothing in particular looks whether anybody is left to wake it.
constexpr std::uint64_t kDeadlockCheck = 50 * kMillisecond;
// After the end, until a core that reaches no point is taken to hang.
constexpr std::uint64_t kPatience = 10'000 * kMillisecond;

std::uint64_t clock_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

// Sleeps while `word` holds `seen`, at most `ns`.  No order: the machine's words have none.
void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, std::uint64_t ns) {
  const timespec timeout{.tv_sec = static_cast<time_t>(ns / 1'000'000'000),
                         .tv_nsec = static_cast<long>(ns % 1'000'000'000)};
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, &timeout, nullptr, 0);
}

void futex_wake(const std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

class Parallel;

class ParallelCpu final : public VirtualCpu {
 public:
  ParallelCpu(Parallel& machine, unsigned number, std::uint64_t seed)
      : random(seed * kMaxCores + number), machine_(machine) {
    index = number;
  }

  void point() noexcept override;
  void relax() noexcept override;
  void wait_for_interrupt() noexcept override;
  [[noreturn]] void park() noexcept override;
  std::uint64_t ticks() noexcept override;
  void arm_timer(std::uint64_t at) noexcept override;
  [[noreturn]] void broken(const char* what) noexcept override;

  Context home;
  Context left;
  Random random;
  std::thread thread;
  // While it sleeps without a deadline: the value of its lines' word that it sleeps on.
  Word<std::uint32_t> sleeps_on;
  Word<unsigned> spins;

 private:
  Parallel& machine_;
};

class Parallel final : public Machine {
 public:
  explicit Parallel(const Config& config) : Machine(config), start_ns_(clock_ns()) {
    for (unsigned i = 0; i < config.cores; ++i) {
      cpus_[i] = std::make_unique<ParallelCpu>(*this, i, config.seed);
    }
  }

  Outcome run(const std::vector<std::function<void()>>& entries) override;
  void point() override;
  std::uint32_t deliverable(unsigned core) override {
    const std::uint64_t deadline = cpus_[core]->deadline.get();
    return lines().of(core).deliverable(kNever, deadline != kNever && deadline <= now_ns());
  }
  std::uint64_t arrival_ns() override { return 0; }
  void wake(unsigned core) override { futex_wake(lines().of(core).word); }
  void note(unsigned /*core*/, Event /*event*/, std::uint64_t /*argument*/) override {}
  bool start(unsigned core, std::function<void()> entry) override;
  [[noreturn]] void end(End how, int exit_code, std::string_view what) override;
  VirtualCpu& cpu(unsigned core) override { return *cpus_[core]; }
  void entered() override {}

  /// Since the machine was switched on: what its clocks show.
  std::uint64_t now_ns() const { return clock_ns() - start_ns_; }
  void relax(ParallelCpu& me);
  void wait_for_interrupt();
  [[noreturn]] void park();

 private:
  ParallelCpu& current() { return *cpus_[core_index()]; }
  void play(ParallelCpu& core);
  [[noreturn]] void leave();
  void claim_end(End how, int exit_code, const std::string& what);
  bool nobody_is_left();
  bool all_off() const;

  std::array<std::unique_ptr<ParallelCpu>, kMaxCores> cpus_;
  const std::uint64_t start_ns_;
  Word<bool> over_;
  // OS threads that have not ended; what run() sleeps on.
  std::atomic<std::uint32_t> threads_{0};
  // Starting cores and ending the run: rare, so that the order it makes hides nothing.
  std::mutex mutex_;
  bool ended_ = false;
  Outcome outcome_;
};

void ParallelCpu::point() noexcept { machine_.point(); }
void ParallelCpu::relax() noexcept { machine_.relax(*this); }
void ParallelCpu::wait_for_interrupt() noexcept { machine_.wait_for_interrupt(); }
void ParallelCpu::park() noexcept { machine_.park(); }
std::uint64_t ParallelCpu::ticks() noexcept {
  machine_.point();
  return machine_.now_ns();
}
void ParallelCpu::arm_timer(std::uint64_t at) noexcept {
  deadline.set(at);
  machine_.point();
}
void ParallelCpu::broken(const char* what) noexcept { machine_.broken(what); }

void Parallel::point() {
  if (over_.get()) {
    leave();
  }
  ParallelCpu& me = current();
  me.points.count();
  // The host has fewer CPUs than the machine, mostly: without this, cores would take turns of
  // milliseconds and hardly ever meet.
  if (me.random.one_in(256)) {
    sched_yield();
  }
  take_interrupts();
}

void Parallel::relax(ParallelCpu& me) {
  me.spins.count();
  if (me.spins.get() % 16 == 0) {
    sched_yield();
  }
  point();
}

bool Parallel::nobody_is_left() {
  const std::uint64_t raised = lines().raised();
  for (unsigned i = 0; i < config().cores; ++i) {
    const ParallelCpu& core = *cpus_[i];
    if (core.state.get() == VirtualCpu::State::kOff) {
      continue;
    }
    // Relaxed: only a look; the sleeper looked, too.
    const std::uint32_t word = lines().of(i).word.load(std::memory_order_relaxed);
    if ((word & CoreLines::kSleeping) == 0 || word != core.sleeps_on.get()) {
      return false;
    }
  }
  return raised == lines().raised();
}

void Parallel::wait_for_interrupt() {
  for (;;) {
    if (over_.get()) {
      leave();
    }
    ParallelCpu& me = current();
    std::atomic<std::uint32_t>& word = lines().of(me.index).word;
    // Relaxed, as are the rest: claim() acquires what the interrupt brings.
    std::uint32_t seen = word.load(std::memory_order_relaxed);
    if (deliverable(me.index) != 0) {
      break;
    }
    const std::uint64_t deadline = me.deadline.get();
    const bool timed = deadline != kNever && lines().of(me.index).timer_enabled();
    // Relaxed, also on failure: see above.
    if (!word.compare_exchange_strong(seen, seen | CoreLines::kSleeping, std::memory_order_relaxed,
                                      std::memory_order_relaxed)) {
      continue;
    }
    seen |= CoreLines::kSleeping;
    me.state.set(VirtualCpu::State::kWaiting);
    if (timed) {
      const std::uint64_t now = now_ns();
      me.sleeps_on.set(0);
      futex_wait(word, seen, deadline > now ? std::min(deadline - now, kDeadlockCheck) : 0);
    } else {
      me.sleeps_on.set(seen);
      futex_wait(word, seen, kDeadlockCheck);
      if (!over_.get() && !config().is_listening && nobody_is_left()) {
        end(End::kDeadlock, 0, "deadlock: every core waits, and nothing is to come");
      }
    }
    // Relaxed: see above.
    word.fetch_and(~(CoreLines::kSleeping | CoreLines::kPoked), std::memory_order_relaxed);
    me.state.set(VirtualCpu::State::kRunning);
  }
  point();
}

bool Parallel::all_off() const {
  return std::ranges::all_of(cpus_, [](const std::unique_ptr<ParallelCpu>& core) {
    return core == nullptr || core->state.get() == VirtualCpu::State::kOff;
  });
}

void Parallel::park() {
  internal::write_irqs_enabled(0);
  {
    const std::scoped_lock lock(mutex_);
    current().state.set(VirtualCpu::State::kOff);
  }
  if (all_off()) {
    claim_end(End::kOff, 0, "");
  }
  leave();
}

// Ends the core's OS thread from whatever flow it is in.
void Parallel::leave() {
  ParallelCpu& me = current();
  internal::FlowSwitch::go(me.left, me.home);
  __builtin_unreachable();
}

void Parallel::play(ParallelCpu& core) {
  core.reset_words();
  internal::FlowSwitch::go(core.home, core.boot);
  // Another OS thread may play the core from here on.
  // Release pairs with the acquire in run(): everything that happened here.
  threads_.fetch_sub(1, std::memory_order_release);
  futex_wake(threads_);
}

bool Parallel::start(unsigned number, std::function<void()> entry) {
  const std::scoped_lock lock(mutex_);
  if (number >= config().cores || over_.get() ||
      cpus_[number]->state.get() != VirtualCpu::State::kOff) {
    return false;
  }
  ParallelCpu& core = *cpus_[number];
  if (core.thread.joinable()) {
    // It has parked; its OS thread is on the way out.
    core.thread.join();
    core.left.release();
  }
  core.entry = std::move(entry);
  prepare_boot(core);
  core.state.set(VirtualCpu::State::kRunning);
  // Relaxed: run() is not done before the starter is.
  threads_.fetch_add(1, std::memory_order_relaxed);
  core.thread = std::thread([this, &core] { play(core); });
  return true;
}

void Parallel::claim_end(End how, int exit_code, const std::string& what) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(ended_, true)) {
    return;
  }
  outcome_ = account();
  outcome_.end = how;
  outcome_.exit_code = exit_code;
  outcome_.time_ns = clock_ns() - start_ns_;
  if (!what.empty()) {
    outcome_.report = what + "\nparallel, seed " + std::to_string(config().seed) + ", " +
                      std::to_string(config().cores) + " cores, " +
                      std::to_string(outcome_.time_ns) + " ns\n" + describe();
  }
  over_.set(true);
  for (unsigned i = 0; i < config().cores; ++i) {
    // Relaxed: tells only to look up.
    lines().of(i).word.fetch_or(CoreLines::kPoked, std::memory_order_relaxed);
    wake(i);
  }
}

void Parallel::end(End how, int exit_code, std::string_view what) {
  claim_end(how, exit_code,
            what.empty() ? "" : "core " + std::to_string(core_index()) + ": " + std::string(what));
  leave();
}

Outcome Parallel::run(const std::vector<std::function<void()>>& entries) {
  // Until all have been started, the run must not look over.
  threads_.fetch_add(1, std::memory_order_relaxed);  // Relaxed: see start().
  for (unsigned i = 0; i < entries.size(); ++i) {
    if (entries[i]) {
      start(i, entries[i]);
    }
  }
  threads_.fetch_sub(1, std::memory_order_relaxed);  // Relaxed: see start().
  std::uint64_t until = start_ns_ + config().time_limit_ns;
  for (;;) {
    // Acquire pairs with the release in play().
    const std::uint32_t running = threads_.load(std::memory_order_acquire);
    if (running == 0) {
      break;
    }
    const std::uint64_t now = clock_ns();
    if (now >= until) {
      if (over_.get()) {
        std::fprintf(stderr, "arch/host: a core reaches no point, the run cannot end\n%s",
                     describe().c_str());
        std::abort();
      }
      claim_end(End::kTimeLimit, 0, "no end within the time limit");
      until = now + kPatience;
      continue;
    }
    futex_wait(threads_, running, std::min(until - now, 100 * kMillisecond));
    if (over_.get()) {
      until = std::min(until, clock_ns() + kPatience);
    }
  }
  for (auto& core : cpus_) {
    if (core != nullptr && core->thread.joinable()) {
      core->thread.join();
      core->left.release();
      core->boot.release();
    }
  }
  return outcome_;
}

}  // namespace

std::unique_ptr<Machine> make_parallel(const Config& config) {
  return std::make_unique<Parallel>(config);
}

}  // namespace baton::arch::host
