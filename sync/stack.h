// `Stack<T, N>`: objects of one pool, last in, first out, for any core and any context.
//
//   constinit sync::Pool<Buffer, 16> buffers;
//   constinit sync::Stack<Buffer, 16> spare(buffers);
//   spare.push(std::move(buffer));            // the stack's from here on
//   auto warm = spare.pop();                  // the caller's again: the one used last
//
// Without ABA, and with 32-bit exclusives only: it is a stack of the objects' numbers in their pool
// (sync/index_stack.h), and no object that somebody else may have taken is ever looked at.
//
// Any core, any context; lock-free; no operation waits.  Destroyed empty.
#ifndef BATON_SYNC_STACK_H_
#define BATON_SYNC_STACK_H_

#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/annotations.h"
#include "sync/atomics.h"
#include "sync/index_stack.h"
#include "sync/misuse.h"
#include "sync/owned.h"
#include "sync/pool.h"

namespace baton::sync {

/// N is the pool's; so a stack is never full.
template <class T, std::size_t N, class Atomics = StdAtomics,
          unsigned GenerationBits = 32U - std::bit_width(N)>
class Stack {
  using PoolType = Pool<T, N, Atomics, GenerationBits>;
  using Numbers = IndexStack<N, Atomics, GenerationBits>;

 public:
  /// Of objects of this pool, which outlives the stack.
  constexpr explicit Stack(PoolType& pool BATON_LIFETIMEBOUND) : pool_(pool) {}
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  /// Leaves the object on top.
  void push(Owned<T> object) {
    T* const pushed = internal::OwnedAccess::disown(std::move(object));
    BATON_NEVER_MISUSE(pushed != nullptr && pool_.owns(pushed), this,
                       "an object is pushed on a stack of another pool's objects");
    numbers_.push(PoolType::index_of(*pushed));
  }

  /// The object on top, or nothing when there is none.
  [[nodiscard]] std::optional<Owned<T>> pop() {
    const typename Numbers::Index index = numbers_.pop();
    if (index == Numbers::kNone) return std::nullopt;
    return internal::OwnedAccess::adopt(pool_.at(index));
  }

  /// Whether there is nothing at about this moment.
  bool is_empty() const { return numbers_.is_empty(); }

 private:
  PoolType& pool_;
  Numbers numbers_{Numbers::Start::kEmpty};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_STACK_H_
