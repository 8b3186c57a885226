// `HeldWord`: all that a spin lock is where there is one core: whether it is held.
//
// Nobody can wait for it there.  Threads and interrupt handlers of one core.
#ifndef BATON_SYNC_HELD_WORD_H_
#define BATON_SYNC_HELD_WORD_H_

#include <atomic>
#include <cstdint>

#include "sync/one_core_atomic.h"

namespace baton::sync {

class HeldWord {
 public:
  bool is_held() const {
    // Relaxed: this core's own.
    return word_.load(std::memory_order_relaxed) != 0;
  }
  /// By whoever has seen that it is not held: a handler that comes between has given it back when
  /// it ends.
  void hold() {
    word_.store(1, std::memory_order_relaxed);  // relaxed: this core's own
    // Acquire pairs with the release in give_back(): for the compiler.
    std::atomic_signal_fence(std::memory_order_acquire);
  }
  void give_back() {
    // Release pairs with the acquire in hold(): for the compiler.
    word_.store(0, std::memory_order_release);
  }

 private:
  OneCoreAtomic<std::uint32_t> word_{};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_HELD_WORD_H_
