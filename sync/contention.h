// Whom a cell refused, and who has to wait for a spin lock: told to whoever wants to know, such as
// a kernel's trace.
//
// Only where somebody is in somebody else's way, so that what goes well costs nothing.  Cells and
// locks of any core; those of one core, and a model's, tell nothing.
#ifndef BATON_SYNC_CONTENTION_H_
#define BATON_SYNC_CONTENTION_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "sync/atomics.h"

namespace baton::sync {

enum class Contention : std::uint8_t {
  kCellBusy,   ///< a cell has answered "busy"; debug builds only
  kLockHeld,   ///< a spin lock is not given at once; told once for each lock()
  kLockGiven,  ///< the caller has waited for it, and its turn has come
};

/// Called in the context of whoever is refused or waits, interrupt handlers included, maybe while
/// it holds other locks.
using ContentionHook = void (*)(Contention what, const void* object);

namespace internal {

inline constinit std::atomic<ContentionHook> contention_hook{nullptr};

[[gnu::noinline, gnu::cold]] inline void tell_contention(Contention what, const void* object) {
  // Relaxed: a function, and nothing with it.
  const ContentionHook hook = contention_hook.load(std::memory_order_relaxed);
  if (hook != nullptr) hook(what, object);
}

template <class Atomics>
void contended([[maybe_unused]] Contention what, [[maybe_unused]] const void* object) {
  if constexpr (std::is_same_v<Atomics, StdAtomics>) tell_contention(what, object);
}

}  // namespace internal

/// Installs the hook, and returns the one before (null: none).
inline ContentionHook set_contention_hook(ContentionHook hook) {
  // Relaxed: as above.
  return internal::contention_hook.exchange(hook, std::memory_order_relaxed);
}

}  // namespace baton::sync

#endif  // BATON_SYNC_CONTENTION_H_
