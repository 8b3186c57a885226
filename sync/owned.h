// `Owned<T>`: the one handle on an object, passed from hand to hand.
//
// The object lives where it will always live, in a StaticOwned (sync/static_owned.h) or in a Pool
// (sync/pool.h), and exactly one Owned names it.  Whoever holds the handle may use the object;
// handing the handle on is handing the object on, and nothing is copied.  A dropped handle is never
// a lost object: it goes home, that is, back to its pool, while for a static object, which has no
// business being dropped, a debug build stops.
//
// One machine word, passed in a register.  The way home is a word in front of the object, so that a
// cell can keep the bare pointer and still give back a complete handle.
//
// Any context, any core.
#ifndef BATON_SYNC_OWNED_H_
#define BATON_SYNC_OWNED_H_

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/misuse.h"

namespace baton::sync {

namespace internal {

/// Takes an object back whose handle was dropped.
using GoHome = void (*)(void* object);

template <std::size_t Size>
struct Padding {
  std::byte bytes[Size];
};
template <>
struct Padding<0> {};

/// The word in front of an object: its way home.  Padded at its front, so that it ends where the
/// object begins whatever the object's alignment.
template <class T>
struct HomeWord {
  static constexpr std::size_t kSize = alignof(T) > sizeof(GoHome) ? alignof(T) : sizeof(GoHome);
  [[no_unique_address]] Padding<kSize - sizeof(GoHome)> padding{};
  alignas(GoHome) GoHome go_home = nullptr;
};

/// One place for one object: the way home, then the object.  A union, so that a place can be empty.
/// Homes derive from it, so that the place, and with it the home, is found from the object.
template <class T>
struct House {
  constexpr House() : nothing{} {}
  template <class... Args>
  constexpr explicit House(GoHome go_home, Args&&... args)
      : word{.padding = {}, .go_home = go_home}, value(std::forward<Args>(args)...) {}
  House(const House&) = delete;
  House& operator=(const House&) = delete;
  constexpr ~House() = default;
  constexpr ~House()
    requires(!std::is_trivially_destructible_v<T>)
  {}

  static House& of(void* object) {
    static_assert(sizeof(HomeWord<T>) == HomeWord<T>::kSize);
    return *reinterpret_cast<House*>(static_cast<std::byte*>(object) - sizeof(HomeWord<T>));
  }

  HomeWord<T> word{};
  union {
    std::byte nothing;
    T value;
  };
};

struct OwnedAccess;

}  // namespace internal

/// Unique, move-only handle on an object that has a home.  Null only after it was moved from.
template <class T>
class [[nodiscard]] [[clang::trivial_abi]] [[clang::consumable(unconsumed)]] Owned {
 public:
  using element_type = T;

  [[clang::return_typestate(unconsumed)]] constexpr Owned(Owned&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)) {}

  /// To a base class or to const.  The base must start where the object starts, since that is where
  /// the way home is found; a base elsewhere in the object is refused at run time.
  template <class Derived>
    requires(!std::same_as<T, Derived> && std::convertible_to<Derived*, T*>)
  [[clang::return_typestate(unconsumed)]] explicit(false) Owned(Owned<Derived>&& other) noexcept
      : object_(other.object_) {
    BATON_NEVER_MISUSE(
        static_cast<const volatile void*>(object_) ==
            static_cast<const volatile void*>(other.object_),
        const_cast<const void*>(static_cast<const volatile void*>(object_)),
        "a handle is turned into one on a base that does not begin where its object does");
    other.object_ = nullptr;
  }

  /// What this handle named before goes home.
  [[clang::set_typestate(unconsumed)]] Owned& operator=(Owned&& other) noexcept {
    if (this != &other) {
      go_home();
      object_ = std::exchange(other.object_, nullptr);
    }
    return *this;
  }

  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  /// The object goes home: into its pool, or, in release builds only, its StaticOwned.
  ~Owned() { go_home(); }

  [[clang::callable_when("unconsumed", "unknown")]] T& operator*() const BATON_LIFETIMEBOUND {
    BATON_NO_MISUSE(object_ != nullptr, this, "a handle is used after it was moved from");
    return *object_;
  }
  [[clang::callable_when("unconsumed", "unknown")]] T* operator->() const BATON_LIFETIMEBOUND {
    BATON_NO_MISUSE(object_ != nullptr, this, "a handle is used after it was moved from");
    return object_;
  }
  /// For comparing identities.
  [[clang::callable_when("unconsumed", "unknown")]] T* get() const BATON_LIFETIMEBOUND {
    return object_;
  }
  /// False once moved from.
  [[clang::test_typestate(unconsumed)]] explicit operator bool() const {
    return object_ != nullptr;
  }

 private:
  template <class U>
  friend class Owned;
  friend struct internal::OwnedAccess;

  [[clang::return_typestate(unconsumed)]] constexpr explicit Owned(T* object) : object_(object) {}

  void go_home() {
    if (object_ != nullptr) {
      void* const object = const_cast<std::remove_cv_t<T>*>(object_);
      (*(static_cast<internal::GoHome*>(object) - 1))(object);
    }
  }

  T* object_;
};

namespace internal {

/// The two ends of every hand-over, for the primitives of sync/ only: a handle becomes a bare
/// pointer in a shared word, and becomes a handle again on the other side.
struct OwnedAccess {
  template <class T>
  static T* disown(Owned<T>&& owned) {
    return std::exchange(owned.object_, nullptr);
  }
  template <class T>
  static Owned<T> adopt(T* object) {
    return Owned<T>(object);
  }
};

}  // namespace internal

}  // namespace baton::sync

#endif  // BATON_SYNC_OWNED_H_
