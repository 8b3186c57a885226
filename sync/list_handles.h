// What goes into an intrusive container and comes out of it: objects, or references to them.
//
// For containers of sync/.  No state.
#ifndef BATON_SYNC_LIST_HANDLES_H_
#define BATON_SYNC_LIST_HANDLES_H_

#include <optional>
#include <utility>

#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync::internal {

/// The container owns its objects.
template <class T>
struct OwningHandles {
  using Handle = Owned<T>;
  using Maybe = std::optional<Owned<T>>;

  static T& into(Owned<T> handle) {
    BATON_NEVER_MISUSE(handle.get() != nullptr, &handle,
                       "a handle is inserted after it was moved from");
    return *OwnedAccess::disown(std::move(handle));
  }
  static Owned<T> out_of(T& object) { return OwnedAccess::adopt(&object); }
  static Maybe some(T& object) { return OwnedAccess::adopt(&object); }
  static Maybe none() { return std::nullopt; }
};

/// The container knows objects that somebody else owns.
template <class T>
struct BorrowingHandles {
  using Handle = T&;
  using Maybe = T*;

  static T& into(T& object) { return object; }
  static T& out_of(T& object) { return object; }
  static Maybe some(T& object) { return &object; }
  static Maybe none() { return nullptr; }
};

}  // namespace baton::sync::internal

#endif  // BATON_SYNC_LIST_HANDLES_H_
