// `SList<T, Hook>`: a singly linked list that owns its objects, one word in each; a queue or a
// stack without allocation.
//
//   struct Packet { ...; sync::SListHook<> hook; };
//   sync::SList<Packet, &Packet::hook> queue;
//   queue.push_back(std::move(packet));                         // O(1): the list knows its last
//   one std::optional<sync::Owned<Packet>> oldest = queue.pop_front();
//
// std::forward_list's operations, and push_back, back and append.  As with List (sync/list.h): what
// goes in and comes out is an Owned; `RefSList` is the same for references to objects that somebody
// else owns; neither has a destructor and whoever ends one empties it before; a `LocalSList` sends
// its objects home at the end of its scope.
//
// The last object's link leads back to the list's root, so that a null link means "on no list", and
// an object that is inserted twice is found.  What is taken out is checked to be on a list, and the
// last one to be the one that the list knows, in every build.
//
// For the context that owns the list.  All operations are O(1) except those that say otherwise.
#ifndef BATON_SYNC_SLIST_H_
#define BATON_SYNC_SLIST_H_

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/slist_link.h"

namespace baton::sync {

template <class T, auto Hook, class Handles>
class BasicSList {
  using Link = internal::SListLink;
  using Handle = typename Handles::Handle;
  using Maybe = typename Handles::Maybe;

  template <bool kConst>
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<kConst, const T&, T&>;
    using pointer = std::conditional_t<kConst, const T*, T*>;

    constexpr Iterator() = default;
    template <bool kOther>
      requires(kConst && !kOther)
    explicit(false) constexpr Iterator(Iterator<kOther> other) : link_(other.link_) {}

    reference operator*() const { return object_of(*link_); }
    pointer operator->() const { return &object_of(*link_); }
    Iterator& operator++() {
      link_ = link_->next;
      return *this;
    }
    Iterator operator++(int) { return std::exchange(*this, Iterator(link_->next)); }
    friend bool operator==(Iterator, Iterator) = default;

   private:
    friend class BasicSList;
    friend class Iterator<true>;
    constexpr explicit Iterator(Link* link) : link_(link) {}
    Link* link_ = nullptr;
  };

 public:
  using value_type = T;
  using reference = T&;
  using const_reference = const T&;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using iterator = Iterator<false>;
  using const_iterator = Iterator<true>;

  constexpr BasicSList() : root_{&root_}, last_(&root_) {}
  /// Takes over all of the other's objects.
  BasicSList(BasicSList&& other) noexcept : BasicSList() { append(other); }
  /// What was here is cleared first.
  BasicSList& operator=(BasicSList&& other) noexcept {
    if (this != &other) {
      clear();
      append(other);
    }
    return *this;
  }
  BasicSList(const BasicSList&) = delete;
  BasicSList& operator=(const BasicSList&) = delete;

  [[nodiscard]] bool empty() const { return root_.next == &root_; }
  /// O(n).
  [[nodiscard]] size_type size() const {
    return static_cast<size_type>(std::distance(begin(), end()));
  }

  iterator before_begin() { return iterator(&root_); }
  iterator begin() { return iterator(root_.next); }
  iterator end() { return iterator(&root_); }
  const_iterator before_begin() const { return end(); }
  const_iterator begin() const { return const_iterator(root_.next); }
  const_iterator end() const { return const_iterator(const_cast<Link*>(&root_)); }
  const_iterator cbegin() const { return begin(); }
  const_iterator cend() const { return end(); }

  /// Of a list that is not empty.
  T& front() BATON_LIFETIMEBOUND {
    BATON_NEVER_MISUSE(!empty(), this, "SList::front: the list is empty");
    return object_of(*root_.next);
  }
  T& back() BATON_LIFETIMEBOUND {
    BATON_NEVER_MISUSE(!empty(), this, "SList::back: the list is empty");
    return object_of(*last_);
  }
  const T& front() const BATON_LIFETIMEBOUND { return const_cast<BasicSList*>(this)->front(); }
  const T& back() const BATON_LIFETIMEBOUND { return const_cast<BasicSList*>(this)->back(); }

  /// The position of an object that is on this list.
  static iterator iterator_to(T& object) { return iterator(&link_of(object)); }
  /// Whether the object is on a list by this hook, this list or another one.
  static bool is_linked(const T& object) { return link_of(const_cast<T&>(object)).next != nullptr; }

  T& push_front(Handle object) { return link_after(root_, std::forward<Handle>(object)); }
  T& push_back(Handle object) { return link_after(*last_, std::forward<Handle>(object)); }
  /// Behind `where`, which may be before_begin().
  iterator insert_after(const_iterator where, Handle object) {
    return iterator_to(link_after(*where.link_, std::forward<Handle>(object)));
  }

  /// The first object, or nothing when the list is empty.
  [[nodiscard]] Maybe pop_front() {
    return empty() ? Handles::none() : Handles::some(object_of(unlink_after(root_)));
  }
  /// Takes out the object behind `where`; there is one.
  Handle erase_after(const_iterator where) {
    return Handles::out_of(object_of(unlink_after(*where.link_)));
  }
  /// Takes out an object that is on this list; O(n).
  Handle erase(T& object) {
    Link* before = &root_;
    while (before->next != &link_of(object)) {
      before = before->next;
      BATON_NEVER_MISUSE(before != &root_, this, "SList::erase: the object is not on this list");
    }
    return Handles::out_of(object_of(unlink_after(*before)));
  }
  /// Takes out, and sends home, every object for which `predicate(const T&)` holds; O(n).  Returns
  /// how many.
  template <class Predicate>
  size_type remove_if(Predicate predicate) {
    size_type removed = 0;
    for (Link* before = &root_; before->next != &root_;) {
      if (predicate(std::as_const(object_of(*before->next)))) {
        static_cast<void>(Handles::out_of(object_of(unlink_after(*before))));
        ++removed;
      } else {
        before = before->next;
      }
    }
    return removed;
  }
  /// Sends every object home; O(n).
  void clear() {
    while (!empty()) static_cast<void>(pop_front());
  }

  /// All of the other list's objects come here, behind `where`.
  void splice_after(const_iterator where, BasicSList& other) {
    BATON_NEVER_MISUSE(this != &other, this, "SList::splice_after: a list into itself");
    if (other.empty()) return;
    Link& before = *where.link_;
    BATON_NEVER_MISUSE(other.last_->next == &other.root_ && before.next != nullptr, this,
                       "SList::splice_after: the list is corrupt");
    other.last_->next = before.next;
    before.next = other.root_.next;
    if (last_ == &before) last_ = other.last_;
    other.root_.next = &other.root_;
    other.last_ = &other.root_;
  }
  /// All of the other list's objects come here, behind the last one.
  void append(BasicSList& other) { splice_after(const_iterator(last_), other); }

  /// O(n).
  void reverse() {
    BasicSList turned;
    while (!empty()) turned.link_after(turned.root_, unlink_after(root_));
    append(turned);
  }

  void swap(BasicSList& other) noexcept {
    if (this == &other) return;
    BasicSList mine;
    mine.append(*this);
    append(other);
    other.append(mine);
  }
  friend void swap(BasicSList& a, BasicSList& b) noexcept { a.swap(b); }

 private:
  using Access = internal::HookOf<T, Hook, SListHook>;

  static Link& link_of(T& object) { return Access::hook_of(object).hook_link_; }
  static T& object_of(Link& link) {
    using HookType = typename Access::Hook;
    static_assert(std::is_standard_layout_v<HookType> && sizeof(HookType) == sizeof(Link));
    return Access::object_of(reinterpret_cast<HookType&>(link));
  }

  void link_after(Link& where, Link& link) {
    BATON_NEVER_MISUSE(link.next == nullptr, &link,
                       "SList::insert: the object is on a list by this hook already");
    BATON_NEVER_MISUSE((&where == last_) == (where.next == &root_) && where.next != nullptr, this,
                       "SList::insert: the list is corrupt where the object goes");
    link.next = where.next;
    where.next = &link;
    if (last_ == &where) last_ = &link;
  }
  T& link_after(Link& where, Handle handle) {
    T& object = Handles::into(std::forward<Handle>(handle));
    link_after(where, link_of(object));
    return object;
  }
  Link& unlink_after(Link& where) {
    Link* const link = where.next;
    BATON_NEVER_MISUSE(link != nullptr && link != &root_, this,
                       "SList::erase: there is no object at this place of a list");
    BATON_NEVER_MISUSE((link == last_) == (link->next == &root_) && link->next != nullptr, link,
                       "SList::erase: the list is corrupt at the object");
    where.next = link->next;
    if (last_ == link) last_ = &where;
    link->next = nullptr;
    return *link;
  }

  Link root_;
  Link* last_;
};

/// Owns its objects.
template <class T, auto Hook = kBaseHook<>>
using SList = BasicSList<T, Hook, internal::OwningHandles<T>>;

/// Knows objects that somebody else owns.
template <class T, auto Hook = kBaseHook<>>
using RefSList = BasicSList<T, Hook, internal::BorrowingHandles<T>>;

/// An SList whose objects go home at the end of its scope.
template <class T, auto Hook = kBaseHook<>>
class LocalSList : public SList<T, Hook> {
 public:
  LocalSList() = default;
  LocalSList(LocalSList&&) noexcept = default;
  LocalSList& operator=(LocalSList&&) noexcept = default;
  LocalSList(const LocalSList&) = delete;
  LocalSList& operator=(const LocalSList&) = delete;
  ~LocalSList() { this->clear(); }
};

}  // namespace baton::sync

#endif  // BATON_SYNC_SLIST_H_
