// Simulated mode: all cores on one OS thread, virtual time, every choice from the seed.
//
// A core that stands still is a flow that was left inside of step() or wait_for_interrupt(), with
// its words (arch/hosted_cpu.h) put aside.  Whoever runs decides at each point who goes on, and
// goes there directly: no scheduler of its own in between.
//
// What a run is like is drawn first, because no single habit finds every bug: switches at every
// point or rarely, interrupts that come at once or take long, cores that stand still for long.
#include <algorithm>
#include <bit>
#include <limits>

#include "arch/host/flow_switch.h"
#include "arch/host/virtual_machine.h"
#include "arch/irq.h"

#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#endif

namespace baton::arch::host {
namespace {

constexpr std::uint64_t kNever = internal::HostedCpu::kNever;

class Simulated;

class SimulatedCpu final : public VirtualCpu {
 public:
  explicit SimulatedCpu(Simulated& machine) : machine_(machine) {}

  void point() noexcept override;
  void relax() noexcept override;
  void wait_for_interrupt() noexcept override;
  [[noreturn]] void park() noexcept override;
  std::uint64_t ticks() noexcept override;
  void arm_timer(std::uint64_t at) noexcept override;
  [[noreturn]] void broken(const char* what) noexcept override;

  // What stands still here: its boot function, before that has run, or the flow that was left.
  Word<Context*> resume;
  Context left;
  // The words, while it stands still.
  Word<unsigned> depth;
  Word<unsigned> irqs_enabled;
  Word<void*> thread_pointer;
  // When the timer fires, which is later than it was told to.
  Word<std::uint64_t> fires_ns{kNever};
  // Until this point the core is not chosen if another can run.
  Word<std::uint64_t> stalled_until;

 private:
  Simulated& machine_;
};

// A run's habits.
struct Habits {
  explicit Habits(Random& random) {
    const auto pick = [&](std::initializer_list<std::uint64_t> of) {
      return *(of.begin() + random.below(of.size()));
    };
    switch_one_in = pick({1, 2, 4, 16, 64, 256});
    point_ns = pick({2, 20, 200});
    arrival_ns = pick({1, 50, 1000, 20'000});
    timer_late_ns = pick({1, 100, 5000});
    stall_one_in = pick({0, 64, 512, 4096});
    stall_points = pick({50, 500, 5000});
    spurious_one_in = pick({0, 8, 64});
  }
  std::uint64_t switch_one_in;
  std::uint64_t point_ns;
  std::uint64_t arrival_ns;
  std::uint64_t timer_late_ns;
  std::uint64_t stall_one_in;  // 0: never
  std::uint64_t stall_points;
  std::uint64_t spurious_one_in;  // waits that end for no reason; 0: never
};

class Simulated final : public Machine {
 public:
  explicit Simulated(const Config& config)
      : Machine(config), schedule_(config.trace), random_(config.seed), habits_(random_) {
    for (unsigned i = 0; i < config.cores; ++i) {
      cpus_[i] = std::make_unique<SimulatedCpu>(*this);
      cpus_[i]->index = i;
    }
    for (const Injection& injection : config.injections) {
      (injection.when == Injection::When::kTime ? at_time_ : at_point_).list.push_back(injection);
    }
    for (Injections* const injections : {&at_time_, &at_point_}) {
      std::ranges::sort(injections->list, [](const Injection& a, const Injection& b) {
        return a.at != b.at ? a.at < b.at : a.line < b.line;
      });
    }
  }

  Outcome run(const std::vector<std::function<void()>>& entries) override;
  void point() override { step(Kind::kWorks); }
  std::uint32_t deliverable(unsigned core) override { return deliverable(*cpus_[core]); }
  std::uint64_t arrival_ns() override { return now_.get() + random_.below(habits_.arrival_ns); }
  void wake(unsigned /*core*/) override {}
  void note(unsigned core, Event event, std::uint64_t argument) override {
    schedule_.add(now_.get(), core, event, argument);
  }
  bool start(unsigned core, std::function<void()> entry) override;
  [[noreturn]] void end(End how, int exit_code, std::string_view what) override;
  VirtualCpu& cpu(unsigned core) override { return *cpus_[core]; }
  void entered() override { inside_.set(false); }

  // What the core does at the point: it works, looks at the clock, waits for others.
  enum class Kind : std::uint8_t { kWorks, kLooksAtClock, kWaits };
  void step(Kind kind);
  void wait_for_interrupt();
  [[noreturn]] void park();
  void arm_timer(std::uint64_t at);
  std::uint64_t now_ns() const { return now_.get(); }

 private:
  std::uint32_t deliverable(const SimulatedCpu& core) const {
    return lines_of(core).deliverable(now_.get(), core.fires_ns.get() <= now_.get());
  }
  const CoreLines& lines_of(const SimulatedCpu& core) const {
    return const_cast<Simulated*>(this)->lines().of(core.index);
  }
  SimulatedCpu& current() { return *cpus_[current_.get()]; }
  bool ready(const SimulatedCpu& core) const;
  std::uint64_t next_event_ns(const SimulatedCpu& core) const;
  void pass_time(std::uint64_t most_ns);
  void inject();
  SimulatedCpu* choose(unsigned except);
  void run_core(SimulatedCpu& next);
  void go_on_when_all_wait();

  std::array<std::unique_ptr<SimulatedCpu>, kMaxCores> cpus_;
  Schedule schedule_;
  Random random_;
  const Habits habits_;
  // Soonest first, and how many have come.
  struct Injections {
    std::vector<Injection> list;
    Word<std::size_t> done;
  };
  Injections at_time_;
  Injections at_point_;
  Word<std::uint64_t> now_;
  Word<std::uint64_t> points_;
  Word<std::uint64_t> core_switches_;
  Word<unsigned> current_;
  // The machine's own work is no point for itself.
  Word<bool> inside_;
  Context home_;
  Outcome outcome_;
};

void SimulatedCpu::point() noexcept { machine_.step(Simulated::Kind::kWorks); }
void SimulatedCpu::relax() noexcept { machine_.step(Simulated::Kind::kWaits); }
void SimulatedCpu::wait_for_interrupt() noexcept { machine_.wait_for_interrupt(); }
void SimulatedCpu::park() noexcept { machine_.park(); }
std::uint64_t SimulatedCpu::ticks() noexcept {
  machine_.step(Simulated::Kind::kLooksAtClock);
  return machine_.now_ns();
}
void SimulatedCpu::arm_timer(std::uint64_t at) noexcept { machine_.arm_timer(at); }
void SimulatedCpu::broken(const char* what) noexcept { machine_.broken(what); }

bool Simulated::ready(const SimulatedCpu& core) const {
  switch (core.state.get()) {
    case VirtualCpu::State::kOff:
      return false;
    case VirtualCpu::State::kRunning:
      return true;
    case VirtualCpu::State::kWaiting:
      return deliverable(core) != 0;
  }
  return false;
}

std::uint64_t Simulated::next_event_ns(const SimulatedCpu& core) const {
  const CoreLines& lines = lines_of(core);
  const std::uint64_t arrival = lines.next_arrival_ns();
  return lines.timer_enabled() ? std::min(arrival, core.fires_ns.get()) : arrival;
}

void Simulated::inject() {
  const auto inject_until = [this](Injections& injections, std::uint64_t now) {
    for (std::size_t i = injections.done.get();
         i < injections.list.size() && injections.list[i].at <= now; ++i) {
      injections.done.count();
      lines().raise(injections.list[i].line);
    }
  };
  inject_until(at_time_, now_.get());
  inject_until(at_point_, points_.get());
}

void Simulated::pass_time(std::uint64_t most_ns) {
  points_.count();
  current().points.count();
  now_.count(1 + random_.below(most_ns));
  if (points_.get() >= config().point_limit) {
    end(End::kPointLimit, 0, "no end within the limit of points");
  }
  if (now_.get() >= config().time_limit_ns) {
    end(End::kTimeLimit, 0, "no end within the limit of virtual time");
  }
  inject();
}

// Any core that can run but one, stalled ones only where there is no other.
SimulatedCpu* Simulated::choose(unsigned except) {
  std::uint32_t ready_cores = 0;
  std::uint32_t stalled = 0;
  for (unsigned i = 0; i < config().cores; ++i) {
    if (i != except && ready(*cpus_[i])) {
      ready_cores |= 1U << i;
      stalled |= (cpus_[i]->stalled_until.get() > points_.get() ? 1U : 0U) << i;
    }
  }
  if ((ready_cores & ~stalled) != 0) {
    ready_cores &= ~stalled;
  }
  if (ready_cores == 0) {
    return nullptr;
  }
  for (auto skip = random_.below(static_cast<unsigned>(std::popcount(ready_cores))); skip > 0;
       --skip) {
    ready_cores &= ready_cores - 1;
  }
  return cpus_[static_cast<unsigned>(std::countr_zero(ready_cores))].get();
}

// Returns when the core that calls is chosen again.
void Simulated::run_core(SimulatedCpu& next) {
  SimulatedCpu& me = current();
  me.depth.set(static_cast<unsigned>(internal::read_interrupt_depth()));
  me.irqs_enabled.set(static_cast<unsigned>(internal::read_irqs_enabled()));
  me.thread_pointer.set(reinterpret_cast<void*>(internal::read_thread_pointer()));
  core_switches_.count();
  note(next.index, Event::kRun, me.index);
  current_.set(next.index);
  internal::write_core(next.index);
  internal::write_interrupt_depth(next.depth.get());
  internal::write_irqs_enabled(next.irqs_enabled.get());
  internal::write_thread_pointer(next.thread_pointer.get());
  internal::write_cpu(&next);
  Context& to = *next.resume.get();
  me.resume.set(&me.left);
  // The end of the run comes after everything; nothing else follows from it.
  internal::FlowSwitch::go_unordered(me.left, to, this);
}

void Simulated::step(Kind kind) {
  if (inside_.get()) {
    return;
  }
  inside_.set(true);
  SimulatedCpu& me = current();
  // A loop that looks at the clock is to get somewhere in not too many points.
  pass_time(kind == Kind::kWorks ? habits_.point_ns : 100 + habits_.point_ns);
  if (config().cores > 1) {
    const bool stalls = habits_.stall_one_in != 0 && random_.one_in(habits_.stall_one_in);
    if (stalls) {
      me.stalled_until.set(points_.get() + random_.below(habits_.stall_points));
    }
    // Who waits for others lets them go on, mostly.
    if (stalls || me.stalled_until.get() > points_.get() ||
        (kind == Kind::kWaits ? !random_.one_in(8) : random_.one_in(habits_.switch_one_in))) {
      if (SimulatedCpu* const next = choose(me.index); next != nullptr) {
        run_core(*next);
      }
    }
  }
  inside_.set(false);
  take_interrupts();
}

void Simulated::go_on_when_all_wait() {
  std::uint64_t next_ns = kNever;
  for (unsigned i = 0; i < config().cores; ++i) {
    if (cpus_[i]->state.get() == VirtualCpu::State::kWaiting) {
      next_ns = std::min(next_ns, next_event_ns(*cpus_[i]));
    }
  }
  if (const std::size_t done = at_time_.done.get(); done < at_time_.list.size()) {
    next_ns = std::min(next_ns, at_time_.list[done].at);
  }
  if (next_ns == kNever) {
    end(End::kDeadlock, 0, "deadlock: every core waits, and nothing is to come");
  }
  if (next_ns > now_.get()) {
    now_.set(next_ns);
    note(current().index, Event::kJump, 0);
  }
}

void Simulated::wait_for_interrupt() {
  inside_.set(true);
  SimulatedCpu& me = current();
  me.state.set(VirtualCpu::State::kWaiting);
  note(me.index, Event::kWait, 0);
  for (;;) {
    pass_time(habits_.point_ns);
    if (deliverable(me) != 0 ||
        (habits_.spurious_one_in != 0 && random_.one_in(habits_.spurious_one_in))) {
      break;
    }
    if (SimulatedCpu* const next = choose(me.index); next != nullptr) {
      run_core(*next);
    } else {
      go_on_when_all_wait();
    }
  }
  me.state.set(VirtualCpu::State::kRunning);
  inside_.set(false);
  take_interrupts();
}

void Simulated::park() {
  inside_.set(true);
  SimulatedCpu& me = current();
  internal::write_irqs_enabled(0);
  me.state.set(VirtualCpu::State::kOff);
  note(me.index, Event::kPark, 0);
  for (;;) {
    bool all_off = true;
    for (unsigned i = 0; i < config().cores; ++i) {
      all_off = all_off && cpus_[i]->state.get() == VirtualCpu::State::kOff;
    }
    if (all_off) {
      end(End::kOff, 0, "");
    }
    pass_time(habits_.point_ns);
    if (SimulatedCpu* const next = choose(me.index); next != nullptr) {
      // Comes back only if the core is started again, which begins elsewhere.
      run_core(*next);
    } else {
      go_on_when_all_wait();
    }
  }
}

void Simulated::arm_timer(std::uint64_t at) {
  step(Kind::kWorks);
  SimulatedCpu& me = current();
  me.deadline.set(at);
  if (at == kNever) {
    me.fires_ns.set(kNever);
    note(me.index, Event::kDisarm, 0);
  } else {
    const std::uint64_t from = std::max(at, now_.get());
    const std::uint64_t late = random_.below(habits_.timer_late_ns);
    me.fires_ns.set(from > kNever - 1 - late ? kNever - 1 : from + late);
    note(me.index, Event::kArm, at);
  }
  step(Kind::kWorks);
}

bool Simulated::start(unsigned core, std::function<void()> entry) {
  if (core >= config().cores || cpus_[core]->state.get() != VirtualCpu::State::kOff) {
    return false;
  }
  SimulatedCpu& next = *cpus_[core];
  next.entry = std::move(entry);
  next.depth.set(0);
  next.irqs_enabled.set(0);
  next.thread_pointer.set(&next.boot_state);
  // Where it was parked nobody comes back to.
  next.left.release();
  prepare_boot(next);
  next.resume.set(&next.boot);
  next.state.set(VirtualCpu::State::kRunning);
  // Cores take their time to come out of reset.
  next.stalled_until.set(points_.get() + random_.below(habits_.stall_points));
  note(core, Event::kStart, 0);
  return true;
}

Outcome Simulated::run(const std::vector<std::function<void()>>& entries) {
  unsigned first = kMaxCores;
  for (unsigned i = 0; i < entries.size(); ++i) {
    if (entries[i] && start(i, entries[i])) {
      first = std::min(first, i);
    }
  }
  if (first == kMaxCores) {
    internal::broken("a machine on which no core starts");
  }
  const auto core_before = static_cast<unsigned>(internal::read_core());
  const auto irqs_before = static_cast<unsigned>(internal::read_irqs_enabled());
  current_.set(first);
  cpus_[first]->reset_words();
  internal::FlowSwitch::go(home_, cpus_[first]->boot);
#if __has_feature(thread_sanitizer)
  __tsan_acquire(this);
#endif
  internal::write_core(core_before);
  internal::write_interrupt_depth(0);
  internal::write_irqs_enabled(irqs_before);
  internal::write_thread_pointer(nullptr);
  internal::write_cpu(nullptr);
  for (auto& core : cpus_) {
    if (core != nullptr) {
      core->left.release();
      core->boot.release();
    }
  }
  return outcome_;
}

void Simulated::end(End how, int exit_code, std::string_view what) {
  inside_.set(true);
  note(current().index, Event::kEnd, static_cast<std::uint64_t>(how));
  outcome_ = account();
  outcome_.end = how;
  outcome_.exit_code = exit_code;
  outcome_.schedule_hash = schedule_.hash();
  outcome_.events = schedule_.size();
  outcome_.core_switches = core_switches_.get();
  outcome_.time_ns = now_.get();
  if (!what.empty()) {
    outcome_.report = "core " + std::to_string(current().index) + ": " + std::string(what) +
                      "\nseed " + std::to_string(config().seed) + ", " +
                      std::to_string(config().cores) + " cores, " + std::to_string(now_.get()) +
                      " ns, " + std::to_string(points_.get()) + " points\n" + describe() +
                      "schedule:\n" + schedule_.text(60);
  }
  SimulatedCpu& me = current();
  internal::FlowSwitch::go(me.left, home_);
  __builtin_unreachable();
}

}  // namespace

std::unique_ptr<Machine> make_simulated(const Config& config) {
  return std::make_unique<Simulated>(config);
}

}  // namespace baton::arch::host
