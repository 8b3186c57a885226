// `WatchRoster`: which cores sleep, and which ones look after the others (kernel/watchdog.h).
//
// A core that wakes up says so, then looks whether another one watches; if not, it finds one.  A
// core that gives up watching says so, then looks whether another one is awake; if so, it stays.
// All four are sequentially consistent, so of two cores that do these at once at least one sees the
// other: no core is awake for long with nobody who watches it.
//
// Any core; wait-free.  Waking up and going to sleep cost a store and a load, which hit the cache
// unless somebody has begun or ceased to watch.
#ifndef BATON_KERNEL_WATCH_ROSTER_H_
#define BATON_KERNEL_WATCH_ROSTER_H_

#include <array>
#include <cstdint>

#include "arch/cpu.h"
#include "sync/atomics.h"

namespace baton::kernel {

template <unsigned kCores, class Atomics = sync::StdAtomics>
class WatchRoster {
  static_assert(kCores < 32, "a bit is kept");

 public:
  using Mask = std::uint32_t;

  constexpr WatchRoster() = default;
  WatchRoster(const WatchRoster&) = delete;
  WatchRoster& operator=(const WatchRoster&) = delete;

  /// By a core that wakes up.  True: none of `others` watches, and somebody should.
  [[nodiscard]] bool wake(unsigned core, Mask others) {
    // Sequentially consistent, pairs with the load in leave().
    cores_[core].awake.store(true, std::memory_order_seq_cst);
    // Sequentially consistent, pairs with the read-modify-write in leave().
    return (watchers_.load(std::memory_order_seq_cst) & (others | kNobodyShould)) == 0;
  }
  /// By a core that goes to sleep.
  void sleep(unsigned core) {
    // Relaxed: whoever sees it late watches a core that sleeps.
    cores_[core].awake.store(false, std::memory_order_relaxed);
  }
  bool is_awake(unsigned core) const {
    // Sequentially consistent, pairs with the store in wake().
    return cores_[core].awake.load(std::memory_order_seq_cst);
  }

  /// The core watches from here on.
  void join(unsigned core) {
    // Relaxed: whoever sees it late asks for one more.
    watchers_.fetch_or(Mask{1} << core, std::memory_order_relaxed);
  }
  /// The core watches no more, unless one of `others` is awake: then it stays, and false.
  [[nodiscard]] bool leave(unsigned core, Mask others) {
    // Sequentially consistent, pairs with the load in wake().
    watchers_.fetch_and(~(Mask{1} << core), std::memory_order_seq_cst);
    for (unsigned other = 0; other < kCores; ++other) {
      if ((others >> other & 1U) != 0 && is_awake(other)) {
        join(core);
        return false;
      }
    }
    return true;
  }
  /// The core watches no more, whoever is awake.
  void quit(unsigned core) {
    // Relaxed: nobody should watch.
    watchers_.fetch_and(~(Mask{1} << core), std::memory_order_relaxed);
  }

  /// Who watches.
  Mask watchers() const {
    // Relaxed: a look.
    return watchers_.load(std::memory_order_relaxed) & ~kNobodyShould;
  }
  /// Whether wake() asks for somebody.  At first it does not.
  void set_on(bool on) {
    if (on) {
      // Relaxed, as below: seen by a core the next time that it wakes up.
      watchers_.fetch_and(~kNobodyShould, std::memory_order_relaxed);
    } else {
      // Relaxed: see above.
      watchers_.fetch_or(kNobodyShould, std::memory_order_relaxed);
    }
  }

 private:
  static constexpr Mask kNobodyShould = Mask{1} << 31U;

  // Its own line: written each time that the core wakes up.
  struct alignas(arch::kCacheLine) OneCore {
    typename Atomics::template Atomic<bool> awake{true};
  };
  std::array<OneCore, kCores> cores_{};
  alignas(arch::kCacheLine) typename Atomics::template Atomic<Mask> watchers_{kNobodyShould};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_WATCH_ROSTER_H_
