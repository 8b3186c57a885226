// The links of an RcuList: a ring of hooks and one root.  Not typed, so that every RcuList shares
// the code.
//
// Readers follow `next` only, and each `next` that they may find is stored by release after what it
// leads to is complete.  Who takes an element out leaves its `next` as it is: a reader who is on it
// goes on from there.  Its `prev`, which is the writer's alone, is made to lead to itself, which it
// never does on a list.
//
// As in sync/list_link.h each operation first looks whether what it is about to change is what it
// should be, in every build.
#ifndef BATON_SYNC_RCU_RCU_LIST_LINK_H_
#define BATON_SYNC_RCU_RCU_LIST_LINK_H_

#include <atomic>

#include "sync/hook.h"
#include "sync/misuse.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hook.h"

namespace baton::sync {

namespace internal {

/// `prev` null: never was on a list.
template <class Atomics>
struct RcuListLink {
  static constexpr const char* kDestroyed = "an object is destroyed while it is on an RCU list";

  constexpr RcuListLink() = default;
  constexpr RcuListLink(RcuListLink* following, RcuListLink* preceding)
      : next(following), prev(preceding) {}

  typename Atomics::template Atomic<RcuListLink*> next{nullptr};
  typename Atomics::template Plain<RcuListLink*> prev{nullptr};

  bool is_linked() const { return prev.read() != nullptr && prev.read() != this; }

  /// A reader's next step.
  const RcuListLink* following() const {
    // Acquire pairs with the releases in lead_to(): the element goes with its address.
    return next.load(std::memory_order_acquire);
  }
  /// The writer's.
  RcuListLink* successor() const {
    // Relaxed: only the writer changes it, and that is us.
    return next.load(std::memory_order_relaxed);
  }
  RcuListLink* predecessor() const { return prev.read(); }

  void insert_before(RcuListLink& where) {
    BATON_NEVER_MISUSE(!is_linked(), this,
                       "RcuList::insert: the object is on a list by this hook already");
    RcuListLink* const before = where.prev.read();
    BATON_NEVER_MISUSE(before != nullptr && before->successor() == &where, &where,
                       "RcuList::insert: the list is corrupt where the object goes");
    // Relaxed: no reader is here before lead_to() below.
    next.store(&where, std::memory_order_relaxed);
    prev.write(before);
    where.prev.write(this);
    before->lead_to(*this);
  }

  /// New readers do not come here.  Those who are here go on as before.
  void unlink() {
    RcuListLink* const after = checked_successor("RcuList::erase: the list is corrupt around it");
    after->prev.write(prev.read());
    prev.read()->lead_to(*after);
    prev.write(this);
  }

  /// New readers come to `fresh` instead.
  void replace_by(RcuListLink& fresh) {
    BATON_NEVER_MISUSE(!fresh.is_linked(), &fresh,
                       "RcuList::replace: the new object is on a list by this hook already");
    RcuListLink* const after = checked_successor("RcuList::replace: the list is corrupt around it");
    // Relaxed: no reader is there before lead_to() below.
    fresh.next.store(after, std::memory_order_relaxed);
    fresh.prev.write(prev.read());
    after->prev.write(&fresh);
    prev.read()->lead_to(fresh);
    prev.write(this);
  }

  /// Of a root: new readers find nothing.  Those who are on an element come back here in the end.
  void make_empty() {
    // Relaxed: an empty list shows nothing; who waits for a grace period orders it.
    next.store(this, std::memory_order_relaxed);
    prev.write(this);
  }

  /// Puts the chain from `first` to `last`, which no reader knows, in front of this.
  void insert_chain(RcuListLink& first, RcuListLink& last) {
    RcuListLink* const before = prev.read();
    BATON_NEVER_MISUSE(before != nullptr && before->successor() == this, this,
                       "RcuList::splice: the list is corrupt where the objects go");
    // Relaxed: no reader is there before lead_to() below.
    last.next.store(this, std::memory_order_relaxed);
    first.prev.write(before);
    prev.write(&last);
    before->lead_to(first);
  }

 private:
  /// Readers go from here to `link` from now on.
  void lead_to(RcuListLink& link) {
    // Release pairs with the acquire in following(): the element, and its own `next`.  So it does
    // when the element was shown before: this may be the first that a reader sees of it.
    next.store(&link, std::memory_order_release);
  }

  RcuListLink* checked_successor([[maybe_unused]] const char* corrupt) {
    BATON_NEVER_MISUSE(is_linked(), this, "RcuList: the object is on no list by this hook");
    RcuListLink* const after = successor();
    BATON_NEVER_MISUSE(after->prev.read() == this && prev.read()->successor() == this, this,
                       corrupt);
    return after;
  }
};

}  // namespace internal

/// What an object carries to be on an RcuList, as a base class or as a member (sync/hook.h).
/// `Atomics` is the domain's.
template <class Tag = DefaultTag, class Atomics = rcu_domain::Atomics>
class RcuListHook : public internal::RcuHook<internal::RcuListLink<Atomics>> {};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_LIST_LINK_H_
