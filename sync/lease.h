// `Lease`: the guard that a cell's lease() gives out.  While it lives its holder is inside the cell
// and everybody else is answered `busy`; its destructor puts the object back.
//
// For the context that got it; it is not passed to another core.
#ifndef BATON_SYNC_LEASE_H_
#define BATON_SYNC_LEASE_H_

#include <utility>

#include "base/annotations.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

/// `Cell` has `leave_full(T*)` and `leave_empty()` for this guard.
template <class T, class Cell>
class [[nodiscard]] [[clang::consumable(unconsumed)]] Lease {
 public:
  [[clang::return_typestate(unconsumed)]] Lease(Lease&& other) noexcept
      : cell_(other.cell_), object_(std::exchange(other.object_, nullptr)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Lease& operator=(Lease&&) = delete;

  ~Lease() {
    if (object_ != nullptr) cell_->leave_full(object_);
  }

  [[clang::callable_when("unconsumed")]] T& operator*() const BATON_LIFETIMEBOUND {
    BATON_NO_MISUSE(object_ != nullptr, cell_, "a lease is used after it went back");
    return *object_;
  }
  [[clang::callable_when("unconsumed")]] T* operator->() const BATON_LIFETIMEBOUND {
    BATON_NO_MISUSE(object_ != nullptr, cell_, "a lease is used after it went back");
    return object_;
  }

  /// Ends the lease early: the cell is full again.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] void give_back() && {
    BATON_NO_MISUSE(object_ != nullptr, cell_, "a lease is used after it went back");
    cell_->leave_full(std::exchange(object_, nullptr));
  }

  /// Keeps the object: the cell is empty, and the caller is its owner.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed")]] Owned<T> take() && {
    BATON_NO_MISUSE(object_ != nullptr, cell_, "a lease is used after it went back");
    cell_->leave_empty();
    return internal::OwnedAccess::adopt(std::exchange(object_, nullptr));
  }

 private:
  friend Cell;
  [[clang::return_typestate(unconsumed)]] Lease(Cell* cell, T* object)
      : cell_(cell), object_(object) {}

  Cell* cell_;
  T* object_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_LEASE_H_
