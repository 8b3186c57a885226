// What the torture publishes: an object that knows how long ago it was taken out of readers' sight,
// and says so to whoever still looks.
//
// In debug and release builds alike; any core, any context.
#ifndef BATON_TESTS_TARGET_RCU_ELEMENT_H_
#define BATON_TESTS_TARGET_RCU_ELEMENT_H_

#include <atomic>
#include <cstdint>
#include <utility>

#include "sync/owned.h"

namespace baton::rcu_torture {

/// What a reader found wrong, counted.
struct Wrongs {
  std::uint64_t too_old = 0;  ///< a grace period had passed since it was removed, or more
  std::uint64_t dead = 0;     ///< it was destroyed, or is another one by now
  std::uint64_t hidden = 0;   ///< its flag was down already, or not up yet

  std::uint64_t sum() const { return too_old + dead + hidden; }
  void add(const Wrongs& other) {
    too_old += other.too_old;
    dead += other.dead;
    hidden += other.hidden;
  }
};

/// Grows older by a grace period at a time, `kAges` of them, then goes home.
template <class Domain>
class Element : public Domain::Head {
 public:
  static constexpr unsigned kAges = 6;

  explicit Element(std::uint64_t serial) : serial_(serial) {
    // Relaxed, as everywhere here: publishing orders it, and finding out where it does not is what
    // this is for.
    alive_.store(kAlive, std::memory_order_relaxed);
    shown_.store(true, std::memory_order_relaxed);
  }
  ~Element() { alive_.store(kDead, std::memory_order_relaxed); }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  std::uint64_t serial() const { return serial_; }

  /// In a read section, about an element that was found in it.
  void check(std::uint64_t serial, Wrongs& wrongs) const {
    wrongs.dead += alive_.load(std::memory_order_relaxed) != kAlive || serial_ != serial ? 1 : 0;
    wrongs.too_old += age_.load(std::memory_order_relaxed) >= 1 ? 1 : 0;
    wrongs.hidden += shown_.load(std::memory_order_relaxed) ? 0 : 1;
  }

  /// A grace period has passed since it was removed, or since it was last here.  True: it has grown
  /// old.
  bool age() {
    shown_.store(false, std::memory_order_relaxed);
    const unsigned age = age_.load(std::memory_order_relaxed) + 1;
    age_.store(age, std::memory_order_relaxed);
    return age >= kAges;
  }

 private:
  static constexpr std::uint32_t kAlive = 0xa11fe;
  static constexpr std::uint32_t kDead = 0xdead;

  std::uint64_t serial_;
  std::atomic<std::uint32_t> alive_{0};
  std::atomic<unsigned> age_{0};
  std::atomic<bool> shown_{false};
};

/// Called after each grace period; the last one's caller sends the element home.
template <class Domain>
void grow_old(sync::Owned<Element<Domain>> element) {
  if (element->age()) return;
  Element<Domain>* const again = sync::internal::OwnedAccess::disown(std::move(element));
  Domain::default_domain().retire(*again, [](typename Domain::Head* head) {
    grow_old<Domain>(sync::internal::OwnedAccess::adopt(static_cast<Element<Domain>*>(head)));
  });
}

}  // namespace baton::rcu_torture

#endif  // BATON_TESTS_TARGET_RCU_ELEMENT_H_
