// Where in an object a list's links are: how every intrusive container of sync/ is told.
//
//   struct Thread : ListHook<ByPriority>, ListHook<ByAge> { ... };   // hooks as base classes, by
//   tag List<Thread, kBaseHook<ByPriority>> ready; RefList<Thread, kBaseHook<ByAge>> oldest;
//
//   struct Message { int n; ListHook<> hook; };                      // or as a member
//   List<Message, &Message::hook> outgoing;
//
// A container's second argument is either `kBaseHook<Tag>` or a pointer to member.  An object may
// carry any number of hooks, of any kinds, and be on one list per hook at a time.
//
// For containers: each kind has a hook template over the tag (ListHook<Tag>, SListHook<Tag>, ...),
// and `internal::HookOf<T, Hook, ListHook>` goes from object to hook and back.
//
// No state, no context: types and address arithmetic only.
#ifndef BATON_SYNC_HOOK_H_
#define BATON_SYNC_HOOK_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <type_traits>

#include "base/annotations.h"

namespace baton::sync {

/// The tag of an object's only hook of its kind.
struct DefaultTag;

/// The hook is T's base class `SomeHook<Tag>`.
template <class Tag = DefaultTag>
struct BaseHook {};
template <class Tag = DefaultTag>
inline constexpr BaseHook<Tag> kBaseHook{};

namespace internal {

template <class Where, template <class Tag> class HookTemplate>
struct HookAt {
  static_assert(false, "a container's hook is kBaseHook<Tag> or a pointer to member, &T::hook");
};

template <class Tag, template <class> class HookTemplate>
struct HookAt<BaseHook<Tag>, HookTemplate> {
  using Hook = HookTemplate<Tag>;

  template <class T, auto Where>
  static Hook& hook_of(T& object) {
    static_assert(std::derived_from<T, Hook>, "T has no base class that is this container's hook");
    return object;
  }
  template <class T, auto Where>
  static T& object_of(Hook& hook) {
    return static_cast<T&>(hook);
  }
};

template <class Class, class Member, template <class> class HookTemplate>
struct HookAt<Member Class::*, HookTemplate> {
  using Hook = Member;

  template <class T, auto Where>
  static Hook& hook_of(T& object) {
    return object.*Where;
  }
  template <class T, auto Where>
  static T& object_of(Hook& hook) {
    // Of T, not of the base class that the member may be from.
    Member T::* const where = Where;
    // A pointer to a data member is its offset [CXXABI 2.3].
    static_assert(sizeof(where) == sizeof(std::ptrdiff_t));
    return *reinterpret_cast<T*>(reinterpret_cast<std::byte*>(&hook) -
                                 std::bit_cast<std::ptrdiff_t>(where));
  }
};

/// From a T to the hook that `Where` names, and back.
template <class T, auto Where, template <class Tag> class HookTemplate>
struct HookOf {
  using At = HookAt<std::remove_const_t<decltype(Where)>, HookTemplate>;
  using Hook = typename At::Hook;

  static Hook& hook_of(T& object BATON_LIFETIMEBOUND) {
    return At::template hook_of<T, Where>(object);
  }
  static T& object_of(Hook& hook BATON_LIFETIMEBOUND) {
    return At::template object_of<T, Where>(hook);
  }
};

}  // namespace internal

}  // namespace baton::sync

#endif  // BATON_SYNC_HOOK_H_
