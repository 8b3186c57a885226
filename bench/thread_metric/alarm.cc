#include "bench/thread_metric/alarm.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/mmio.h"
#include "arch/vectors.h"
#include "base/mmio.h"
#include "kernel/core.h"

namespace baton::thread_metric::alarm {

// Of xPSR: which exception is handled; 0 in a thread.  [ARMv7-M B1.4.2]
constexpr std::uint32_t kException = 0x1ff;

// [ARMv7-M B1.5.6]
struct Frame {
  std::array<std::uint32_t, 6> registers;
  std::uint32_t pc;
  std::uint32_t xpsr;
};

namespace {

using Word = mmio::Plain<>;

// CMSDK timer 0 of the board.  [AN385 3], [CMSDK 4.2]
constexpr arch::PhysAddr kTimer = 0x4000'0000;
constexpr std::uint32_t kFull = 0x7fff'ffff;
struct TimerControl : mmio::Value<TimerControl> {
  constexpr TimerControl with_enabled(bool on) const { return with<0, 0>(on ? 1U : 0U); }
  constexpr TimerControl with_interrupt(bool on) const { return with<3, 3>(on ? 1U : 0U); }
};
using TimerControlReg = mmio::Rw<TimerControl, 0x00>;
using TimerValueReg = mmio::Rw<Word, 0x04>;
using TimerReloadReg = mmio::Rw<Word, 0x08>;
using TimerClearReg = mmio::Wo<Word, 0x0c>;

constexpr unsigned kUrgentLine = 8;    // the timer's
constexpr unsigned kOrdinaryLine = 9;  // timer 1's, which is off
constexpr std::uint8_t kUrgent = 0x20;
static_assert(kUrgent < arch::kKernelPriority);

constexpr std::size_t kLines = 32;
using EnableReg = mmio::Wo<Word, 0x100>;                                    // [ARMv7-M B3.4.4]
using UnpendReg = mmio::Wo<Word, 0x280>;                                    // [ARMv7-M B3.4.7]
using PriorityReg = mmio::Rw<mmio::Plain<std::uint8_t>, 0x400, 1, kLines>;  // [ARMv7-M B3.4.9]
using VectorTableReg = mmio::Rw<Word, 0xd08>;                               // [ARMv7-M B3.2.5]
using TriggerReg = mmio::Wo<Word, 0xf00>;                                   // [ARMv7-M B3.2.26]

constexpr std::uint32_t kBoth = 1U << kUrgentLine | 1U << kOrdinaryLine;

// As the board's, with two of its own.
constinit arch::VectorTable<kLines> vectors{};
// One core; written by the handlers while the thread is in arm()'s round, and read afterwards.
constinit Heard heard;
constinit std::uint32_t pended = 0;
constinit std::uint64_t handled = 0;  // by the kernel's handlers, when it was

// A load, which nothing of the kernel delays (arch/armv7m/atomic64.cc).
std::uint64_t handled_now() { return kernel::cores[0].interrupts.value(); }

arch::Mmio core() { return arch::Mmio(arch::kSystemControlSpace); }
arch::Mmio timer() { return arch::Mmio(kTimer); }

// Ticks since the timer reached zero, where it stays for one.
std::uint32_t since_due() {
  arch::Mmio io = timer();
  const std::uint32_t left = TimerValueReg::read(io).raw();
  return left == 0 ? 0 : kFull + 1 - left;
}

}  // namespace
}  // namespace baton::thread_metric::alarm

extern "C" {

void metric_urgent(const baton::thread_metric::alarm::Frame* frame);
void metric_ordinary(const baton::thread_metric::alarm::Frame* frame);

// Where the core stacked its frame: bit 2 of EXC_RETURN says on which stack.  [ARMv7-M B1.5.8]
[[gnu::naked]] static void metric_urgent_entry() {
  asm volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n b metric_urgent");
}
[[gnu::naked]] static void metric_ordinary_entry() {
  asm volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n b metric_ordinary");
}

[[gnu::used]] void metric_urgent(const baton::thread_metric::alarm::Frame* frame) {
  using namespace baton::thread_metric::alarm;  // NOLINT(google-build-using-namespace)
  heard.urgent_late = since_due();
  heard.urgent_at = frame->pc;
  heard.handlers = (frame->xpsr & kException) != 0;
  baton::arch::Mmio io = timer();
  TimerControlReg::write(io, TimerControl().with_enabled(true));
  TimerClearReg::write(io, Word::from_raw(1));
  baton::arch::Mmio scs = core();
  handled = handled_now();
  TriggerReg::write(scs, Word::from_raw(kOrdinaryLine));
  pended = since_due();
  // The line's level has gone down before the handler ends.
  asm volatile("dsb" ::: "memory");
}

[[gnu::used]] void metric_ordinary(const baton::thread_metric::alarm::Frame* frame) {
  using namespace baton::thread_metric::alarm;  // NOLINT(google-build-using-namespace)
  heard.ordinary_late = since_due() - pended;
  heard.ordinary_at = frame->pc;
  heard.handlers |= handled_now() != handled;
  heard.both = true;
}

}  // extern "C"

namespace baton::thread_metric::alarm {

void set_up() {
  arch::Mmio scs = core();
  vectors.lines[kUrgentLine] = &metric_urgent_entry;
  vectors.lines[kOrdinaryLine] = &metric_ordinary_entry;
  asm volatile("dsb" ::: "memory");
  VectorTableReg::write(scs, Word::from_raw(reinterpret_cast<std::uintptr_t>(&vectors)));
  asm volatile("dsb\n isb" ::: "memory");
  using Priority = mmio::Plain<std::uint8_t>;
  PriorityReg::write(scs, Priority::from_raw(kUrgent), kUrgentLine);
  PriorityReg::write(scs, Priority::from_raw(arch::kKernelPriority), kOrdinaryLine);
  EnableReg::write(scs, Word::from_raw(kBoth));
  arch::Mmio io = timer();
  TimerReloadReg::write(io, Word::from_raw(kFull));
}

void arm(std::uint32_t ticks) {
  heard = {};
  arch::Mmio io = timer();
  TimerValueReg::write(io, Word::from_raw(ticks));
  TimerControlReg::write(io, TimerControl().with_enabled(true).with_interrupt(true));
}

Heard disarm() {
  arch::Mmio io = timer();
  TimerControlReg::write(io, TimerControl());
  TimerClearReg::write(io, Word::from_raw(1));
  asm volatile("dsb\n isb" ::: "memory");
  arch::Mmio scs = core();
  UnpendReg::write(scs, Word::from_raw(kBoth));
  // The handlers have written it.
  asm volatile("" ::: "memory");
  return heard;
}

}  // namespace baton::thread_metric::alarm
