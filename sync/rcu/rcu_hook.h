// What the hooks of RCU's lists and tables have in common, and `RcuNodes`: what a container does
// with its objects.
//
// For containers of sync/rcu.  No state.
#ifndef BATON_SYNC_RCU_RCU_HOOK_H_
#define BATON_SYNC_RCU_RCU_HOOK_H_

#include <type_traits>
#include <utility>

#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/retired.h"

namespace baton::sync::internal {

/// A hook is a class with this one as its base, so that each tag makes another type.
template <class Link>
class RcuHook {
 public:
  constexpr RcuHook() = default;
  RcuHook(const RcuHook&) = delete;
  RcuHook& operator=(const RcuHook&) = delete;

  /// An object that readers may find is not destroyed.
  constexpr ~RcuHook() { BATON_NEVER_MISUSE(!hook_link_.is_linked(), this, Link::kDestroyed); }

 private:
  template <class T, auto Hook, template <class Tag> class HookTemplate, class L, class Domain>
  friend struct RcuNodes;

  Link hook_link_;
};

/// From an object to its link and back, into a container, and out of it.  Objects are const here:
/// readers may be on them.
template <class T, auto Hook, template <class Tag> class HookTemplate, class L, class D>
struct RcuNodes {
  using Object = T;
  using Link = L;
  using Domain = D;

  static Link& link_of(const T& object) {
    static_assert(std::is_base_of_v<RcuHook<Link>, typename Access::Hook>,
                  "the member is a hook for another kind of container");
    return Access::hook_of(const_cast<T&>(object)).hook_link_;
  }
  static const T& object_of(const Link& link) {
    using HookType = typename Access::Hook;
    static_assert(sizeof(RcuHook<Link>) == sizeof(Link), "a hook is its link");
    static_assert(std::is_standard_layout_v<HookType> || !std::is_standard_layout_v<Link>);
    return Access::object_of(reinterpret_cast<HookType&>(const_cast<Link&>(link)));
  }

  /// The link of an object that is the container's from here on.
  static Link& into(Owned<T> object) { return link_of(OwningHandles<T>::into(std::move(object))); }
  /// Nobody's from here on.
  static Retired<T, Domain> retired(const T& object, Domain& domain) {
    return RetiredAccess::retired(const_cast<T*>(&object), domain);
  }
  static Retired<T, Domain> retired(const Link& link, Domain& domain) {
    return retired(object_of(link), domain);
  }
  /// After a grace period.
  static Owned<T> owned(const Link& link) {
    return OwnedAccess::adopt(const_cast<T*>(&object_of(link)));
  }

  /// A reader's step, and the owner's.
  static const Link& following(const Link& link) { return *link.following(); }
  static const Link& successor(const Link& link) { return *link.successor(); }

 private:
  using Access = HookOf<T, Hook, HookTemplate>;
};

}  // namespace baton::sync::internal

#endif  // BATON_SYNC_RCU_RCU_HOOK_H_
