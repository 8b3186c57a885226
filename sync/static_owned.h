// `StaticOwned<T>`: one object in static storage, whose handle is made exactly once.
//
//   constinit sync::StaticOwned<Uart> uart{kUartBase};
//   ...
//   sync::Owned<Uart> mine = uart.claim();     // a second claim stops the program
//
// Any context, any core.
#ifndef BATON_SYNC_STATIC_OWNED_H_
#define BATON_SYNC_STATIC_OWNED_H_

#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

/// Storage and home of one object, which is constructed with it and never destroyed.
template <class T, class Atomics = StdAtomics>
class StaticOwned : private internal::House<T> {
 public:
  template <class... Args>
  constexpr explicit StaticOwned(Args&&... args)
      : internal::House<T>(&drop, std::forward<Args>(args)...) {}

  /// The handle.  The program ends when it is out already: two owners are a contract broken.
  [[nodiscard]] Owned<T> claim() {
    std::optional<Owned<T>> owned = try_claim();
    BATON_NEVER_MISUSE(owned.has_value(), this,
                       "a static object has one owner, and it is claimed already");
    return std::move(*owned);
  }

  /// The handle, or nothing when it is out.
  [[nodiscard]] std::optional<Owned<T>> try_claim() {
    // Acquire pairs with the release store in come_home(): the last owner's writes to the object
    // are ours to see.
    if (claimed_.exchange(true, std::memory_order_acquire)) return std::nullopt;
    return internal::OwnedAccess::adopt(&this->value);
  }

  /// Takes the handle back; claim() works again.
  void give_back(Owned<T> owned) {
    T* const object = internal::OwnedAccess::disown(std::move(owned));
    BATON_NEVER_MISUSE(object == &this->value, this, "an object is given back to the wrong home");
    come_home();
  }

 private:
  static void drop(void* object) {
    BATON_NO_MISUSE(object == nullptr, object,
                    "a static object's handle was dropped; hand it on or give it back");
    static_cast<StaticOwned&>(internal::House<T>::of(object)).come_home();
  }

  void come_home() {
    // Release pairs with the acquire exchange in try_claim().
    claimed_.store(false, std::memory_order_release);
  }

  typename Atomics::template Atomic<bool> claimed_{false};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_STATIC_OWNED_H_
