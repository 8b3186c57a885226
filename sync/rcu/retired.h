// `Retired<T, Domain>`: an object that new readers do not find any more, and old ones may still
// read.
//
// It comes from what removes an object from where readers look.  Nobody may touch it, free it or
// pass it on as their own: only a grace period turns it back into an Owned<T>.
//
//   std::move(retired).retire();                        // goes home by itself, afterwards
//   std::move(retired).retire<&take_back>();            // take_back(Owned<T>), afterwards
//   Owned<T> mine = std::move(retired).synchronize();   // waits
//   while (!(mine = retired.try_reclaim())) ...         // asks
//
// One that is dropped is retired: nothing is lost.
#ifndef BATON_SYNC_RCU_RETIRED_H_
#define BATON_SYNC_RCU_RETIRED_H_

#include <concepts>
#include <optional>
#include <utility>

#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/grace_periods.h"

namespace baton::sync {

/// Published to readers, so immutable to all but those who synchronize on their own; carries what
/// retiring needs.
template <class T, class Domain>
concept RcuManaged = std::derived_from<T, typename Domain::Head>;

namespace internal {
struct RetiredAccess;
}  // namespace internal

template <class T, class Domain>
class [[nodiscard]] [[clang::consumable(unconsumed)]] Retired {
  static_assert(RcuManaged<T, Domain>, "T derives from the domain's RcuHead, to be retired");
  using Head = typename Domain::Head;

 public:
  using element_type = T;

  [[clang::return_typestate(unconsumed)]] Retired(Retired&& other) noexcept
      : domain_(other.domain_),
        object_(std::exchange(other.object_, nullptr)),
        cookie_(other.cookie_) {}
  Retired(const Retired&) = delete;
  Retired& operator=(const Retired&) = delete;
  Retired& operator=(Retired&&) = delete;
  ~Retired() {
    if (object_ != nullptr) go<&go_home>();
  }

  /// The object goes home after a grace period.  Never allocates, never waits, runs nothing now;
  /// any context.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] void
  retire() && noexcept {
    go<&go_home>();
  }
  /// `Receiver(Owned<T>)` is called after a grace period, where the domain runs callbacks.
  template <void (*Receiver)(Owned<T>)>
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] void
  retire() && noexcept {
    go<Receiver>();
  }
  /// Waits for a grace period.  Not in a read section, not where one may not wait.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] Owned<T>
  synchronize() && {
    check();
    domain_->synchronize();
    return internal::OwnedAccess::adopt(std::exchange(object_, nullptr));
  }
  /// The object, if a grace period has passed since the first time this was asked; else ask again.
  [[nodiscard]] [[clang::callable_when("unconsumed")]] std::optional<Owned<T>> try_reclaim() {
    check();
    if (!cookie_.has_value()) cookie_ = domain_->start_poll();
    if (!domain_->poll(*cookie_)) return std::nullopt;
    return internal::OwnedAccess::adopt(std::exchange(object_, nullptr));
  }

 private:
  friend struct internal::RetiredAccess;
  [[clang::return_typestate(unconsumed)]] Retired(T* object, Domain& domain)
      : domain_(&domain), object_(object) {}

  static void go_home(Owned<T> object) { static_cast<void>(object); }

  void check() const {
    BATON_NO_MISUSE(object_ != nullptr, this, "a retired object is used after it was passed on");
  }
  template <void (*Receiver)(Owned<T>)>
  void go() noexcept {
    check();
    Head& head = *std::exchange(object_, nullptr);
    domain_->retire(head, [](Head* retired) {
      Receiver(internal::OwnedAccess::adopt(static_cast<T*>(retired)));
    });
  }

  Domain* domain_;
  T* object_;
  std::optional<RcuCookie> cookie_;
};

namespace internal {

/// For what removes objects from where readers look.
struct RetiredAccess {
  template <class T, class Domain>
  static Retired<T, Domain> retired(T* object, Domain& domain) {
    return Retired<T, Domain>(object, domain);
  }
};

}  // namespace internal
}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RETIRED_H_
