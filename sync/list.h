// `List<T, Hook>`: a doubly linked list that owns its objects; intrusive, so nothing is allocated.
//
//   struct Job : sync::ListHook<> { ... };
//   constinit sync::List<Job> jobs;
//   Job& job = jobs.push_back(std::move(owned));    // the list's from here on
//   sync::Owned<Job> mine = jobs.erase(job);        // the caller's again; O(1), by reference
//
// Ownership is in the types: what goes in is an Owned, what comes out is an Owned, so an object is
// on at most one List.  `RefList` is the same list without ownership, for objects that somebody
// else owns and that are on several lists at once: one hook each (sync/hook.h).
//
// | list           | goes in    | comes out                 | clear() and the like             |
// |----------------|------------|---------------------------|----------------------------------|
// | `List<T>`      | `Owned<T>` | `Owned<T>`, `optional<>`  | send the objects home            |
// | `RefList<T>`   | `T&`       | `T&`, `T*`                | forget the objects               |
// | `LocalList<T>` | `Owned<T>` | `Owned<T>`, `optional<>`  | and so does the destructor       |
//
// List and RefList have no destructor, so that a static one needs none: as with cells, whoever ends
// one empties it before.  A LocalList is for a function's own use.  Every operation checks the
// links that it changes, in every build (sync/list_link.h).
//
// For the context that owns the list; wrap it in a cell or a lock to share it.  All operations are
// O(1) except those that say otherwise.
#ifndef BATON_SYNC_LIST_H_
#define BATON_SYNC_LIST_H_

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/annotations.h"
#include "sync/hook.h"
#include "sync/list_handles.h"
#include "sync/list_link.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

template <class T, auto Hook, class Handles>
class BasicList {
  using Link = internal::ListLink;
  using Handle = typename Handles::Handle;
  using Maybe = typename Handles::Maybe;

  template <bool kConst>
  class Iterator {
   public:
    using iterator_category = std::bidirectional_iterator_tag;
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
    Iterator& operator--() {
      link_ = link_->prev;
      return *this;
    }
    Iterator operator--(int) { return std::exchange(*this, Iterator(link_->prev)); }
    friend bool operator==(Iterator, Iterator) = default;

   private:
    friend class BasicList;
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
  using reverse_iterator = std::reverse_iterator<iterator>;
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;

  constexpr BasicList() : root_{&root_, &root_} {}
  /// Takes over all of the other's objects.
  BasicList(BasicList&& other) noexcept : BasicList() { splice(end(), other); }
  /// What was here is cleared first.
  BasicList& operator=(BasicList&& other) noexcept {
    if (this != &other) {
      clear();
      splice(end(), other);
    }
    return *this;
  }
  BasicList(const BasicList&) = delete;
  BasicList& operator=(const BasicList&) = delete;

  [[nodiscard]] bool empty() const { return root_.next == &root_; }
  /// O(n).
  [[nodiscard]] size_type size() const {
    return static_cast<size_type>(std::distance(begin(), end()));
  }

  iterator begin() { return iterator(root_.next); }
  iterator end() { return iterator(&root_); }
  const_iterator begin() const { return const_iterator(root_.next); }
  const_iterator end() const { return const_iterator(const_cast<Link*>(&root_)); }
  const_iterator cbegin() const { return begin(); }
  const_iterator cend() const { return end(); }
  reverse_iterator rbegin() { return reverse_iterator(end()); }
  reverse_iterator rend() { return reverse_iterator(begin()); }
  const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }

  /// Of a list that is not empty.
  T& front() BATON_LIFETIMEBOUND {
    BATON_NEVER_MISUSE(!empty(), this, "List::front: the list is empty");
    return *begin();
  }
  T& back() BATON_LIFETIMEBOUND {
    BATON_NEVER_MISUSE(!empty(), this, "List::back: the list is empty");
    return *--end();
  }
  const T& front() const BATON_LIFETIMEBOUND { return const_cast<BasicList*>(this)->front(); }
  const T& back() const BATON_LIFETIMEBOUND { return const_cast<BasicList*>(this)->back(); }

  /// The position of an object that is on this list.
  static iterator iterator_to(T& object) { return iterator(&link_of(object)); }
  /// Whether the object is on a list by this hook, this list or another one.
  static bool is_linked(const T& object) { return link_of(const_cast<T&>(object)).is_linked(); }

  T& push_front(Handle object) { return insert_at(*root_.next, std::forward<Handle>(object)); }
  T& push_back(Handle object) { return insert_at(root_, std::forward<Handle>(object)); }
  /// In front of `where`.
  iterator insert(const_iterator where, Handle object) {
    return iterator_to(insert_at(*where.link_, std::forward<Handle>(object)));
  }

  /// The first object, or nothing when the list is empty.
  [[nodiscard]] Maybe pop_front() { return empty() ? Handles::none() : pop(*root_.next); }
  [[nodiscard]] Maybe pop_back() { return empty() ? Handles::none() : pop(*root_.prev); }
  /// Takes out an object that is on this list.  (Lists do not know their objects' list: one that is
  /// on another list of this type leaves that one.)
  Handle erase(T& object) {
    link_of(object).unlink();
    return Handles::out_of(object);
  }
  /// push_back() of an object and pop_front() of another one, in one.  Of a list that is not empty.
  Handle take_turns(Handle last) {
    return Handles::out_of(
        object_of(root_.take_turns(link_of(Handles::into(std::forward<Handle>(last))))));
  }
  /// Takes out, and sends home, every object for which `predicate(const T&)` holds; O(n).  Returns
  /// how many.
  template <class Predicate>
  size_type remove_if(Predicate predicate) {
    size_type removed = 0;
    for (iterator it = begin(); it != end();) {
      T& object = *it++;
      if (!predicate(std::as_const(object))) continue;
      static_cast<void>(erase(object));
      ++removed;
    }
    return removed;
  }
  /// Sends every object home; O(n).
  void clear() {
    while (!empty()) static_cast<void>(pop(*root_.next));
  }

  /// All of the other list's objects come here, in front of `where`.
  void splice(const_iterator where, BasicList& other) {
    BATON_NEVER_MISUSE(this != &other, this, "List::splice: a list into itself");
    splice(where, other, other.begin(), other.end());
  }
  /// One object, of another list or of this one.
  void splice(const_iterator where, BasicList&, const_iterator it) {
    Link& link = *it.link_;
    if (where.link_ != &link) splice_links(*where.link_, link, *link.next);
  }
  /// The objects from `first` up to `last`, of another list or of this one; `where` is not one of
  /// them.
  void splice(const_iterator where, BasicList&, const_iterator first, const_iterator last) {
    splice_links(*where.link_, *first.link_, *last.link_);
  }

  void swap(BasicList& other) noexcept {
    if (this == &other) return;
    BasicList mine;
    mine.splice(mine.end(), *this);
    splice(end(), other);
    other.splice(other.end(), mine);
  }
  friend void swap(BasicList& a, BasicList& b) noexcept { a.swap(b); }

 private:
  using Access = internal::HookOf<T, Hook, ListHook>;

  static Link& link_of(T& object) { return Access::hook_of(object).hook_link_; }
  static T& object_of(Link& link) {
    using HookType = typename Access::Hook;
    static_assert(std::is_standard_layout_v<HookType> && sizeof(HookType) == sizeof(Link));
    return Access::object_of(reinterpret_cast<HookType&>(link));
  }

  static T& insert_at(Link& where, Handle handle) {
    T& object = Handles::into(std::forward<Handle>(handle));
    link_of(object).insert_before(where);
    return object;
  }
  static Maybe pop(Link& link) {
    link.unlink();
    return Handles::some(object_of(link));
  }
  static void splice_links(Link& where, Link& first, Link& after) {
    if (&first != &after) Link::splice_before(where, first, *after.prev);
  }

  Link root_;
};

/// Owns its objects.
template <class T, auto Hook = kBaseHook<>>
using List = BasicList<T, Hook, internal::OwningHandles<T>>;

/// Knows objects that somebody else owns, and who ends their lives only when they are on no list:
/// their hooks check that.
template <class T, auto Hook = kBaseHook<>>
using RefList = BasicList<T, Hook, internal::BorrowingHandles<T>>;

/// A List whose objects go home at the end of its scope.
template <class T, auto Hook = kBaseHook<>>
class LocalList : public List<T, Hook> {
 public:
  LocalList() = default;
  LocalList(LocalList&&) noexcept = default;
  LocalList& operator=(LocalList&&) noexcept = default;
  LocalList(const LocalList&) = delete;
  LocalList& operator=(const LocalList&) = delete;
  ~LocalList() { this->clear(); }
};

}  // namespace baton::sync

#endif  // BATON_SYNC_LIST_H_
