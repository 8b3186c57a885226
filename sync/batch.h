// `Batch`: what an Inbox hands over, a private list of objects, oldest first.
//
// For the context that got it.
#ifndef BATON_SYNC_BATCH_H_
#define BATON_SYNC_BATCH_H_

#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/owned.h"

namespace baton::sync {

/// What an object carries to be queued: in one list at a time, as it has one owner at a time.
template <class T, class Atomics = StdAtomics>
struct InboxHook {
  constexpr InboxHook() = default;
  InboxHook(const InboxHook&) = delete;
  InboxHook& operator=(const InboxHook&) = delete;

  typename Atomics::template Plain<T*> next{nullptr};
};

namespace internal {

/// Turns a chain of links round: newest first becomes oldest first.
template <auto Hook, class T>
T* reversed(T* newest) {
  T* oldest = nullptr;
  while (newest != nullptr) {
    T* const next = (newest->*Hook).next.read();
    (newest->*Hook).next.write(oldest);
    oldest = std::exchange(newest, next);
  }
  return oldest;
}

}  // namespace internal

/// Owns its objects; those not popped when it is destroyed go home.
template <class T, auto Hook>
class [[nodiscard]] Batch {
 public:
  Batch(Batch&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  Batch& operator=(Batch&&) = delete;
  ~Batch() {
    while (pop_front().has_value()) {
    }
  }

  /// The oldest object, or nothing when the batch is used up.
  [[nodiscard]] std::optional<Owned<T>> pop_front() {
    if (first_ == nullptr) return std::nullopt;
    T* const popped = first_;
    first_ = (popped->*Hook).next.read();
    return internal::OwnedAccess::adopt(popped);
  }

  bool is_empty() const { return first_ == nullptr; }

  /// Takes over a chain whose head is its newest object.  For the primitives of sync/.
  static Batch from_newest(T* newest) { return Batch(internal::reversed<Hook>(newest)); }

 private:
  explicit Batch(T* first) : first_(first) {}

  T* first_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_BATCH_H_
