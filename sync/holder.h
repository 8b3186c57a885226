// Who is inside a cell, for a debug build's reports and a panic's dump.
//
// Two relaxed words that the one who enters writes and anybody may read.  In release builds
// (NDEBUG) the record is empty, takes no room in the cell, and nothing is known.
#ifndef BATON_SYNC_HOLDER_H_
#define BATON_SYNC_HOLDER_H_

#include <atomic>
#include <cstdint>

#ifndef NDEBUG
#include "arch/cpu.h"
#endif
#include "sync/atomics.h"
#include "sync/cell_answers.h"
#include "sync/misuse.h"
#include "sync/who.h"

namespace baton::sync {

/// Who is inside.  A snapshot: by the time it is read they may have left, or somebody else entered.
using Holder = Who;

/// What a cell says about itself.
struct CellReport {
  CellState state;
  Holder holder;
};

#ifdef NDEBUG

class HolderRecord {
 public:
  using Mark = std::uint32_t;
  constexpr void enter() {}
  constexpr Mark leave(const void* /*cell*/) { return 0; }
  constexpr void stay(Mark /*mark*/) {}
  constexpr void meet(const void* /*cell*/, Reach /*reach*/) const {}
  constexpr Holder read() const { return {}; }
};

#else

class HolderRecord {
 public:
  using Mark = std::uint32_t;

  /// Called by whoever got in; records the place that calls it.
  [[gnu::noinline]] void enter() {
    // Relaxed: a report for people.  The cell's own word orders everything that matters.
    address_.store(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)),
                   std::memory_order_relaxed);
    mark_.store(caller(), std::memory_order_relaxed);  // relaxed: as above
  }

  /// Called by whoever is about to leave `cell`, in the context that entered.
  Mark leave(const void* cell) {
    const Mark mark = mark_.load(std::memory_order_relaxed);  // relaxed: as in enter()
    BATON_NO_MISUSE_INSIDE((mark & kInterrupt) == (caller() & kInterrupt), cell, read(),
                           "a cell is left in another context than it was entered in");
    mark_.store(0, std::memory_order_relaxed);  // relaxed: as in enter()
    return mark;
  }

  /// Called by a bystander who found `cell` busy; `reach` is who may touch it.
  void meet(const void* cell, Reach reach) const {
    const Mark mark = mark_.load(std::memory_order_relaxed);  // relaxed: as in enter()
    if (mark == 0 || reach == Reach::kAnyCore) return;
    BATON_NO_MISUSE_INSIDE(
        reach != Reach::kOneCore || (mark | kInterrupt) == (caller() | kInterrupt), cell, read(),
        "a cell of one core is touched from another core");
    BATON_NO_MISUSE_INSIDE(
        reach != Reach::kOneContext || (mark & kInterrupt) == (caller() & kInterrupt), cell, read(),
        "a cell of one context is touched from another");
  }

  /// Called by whoever could not leave after all, with what leave() answered.  The address still
  /// stands, as nobody else has entered.
  void stay(Mark mark) {
    mark_.store(mark, std::memory_order_relaxed);  // relaxed: as in enter()
  }

  Holder read() const {
    const Mark mark = mark_.load(std::memory_order_relaxed);  // relaxed: as in enter()
    if (mark == 0) return {};
    // Relaxed: as in enter(); at worst the address is that of the holder before.
    const std::uintptr_t address = address_.load(std::memory_order_relaxed);
    return {.known = true,
            .core = mark >> kCoreShift,
            .in_interrupt = (mark & kInterrupt) != 0,
            .return_address = reinterpret_cast<const void*>(address)};
  }

 private:
  static constexpr Mark kKnown = 1;
  static constexpr Mark kInterrupt = 2;
  static constexpr unsigned kCoreShift = 2;

  static Mark caller() {
    return kKnown | (arch::in_interrupt() ? kInterrupt : 0U) |
           (static_cast<Mark>(arch::core_index()) << kCoreShift);
  }

  std::atomic<std::uintptr_t> address_{0};
  std::atomic<Mark> mark_{0};
};

#endif  // NDEBUG

}  // namespace baton::sync

#endif  // BATON_SYNC_HOLDER_H_
