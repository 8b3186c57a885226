// What each core has done lately: a ring of records per core, always on.
//
//   trace::put(trace::pack(trace::Kind::kReady, 0, thread, trace::kNoThread), irqs_off);
//   trace::mark(4711);                                    // anybody's own
//
// A record costs about as much as a function call (docs/tracing.md has the count), and nobody ever
// waits for it.  Rings are read by `trace`, by `./baton trace`, and by a panic's dump.
//
// This core's ring is written with interrupts masked: the token says so.  Readers: any core, any
// context, while it is written.
#ifndef BATON_KERNEL_TRACE_TRACE_H_
#define BATON_KERNEL_TRACE_TRACE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "arch/counter.h"
#include "arch/cpu.h"
#include "kernel/records.h"
#include "kernel/trace/event.h"
#include "kernel/trace/names.h"
#include "kernel/trace/ring.h"
#include "sync/atomics.h"
#include "sync/core_atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel::trace {

/// Records that each core keeps.
inline constexpr std::size_t kRecords = arch::kMaxCores > 1 ? 4096 : kKeepsRecords ? 256 : 2;
/// Names of threads that all of them share.
inline constexpr std::size_t kNames = arch::kMaxCores > 1 ? 256 : kKeepsRecords ? 32 : 2;

/// Words of 64 bits need be one access only where another core may read them: who reads the ring of
/// the only core masks interrupts.
using RingAtomics =
    std::conditional_t<arch::kMaxCores == 1, sync::OneContextAtomics, sync::StdAtomics>;
using CoreRing = Ring<kRecords, RingAtomics>;
using ThreadNames = Names<kNames>;

namespace internal {
struct alignas(arch::kCacheLine) Padded {
  CoreRing ring;
};
extern constinit std::array<Padded, arch::kMaxCores> rings;
// Where each core writes; null while nothing is recorded.
struct Written {
  std::atomic<CoreRing*> ring[arch::kMaxCores];
};
extern constinit Written written;
inline constinit std::atomic<CoreRing*> nowhere{nullptr};
extern constinit ThreadNames names;
}  // namespace internal

/// Any core's ring, to read.
inline const CoreRing& ring_of(unsigned core) { return internal::rings[core].ring; }
inline ThreadNames& names() { return internal::names; }

/// Whether events are recorded.
inline bool is_on() {
  if constexpr (!kKeepsRecords) return false;
  // Relaxed: an event more or less.
  return internal::written.ring[0].load(std::memory_order_relaxed) != nullptr;
}
/// Returns what it was.  Other cores may finish the record that they are at.
bool set_on(bool on);

/// Writes to one core's ring, for who knows already which core this is.
class Pen {
 public:
  /// Writes nowhere.
  constexpr Pen() = default;
  explicit Pen(unsigned core) {
    if constexpr (kKeepsRecords) ring_ = &internal::written.ring[core];
  }

  /// What pack() made happened at `ticks`, which is now: for who has looked at the counter anyway.
  /// On the pen's core.
  void put_at(std::uint64_t ticks, std::uint64_t what, const sync::IrqsOff& /*irqs_off*/) const {
    put_masked(ticks, what);
  }
  /// The same where the caller has interrupts masked, and no token at hand.
  void put_masked(std::uint64_t ticks, std::uint64_t what) const {
    if constexpr (!kKeepsRecords) return;
    // Relaxed: it is this core's ring, or nothing.
    CoreRing* const ring = ring_->load(std::memory_order_relaxed);
    if (ring != nullptr) ring->put(ticks, what);
  }

 private:
  const std::atomic<CoreRing*>* ring_ = &internal::nowhere;
};

/// The same on whatever core this is.
inline void put_at(std::uint64_t ticks, std::uint64_t what, const sync::IrqsOff& irqs_off) {
  Pen(arch::core_index()).put_at(ticks, what, irqs_off);
}
namespace internal {
void put_now(std::uint64_t what, const sync::IrqsOff& irqs_off);
}  // namespace internal

/// What pack() made happens now.
inline void put(std::uint64_t what, const sync::IrqsOff& irqs_off) {
  if constexpr (kKeepsRecords) internal::put_now(what, irqs_off);
}

/// A thread of this name begins, in the trace; and it has ended.
inline ThreadId begin_thread(std::string_view name) {
  if constexpr (!kKeepsRecords) return kNoThread;
  return names().begin(name);
}
inline void end_thread(ThreadId id) {
  if constexpr (kKeepsRecords) names().end(id);
}

/// From now on whom a cell refuses, and who waits for a spin lock, is recorded.  Boot core, once.
void record_contention();

/// Something that only the caller knows of.  Any context.
void mark(std::uint32_t number);

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_TRACE_H_
