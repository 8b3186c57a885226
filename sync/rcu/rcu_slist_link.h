// The links of an RcuSList: a ring of hooks and one root, which leads one way.  Not typed, so that
// every RcuSList shares the code.
//
// Each `next` that a reader may find is stored by release after what it leads to is complete.  Who
// takes an element out leaves its way on, for a reader who is on it, and marks it: one word says
// both where to go and whether the element is on a list.  A reader comes upon a mark only when the
// element under it is taken out, so the test for it is beside the way, not in it.
//
//   next          the element
//   null          never was on a list
//   way           is on a list; a root's leads to itself when there is nothing
//   way | mark    was taken out; readers who are on it go on
//
// As in sync/slist.h each operation first looks whether what it is about to change is what it
// should be, in every build.
#ifndef BATON_SYNC_RCU_RCU_SLIST_LINK_H_
#define BATON_SYNC_RCU_RCU_SLIST_LINK_H_

#include <atomic>
#include <cstdint>

#include "sync/hook.h"
#include "sync/misuse.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hook.h"

namespace baton::sync {

namespace internal {

template <class Atomics>
struct RcuSListLink {
  static constexpr const char* kDestroyed =
      "an object is destroyed while it is on a singly linked RCU list";

  constexpr RcuSListLink() = default;
  constexpr explicit RcuSListLink(RcuSListLink* following) : next(following) {}

  typename Atomics::template Atomic<RcuSListLink*> next{nullptr};

  bool is_linked() const { return way_if_linked() != nullptr; }
  /// Where it leads if it is on a list, else null.
  RcuSListLink* way_if_linked() const {
    // Relaxed: only the writer changes it, and that is us.
    RcuSListLink* const way = next.load(std::memory_order_relaxed);
    return is_marked(way) ? nullptr : way;
  }

  /// A reader's next step.
  const RcuSListLink* following() const {
    // Acquire pairs with the releases in lead_to() and mark(): the element goes with its address.
    return unmarked(next.load(std::memory_order_acquire));
  }
  /// The writer's.
  RcuSListLink* successor() const {
    // Relaxed: only the writer changes it, and that is us.
    return unmarked(next.load(std::memory_order_relaxed));
  }

  /// Readers go from here to `link` from now on.
  void lead_to(RcuSListLink& link) {
    // Release pairs with the acquire in following(): the element, and its own `next`.  So it does
    // when the element was shown before: this may be the first that a reader sees of it.
    next.store(&link, std::memory_order_release);
  }
  /// It is taken out; those who are on it go on as before.
  void mark() {
    // Release pairs with the acquire in following(): a reader who is on it may see by this store
    // first what comes next.
    next.store(reinterpret_cast<RcuSListLink*>(word_of(successor()) | kMark),
               std::memory_order_release);
  }

 private:
  static constexpr std::uintptr_t kMark = 1;
  static std::uintptr_t word_of(const RcuSListLink* link) {
    return reinterpret_cast<std::uintptr_t>(link);
  }
  static bool is_marked(const RcuSListLink* link) { return (word_of(link) & kMark) != 0; }
  static RcuSListLink* unmarked(RcuSListLink* link) {
    // Masking always, or selecting, would come between each load and the next one, and those are
    // all that a walk waits for.  So this is a case of its own, which a processor foresees; the
    // empty statement in it, no instruction, keeps the compiler from making it a selection.
    if (is_marked(link)) [[unlikely]] {
      asm volatile("" : "+r"(link));
      link = reinterpret_cast<RcuSListLink*>(word_of(link) & ~kMark);
    }
    return link;
  }
};

/// What was on a list all at once, from `first` to `last`, which leads to `end`: the root of that
/// list.  Nothing: `first` is `end`.
template <class Atomics>
struct RcuSListChain {
  RcuSListLink<Atomics>* first;
  RcuSListLink<Atomics>* last;
  RcuSListLink<Atomics>* end;

  bool empty() const { return first == end; }
  /// Takes out the first one; there is one.
  RcuSListLink<Atomics>& pop_front() {
    RcuSListLink<Atomics>& link = *first;
    BATON_NEVER_MISUSE(link.is_linked(), &link, "RcuSList: a chain is corrupt at the object");
    first = link.successor();
    link.mark();
    return link;
  }
};

/// A root, and which link is the last one.  The writer's calls; `where` is a link on this ring, the
/// root included.
template <class Atomics>
class RcuSListRing {
  using Link = RcuSListLink<Atomics>;
  using Chain = RcuSListChain<Atomics>;

 public:
  constexpr RcuSListRing() : root_(&root_), last_(&root_) {}

  const Link& root() const { return root_; }
  Link& root() { return root_; }
  Link& last() const { return *last_.read(); }

  void insert_after(Link& where, Link& link) {
    BATON_NEVER_MISUSE(!link.is_linked(), &link,
                       "RcuSList::insert: the object is on a list by this hook already");
    Link& after = behind(where, "RcuSList::insert: the list is corrupt where the object goes");
    // Relaxed: no reader is there before lead_to() below.
    link.next.store(&after, std::memory_order_relaxed);
    where.lead_to(link);
    if (&after == &root_) last_.write(&link);
  }

  Link& unlink_after(Link& where) {
    Link& link =
        object_behind(where, "RcuSList::erase: there is no object at this place of a list");
    Link& after = behind(link, "RcuSList::erase: the list is corrupt at the object");
    link.mark();
    where.lead_to(after);
    if (&after == &root_) last_.write(&where);
    return link;
  }
  /// New readers come to `fresh` instead of the one behind `where`, which is returned.
  Link& replace_after(Link& where, Link& fresh) {
    BATON_NEVER_MISUSE(!fresh.is_linked(), &fresh,
                       "RcuSList::replace: the new object is on a list by this hook already");
    Link& link =
        object_behind(where, "RcuSList::replace: there is no object at this place of a list");
    Link& after = behind(link, "RcuSList::replace: the list is corrupt at the object");
    link.mark();
    // Relaxed: no reader is there before lead_to() below.
    fresh.next.store(&after, std::memory_order_relaxed);
    where.lead_to(fresh);
    if (&after == &root_) last_.write(&fresh);
    return link;
  }
  /// What leads to this one; O(n).
  Link& before(const Link& link) {
    BATON_NEVER_MISUSE(link.is_linked(), &link, "RcuSList: the object is on no list by this hook");
    Link* before = &root_;
    while (before->successor() != &link) {
      before = before->successor();
      BATON_NEVER_MISUSE(before != &root_, &link,
                         "RcuSList::erase: the object is not on this list");
    }
    return *before;
  }

  /// New readers find nothing.  Those who are on an element come back to the root in the end.
  Chain take_all() {
    const Chain all{root_.successor(), &last(), &root_};
    BATON_NEVER_MISUSE(all.last->way_if_linked() == &root_, &root_,
                       "RcuSList: the list is corrupt at its end");
    // Relaxed: an empty list shows nothing; who waits for a grace period orders it.
    root_.next.store(&root_, std::memory_order_relaxed);
    last_.write(&root_);
    return all;
  }
  /// Puts a chain that no reader knows behind `where`.
  void insert_after(Link& where, Chain chain) {
    if (chain.empty()) return;
    Link& after = behind(where, "RcuSList::splice_after: the list is corrupt where the objects go");
    BATON_NEVER_MISUSE(chain.last->way_if_linked() == chain.end, chain.last,
                       "RcuSList::splice_after: the chain is corrupt at its end");
    // Relaxed: no reader is there before lead_to() below.
    chain.last->next.store(&after, std::memory_order_relaxed);
    where.lead_to(*chain.first);
    if (&after == &root_) last_.write(chain.last);
  }

 private:
  /// What `where` leads to, which is the root if, and only if, `where` is the last.
  Link& behind(Link& where, [[maybe_unused]] const char* corrupt) {
    Link* const after = where.way_if_linked();
    BATON_NEVER_MISUSE(after != nullptr && (after == &root_) == (&where == &last()), &where,
                       corrupt);
    return *after;
  }
  Link& object_behind(Link& where, const char* none) {
    Link& link = behind(where, none);
    BATON_NEVER_MISUSE(&link != &root_, &where, none);
    return link;
  }

  Link root_;
  typename Atomics::template Plain<Link*> last_;
};

}  // namespace internal

/// What an object carries to be on an RcuSList, as a base class or as a member (sync/hook.h): one
/// word.  `Atomics` is the domain's.
template <class Tag = DefaultTag, class Atomics = rcu_domain::Atomics>
class RcuSListHook : public internal::RcuHook<internal::RcuSListLink<Atomics>> {};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_SLIST_LINK_H_
