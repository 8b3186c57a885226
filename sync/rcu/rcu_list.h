// `RcuList<T, Hook, Domain>`: a doubly linked list that many read while one changes it; intrusive,
// so nothing is allocated.
//
//   struct Route : sync::RcuHead, sync::RcuListHook<> { ... };
//   constinit sync::RcuList<Route> routes;
//
//   sync::RcuReader reader;                                     // any number of readers
//   for (const Route& route : routes.read(reader)) { ... }
//
//   const Route& route = routes.push_back(std::move(owned));    // one writer at a time
//   routes.erase(route).retire();                               // home, after a grace period
//
// | who    | has                       | goes      | gets                                        |
// |--------|---------------------------|-----------|---------------------------------------------|
// | reader | `const RcuList&`, a token | forwards  | `const T&`, for as long as the token lives  |
// | owner  | `RcuList&`                | both ways | `Retired<T>`, for what it takes out         |
//
// Readers take no lock and write nothing.  They see each element as its Owned was when it went in,
// and of two changes not the later without the earlier where both lie ahead of them.  There is no
// empty() for them to ask before they look: what it says is over when they look.
//
// Moving.  A reader that is on an element while it goes to another list would be led astray, and
// might never find the end.  So what erase() returns cannot be inserted anywhere: only a grace
// period makes a Retired an Owned again, and by then no reader is on it.  Hence a bound: during a
// read section each object comes in at most once, elements keep their order, and every step leads
// onwards; a reader takes at most as many steps as there are objects.
//
// No destructor, so that a static list needs none: whoever ends one clears it before.  All
// operations are O(1) except those that say otherwise, and run no callbacks.  Every one checks the
// links that it changes, in every build (sync/rcu/rcu_list_link.h).
//
// Readers: any context that the domain lets read.  The owner's calls: one at a time; put the list
// in a lock or a cell, or leave it to one thread.  Debug builds report two at once.
#ifndef BATON_SYNC_RCU_RCU_LIST_H_
#define BATON_SYNC_RCU_RCU_LIST_H_

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
#include "sync/rcu/rcu_list_link.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

template <class T, auto Hook = kBaseHook<>, class Domain = rcu_domain>
class RcuList {
  using Link = internal::RcuListLink<typename Domain::Atomics>;
  using Section = internal::OneWriter::Section;
  template <class Tag>
  using HookTemplate = RcuListHook<Tag, typename Domain::Atomics>;
  using Nodes = internal::RcuNodes<T, Hook, HookTemplate, Link, Domain>;

 public:
  using value_type = T;
  using const_reference = const T&;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using RetiredType = Retired<T, Domain>;
  using Reader = BasicRcuReader<Domain>;

  constexpr RcuList() : root_(&root_, &root_) {}
  RcuList(const RcuList&) = delete;
  RcuList& operator=(const RcuList&) = delete;

  // --- Readers ---

  using ReadIterator = internal::RcuReadIterator<Nodes>;
  using ReadRange = internal::RcuReadRange<Nodes>;

  /// The elements, for the range-based for; lives no longer than the token.
  ReadRange read([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const
      BATON_LIFETIMEBOUND {
    return ReadRange(root_);
  }
  /// The first element, or null.  Wait-free.
  const T* front_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const {
    return ReadRange(root_).front_or_null();
  }
  /// The first element for which `predicate(const T&)` holds, or null; O(n).
  template <class Predicate>
  const T* find_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND,
                        Predicate predicate) const {
    return ReadRange(root_).find_or_null(predicate);
  }

  // --- The owner ---

  using OwnerIterator = internal::RcuOwnerIterator<Nodes>;
  using OwnerRange = internal::RcuOwnerRange<Nodes>;

  /// The elements, for the owner, who needs no token: nothing changes meanwhile.  They are const to
  /// it as well, since readers may be on them.
  OwnerRange as_owner() BATON_LIFETIMEBOUND { return OwnerRange(root_); }

  /// Whether the object is on a list by this hook, this list or another one.
  static bool is_linked(const T& object) { return Nodes::link_of(object).is_linked(); }

  const T& push_front(Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    return insert_at(*root_.successor(), std::move(object));
  }
  const T& push_back(Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    return insert_at(root_, std::move(object));
  }
  /// In front of `where`, an element.
  const T& insert_before(const T& where, Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    return insert_at(Nodes::link_of(where), std::move(object));
  }
  const T& insert_after(const T& where, Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    BATON_NEVER_MISUSE(is_linked(where), &where,
                       "RcuList::insert: the list is corrupt where the object goes");
    return insert_at(*Nodes::link_of(where).successor(), std::move(object));
  }

  /// Takes out an element.  New readers do not find it; those who are on it go on from there.
  /// (Elements do not know their list: one that is on another list of this type leaves that one.)
  RetiredType erase(const T& object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    Nodes::link_of(object).unlink();
    return Nodes::retired(object, domain);
  }
  /// Puts an object in the place of an element.  A reader finds one of the two, never both, never
  /// neither.
  RetiredType replace(const T& old, Owned<T> object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    Nodes::link_of(old).replace_by(Nodes::into(std::move(object)));
    return Nodes::retired(old, domain);
  }
  /// The first element, or nothing when the list is empty.
  [[nodiscard]] std::optional<RetiredType> pop_front(Domain& domain = Domain::default_domain()) {
    return pop(root_.successor(), domain);
  }
  [[nodiscard]] std::optional<RetiredType> pop_back(Domain& domain = Domain::default_domain()) {
    return pop(root_.prev.read(), domain);
  }
  /// Takes out, and retires, every element for which `predicate(const T&)` holds; O(n).  Returns
  /// how many.
  template <class Predicate>
  size_type remove_if(Predicate predicate, Domain& domain = Domain::default_domain()) {
    size_type removed = 0;
    for (OwnerIterator it = as_owner().begin(); it != as_owner().end();) {
      const T& object = *it++;
      if (!std::invoke(predicate, object)) continue;
      erase(object, domain).retire();
      ++removed;
    }
    return removed;
  }
  /// Takes out, and retires, every element; O(n).
  void clear(Domain& domain = Domain::default_domain()) {
    while (auto first = pop_front(domain)) std::move(*first).retire();
  }

  /// All of the other list's elements come here, in front of the first or behind the last.  Waits
  /// for a grace period, during which they are on neither list: until then readers of the other one
  /// may be on them, and have to come to its end.  Not in a read section, nor where one may not
  /// wait.
  void splice_front(RcuList& other, Domain& domain = Domain::default_domain()) {
    splice(true, other, domain);
  }
  void splice_back(RcuList& other, Domain& domain = Domain::default_domain()) {
    splice(false, other, domain);
  }

 private:
  static const T& insert_at(Link& where, Owned<T> object) {
    Link& inserted = Nodes::into(std::move(object));
    inserted.insert_before(where);
    return Nodes::object_of(inserted);
  }
  std::optional<RetiredType> pop(const Link* link, Domain& domain) {
    if (link == &root_) return std::nullopt;
    return erase(Nodes::object_of(*link), domain);
  }

  void splice(bool in_front, RcuList& other, Domain& domain) {
    BATON_NEVER_MISUSE(this != &other, this, "RcuList::splice: a list into itself");
    const Section section(writer_, this);
    const Section others_section(other.writer_, &other);
    Link* const first = other.root_.successor();
    Link* const last = other.root_.prev.read();
    if (first == &other.root_) return;
    other.root_.make_empty();
    domain.synchronize();
    (in_front ? *root_.successor() : root_).insert_chain(*first, *last);
  }

  Link root_;
  [[no_unique_address]] internal::OneWriter writer_;
};

}  // namespace baton::sync

#endif  // BATON_SYNC_RCU_RCU_LIST_H_
