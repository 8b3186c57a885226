// `LyingDomain<Flavour>`: a flavour of RCU that does not keep its promises, for the controls: what
// a torture run must find.  It is built on the flavour's own grace periods and on the engine's own
// queue of callbacks; what lies is in between.
#ifndef BATON_TESTS_TORTURE_LYING_DOMAIN_H_
#define BATON_TESTS_TORTURE_LYING_DOMAIN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/rcu/callbacks.h"
#include "sync/rcu/grace_periods.h"
#include "tests/stress/stress.h"

namespace baton::torture {
struct InsideCookies;
}  // namespace baton::torture

namespace baton::sync {

/// Not an engine: what cookies have as their friend.
template <>
class GracePeriods<1, torture::InsideCookies, 1> {
 public:
  /// The grace period before the one that the cookie stands for.
  static RcuCookie one_less(RcuCookie cookie) {
    // Nobody watches, so each is over when it is asked for, and the next one has the next number.
    GracePeriods<1> engine;
    const std::uintptr_t first = engine.request().number_;
    return RcuCookie(cookie.number_ - (engine.request().number_ - first));
  }
};

}  // namespace baton::sync

namespace baton::torture {

enum class Lie : std::uint8_t {
  kNoGracePeriod,         // nothing waits
  kTooShort,              // what waits for a grace period waits for the one before
  kOneCoreSkipped,        // the reports of one slot are forged
  kCookieEarly,           // a cookie is reached at once
  kCallbackEarly,         // callbacks do not wait
  kCallbackInsideRetire,  // and run where they were retired
  kBarrierForgetsOne,     // a barrier does not wait for the last callback
};

inline const std::vector<std::string>& lies() {
  static const auto& names = *new std::vector<std::string>{
      "no_grace_period",    "too_short",      "one_core_skipped",
      "cookie_early",       "callback_early", "callback_inside_retire",
      "barrier_forgets_one"};
  return names;
}

/// By its name, which is one of lies().
inline Lie lie_of(std::string_view name) {
  std::uint8_t i = 0;
  while (lies()[i] != name) ++i;
  return static_cast<Lie>(i);
}

template <class Flavour>
class LyingDomain : public Flavour {
 public:
  explicit LyingDomain(Lie lie) : lie_(lie) {}

  bool poll(sync::RcuCookie cookie) { return lie_ == Lie::kCookieEarly || Flavour::poll(cookie); }
  void synchronize() {
    const View view{*this};
    const bool waits = lie_ != Lie::kNoGracePeriod && lie_ != Lie::kTooShort;
    if (waits || !view.reached(view.request())) Flavour::synchronize();
  }
  void retire(sync::RcuHead& head, sync::RcuHead::Run run) noexcept {
    retired_.fetch_add(1, std::memory_order_relaxed);  // relaxed: goes with the queue's release
    queue_.retire(head, run);
    if (lie_ == Lie::kCallbackInsideRetire) process(1);
  }
  std::size_t process(std::size_t limit = Flavour::kDrainLimit) {
    constexpr unsigned kWhose = 0;  // the first reader's
    if (lie_ == Lie::kOneCoreSkipped) this->engine().quiescent(kWhose);
    Flavour::process(limit);
    // Acquire pairs with the release below: one at a time.
    if (processing_.exchange(true, std::memory_order_acquire)) return 0;
    View view{*this};
    queue_.advance(view);
    std::size_t ran = 0;
    while (ran < limit && queue_.drain(1) == 1) {
      ++ran;
      // Release pairs with the acquire in barrier().
      ran_.fetch_add(1, std::memory_order_release);
    }
    // Release pairs with the acquire above.
    processing_.store(false, std::memory_order_release);
    return ran;
  }
  void barrier() {
    const bool forgets = lie_ == Lie::kBarrierForgetsOne;
    // Relaxed: what was retired before, we know of.
    const std::uint64_t wanted = retired_.load(std::memory_order_relaxed) - (forgets ? 1 : 0);
    // Acquire pairs with the release in process().
    while (ran_.load(std::memory_order_acquire) < wanted) {
      if (process(forgets ? 1 : Flavour::kDrainLimit) == 0) stress::yield_now();
    }
  }
  std::size_t backlog() const { return queue_.backlog(); }

 private:
  using InsideCookies = sync::GracePeriods<1, torture::InsideCookies, 1>;

  /// The grace periods as those who wait see them.
  struct View {
    LyingDomain& domain;
    sync::RcuCookie request() const {
      const sync::RcuCookie cookie = domain.Flavour::start_poll();
      return domain.lie_ == Lie::kTooShort ? InsideCookies::one_less(cookie) : cookie;
    }
    bool reached(sync::RcuCookie cookie) const {
      return domain.lie_ == Lie::kNoGracePeriod || domain.lie_ == Lie::kCallbackEarly ||
             domain.Flavour::poll(cookie);
    }
  };

  const Lie lie_;
  sync::RcuCallbacks<> queue_;
  std::atomic<bool> processing_{false};
  std::atomic<std::uint64_t> retired_{0};
  std::atomic<std::uint64_t> ran_{0};
};

}  // namespace baton::torture

#endif  // BATON_TESTS_TORTURE_LYING_DOMAIN_H_
