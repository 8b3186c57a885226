// What the kernel keeps of each core.
//
// A core's counters are written by that core only and read by anybody: relaxed, single writer, no
// read-modify-write.
#ifndef BATON_KERNEL_CORE_H_
#define BATON_KERNEL_CORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "arch/cpu.h"
#include "sync/atomics.h"
#include "sync/core_atomics.h"

namespace baton::kernel {

/// Counts nothing: where no records are kept (kernel/records.h).
struct NoCount {
  static constexpr void add(std::uint64_t /*n*/ = 1) {}
  static constexpr void reset() {}
  static constexpr std::uint64_t value() { return 0; }
};

/// Counts events of one core.
class Count {
 public:
  /// From the core it belongs to; an interrupt handler may come between load and store only where
  /// both count, so each Count is written from one context: threads or handlers.
  void add(std::uint64_t n = 1) {
    // Relaxed, as is the load below: a number for people, ordered with nothing.
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void reset() {
    // Relaxed: see add().
    value_.store(0, std::memory_order_relaxed);
  }
  std::uint64_t value() const {
    // Relaxed: see add().
    return value_.load(std::memory_order_relaxed);
  }

 private:
  // Where there is one core, whoever reads is the one who counts, or comes between two counts, or,
  // once in 2^32 of them, between the halves of one.
  std::conditional_t<arch::kMaxCores == 1, sync::OneContextAtomic<std::uint64_t>,
                     std::atomic<std::uint64_t>>
      value_{};
};

enum class CoreState : std::uint8_t {
  kAbsent,    ///< the machine has no such core
  kOff,       ///< left off at boot; start_core() starts it
  kStarting,  ///< told to start; not seen yet
  kOnline,    ///< its interrupts and its timer have been seen to work
  kFailed,    ///< did not come in time, or came and could not be set up
  kStopped,   ///< parked for good: a panic somewhere
};

constexpr std::string_view to_string(CoreState state) {
  switch (state) {
    case CoreState::kAbsent:
      return "absent";
    case CoreState::kOff:
      return "off";
    case CoreState::kStarting:
      return "starting";
    case CoreState::kOnline:
      return "online";
    case CoreState::kFailed:
      return "failed";
    case CoreState::kStopped:
      return "stopped";
  }
  return "?";
}

/// What cores send each other: as many kinds as an interrupt controller has for it.
inline constexpr unsigned kIpiKinds = 8;

struct alignas(64) Core {
  sync::Atomic<CoreState> state{CoreState::kAbsent};
  /// Written once, before the state says online.
  std::uint64_t affinity = 0;
  std::uint32_t model = 0;
  unsigned entry_level = 0;
  std::uint64_t online_since_ns = 0;

  Count ipis;                              ///< handlers
  std::array<Count, kIpiKinds> ipis_of;    ///< the same, by kind
  std::array<Count, kIpiKinds> ipis_sent;  ///< by kind, one for each receiver; interrupts masked
  Count interrupts;                        ///< handlers; IPIs not among them
  Count sleeps;  ///< threads: times the core went to sleep for want of work
  Count calls;   ///< threads: calls run for other cores
};

extern std::array<Core, arch::kMaxCores> cores;

inline Core& this_core_state() { return cores[arch::core_index()]; }

/// Cores that the machine has, in whatever state.  Any context.
unsigned core_count();

/// Bit n set: core n is online.  Any context.
std::uint32_t online_mask();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_CORE_H_
