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
#include "sync/cell_answers.h"

namespace baton::sync {

/// Who is inside.  A snapshot: by the time it is read they may have left, or somebody else entered.
struct Holder {
  bool known = false;  ///< false in release builds, and when nobody is inside
  unsigned core = 0;
  bool in_interrupt = false;
  const void* return_address = nullptr;  ///< in the function that entered
};

/// What a cell says about itself.
struct CellReport {
  CellState state;
  Holder holder;
};

#ifdef NDEBUG

class HolderRecord {
 public:
  using Who = std::uint32_t;
  constexpr void enter() {}
  constexpr Who leave() { return 0; }
  constexpr void stay(Who /*who*/) {}
  constexpr Holder read() const { return {}; }
};

#else

class HolderRecord {
 public:
  using Who = std::uint32_t;

  /// Called by whoever got in; records the place that calls it.
  [[gnu::noinline]] void enter() {
    const std::uint32_t who = kKnown | (arch::in_interrupt() ? kInterrupt : 0U) |
                              (static_cast<std::uint32_t>(arch::core_index()) << kCoreShift);
    // Relaxed: a report for people.  The cell's own word orders everything that matters.
    address_.store(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)),
                   std::memory_order_relaxed);
    who_.store(who, std::memory_order_relaxed);  // relaxed: as above
  }

  /// Called by whoever is about to leave.
  Who leave() {
    const Who who = who_.load(std::memory_order_relaxed);  // relaxed: as in enter()
    who_.store(0, std::memory_order_relaxed);              // relaxed: as in enter()
    return who;
  }

  /// Called by whoever could not leave after all, with what leave() answered.  The address still
  /// stands, as nobody else has entered.
  void stay(Who who) {
    who_.store(who, std::memory_order_relaxed);  // relaxed: as in enter()
  }

  Holder read() const {
    const std::uint32_t who = who_.load(std::memory_order_relaxed);  // relaxed: as in enter()
    if (who == 0) return {};
    // Relaxed: as in enter(); at worst the address is that of the holder before.
    const std::uintptr_t address = address_.load(std::memory_order_relaxed);
    return {.known = true,
            .core = who >> kCoreShift,
            .in_interrupt = (who & kInterrupt) != 0,
            .return_address = reinterpret_cast<const void*>(address)};
  }

 private:
  static constexpr std::uint32_t kKnown = 1;
  static constexpr std::uint32_t kInterrupt = 2;
  static constexpr unsigned kCoreShift = 2;

  std::atomic<std::uintptr_t> address_{0};
  std::atomic<std::uint32_t> who_{0};
};

#endif  // NDEBUG

}  // namespace baton::sync

#endif  // BATON_SYNC_HOLDER_H_
