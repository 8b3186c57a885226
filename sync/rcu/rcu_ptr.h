// `RcuPtr<T, Domain>`: one object that many read while it is replaced.
//
//   Owned<T> --publish--> readers --replace, remove--> Retired<T> --grace period--> Owned<T>
//
// Readers get a pointer to const, with a read section in hand.  Writers are any core, any context:
// publish, replace and remove are one atomic operation each.  Starts empty; `constinit`.
#ifndef BATON_SYNC_RCU_RCU_PTR_H_
#define BATON_SYNC_RCU_RCU_PTR_H_

#include <atomic>
#include <optional>
#include <utility>

#include "base/annotations.h"
#include "sync/atomics.h"
#include "sync/cell_answers.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

template <class T, class Domain>
class RcuPtr {
 public:
  using element_type = T;
  using RetiredType = Retired<T, Domain>;
  using Reader = BasicRcuReader<Domain>;

  constexpr RcuPtr() = default;
  RcuPtr(const RcuPtr&) = delete;
  RcuPtr& operator=(const RcuPtr&) = delete;

  /// What is published, or null.  Wait-free: one load.
  const T* get([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const {
    // Acquire pairs with the release in publish() and replace(): the object goes with its pointer.
    return object_.load(std::memory_order_acquire);
  }

  /// Shows the object to readers if none is shown; else hands it back.  Wait-free.
  Answer<void, Refused<T>> publish(Owned<T> object) {
    T* none = nullptr;
    // Release pairs with the acquire in get(), replace() and remove().  Relaxed on failure: who is
    // there is not looked at.
    if (object_.compare_exchange_strong(none, checked(object), std::memory_order_release,
                                        std::memory_order_relaxed)) {
      static_cast<void>(internal::OwnedAccess::disown(std::move(object)));
      return {};
    }
    return std::unexpected(Refused<T>{Refusal::kFull, std::move(object)});
  }

  /// Shows this object to readers from now on, and returns the one before, if any.  Wait-free.
  [[nodiscard]] std::optional<RetiredType> replace(Owned<T> object,
                                                   Domain& domain = Domain::default_domain()) {
    T* const shown = checked(object);
    static_cast<void>(internal::OwnedAccess::disown(std::move(object)));
    // Release pairs with the acquire in get(); acquire pairs with the release in publish() and
    // replace(): we are the one who hands the object before on.
    return retired(object_.exchange(shown, std::memory_order_acq_rel), domain);
  }

  /// Shows readers nothing from now on, and returns the object, if any.  Wait-free.
  [[nodiscard]] std::optional<RetiredType> remove(Domain& domain = Domain::default_domain()) {
    // Acquire pairs with the release in publish() and replace().
    return retired(object_.exchange(nullptr, std::memory_order_acquire), domain);
  }

  /// Whether something is shown at this moment.
  bool is_empty() const {
    // Relaxed: a guess; nobody follows the pointer.
    return object_.load(std::memory_order_relaxed) == nullptr;
  }

 private:
  static T* checked(const Owned<T>& object) {
    BATON_NO_MISUSE(object.get() != nullptr, &object,
                    "a handle is published after it was moved from");
    return object.get();
  }
  static std::optional<RetiredType> retired(T* object, Domain& domain) {
    if (object == nullptr) return std::nullopt;
    return internal::RetiredAccess::retired(object, domain);
  }

  typename Domain::Atomics::template Atomic<T*> object_{nullptr};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_PTR_H_
