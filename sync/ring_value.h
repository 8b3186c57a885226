// What a ring's cell keeps of a value: the value itself if it is small and plain, or the object's
// address of an Owned.
//
// For the rings of sync/.  No state.
#ifndef BATON_SYNC_RING_VALUE_H_
#define BATON_SYNC_RING_VALUE_H_

#include <type_traits>
#include <utility>

#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync::internal {

template <class T>
struct RingValue {
  static_assert(std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>,
                "a ring passes on trivially copyable values, or Owned objects");
  using Stored = T;
  static Stored into(T&& value) { return value; }
  static T out_of(Stored stored) { return stored; }
};

template <class T>
struct RingValue<Owned<T>> {
  using Stored = T*;
  static Stored into(Owned<T>&& object) {
    BATON_NO_MISUSE(object.get() != nullptr, &object, "a handle is pushed after it was moved from");
    return OwnedAccess::disown(std::move(object));
  }
  static Owned<T> out_of(Stored stored) { return OwnedAccess::adopt(stored); }
};

}  // namespace baton::sync::internal

#endif  // BATON_SYNC_RING_VALUE_H_
