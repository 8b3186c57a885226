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
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/rcu/one_writer.h"
#include "sync/rcu/rcu_domain.h"
#include "sync/rcu/rcu_list_link.h"
#include "sync/rcu/reader.h"
#include "sync/rcu/retired.h"

namespace baton::sync {

template <class T, auto Hook = kBaseHook<>, class Domain = rcu_domain>
class RcuList {
  using Link = internal::RcuListLink<typename Domain::Atomics>;
  using Section = internal::OneWriter::Section;

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

  class ReadIterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = const T&;
    using pointer = const T*;

    constexpr ReadIterator() = default;
    reference operator*() const BATON_LIFETIMEBOUND { return object_of(*link_); }
    pointer operator->() const BATON_LIFETIMEBOUND { return &object_of(*link_); }
    ReadIterator& operator++() {
      link_ = link_->following();
      return *this;
    }
    ReadIterator operator++(int) { return std::exchange(*this, ReadIterator(link_->following())); }
    friend bool operator==(ReadIterator, ReadIterator) = default;

   private:
    friend class RcuList;
    constexpr explicit ReadIterator(const Link* link) : link_(link) {}
    const Link* link_ = nullptr;
  };

  /// What a reader walks over.  Each walk, and each step of it, finds the list as it is by then.
  class ReadRange {
   public:
    ReadIterator begin() const { return ReadIterator(root_->following()); }
    ReadIterator end() const { return ReadIterator(root_); }

   private:
    friend class RcuList;
    explicit ReadRange(const Link& root) : root_(&root) {}
    const Link* root_;
  };

  /// The elements, for the range-based for; lives no longer than the token.
  ReadRange read([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const
      BATON_LIFETIMEBOUND {
    return ReadRange(root_);
  }
  /// The first element, or null.  Wait-free.
  const T* front_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND) const {
    const Link* const first = root_.following();
    return first == &root_ ? nullptr : &object_of(*first);
  }
  /// The first element for which `predicate(const T&)` holds, or null; O(n).
  template <class Predicate>
  const T* find_or_null([[maybe_unused]] const Reader& reader BATON_LIFETIMEBOUND,
                        Predicate predicate) const {
    for (const Link* link = root_.following(); link != &root_; link = link->following()) {
      const T& object = object_of(*link);
      if (std::invoke(predicate, object)) return &object;
    }
    return nullptr;
  }

  // --- The owner ---

  class OwnerIterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = const T&;
    using pointer = const T*;

    constexpr OwnerIterator() = default;
    reference operator*() const { return object_of(*link_); }
    pointer operator->() const { return &object_of(*link_); }
    OwnerIterator& operator++() {
      link_ = link_->successor();
      return *this;
    }
    OwnerIterator operator++(int) { return std::exchange(*this, std::next(*this)); }
    OwnerIterator& operator--() {
      link_ = link_->prev.read();
      return *this;
    }
    OwnerIterator operator--(int) { return std::exchange(*this, std::prev(*this)); }
    friend bool operator==(OwnerIterator, OwnerIterator) = default;

   private:
    friend class RcuList;
    constexpr explicit OwnerIterator(const Link* link) : link_(link) {}
    const Link* link_ = nullptr;
  };

  class OwnerRange {
   public:
    OwnerIterator begin() const { return OwnerIterator(root_->successor()); }
    OwnerIterator end() const { return OwnerIterator(root_); }
    [[nodiscard]] bool empty() const { return begin() == end(); }

   private:
    friend class RcuList;
    explicit OwnerRange(const Link& root) : root_(&root) {}
    const Link* root_;
  };

  /// The elements, for the owner, who needs no token: nothing changes meanwhile.  They are const to
  /// it as well, since readers may be on them.
  OwnerRange as_owner() BATON_LIFETIMEBOUND { return OwnerRange(root_); }

  /// Whether the object is on a list by this hook, this list or another one.
  static bool is_linked(const T& object) { return link_of(object).is_linked(); }

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
    return insert_at(link_of(where), std::move(object));
  }
  const T& insert_after(const T& where, Owned<T> object) BATON_LIFETIMEBOUND {
    const Section section(writer_, this);
    BATON_NEVER_MISUSE(is_linked(where), &where,
                       "RcuList::insert: the list is corrupt where the object goes");
    return insert_at(*link_of(where).successor(), std::move(object));
  }

  /// Takes out an element.  New readers do not find it; those who are on it go on from there.
  /// (Elements do not know their list: one that is on another list of this type leaves that one.)
  RetiredType erase(const T& object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    link_of(object).unlink();
    return retired(object, domain);
  }
  /// Puts an object in the place of an element.  A reader finds one of the two, never both, never
  /// neither.
  RetiredType replace(const T& old, Owned<T> object, Domain& domain = Domain::default_domain()) {
    const Section section(writer_, this);
    link_of(old).replace_by(link_of(internal::OwningHandles<T>::into(std::move(object))));
    return retired(old, domain);
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
  template <class Tag>
  using HookTemplate = RcuListHook<Tag, typename Domain::Atomics>;
  using Access = internal::HookOf<T, Hook, HookTemplate>;

  static Link& link_of(const T& object) {
    return Access::hook_of(const_cast<T&>(object)).hook_link_;
  }
  static const T& object_of(const Link& link) {
    using HookType = typename Access::Hook;
    static_assert(std::is_standard_layout_v<HookType> && sizeof(HookType) == sizeof(Link));
    return Access::object_of(reinterpret_cast<HookType&>(const_cast<Link&>(link)));
  }

  static const T& insert_at(Link& where, Owned<T> object) {
    const T& inserted = internal::OwningHandles<T>::into(std::move(object));
    link_of(inserted).insert_before(where);
    return inserted;
  }
  /// Nobody's from here on.
  static RetiredType retired(const T& object, Domain& domain) {
    return internal::RetiredAccess::retired(const_cast<T*>(&object), domain);
  }
  std::optional<RetiredType> pop(const Link* link, Domain& domain) {
    if (link == &root_) return std::nullopt;
    return erase(object_of(*link), domain);
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
