// The image: what arch/armv7m promises before any kernel is there.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/mmio.h"
#include "arch/semihosting.h"
#include "arch/systick.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/assert.h"
#include "base/format.h"
#include "tests/target/cortex_m/report.h"

extern "C" const std::byte port_undefined[];

namespace baton::cortex_m {
namespace {

constexpr std::uint8_t kAllRight = 7;
constexpr std::uint8_t kWrong = 3;
constexpr std::uint32_t kHardFaultException = 3;
constexpr std::uint32_t kSysTickException = 15;
constexpr std::uint32_t kPeriod = 1000;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};

// Volatile: what the start-up code left here, not what the compiler knows.
constinit volatile std::uint32_t initialized = 0x1234'5678;
constinit volatile std::uint32_t zeroed = 0;

struct Seen {
  unsigned interrupts = 0;
  std::uint32_t exception = 0;
  bool in_interrupt = false;
  bool from_handler = true;
  std::uintptr_t stack = 0;
};
constinit Seen seen;

/// Asks for a reset, which ends an emulator that does not boot again.  [ARMv7-M B3.2.6 AIRCR]
[[noreturn]] void reset() {
  arch::Mmio(0xe000'ed00).write<std::uint32_t>(0x0c, 0x05fa'0004);
  arch::device_barrier();
  arch::park();
}

std::uintptr_t stack_pointer() {
  std::uintptr_t value = 0;
  asm volatile("mov %0, sp" : "=r"(value));
  return value;
}

void check_start(Report& report) {
  BATON_CHECK(initialized == 0x1234'5678 && zeroed == 0);
  BATON_CHECK(!arch::LocalIrq::enabled() && "threads begin masked");
  BATON_CHECK(!arch::in_interrupt() && arch::exception_number() == 0);
  BATON_CHECK(arch::core_index() == 0 && arch::kMaxCores == 1);
  std::uint32_t control = 0;
  asm volatile("mrs %0, control" : "=r"(control));
  BATON_CHECK((control & 3U) == 2 && "privileged, on the thread stack");
  BATON_CHECK((stack_pointer() & 3U) == 0);
  report.write("start\n");
}

void check_masking(Report& report) {
  arch::LocalIrq::enable();
  BATON_CHECK(arch::LocalIrq::enabled());
  const auto outer = arch::LocalIrq::save_and_disable();
  const auto inner = arch::LocalIrq::save_and_disable();
  arch::LocalIrq::restore(inner);
  BATON_CHECK(!arch::LocalIrq::enabled() && "masking nests");
  // Pending, and not taken while masked; sleep ends all the same.
  arch::SysTick::start(kPeriod);
  BATON_CHECK(arch::SysTick::remaining() <= kPeriod);
  arch::wait_for_interrupt();
  BATON_CHECK(seen.interrupts == 0);
  arch::LocalIrq::restore(outer);
  BATON_CHECK(arch::LocalIrq::enabled() && seen.interrupts != 0);
  report.write("masking\n");
}

void check_interrupt(Report& report) {
  BATON_CHECK(seen.exception == kSysTickException && seen.in_interrupt && !seen.from_handler);
  BATON_CHECK(seen.stack <= reinterpret_cast<std::uintptr_t>(&armv7m_handler_stack_end));
  BATON_CHECK(stack_pointer() > reinterpret_cast<std::uintptr_t>(&armv7m_handler_stack_end));
  const unsigned before = seen.interrupts;
  while (seen.interrupts < before + 2) arch::wait_for_interrupt();
  // What stop() finds pending does not come.
  const auto state = arch::LocalIrq::save_and_disable();
  arch::wait_for_interrupt();
  arch::SysTick::stop();
  const unsigned stopped = seen.interrupts;
  arch::LocalIrq::restore(state);
  BATON_CHECK(seen.interrupts == stopped);
  report.write("interrupt\n");
}

}  // namespace
}  // namespace baton::cortex_m

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  cortex_m::Report report;
  format_to(report, "\nassertion failed: {} at {}:{}\n", condition, file, line);
  report.flush();
  arch::semihosting::exit(cortex_m::kWrong);
  arch::park();
}

}  // namespace baton

namespace baton::arch {

bool on_interrupt(const TrapFrame& frame) {
  using cortex_m::seen;
  ++seen.interrupts;
  seen.exception = exception_number();
  seen.in_interrupt = in_interrupt();
  seen.from_handler = from_handler(frame);
  seen.stack = cortex_m::stack_pointer();
  return false;
}

void on_fault(const TrapFrame& frame) {
  BATON_CHECK(exception_number() == cortex_m::kHardFaultException);
  BATON_CHECK(program_counter(frame) == reinterpret_cast<std::uintptr_t>(port_undefined));
  BATON_CHECK(!from_handler(frame));
  cortex_m::reset();
}

void boot_main(std::uint64_t boot_argument) {
  cortex_m::Report report;
  BATON_CHECK(boot_argument == 0);
  cortex_m::check_start(report);
  cortex_m::check_masking(report);
  cortex_m::check_interrupt(report);
  report.flush();
  semihosting::exit(cortex_m::kAllRight);
  // Nobody listens, and the breakpoints that told nobody did no harm.
  asm volatile(".global port_undefined\nport_undefined:\n udf #0");
  __builtin_unreachable();
}

}  // namespace baton::arch
