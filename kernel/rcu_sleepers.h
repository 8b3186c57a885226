// `RcuSleepers`: the cores that sleep until a grace period ends, and who tells them.
//
//   who sleeps       listen(), then looks once more whether one has ended, then sleeps
//   who comes by     has one ended that nobody has passed on?  takes the list, wakes those on it
//
// Whoever ends a grace period comes by before its core sleeps.  The list is only ever changed by
// read-modify-writes, so either a core's name is on it when it is taken, or the core sees, as it
// puts its name there, what the one who took it had seen.
//
// Any core, any context; wait-free.
#ifndef BATON_KERNEL_RCU_SLEEPERS_H_
#define BATON_KERNEL_RCU_SLEEPERS_H_

#include <atomic>
#include <cstdint>

#include "sync/atomics.h"

namespace baton::kernel {

template <class Atomics = sync::StdAtomics>
class RcuSleepers {
 public:
  using Mask = std::uint32_t;  // bit n: core n

  constexpr RcuSleepers() = default;
  RcuSleepers(const RcuSleepers&) = delete;
  RcuSleepers& operator=(const RcuSleepers&) = delete;

  /// This core, `self`, wants to be told.  Afterwards it looks whether a grace period has ended.
  void listen(unsigned self) {
    // Acquire pairs with the release in pass_on(): if the list was taken before, we see the end of
    // the grace period for which it was.
    mask_.fetch_or(Mask{1} << self, std::memory_order_acquire);
  }
  /// It does not any more; true if it has been told.
  bool stop(unsigned self) {
    const Mask bit = Mask{1} << self;
    // Relaxed: whoever takes the list too late for us only sends an interrupt in vain.
    return (mask_.fetch_and(~bit, std::memory_order_relaxed) & bit) == 0;
  }
  /// `completed` grace periods have ended: the cores to wake.  `news(before)` is called first, if
  /// they are more than anybody has passed on; `before` is the number then.
  template <class News>
  Mask pass_on(std::uintptr_t completed, News&& news) {
    // Relaxed, both: whoever stores a number has seen it, and takes the list next.
    const std::uintptr_t before = passed_on_.load(std::memory_order_relaxed);
    if (before == completed) return 0;
    passed_on_.store(completed, std::memory_order_relaxed);
    news(before);
    // Release pairs with the acquire in listen(): we have seen the end of the grace period.
    return mask_.exchange(0, std::memory_order_release);
  }
  /// Whether that is no news: nobody is to be told.
  bool is_passed_on(std::uintptr_t completed) const {
    // Relaxed: a look; see pass_on().
    return passed_on_.load(std::memory_order_relaxed) == completed;
  }
  /// Whether it is on the list at about this moment.
  bool is_listening(unsigned core) const {
    // Relaxed: a guess.
    return (mask_.load(std::memory_order_relaxed) >> core & 1U) != 0;
  }

 private:
  typename Atomics::template Atomic<Mask> mask_{0};
  typename Atomics::template Atomic<std::uintptr_t> passed_on_{0};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_RCU_SLEEPERS_H_
