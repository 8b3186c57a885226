// `CoreLocal<T>`: one T per core, each touched by its own core only.
//
// `here()` wants proof that the caller stays where it is while it uses what it got: a thread that
// moved to another core in between would be a second one inside.  The reference lives no longer
// than the proof, as far as the compiler follows it.
#ifndef BATON_SYNC_CORE_LOCAL_H_
#define BATON_SYNC_CORE_LOCAL_H_

#include <array>
#include <cstddef>

#include "arch/cpu.h"
#include "base/annotations.h"
#include "sync/irqs_off.h"

namespace baton::sync {

/// constexpr-constructible where T is; each T is default-constructed.
template <class T>
class CoreLocal {
 public:
  constexpr CoreLocal() = default;
  CoreLocal(const CoreLocal&) = delete;
  CoreLocal& operator=(const CoreLocal&) = delete;

  /// This core's.  O(1).
  T& here([[maybe_unused]] const IrqsOff& irqs_off BATON_LIFETIMEBOUND) BATON_LIFETIMEBOUND {
    return each_[arch::core_index()].value;
  }

  /// Any core's, to look at from anywhere: T's const members are the ones that stand that.
  const T& of(unsigned core) const BATON_LIFETIMEBOUND { return each_[core].value; }

 private:
  // Its own cache lines: what one core writes all the time slows no other down.
  static constexpr std::size_t kLine = arch::kMaxCores > 1 ? arch::kCacheLine : alignof(T);
  struct alignas(T) alignas(kLine) Padded {
    T value{};
  };

  std::array<Padded, arch::kMaxCores> each_{};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_CORE_LOCAL_H_
