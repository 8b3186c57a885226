// The image: two threads that use FP registers and one that does not, each preempted by the others.

#include <array>
#include <cstdint>

#include "arch/context.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/semihosting.h"
#include "arch/systick.h"
#include "arch/thread_stack.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/assert.h"
#include "base/format.h"
#include "tests/target/cortex_m/report.h"

extern "C" std::uint32_t fp_keep(std::uint32_t first, const volatile std::uint32_t* word,
                                 std::uint32_t until, void (*yield)());

namespace baton::cortex_m {
namespace {

constexpr std::uint8_t kAllRight = 7;
constexpr std::uint8_t kWrong = 3;
constexpr std::uint32_t kPeriod = 10'007;
constexpr std::uint32_t kPreemptions = 400;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};

// Threads in a ring: each preemption and each yield goes to the next.
constexpr unsigned kThreads = 4;
constinit std::array<arch::Context, kThreads> contexts{};
constinit std::array<arch::ThreadStack<arch::kMinStackBytes + 1024>, kThreads> stacks{};
constinit unsigned running = 0;  // thread 0 is the one that booted, and uses no FP registers
constinit volatile std::uint32_t preemptions = 0;
constinit volatile std::uint32_t yields = 0;
constinit unsigned finished = 0;
constinit std::uint32_t wrong = 0;
constinit std::uint32_t plain_frames = 0;
constinit std::uint32_t fp_frames = 0;

bool has_fp_now() {
  constexpr std::uint32_t kFpca = 4;
  std::uint32_t control = 0;
  asm volatile("mrs %0, control" : "=r"(control));
  return (control & kFpca) != 0;
}

// Masked.
void go_on() {
  const unsigned before = running;
  running = (running + 1) % kThreads;
  arch::Context::switch_to(contexts[before], contexts[running]);
}

void yield() {
  const auto state = arch::LocalIrq::save_and_disable();
  yields = yields + 1;
  go_on();
  arch::LocalIrq::restore(state);
}

// Thread 1 is only preempted; 2 yields, too; 3 has none of it and must get none.
void play(void* number) {
  const auto me = reinterpret_cast<std::uintptr_t>(number);
  if (has_fp_now()) ++wrong;
  arch::LocalIrq::enable();
  if (me == 3) {
    while (preemptions < kPreemptions) {
      if (has_fp_now()) ++wrong;
    }
  } else {
    wrong += fp_keep(static_cast<std::uint32_t>(me * 1000), &preemptions, kPreemptions,
                     me == 2 ? &yield : nullptr);
    if (!has_fp_now()) ++wrong;
  }
  ++finished;
  for (;;) yield();
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
  constexpr std::uint32_t kNoFp = 0x10;  // of EXC_RETURN
  const bool has_fp = (frame.exc_return & kNoFp) == 0;
  const bool uses_fp = cortex_m::running == 1 || cortex_m::running == 2;
  if (has_fp && !uses_fp) ++cortex_m::wrong;
  ++(has_fp ? cortex_m::fp_frames : cortex_m::plain_frames);
  return true;
}

void on_preemption() {
  cortex_m::preemptions = cortex_m::preemptions + 1;
  cortex_m::go_on();
}

void on_fault(const TrapFrame& frame) {
  cortex_m::Report report;
  describe(report, frame);
  format_to(report, " at {:#x}\n", program_counter(frame));
  report.flush();
  semihosting::exit(cortex_m::kWrong);
  park();
}

void boot_main(std::uint64_t /*boot_argument*/) {
  using namespace cortex_m;  // NOLINT(google-build-using-namespace)
  for (std::uintptr_t i = 1; i < kThreads; ++i) {
    contexts[i].prepare(stacks[i].bytes(), &play, reinterpret_cast<void*>(i));
  }
  SysTick::start(kPeriod);
  LocalIrq::enable();
  while (finished != kThreads - 1) yield();
  SysTick::stop();
  Report report;
  format_to(report, "wrong {} preemptions {} yields {} fp {} plain {}\n", wrong,
            std::uint32_t{preemptions}, std::uint32_t{yields}, fp_frames, plain_frames);
  report.flush();
  semihosting::exit(wrong == 0 ? kAllRight : kWrong);
  park();
}

}  // namespace baton::arch
