// The hook of an SList: one word.
//
// The context that owns the list.
#ifndef BATON_SYNC_SLIST_LINK_H_
#define BATON_SYNC_SLIST_LINK_H_

#include "sync/hook.h"
#include "sync/misuse.h"

namespace baton::sync {

namespace internal {

/// Null: on no list.
struct SListLink {
  SListLink* next = nullptr;
};

}  // namespace internal

/// What an object carries to be on an SList, as a base class or as a member (sync/hook.h).
template <class Tag = DefaultTag>
class SListHook {
 public:
  constexpr SListHook() = default;
  SListHook(const SListHook&) = delete;
  SListHook& operator=(const SListHook&) = delete;

  /// An object that is on a list is not destroyed: the list would keep its address.
  constexpr ~SListHook() {
    BATON_NEVER_MISUSE(!is_linked(), this, "an object is destroyed while it is on a list");
  }

  /// Whether the object is on a list by this hook.
  constexpr bool is_linked() const { return hook_link_.next != nullptr; }

 private:
  template <class T, auto Hook, class Handles>
  friend class BasicSList;

  internal::SListLink hook_link_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_SLIST_LINK_H_
