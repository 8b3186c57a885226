// Entry, upcalls and the choice of scenario: the second word of the emulator's command line.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "arch/cores.h"
#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/semihosting.h"
#include "arch/timer.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "base/assert.h"
#include "tests/target/context/machine.h"
#include "tests/target/context/registers.h"
#include "tests/target/context/report.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

constinit Machine* the_machine = nullptr;
constinit std::atomic<unsigned> cores_up{0};
constinit std::atomic<bool> fp_in_handlers{false};

struct alignas(arch::kCacheLine) PerCore {
  Random random{1};
  std::atomic<std::uint64_t> interrupts{0};
};
constinit std::array<PerCore, arch::kMaxCores> per_core{};

void arm() {
  // Between 16 and 144 us of a 62.5 MHz counter.
  const std::uint64_t ticks = 1000 + per_core[arch::core_index()].random.next() % 8000;
  arch::CoreTimer::arm(arch::Counter::ticks() + ticks);
}

void set_up_core() {
  adopt_idle();
  per_core[arch::core_index()].random = Random(arch::core_index() + 1);
  BATON_CHECK(the_machine->interrupts->init_core());
  BATON_CHECK(the_machine->interrupts->enable(the_machine->timer, arch::core_index()));
}

struct Scenario {
  std::string_view name;
  bool (*run)(Report& report);
};

template <void (*kRun)()>
bool must_not_come_back(Report& report) {
  kRun();
  report.write("it came back\n");
  return false;
}

constexpr std::array<Scenario, 15> kScenarios = {{
    {.name = "switches", .run = run_switches},
    {.name = "preemption", .run = run_preemption},
    {.name = "fp", .run = run_fp},
    {.name = "guards", .run = run_guards},
    {.name = "backtrace", .run = run_backtrace},
    {.name = "alignment", .run = run_alignment},
    {.name = "small-stack", .run = must_not_come_back<run_small_stack>},
    {.name = "no-entry", .run = must_not_come_back<run_no_entry>},
    {.name = "returning-entry", .run = must_not_come_back<run_returning_entry>},
    {.name = "fp-in-handler", .run = must_not_come_back<run_fp_in_handler>},
    {.name = "fp-in-handler-of-fp-thread",
     .run = must_not_come_back<run_fp_in_handler_of_fp_thread>},
    {.name = "overflow", .run = must_not_come_back<run_overflow>},
    {.name = "overflow-when-preempted", .run = must_not_come_back<run_overflow_when_preempted>},
    {.name = "released", .run = must_not_come_back<run_released>},
    {.name = "no-stack", .run = must_not_come_back<run_no_stack>},
}};

std::string_view last_word(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  return space == std::string_view::npos ? line : line.substr(space + 1);
}

}  // namespace

void stop(std::uint8_t status) {
  arch::semihosting::exit(status);
  arch::park();
}

void start_timer() { arm(); }

unsigned start_cores() {
  const unsigned before = cores_up.load(std::memory_order_relaxed);
  unsigned count = 1;
  for (unsigned i = 1; i < the_machine->most_cores; ++i) {
    if (!arch::start_core(i, i, start_method(i))) {
      break;
    }
    ++count;
  }
  // Relaxed: only that they are there.
  while (cores_up.load(std::memory_order_relaxed) != before + count - 1) {
    arch::relax();
  }
  return count;
}

// Relaxed: a wish.
void use_fp_in_handlers() { fp_in_handlers.store(true, std::memory_order_relaxed); }

std::uint64_t interrupts() {
  std::uint64_t sum = 0;
  for (const PerCore& core : per_core) {
    // Relaxed: a count.
    sum += core.interrupts.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace baton::context_test

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  {
    context_test::Report report;
    format_to(report, "\nassertion failed: {} at {}:{}\n", condition, file, line);
  }
  context_test::stop(context_test::kAssertionFailed);
}

namespace arch {

bool on_interrupt(const TrapFrame& frame) {
  using namespace context_test;  // NOLINT(google-build-using-namespace)
  BATON_CHECK(in_interrupt() && !LocalIrq::enabled() && !from_handler(frame));
  iface::InterruptController& controller = *the_machine->interrupts;
  PerCore& core = per_core[core_index()];
  for (iface::Claim claim = controller.claim(); claim.kind != iface::Claim::Kind::kNone;
       claim = controller.claim()) {
    BATON_CHECK(claim.kind == iface::Claim::Kind::kIrq &&
                claim.number == static_cast<std::uint32_t>(the_machine->timer));
    arm();
    controller.complete(claim);
  }
  // Relaxed: a count of this core's.
  core.interrupts.fetch_add(1, std::memory_order_relaxed);
  // A fault in a handler changes nothing, of the handler nor of the thread.
  BATON_CHECK(fault_changes_nothing(core.random));
  // Relaxed: a wish.
  if (fp_in_handlers.load(std::memory_order_relaxed)) {
    asm volatile(".arch_extension fp\n fmov d7, xzr\n .arch_extension nofp");
  }
  // Now and then the thread goes on.
  return core.random.next() % 8 != 0;
}

void on_preemption() {
  using namespace context_test;  // NOLINT(google-build-using-namespace)
  const auto here = reinterpret_cast<std::byte*>(__builtin_frame_address(0));
  Thread& self = current();
  BATON_CHECK(!in_interrupt() && !LocalIrq::enabled());
  BATON_CHECK(self.is_idle || (here >= self.stack.data() && here < &self.stack.back()));
  ++self.preemptions;
  reschedule();
  BATON_CHECK(&current() == &self && !in_interrupt() && !LocalIrq::enabled());
}

void on_fault(const TrapFrame& frame) {
  {
    context_test::Report report;
    report.write("\nfault: ");
    describe(report, frame);
    format_to(report, " at {:#x}\n", program_counter(frame));
    std::array<BacktraceEntry, 16> entries{};
    const std::size_t found = backtrace(frame, entries);
    for (std::size_t i = 0; i < found; ++i) {
      format_to(report, "  #{} {:#018x}\n", i, entries[i].address);
    }
  }
  context_test::stop(context_test::kFault);
}

void boot_main(std::uint64_t /*boot_argument*/) {
  using namespace context_test;  // NOLINT(google-build-using-namespace)
  the_machine = &machine();
  BATON_CHECK(the_machine->interrupts->init());
  set_up_core();
  std::array<char, 256> buffer{};
  const std::optional<std::string_view> line = semihosting::command_line(buffer);
  BATON_CHECK(line.has_value());
  for (const Scenario& scenario : kScenarios) {
    if (scenario.name == last_word(*line)) {
      bool right = false;
      {
        Report report;
        format_to(report, "{}\n", scenario.name);
        right = scenario.run(report);
      }
      stop(right ? kRight : kWrong);
    }
  }
  BATON_CHECK(false && "no such scenario");
  park();
}

void secondary_main() {
  using namespace context_test;  // NOLINT(google-build-using-namespace)
  set_up_core();
  // Relaxed: only that this core is there.
  cores_up.fetch_add(1, std::memory_order_relaxed);
  start_timer();
  LocalIrq::enable();
  idle_until([] { return false; }, /*sleeps=*/true);
  park();
}

}  // namespace arch
}  // namespace baton

// libc++'s hardening ends here.
namespace std::inline __1 {
[[noreturn]] void __libcpp_verbose_abort(const char* format, ...);
void __libcpp_verbose_abort(const char* format, ...) {
  baton::assertion_failed(format, "libc++", 0);
}
}  // namespace std::inline __1
