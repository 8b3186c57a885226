// SysTick as a clock and as a timer.                       [ARMv7-M B3.3]
//
// The counter runs down from the reload value to 0, and takes the reload value again with the next
// cycle.  A turn begins at 0: after that there are as many cycles as the turn is long less what the
// counter reads.  A turn that is to be short is followed by long ones, so that it does not matter
// when its end is noticed.
#include <algorithm>
#include <cstdint>

#include "arch/armv7m/system_control.h"
#include "arch/counter.h"
#include "arch/irq.h"
#include "arch/mmio.h"
#include "arch/timer.h"

namespace baton::arch {
namespace {

constexpr std::uint32_t kLongest = 0x0100'0000;
// What is due sooner than this, or comes at the end of a turn that is, is left to that.  It takes
// about as long to set.
constexpr std::uint32_t kShortest = 64;

struct Clock {
  std::uint64_t turn_began = 0;
  std::uint32_t turn = 0;  // its length; 0 before the start
  std::uint32_t hz = 1'000'000;
};
constinit Clock clock;

Mmio registers() { return Mmio(scs::kBase); }

// In the moment of a turn's end it may read 0 before its end is to be seen.
std::uint32_t count() {
  Mmio io = registers();
  std::uint32_t value = 0;
  do {
    value = scs::SystCurrentReg::read(io).raw();
  } while (value == 0);
  return value;
}

// Masked.
std::uint64_t read() {
  Mmio io = registers();
  std::uint32_t left = count();
  if (scs::SystControlReg::read(io).wrapped()) {
    // Maybe after the first look.
    left = count();
    clock.turn_began += clock.turn;
    clock.turn = kLongest;
  }
  return clock.turn_began + (clock.turn - left);
}

// Masked, and read() just before: the turn that runs ends here, and the next is `cycles` long.
void begin_turn(std::uint64_t now, std::uint32_t cycles) {
  Mmio io = registers();
  scs::SystReloadReg::write(io, scs::Counter::from_raw(cycles - 1));
  // Any write clears it, which takes the reload value with the next cycle, and raises nothing.
  scs::SystCurrentReg::write(io, scs::Counter());
  clock.turn_began = now;
  clock.turn = cycles;
  static_cast<void>(count());
  scs::SystReloadReg::write(io, scs::Counter::from_raw(kLongest - 1));
  // Whatever emulates the core may have been away for longer than the turn, so that the next one is
  // there already, short like it or long.
  std::uint32_t left = count();
  while (scs::SystControlReg::read(io).wrapped()) {
    clock.turn_began += cycles;
    left = count();
  }
  if (left > cycles) clock.turn = kLongest;
}

}  // namespace

void start_clock(std::uint32_t hz) noexcept {
  const LocalIrq::State state = LocalIrq::save_and_disable();
  Mmio io = registers();
  clock.hz = hz;
  clock.turn = kLongest;
  // It stands while it is set up.  (QEMU looks at which clock it counts only when that is chosen
  // anew; after a change of both it would go on with the reference's.)
  scs::SystControlReg::write(io, scs::SystControl());
  scs::SystReloadReg::write(io, scs::Counter::from_raw(kLongest - 1));
  scs::SystCurrentReg::write(io, scs::Counter());
  scs::SystControlReg::write(
      io, scs::SystControl().with_processor_clock(true).with_interrupt(true).with_enabled(true));
  LocalIrq::restore(state);
}

std::uint64_t Counter::ticks() noexcept {
  if (clock.turn == 0) return 0;
  const LocalIrq::State state = LocalIrq::save_and_disable();
  const std::uint64_t now = read();
  LocalIrq::restore(state);
  return now;
}

std::uint64_t Counter::frequency_hz() noexcept { return clock.hz; }

void CoreTimer::arm(std::uint64_t deadline) noexcept {
  const std::uint64_t now = read();
  if (deadline <= now) {
    Mmio io = registers();
    scs::InterruptControlReg::write(io, scs::InterruptControl().with_set_systick(true));
    return;
  }
  const std::uint64_t end = clock.turn_began + clock.turn;
  // The handler arms it again.
  if (end <= deadline || end - now < kShortest) return;
  begin_turn(read(), std::max(static_cast<std::uint32_t>(deadline - now), kShortest));
}

void CoreTimer::stop() noexcept { static_cast<void>(read()); }

}  // namespace baton::arch
