#include "kernel/blocking/test_kernel.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "gtest/gtest.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/hooks.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "sync/irqs_off.h"
#include "tests/host_machine/seeds.h"

namespace baton::kernel::testing {
namespace {

namespace host = arch::host;

constexpr std::size_t kStackBytes = arch::kMinStackBytes + std::size_t{64} * 1024;
constexpr unsigned kDevices = host::kLines - host::kFirstDevice;

// Of the run.
std::function<void()> program;
std::array<std::function<void()>, kDevices> handlers;
std::atomic<bool> devices_ended{false};
std::atomic<unsigned> handlers_inside{0};

// The flag is looked at inside, so that who sets it can wait until nobody is.
void run_handler(unsigned device) {
  // Sequentially consistent, both: pairs with the store and the load in ~DevicesEnd().
  handlers_inside.fetch_add(1, std::memory_order_seq_cst);
  if (!devices_ended.load(std::memory_order_seq_cst)) handlers[device]();
  // Release pairs with the load in ~DevicesEnd(): what the handler did.
  handlers_inside.fetch_sub(1, std::memory_order_release);
}

std::atomic<std::uint64_t> random_state{0};

// Shared by all runs of a plan.
struct Counter {
  std::atomic<const char*> name{nullptr};
  std::atomic<std::uint64_t> value{0};
};
constexpr std::size_t kCounters = 16;
Counter* counters = nullptr;

// So far; a run's process begins with its parent's.
int failed_expectations() {
  const ::testing::TestInfo* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return 0;
  int failed = 0;
  for (int i = 0; i < test->result()->total_part_count(); ++i) {
    failed += test->result()->GetTestPartResult(i).failed() ? 1 : 0;
  }
  return failed;
}
int failed_before = 0;

void idle() {
  for (;;) {
    const sync::IrqsOff irqs_off;
    CoreScheduler::reschedule(irqs_off);
    arch::wait_for_interrupt();
  }
}

void boot_core() {
  {
    const sync::IrqsOff irqs_off;
    CoreScheduler::adopt(irqs_off);
    host::lines().init_core();
    host::lines().enable(host::kTimerLine, arch::core_index());
    CoreScheduler::activate(irqs_off);
  }
  arch::LocalIrq::enable();
}

void run_program(void* /*nothing*/) {
  program();
  host::stop(failed_expectations() > failed_before ? 1 : 0);
}

void boot_first_core() {
  boot_core();
  static Thread main_thread;
  static const auto stack = std::make_unique<std::byte[]>(4 * kStackBytes);
  const Result<void> started = main_thread.start(std::span(stack.get(), 4 * kStackBytes),
                                                 {.name = "main"}, &run_program, nullptr);
  if (!started) host::fail("the first thread does not start");
  idle();
}

void boot_other_core() {
  boot_core();
  idle();
}

// In the run's own process; its exit status.
int run_here(const host::Config& config) {
  // Relaxed: the run has not begun.
  random_state.store(config.seed, std::memory_order_relaxed);
  failed_before = failed_expectations();
  std::vector<std::function<void()>> entries{&boot_first_core};
  while (entries.size() < config.cores) entries.emplace_back(&boot_other_core);
  const host::Outcome outcome = host::run(config, entries);
  if (!outcome.report.empty()) std::fprintf(stderr, "%s\n", outcome.report.c_str());
  count("points", outcome.points);
  count("interrupts", outcome.interrupts);
  count("preemptions", outcome.preemptions);
  return outcome.well() && failed_expectations() == failed_before ? 0 : 1;
}

bool run_apart(const host::Config& config) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int status = run_here(config);
    std::fflush(nullptr);
    _exit(status);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    std::fprintf(stderr, "the run was ended by signal %d\n", WTERMSIG(status));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// BATON_SOAK=n: 10 n times as many runs.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Under the sanitizers a run is slow.
unsigned affordable(unsigned runs) {
#if __has_feature(thread_sanitizer) && !defined(BATON_ATOMIC_POINTS)
  constexpr unsigned kSlower = 8;
#elif __has_feature(address_sanitizer)
  constexpr unsigned kSlower = 4;
#else
  constexpr unsigned kSlower = 1;
#endif
  return (runs + kSlower - 1) / kSlower;
}

void print_counts(std::uint64_t first, unsigned runs) {
  std::printf("  %u runs from seed %llu:", runs, static_cast<unsigned long long>(first));
  for (std::size_t i = 0; i < kCounters; ++i) {
    // Relaxed, both: the runs are over.
    const char* const name = counters[i].name.exchange(nullptr, std::memory_order_relaxed);
    const auto value = counters[i].value.exchange(0, std::memory_order_relaxed);
    if (name != nullptr) std::printf(" %s=%llu", name, static_cast<unsigned long long>(value));
  }
  std::printf("\n");
}

}  // namespace

void for_each_machine(const Plan& plan, const std::function<void()>& main) {
  if (counters == nullptr) {
    void* const shared = mmap(nullptr, sizeof(Counter) * kCounters, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    counters = static_cast<Counter*>(shared);
  }
  program = main;
  const auto soak = static_cast<unsigned>(10 * from_environment("BATON_SOAK", 0));
  const host_test::AskedSeeds& asked = host_test::asked_seeds();
  const std::vector<unsigned> cores =
      asked.cores != 0 ? std::vector<unsigned>{asked.cores} : plan.cores;
  const std::uint64_t first = asked.first != 0 ? asked.first : plan.first_seed;
  // Seeds decide nothing in parallel.
  const unsigned simulated_runs = asked.first != 0
                                      ? static_cast<unsigned>(asked.last - asked.first + 1)
                                      : affordable(soak != 0 ? plan.seeds * soak : plan.seeds);
  const unsigned parallel_runs = asked.first != 0 ? 0 : affordable(plan.parallel_runs);
  unsigned runs = 0;
  unsigned failed = 0;
  for (const unsigned count : cores) {
    for (const host::Mode mode : {host::Mode::kSimulated, host::Mode::kParallel}) {
      const unsigned times = mode == host::Mode::kSimulated ? simulated_runs : parallel_runs;
      // Real time passes while the host does something else.
      const std::uint64_t limit_s = plan.limit_s * (mode == host::Mode::kSimulated ? 1 : 3);
      for (unsigned i = 0; i < times && failed < 3; ++i) {
        const host::Config config{.cores = count,
                                  .mode = mode,
                                  .seed = first + i,
                                  .faults = {},
                                  .injections = {},
                                  .time_limit_ns = limit_s * 1'000'000'000U,
                                  .point_limit = plan.point_limit,
                                  .trace = asked.replay};
        ++runs;
        if (run_apart(config)) continue;
        ++failed;
        ADD_FAILURE() << count << " cores, "
                      << (mode == host::Mode::kSimulated ? "simulated" : "parallel") << ", seed "
                      << config.seed;
      }
    }
  }
  print_counts(first, runs);
  program = nullptr;
}

std::uint64_t seed() { return host::running_config()->seed; }

// SplitMix64, which is a counter behind a scrambler.
std::uint64_t below(std::uint64_t n) {
  // Relaxed: each gets a number of its own.
  std::uint64_t x = random_state.fetch_add(0x9e3779b97f4a7c15U, std::memory_order_relaxed);
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return (x ^ (x >> 31U)) % n;
}

bool simulated() { return host::running_config()->mode == host::Mode::kSimulated; }
bool soaks() { return from_environment("BATON_SOAK", 0) != 0; }
unsigned rounds(unsigned in_parallel, unsigned in_simulated) {
  return simulated() ? in_simulated : affordable(in_parallel);
}

void count(const char* name, std::uint64_t n) {
  for (std::size_t i = 0; i < kCounters; ++i) {
    const char* known = nullptr;
    // Relaxed, all: read when the runs are over.
    if (counters[i].name.compare_exchange_strong(known, name, std::memory_order_relaxed,
                                                 std::memory_order_relaxed) ||
        std::strcmp(known, name) == 0) {
      // Relaxed: as above.
      counters[i].value.fetch_add(n, std::memory_order_relaxed);
      return;
    }
  }
}

void on_device(unsigned index, unsigned core, std::function<void()> handler) {
  handlers[index] = std::move(handler);
  host::lines().enable(host::kFirstDevice + index, core);
}
void raise_device(unsigned index) { host::lines().raise(host::kFirstDevice + index); }

DevicesEnd::~DevicesEnd() {
  // Sequentially consistent, both: pairs with the operations in run_handler().
  devices_ended.store(true, std::memory_order_seq_cst);
  wait_until([] { return handlers_inside.load(std::memory_order_seq_cst) == 0; });
}

Thread& Crew::start(const ThreadOptions& options, std::function<void()> body) {
  Member& member = *members_.emplace_back(std::make_unique<Member>());
  member.body = std::move(body);
  member.stack = std::make_unique<std::byte[]>(kStackBytes);
  const Result<void> started = member.thread.start(
      std::span(member.stack.get(), kStackBytes), options,
      [](void* one) { static_cast<Member*>(one)->body(); }, &member);
  if (!started) host::fail("a thread does not start");
  return member.thread;
}

void Crew::join() {
  for (const auto& member : members_) member->thread.join();
  members_.clear();
}

void spin_until(Instant when) {
  constexpr std::uint64_t kBefore = 3000;
  const std::uint64_t at = when.since_start_ns();
  static_cast<void>(this_thread::sleep_until(Instant::from_ns(at > kBefore ? at - kBefore : 0)));
  while (now() < when) {
  }
}

bool race(const std::function<Result<void>(Instant deadline)>& wait,
          const std::function<void()>& wake) {
  const std::uint64_t deadline = now().since_start_ns() + 20'000;
  const std::uint64_t off = below(4) == 0 ? below(2000) : 1000 - 1 + below(3);
  bool won = false;
  Crew crew;
  // More urgent than who wakes it, and less.
  crew.start({.name = "waiter", .priority = Priority(below(2) == 0 ? 15 : 17)}, [&] {
    const Result<void> result = wait(Instant::from_ns(deadline));
    if (!result) {
      EXPECT_EQ(result.error(), Error::kTimedOut);
      EXPECT_GE(now().since_start_ns(), deadline);
    }
    won = result.has_value();
  });
  spin_until(Instant::from_ns(deadline + off - 1000));
  wake();
  crew.join();
  count(won ? "woken" : "timed out");
  return won;
}

void wait_until(const std::function<bool()>& condition) {
  while (!condition()) {
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(5)));
  }
}

void wait_until_waiting(const Thread& thread) {
  wait_until([&] { return thread.state() == ThreadState::kWaiting; });
}

}  // namespace baton::kernel::testing

namespace baton::kernel::sched_hooks {

void interrupt_cores(CoreMask mask) { arch::host::lines().send_ipi(mask, 0); }
void on_context_switch(const sync::IrqsOff& /*irqs_off*/) {}

}  // namespace baton::kernel::sched_hooks

namespace baton::arch {

bool on_interrupt(const TrapFrame& /*frame*/) {
  const sync::IrqsOff irqs_off;
  host::InterruptLines& lines = host::lines();
  for (unsigned line = lines.claim(); line != host::kNoLine; line = lines.claim()) {
    if (line == host::kTimerLine) {
      kernel::this_core_timers(irqs_off).on_interrupt();
    } else if (line >= host::kFirstDevice) {
      kernel::testing::run_handler(line - host::kFirstDevice);
    }
    lines.complete(line);
  }
  return kernel::CoreScheduler::on_interrupt_end(irqs_off);
}

void on_fault(const TrapFrame& /*frame*/) { host::fail("a fault"); }
void secondary_main() { host::fail("a core that nobody started"); }

}  // namespace baton::arch
