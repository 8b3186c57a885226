// What a trace is made of: an event is a time, a kind, and two or three small numbers.
//
// In a ring an event is two words of 64 bits (kernel/trace/ring.h); the upper 16 bits of each are
// the ring's.  That leaves 48 bits of time, and 48 bits that say what happened:
//
//   0..7 kind    8..15 detail    16..31 a    32..47 b        a and b together: a number of 32 bits
//
// The numbers of kinds and reasons are what `trace dump` prints and tools/trace/dump.py reads.
#ifndef BATON_KERNEL_TRACE_EVENT_H_
#define BATON_KERNEL_TRACE_EVENT_H_

#include <cstdint>

namespace baton::kernel::trace {

/// A thread's number in traces (kernel/trace/names.h).
using ThreadId = std::uint16_t;
/// What a thread has that the table of names had no room for.
inline constexpr ThreadId kNoThread = 0;

enum class Kind : std::uint8_t {
  kNone = 0,
  kSwitch = 1,     ///< the core goes from thread a to thread b; detail: Why
  kWake = 2,       ///< thread a may run again, by thread b; detail: to which core, and kByHandler
  kReady = 3,      ///< thread a's wait was over before it had left its core
  kBegin = 4,      ///< thread a begins; detail: its priority
  kEnd = 5,        ///< thread a is dead and off its stack
  kArrive = 6,     ///< thread a has come from core `detail`
  kInterrupt = 7,  ///< interrupt a begins
  kIpi = 8,        ///< an interrupt from another core begins; detail: which of kernel::Ipi
  kInterruptEnd = 9,    ///< the end of all of them that began since the last one
  kIpiSent = 10,        ///< to the cores of the mask; detail: which of kernel::Ipi
  kTimerArmed = 11,     ///< the core's timer is set to so many microseconds from now
  kTimerFired = 12,     ///< a timer's function runs, so many nanoseconds late
  kCellBusy = 13,       ///< somebody was refused by the cell at this address, of which 32 bits
  kLockContended = 14,  ///< somebody has to wait for the spin lock at this address, likewise
  kGraceBegun = 15,     ///< the grace period of this number is seen
  kGraceEnded = 16,     ///< it has ended
  kMark = 17,           ///< trace::mark(): the number that it was given
  kStall = 18,          ///< the watchdog finds that core `detail` does not schedule
  kStallEnd = 19,       ///< it does again, after so many milliseconds
  kLockGiven = 20,      ///< whoever waited for the spin lock at this address has it
};

/// Why a thread left its core.
enum class Why : std::uint8_t {
  kPreempted = 0,
  kYields = 1,
  kWaits = 2,
  kSuspended = 3,
  kMoves = 4,
  kEnds = 5,
};

/// Of kWake: the waker is an interrupt handler; b is the thread that it interrupted.
inline constexpr std::uint8_t kByHandler = 0x80;

struct Event {
  std::uint64_t ticks = 0;  ///< arch::Counter's, 48 bits of it
  Kind kind = Kind::kNone;
  std::uint8_t detail = 0;
  std::uint16_t a = 0;
  std::uint16_t b = 0;

  std::uint32_t number() const { return std::uint32_t{a} | std::uint32_t{b} << 16U; }
  friend bool operator==(const Event&, const Event&) = default;
};

/// The 48 bits that say what happened.
constexpr std::uint64_t pack(Kind kind, unsigned detail, std::uint32_t number) {
  return std::uint64_t{static_cast<std::uint8_t>(kind)} |
         std::uint64_t{static_cast<std::uint8_t>(detail)} << 8U | std::uint64_t{number} << 16U;
}
constexpr std::uint64_t pack(Kind kind, unsigned detail, ThreadId a, ThreadId b) {
  return pack(kind, detail, std::uint32_t{a} | std::uint32_t{b} << 16U);
}
constexpr Event unpack(std::uint64_t ticks, std::uint64_t what) {
  return {.ticks = ticks,
          .kind = static_cast<Kind>(what & 0xff),
          .detail = static_cast<std::uint8_t>(what >> 8U),
          .a = static_cast<std::uint16_t>(what >> 16U),
          .b = static_cast<std::uint16_t>(what >> 32U)};
}

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_EVENT_H_
