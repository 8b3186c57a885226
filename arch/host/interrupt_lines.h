// The machine's interrupt controller: which line is pending, enabled and active on which core.
//
// Lines 0 to 7 are what cores send each other, 8 each core's timer, 16 to 31 devices.  A line is
// taken (`claim`) when it is pending, enabled, and more urgent than every line that its core has
// claimed and not completed; so handlers nest where their lines' priorities differ and the handler
// unmasks interrupts.  The shape is a GIC's; drivers/iface has the words for it.
//
// Any core, any context, unless it says otherwise.
#ifndef BATON_ARCH_HOST_INTERRUPT_LINES_H_
#define BATON_ARCH_HOST_INTERRUPT_LINES_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "arch/cpu.h"
#include "arch/host/word.h"

namespace baton::arch::host {

class Machine;

inline constexpr unsigned kIpiLines = 8;
inline constexpr unsigned kTimerLine = 8;
inline constexpr unsigned kFirstDevice = 16;
inline constexpr unsigned kLines = 32;
/// What claim() answers when nothing waits.
inline constexpr unsigned kNoLine = ~0U;

/// As priorities of lines: less is more urgent.
inline constexpr std::uint8_t kDefaultPriority = 0x80;

std::string line_name(unsigned line);

/// One core's.
class CoreLines {
 public:
  /// What may be taken now; bit n: line n.  Its own core, or the machine while that core stands
  /// still.  `timer_due`: the timer's line is up.
  std::uint32_t deliverable(std::uint64_t now_ns, bool timer_due) const;
  /// When the first of what is pending gets here; kNever: nothing is.  Likewise.
  std::uint64_t next_arrival_ns() const;
  bool timer_enabled() const;

  // Two bits beside the lines': the core sleeps, and it was told to look up.
  static constexpr std::uint32_t kSleeping = 1U << 15U;
  static constexpr std::uint32_t kPoked = 1U << 14U;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  /// Pending lines, and those two bits: what a sleeping core's OS thread sleeps on.
  std::atomic<std::uint32_t> word{0};

 private:
  friend class InterruptLines;
  std::uint32_t urgent_enough(std::uint32_t lines) const;

  std::atomic<std::uint32_t> enabled_{0};
  std::array<Word<std::uint64_t>, kLines> arrival_ns_;
  // Claimed and not completed, in order; and their priorities.
  std::array<Word<std::uint8_t>, kLines> active_;
  Word<unsigned> active_count_;
  const std::array<Word<std::uint8_t>, kLines>* priorities_ = nullptr;
};

class InterruptLines {
 public:
  explicit InterruptLines(Machine& machine);

  /// The calling core takes part: what others send it is enabled.
  void init_core();
  bool is_online(unsigned core) const;

  /// `line` is the timer's (for the calling core) or a device's.
  void enable(unsigned line, unsigned core);
  void disable(unsigned line);
  void set_priority(unsigned line, std::uint8_t priority) { priorities_[line].set(priority); }

  /// To each core of the mask that takes part.  What the caller wrote is seen by the handlers.
  void send_ipi(std::uint32_t core_mask, unsigned ipi);

  /// A device's edge: stays pending until claimed, also while the line is disabled.  Also from
  /// outside the machine, where it is parallel.
  void raise(unsigned device);
  /// A device's level: pending as long as it is set.
  void set_level(unsigned device, bool up);

  /// From the handler, interrupts masked.
  unsigned claim();
  void complete(unsigned line);

  CoreLines& of(unsigned core) { return cores_[core]; }
  const CoreLines& of(unsigned core) const { return cores_[core]; }
  std::uint64_t ipis_sent() const { return ipis_sent_.get(); }
  /// Grows by one for each interrupt that is raised for a core, before it is.
  std::uint64_t raised() const { return raised_.get(); }

 private:
  void push(unsigned core, unsigned line);
  void raise_or_latch(unsigned device);

  Machine& machine_;
  std::array<CoreLines, kMaxCores> cores_;
  std::array<Word<std::uint8_t>, kLines> priorities_;
  // Devices: the core each is routed to, plus one; 0 where disabled.
  std::array<std::atomic<std::uint8_t>, kLines> route_{};
  // Devices' pending bits while disabled, and levels.
  std::atomic<std::uint32_t> latched_{0};
  std::atomic<std::uint32_t> levels_{0};
  Word<std::uint64_t> ipis_sent_;
  Word<std::uint64_t> raised_;
};

/// Those of the machine that runs.
InterruptLines& lines();

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_INTERRUPT_LINES_H_
