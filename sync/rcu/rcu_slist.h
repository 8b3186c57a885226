// `RcuSList<T, Hook, Domain>`: a singly linked list that many read while one changes it; one word
// in each object.
//
//   struct Rule : sync::RcuHead, sync::RcuSListHook<> { ... };
//   constinit sync::RcuSList<Rule> rules;
//
//   sync::RcuReader reader;                                        // any number of readers
//   for (const Rule& rule : rules.read(reader)) { ... }
//
//   const Rule& rule = rules.push_back(std::move(owned));          // one writer at a time
//   auto place = rules.insert_after(rules.before_begin(), std::move(other));
//   rules.erase_after(place).retire();                             // home, after a grace period
//   auto all = rules.take_all();                                   // as one RetiredChain
//
// As RcuList (sync/rcu/rcu_list.h), for what is walked, and changed behind a place that its owner
// stands at: readers need a token and go forwards; the owner is one at a time, and gets a
// `Retired<T>` for what it takes out.  Operations are O(1), except those that say otherwise: to
// erase an object whose place is not known its owner looks for it.  RcuList has that for a word
// more per object.
//
// Moving.  The rule is RcuList's.  What is taken out keeps its way on, for a reader who is on it,
// and so must not be put anywhere until a grace period is over: `Retired` and `RetiredChain` say
// so, which no list accepts.  Hence a reader finds elements of its own list only, each at most once
// in a read section, in their order, and takes at most as many steps as there are objects.
//
// No destructor, so that a static list needs none: whoever ends one clears it before.  Every
// operation checks the links that it changes, in every build (sync/rcu/rcu_slist_link.h).
//
// Readers: any context that the domain lets read.  The owner's calls: one at a time; put the list
// in a lock or a cell, or leave it to one thread.  Debug builds report two at once.
#ifndef BATON_SYNC_RCU_RCU_SLIST_H_
#define BATON_SYNC_RCU_RCU_SLIST_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "base/annotations.h"
#include "sync/hook.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/one_writer.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_hook.h"
#include "sync/rcu/rcu_iterator.h"
#include "sync/rcu/rcu_slist_link.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"
#include "sync/rcu/retired_chain.h"

namespace baton::sync {

template <class T, auto Hook = kBaseHook<>, class Domain = rcu_domain>
class RcuSList {
  using Link = internal::RcuSListLink<typename Domain::Atomics>;
  using Section = internal::OneWriter::Section;
  template <class Tag>
  using HookTemplate = RcuSListHook<Tag, typename Domain::Atomics>;
  using Nodes = internal::RcuNodes<T, Hook, HookTemplate, Link, Domain>;

 public:
  using value_type = T;
  using const_reference = const T&;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using RetiredType = Retired<T, Domain>;
  using RetiredChainType = RetiredChain<Nodes>;
  using OwnedChainType = OwnedChain<Nodes>;
  using Reader = BasicRcuReader<Domain>;

  constexpr RcuSList() = default;
  RcuSList(const RcuSList&) = delete;
  RcuSList& operator=(const RcuSList&) = delete;

  // --- Readers ---

  using ReadIterator = internal::RcuReadIterator<Nodes>;
  using ReadRange = internal::RcuReadRange<Nodes>;

  /// The elements, for the range-based for; lives no longer than the token.
  ReadRange read([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const
      BATON_LIFETIMEBOUND {
    return ReadRange(ring_.root());
  }
  /// The first element, or null.  Wait-free.
  const T* front_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const {
    return ReadRange(ring_.root()).front_or_null();
  }
  /// The first element for which `predicate(const T&)` holds, or null; O(n).
  template <class Predicate>
  const T* find_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND,
                        Predicate predicate) const {
    return ReadRange(ring_.root()).find_or_null(predicate);
  }

  // --- The owner ---

  using OwnerIterator = internal::RcuOwnerIterator<Nodes>;
  using OwnerRange = internal::RcuOwnerRange<Nodes>;

  /// The elements, for the owner, who needs no token: nothing changes meanwhile.  They are const to
  /// it as well, since readers may be on them.
  OwnerRange as_owner() BATON_LIFETIMEBOUND { return OwnerRange(ring_.root()); }
  /// In front of the first: a place, no element.
  OwnerIterator before_begin() BATON_LIFETIMEBOUND { return OwnerIterator(ring_.root()); }
  /// The place of an element.
  static OwnerIterator iterator_to(const T& object) {
    return OwnerIterator(Nodes::link_of(object));
  }

  /// Whether the object is on a list by this hook, this list or another one, or on a chain.
  static bool is_linked(const T& object) { return Nodes::link_of(object).is_linked(); }

  const T& push_front(Owned<T> object) BATON_LIFETIMEBOUND {
    return *insert_after(before_begin(), std::move(object));
  }
  const T& push_back(Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    return Nodes::object_of(insert_at(ring_.last(), std::move(object)));
  }
  /// Behind `where`, an element of this list or before_begin().  Returns the place of the object.
  OwnerIterator insert_after(OwnerIterator where, Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    return OwnerIterator(insert_at(internal::RcuPosition::of(where), std::move(object)));
  }

  /// Takes out the element behind `where`; there is one.  New readers do not find it; those who are
  /// on it go on from there.
  RetiredType erase_after(OwnerIterator where, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return take_out_after(internal::RcuPosition::of(where), domain);
  }
  /// Takes out an element; O(n), as what leads to it is to be found.
  RetiredType erase(const T& object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return take_out_after(ring_.before(Nodes::link_of(object)), domain);
  }
  /// Puts an object in the place of the element behind `where`; there is one.  A reader finds one
  /// of the two, never both, never neither.
  RetiredType replace_after(OwnerIterator where, Owned<T> object,
                            Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    Link& fresh = Nodes::into(std::move(object));
    return Nodes::retired(ring_.replace_after(internal::RcuPosition::of(where), fresh), domain);
  }
  /// The first element, or nothing when the list is empty.
  [[nodiscard]] std::optional<RetiredType> pop_front(Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    if (as_owner().empty()) return std::nullopt;
    return take_out_after(ring_.root(), domain);
  }
  /// Takes out, and retires, every element for which `predicate(const T&)` holds; O(n).  Returns
  /// how many.
  template <class Predicate>
  size_type remove_if(Predicate predicate, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    size_type removed = 0;
    for (Link* before = &ring_.root(); before != &ring_.last();) {
      Link& each = *before->successor();
      if (std::invoke(predicate, Nodes::object_of(each))) {
        take_out_after(*before, domain).retire();
        ++removed;
      } else {
        before = &each;
      }
    }
    return removed;
  }

  /// Takes out every element, as one chain: from one moment on new readers find none.
  RetiredChainType take_all(Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    return RetiredChainType(ring_.take_all(), domain);
  }
  /// Takes out every element at once, and retires each; O(n).
  void clear(Domain& domain = Domain::default_domain()) { take_all(domain).retire(); }

  /// All objects of the chain come here, behind `where`, from one moment on.
  void splice_after(OwnerIterator where, OwnedChainType chain) {
    const Section section(writer_, this);
    ring_.insert_after(internal::RcuPosition::of(where), chain.release());
  }
  /// All of the other list's elements come here, behind `where`, or behind the last.  Waits for a
  /// grace period, during which they are on neither list: until then readers of the other one may
  /// be on them, and have to come to its end.  Not in a read section, nor where one may not wait.
  void splice_after(OwnerIterator where, RcuSList& other,
                    Domain& domain = Domain::default_domain()) {
    splice(internal::RcuPosition::of(where), other, domain);
  }
  void append(RcuSList& other, Domain& domain = Domain::default_domain()) {
    splice(ring_.last(), other, domain);
  }

 private:
  Link& insert_at(Link& where, Owned<T> object) {
    Link& inserted = Nodes::into(std::move(object));
    ring_.insert_after(where, inserted);
    return inserted;
  }
  RetiredType take_out_after(Link& where, Domain& domain) {
    return Nodes::retired(ring_.unlink_after(where), domain);
  }
  void splice(Link& where, RcuSList& other, Domain& domain) {
    BATON_NEVER_MISUSE(this != &other, this, "RcuSList::splice_after: a list into itself");
    const Section section(writer_, this);
    ring_.insert_after(where, other.take_all(domain).synchronize().release());
  }

  internal::RcuSListRing<typename Domain::Atomics> ring_;
  [[no_unique_address]] internal::OneWriter writer_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_SLIST_H_
