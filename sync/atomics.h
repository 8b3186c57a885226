// The Atomics policy: where a primitive of sync/ gets its atomics from.
//
// Every primitive is `template <class T, class Atomics = StdAtomics>` and names its shared words
// only through the policy, so that the very code that runs is the code that tests/model explores. A
// policy has these members:
//
//   Atomic<T>   what std::atomic<T> is; every operation is called with an explicit order
//   Plain<T>    a word that is shared but never raced on: only whoever is inside reads or writes
//               it.  The model checker's reports a data race where that is not so.
//   await_acquire(atomic, wanted, pause)
//               returns once `wanted(value)` of a value that was read with acquire; calls `pause()`
//               between looks.  For the few things that wait.
//   kReach      may be there: who may touch what is built on it
//
// There is no fence in the policy.  No primitive needs one, and ThreadSanitizer does not understand
// them.
#ifndef BATON_SYNC_ATOMICS_H_
#define BATON_SYNC_ATOMICS_H_

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "arch/cpu.h"
#include "sync/one_core_atomic.h"

namespace baton::sync {

/// A word that the algorithm around it protects.  Plain loads and stores; no atomicity.
template <class T>
class Plain {
 public:
  constexpr Plain() = default;
  constexpr explicit Plain(T value) : value_(value) {}
  constexpr T read() const { return value_; }
  constexpr void write(T value) { value_ = value; }

 private:
  T value_{};
};

/// Who may touch a primitive.
enum class Reach : std::uint8_t {
  kAnyCore,     ///< every core, every context
  kOneCore,     ///< threads and interrupt handlers of one core
  kOneContext,  ///< one thread, or one interrupt handler
};

/// A policy's reach.
template <class Atomics>
inline constexpr Reach kReachOf = [] {
  if constexpr (requires { Atomics::kReach; }) {
    return Atomics::kReach;
  } else {
    return Reach::kAnyCore;
  }
}();

namespace internal {

/// A loop that looks until it sees what is wanted.
struct SpinningAwait {
  template <class Atomic, class Wanted, class Pause>
  static void await_acquire(const Atomic& atomic, Wanted&& wanted, Pause&& pause) {
    // Acquire pairs with the release that the caller names.
    while (!wanted(atomic.load(std::memory_order_acquire))) pause();
  }
};

}  // namespace internal

/// A word that every core of the machine may touch, in every context: the compiler's atomic, and
/// where a machine has one core, without what makes it hold between several.
template <class T>
using Atomic = std::conditional_t<(arch::kMaxCores > 1), std::atomic<T>, OneCoreAtomic<T>>;

/// The policy for programs that run.
struct StdAtomics : internal::SpinningAwait {
  template <class T>
  using Atomic = sync::Atomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

// What every primitive relies on: one word is lock-free, on the 32-bit targets too.
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace baton::sync

#endif  // BATON_SYNC_ATOMICS_H_
