// How RCU's containers are walked, by readers and by their owner: the same for all of them.
//
//   iterator           goes                                  each step
//   RcuReadIterator    forwards                              one acquire load
//   RcuOwnerIterator   forwards; back where links lead back  plain loads
//
// `Nodes` says what a container's links are, where they lead, and which object one belongs to
// (sync/rcu/rcu_hook.h).  All links are on a ring with the container's root, which is the end.
// Only containers make iterators: nobody else gets at a link.
#ifndef BATON_SYNC_RCU_RCU_ITERATOR_H_
#define BATON_SYNC_RCU_RCU_ITERATOR_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/annotations.h"

namespace baton::sync::internal {

/// A reader's.  Each step finds the container as it is by then; one who stands on an element that
/// is taken out goes on from there.
template <class Nodes>
class RcuReadIterator {
  using Link = typename Nodes::Link;

 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = typename Nodes::Object;
  using difference_type = std::ptrdiff_t;
  using reference = const value_type&;
  using pointer = const value_type*;

  constexpr RcuReadIterator() = default;
  constexpr explicit RcuReadIterator(const Link& link) : link_(&link) {}

  reference operator*() const BATON_LIFETIMEBOUND { return Nodes::object_of(*link_); }
  pointer operator->() const BATON_LIFETIMEBOUND { return &Nodes::object_of(*link_); }
  RcuReadIterator& operator++() {
    link_ = &Nodes::following(*link_);
    return *this;
  }
  RcuReadIterator operator++(int) {
    return std::exchange(*this, RcuReadIterator(Nodes::following(*link_)));
  }
  friend bool operator==(RcuReadIterator, RcuReadIterator) = default;

 private:
  const Link* link_ = nullptr;
};

/// What a reader walks over.  Each walk finds the container as it is by then.
template <class Nodes>
class RcuReadRange {
  using Link = typename Nodes::Link;
  using Object = typename Nodes::Object;

 public:
  explicit RcuReadRange(const Link& root) : root_(&root) {}
  RcuReadIterator<Nodes> begin() const { return ++RcuReadIterator<Nodes>(*root_); }
  RcuReadIterator<Nodes> end() const { return RcuReadIterator<Nodes>(*root_); }

  const Object* front_or_null() const {
    const Link& first = Nodes::following(*root_);
    return &first == root_ ? nullptr : &Nodes::object_of(first);
  }
  template <class Predicate>
  const Object* find_or_null(Predicate& predicate) const {
    for (const Link* link = &Nodes::following(*root_); link != root_;
         link = &Nodes::following(*link)) {
      const Object& object = Nodes::object_of(*link);
      if (std::invoke(predicate, object)) return &object;
    }
    return nullptr;
  }

 private:
  const Link* root_;
};

/// The owner's.  `Value` is const where readers may be on the elements.
template <class Nodes, class Value = const typename Nodes::Object>
class RcuOwnerIterator {
  using Link = typename Nodes::Link;
  static constexpr bool kBothWays = requires(const Link& link) { link.predecessor(); };

 public:
  using iterator_category =
      std::conditional_t<kBothWays, std::bidirectional_iterator_tag, std::forward_iterator_tag>;
  using value_type = typename Nodes::Object;
  using difference_type = std::ptrdiff_t;
  using reference = Value&;
  using pointer = Value*;

  constexpr RcuOwnerIterator() = default;
  constexpr explicit RcuOwnerIterator(const Link& link) : link_(&link) {}

  reference operator*() const { return const_cast<Value&>(Nodes::object_of(*link_)); }
  pointer operator->() const { return &**this; }
  RcuOwnerIterator& operator++() {
    link_ = &Nodes::successor(*link_);
    return *this;
  }
  RcuOwnerIterator operator++(int) { return std::exchange(*this, std::next(*this)); }
  RcuOwnerIterator& operator--()
    requires kBothWays
  {
    link_ = link_->predecessor();
    return *this;
  }
  RcuOwnerIterator operator--(int)
    requires kBothWays
  {
    return std::exchange(*this, std::prev(*this));
  }
  friend bool operator==(RcuOwnerIterator, RcuOwnerIterator) = default;

 private:
  friend struct RcuPosition;
  const Link* link_ = nullptr;
};

/// Where an iterator stands, for containers.
struct RcuPosition {
  template <class Nodes, class Value>
  static typename Nodes::Link& of(RcuOwnerIterator<Nodes, Value> it) {
    return const_cast<typename Nodes::Link&>(*it.link_);
  }
};

/// What the owner walks over.
template <class Nodes>
class RcuOwnerRange {
 public:
  explicit RcuOwnerRange(const typename Nodes::Link& root) : root_(&root) {}
  RcuOwnerIterator<Nodes> begin() const { return ++RcuOwnerIterator<Nodes>(*root_); }
  RcuOwnerIterator<Nodes> end() const { return RcuOwnerIterator<Nodes>(*root_); }
  [[nodiscard]] bool empty() const { return begin() == end(); }

 private:
  const typename Nodes::Link* root_;
};

}  // namespace baton::sync::internal

#endif  // BATON_SYNC_RCU_RCU_ITERATOR_H_
