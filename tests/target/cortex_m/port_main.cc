// The image: what arch/armv7m promises before any kernel is there.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "arch/context.h"
#include "arch/counter.h"
#include "arch/cpu.h"
#include "arch/guarded.h"
#include "arch/irq.h"
#include "arch/mmio.h"
#include "arch/semihosting.h"
#include "arch/systick.h"
#include "arch/thread_stack.h"
#include "arch/timer.h"
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
constexpr std::uint32_t kUsageFaultException = 6;
constexpr std::uint32_t kSysTickException = 15;
constexpr std::uint32_t kPeriod = 1000;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};

// Volatile: what the start-up code left here, not what the compiler knows.
constinit volatile std::uint32_t initialized = 0x1234'5678;
constinit volatile std::uint32_t zeroed = 0;

struct Seen {
  unsigned interrupts = 0;
  unsigned preemptions = 0;
  bool preempt = false;  // what the next interrupt asks for
  std::atomic<std::uint64_t> sum{0};
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

// What the thread has in every register is there again after a preemption, flags included, wherever
// in the loop it came; the handlers and on_preemption() use all of them.
//   In:        r0 = where to look whether it is over
//   Out:       r0 = 1 where nothing was lost
[[gnu::naked, gnu::noinline]] bool keep_registers(const volatile unsigned* /*preemptions*/,
                                                  unsigned /*until*/) {
  asm volatile(
      "push {r4-r11, lr}\n"
      "mov r2, #102\n mov r3, #103\n mov r4, #104\n mov r5, #105\n mov r6, #106\n"
      "mov r7, #107\n mov r8, #108\n mov r9, #109\n mov r10, #110\n mov r11, #111\n"
      "mov lr, #114\n"
      "1:\n"
      "cmp r2, #102\n ittt eq\n cmpeq r3, #103\n cmpeq r4, #104\n cmpeq r5, #105\n"
      "ittt eq\n cmpeq r6, #106\n cmpeq r7, #107\n cmpeq r8, #108\n"
      "ittt eq\n cmpeq r9, #109\n cmpeq r10, #110\n cmpeq r11, #111\n"
      "it eq\n cmpeq lr, #114\n"
      "bne 2f\n"
      "ldr r12, [r0]\n"
      "cmp r12, r1\n"
      "blo 1b\n"
      "mov r0, #1\n"
      "pop {r4-r11, pc}\n"
      "2:\n"
      "mov r0, #0\n"
      "pop {r4-r11, pc}\n");
}

void check_preemption(Report& report) {
  constexpr unsigned kTimes = 200;
  constexpr std::uint32_t kOddPeriod = 6007;
  seen.preempt = true;
  const std::uintptr_t stack = stack_pointer();
  arch::SysTick::start(kOddPeriod);
  BATON_CHECK(keep_registers(&seen.preemptions, kTimes));
  arch::SysTick::stop();
  seen.preempt = false;
  BATON_CHECK(stack_pointer() == stack && arch::LocalIrq::enabled());
  report.write("preemption\n");
}

// Two flows that hand a number back and forth.
struct Flows {
  arch::Context first;
  arch::Context second;
  unsigned count = 0;
};
constinit Flows flows;
constinit arch::ThreadStack<arch::kMinStackBytes + 1024> second_stack;

void play_second(void* argument) {
  BATON_CHECK(argument == &flows && !arch::LocalIrq::enabled());
  for (;;) {
    BATON_CHECK(flows.count % 2 == 1);
    ++flows.count;
    arch::Context::switch_to(flows.second, flows.first);
  }
}

void check_switch(Report& report) {
  constexpr unsigned kTimes = 1000;
  const auto state = arch::LocalIrq::save_and_disable();
  BATON_CHECK(arch::protect_guard(second_stack.guard()).has_value());
  flows.second.prepare(second_stack.bytes(), &play_second, &flows);
  while (flows.count < kTimes) {
    ++flows.count;
    arch::Context::switch_to(flows.first, flows.second);
    BATON_CHECK(flows.count % 2 == 0);
  }
  arch::LocalIrq::restore(state);
  report.write("switch\n");
}

// A handler adds while the thread adds, and neither's is lost; the words carry into each other.
void check_wide_atomics(Report& report) {
  constexpr std::uint64_t kStart = 0xffff'ffff'ffff'f000;
  constexpr std::uint32_t kOddPeriod = 5003;
  constexpr unsigned kInterrupts = 50;
  constexpr std::uint64_t kEach = 0x1'0000'0001;
  // Relaxed, all: one core.
  seen.sum.store(kStart, std::memory_order_relaxed);
  const unsigned before = seen.interrupts;
  arch::SysTick::start(kOddPeriod);
  std::uint64_t added = 0;
  for (; seen.interrupts - before < kInterrupts; ++added) {
    // Relaxed: one core.
    seen.sum.fetch_add(kEach, std::memory_order_relaxed);
    arch::relax();
  }
  arch::SysTick::stop();
  added += seen.interrupts - before;
  std::uint64_t sum = seen.sum.load(std::memory_order_relaxed);
  BATON_CHECK(sum == kStart + added * kEach);
  std::uint64_t expected = sum ^ (std::uint64_t{1} << 63U);
  BATON_CHECK(!seen.sum.compare_exchange_strong(expected, 1, std::memory_order_relaxed) &&
              expected == sum);
  BATON_CHECK(seen.sum.compare_exchange_strong(expected, kStart, std::memory_order_relaxed));
  BATON_CHECK(seen.sum.exchange(2, std::memory_order_relaxed) == kStart);
  BATON_CHECK(seen.sum.fetch_sub(3, std::memory_order_relaxed) == 2);
  BATON_CHECK(seen.sum.fetch_and(~std::uint64_t{0xff}, std::memory_order_relaxed) == ~0ULL);
  BATON_CHECK(seen.sum.fetch_or(7, std::memory_order_relaxed) == 0xffff'ffff'ffff'ff00);
  sum = seen.sum.load(std::memory_order_relaxed);
  BATON_CHECK(sum == 0xffff'ffff'ffff'ff07);
  report.write("atomics\n");
}

// What may fault is answered, and says so.
void check_guarded(Report& report) {
  constexpr std::uintptr_t kNowhere = 0x9f00'0000;
  const std::uint32_t word = 0x1234'5678;
  const auto at = reinterpret_cast<std::uintptr_t>(&word);
  BATON_CHECK(arch::guarded_read<std::uint32_t>(at).value_or(0) == word);
  BATON_CHECK(arch::guarded_read<std::uint8_t>(at).value_or(0) == 0x78);
  BATON_CHECK(!arch::guarded_read<std::uint32_t>(kNowhere) && "a bus error");
  BATON_CHECK(!arch::guarded_read<std::uint16_t>(0) && "a null pointer");
  BATON_CHECK(!arch::guarded_read<std::uint32_t>(at + 1) && "not aligned");
  report.write("guarded\n");
}

// Turns of the counter are short and long here, and nothing of the time is told twice or backwards.
void check_clock(Report& report) {
  constexpr std::uint32_t kHz = 25'000'000;
  constexpr unsigned kTimes = 100;
  const auto state = arch::LocalIrq::save_and_disable();
  arch::start_clock(kHz);
  BATON_CHECK(arch::Counter::frequency_hz() == kHz);
  arch::LocalIrq::restore(state);
  std::uint64_t last = 0;
  for (unsigned i = 0; i < kTimes; ++i) {
    const auto masked = arch::LocalIrq::save_and_disable();
    const std::uint64_t due = arch::Counter::ticks() + 300 * i;
    const unsigned before = seen.interrupts;
    arch::CoreTimer::arm(due);
    arch::LocalIrq::restore(masked);
    while (arch::Counter::ticks() < due || seen.interrupts == before) {
      const std::uint64_t now = arch::Counter::ticks();
      BATON_CHECK(now >= last && now - last < kHz && "a clock that goes on, and does not leap");
      last = now;
    }
  }
  arch::SysTick::stop();
  report.write("clock\n");
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
  // Relaxed: one core.
  seen.sum.fetch_add(0x1'0000'0001, std::memory_order_relaxed);
  seen.exception = exception_number();
  seen.in_interrupt = in_interrupt();
  seen.from_handler = from_handler(frame);
  seen.stack = cortex_m::stack_pointer();
  return seen.preempt;
}

void on_preemption() {
  BATON_CHECK(!in_interrupt() && !LocalIrq::enabled());
  ++cortex_m::seen.preemptions;
  // Every register that a thread may have something in.
  asm volatile("" ::
                   : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12",
                     "lr", "cc", "memory");
}

void on_fault(const TrapFrame& frame) {
  BATON_CHECK(exception_number() == cortex_m::kUsageFaultException);
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
  cortex_m::check_preemption(report);
  cortex_m::check_switch(report);
  cortex_m::check_wide_atomics(report);
  cortex_m::check_guarded(report);
  cortex_m::check_clock(report);
  report.flush();
  semihosting::exit(cortex_m::kAllRight);
  // Nobody listens, and the breakpoints that told nobody did no harm.
  asm volatile(".global port_undefined\nport_undefined:\n udf #0");
  __builtin_unreachable();
}

}  // namespace baton::arch
