// `PairingHeap<T, &T::hook, Before>`: intrusive; the first object by `Before`, and any object taken
// out by reference.
//
// insert O(1); pop and erase O(log n) on the average over a sequence of operations.  The objects
// are somebody else's; nothing is allocated, and nothing recurses.
//
// For the context that owns the heap.
#ifndef BATON_KERNEL_BLOCKING_PAIRING_HEAP_H_
#define BATON_KERNEL_BLOCKING_PAIRING_HEAP_H_

#include <utility>

#include "sync/misuse.h"

namespace baton::kernel {

/// What an object carries to be in a heap.
template <class T>
class HeapHook {
 public:
  constexpr HeapHook() = default;
  HeapHook(const HeapHook&) = delete;
  HeapHook& operator=(const HeapHook&) = delete;
  constexpr ~HeapHook() {
    BATON_NEVER_MISUSE(!in_heap_, this, "an object is destroyed while it is in a heap");
  }
  constexpr bool is_linked() const { return in_heap_; }

 private:
  template <class U, HeapHook<U> U::* kHook, class Before>
  friend class PairingHeap;

  T* child_ = nullptr;   // the first of those below
  T* next_ = nullptr;    // the next below the same one
  T* before_ = nullptr;  // the one before it there, or for the first the one above
  bool in_heap_ = false;
};

template <class T, HeapHook<T> T::* kHook, class Before>
class PairingHeap {
 public:
  constexpr PairingHeap() = default;
  PairingHeap(const PairingHeap&) = delete;
  PairingHeap& operator=(const PairingHeap&) = delete;

  bool empty() const { return root_ == nullptr; }
  /// Null when empty.
  T* top() const { return root_; }

  void insert(T& object) {
    HeapHook<T>& hook = object.*kHook;
    BATON_NEVER_MISUSE(!hook.in_heap_, &object, "an object is put into a heap twice");
    hook.in_heap_ = true;
    root_ = meld(root_, &object);
  }

  /// Null when empty.
  T* pop() {
    T* const first = root_;
    if (first != nullptr) erase(*first);
    return first;
  }

  /// One that is in this heap.
  void erase(T& object) {
    HeapHook<T>& hook = object.*kHook;
    BATON_NEVER_MISUSE(hook.in_heap_, &object,
                       "an object is taken out of a heap that it is not in");
    T* const below = pair_up(std::exchange(hook.child_, nullptr));
    if (&object == root_) {
      root_ = below;
    } else {
      T* const before = hook.before_;
      HeapHook<T>& its = before->*kHook;
      (its.child_ == &object ? its.child_ : its.next_) = hook.next_;
      if (hook.next_ != nullptr) (hook.next_->*kHook).before_ = before;
      root_ = meld(root_, below);
    }
    hook.next_ = nullptr;
    hook.before_ = nullptr;
    hook.in_heap_ = false;
  }

 private:
  // Two roots, either may be null; their `next_` and `before_` are.
  static T* meld(T* a, T* b) {
    if (a == nullptr) return b;
    if (b == nullptr) return a;
    if (Before()(*b, *a)) std::swap(a, b);
    HeapHook<T>& above = a->*kHook;
    HeapHook<T>& below = b->*kHook;
    below.before_ = a;
    below.next_ = above.child_;
    if (above.child_ != nullptr) (above.child_->*kHook).before_ = b;
    above.child_ = b;
    return a;
  }

  // One heap of a row of them: two and two from the left, then all from the right.
  static T* pair_up(T* row) {
    T* pairs = nullptr;  // backwards, by next_
    while (row != nullptr) {
      T* const first = row;
      T* const second = (first->*kHook).next_;
      row = second != nullptr ? (second->*kHook).next_ : nullptr;
      detach(*first);
      if (second != nullptr) detach(*second);
      T* const pair = meld(first, second);
      (pair->*kHook).next_ = pairs;
      pairs = pair;
    }
    T* all = nullptr;
    while (pairs != nullptr) {
      T* const next = (pairs->*kHook).next_;
      detach(*pairs);
      all = meld(all, pairs);
      pairs = next;
    }
    return all;
  }
  static void detach(T& object) {
    (object.*kHook).next_ = nullptr;
    (object.*kHook).before_ = nullptr;
  }

  T* root_ = nullptr;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_PAIRING_HEAP_H_
