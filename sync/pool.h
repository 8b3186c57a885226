// `Pool<T, N>`: room for N objects, handed out as Owned<T> and taken back when the handle is
// dropped.
//
// Free slots form a stack without ABA (sync/index_stack.h).  A pool that nobody touched yet is all
// zeros: it sits in .bss and needs no start-up code.
//
// Any core, any context; lock-free; no operation waits.
#ifndef BATON_SYNC_POOL_H_
#define BATON_SYNC_POOL_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "sync/atomics.h"
#include "sync/index_stack.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync {

/// `GenerationBits` is for tests, which make the generation wrap.
template <class T, std::size_t N, class Atomics = StdAtomics,
          unsigned GenerationBits = 32U - std::bit_width(N)>
class Pool {
  using Free = IndexStack<N, Atomics, GenerationBits>;
  using Index = typename Free::Index;

 public:
  constexpr Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  static constexpr std::size_t capacity() { return N; }

  /// Constructs a T in a free slot; nothing when there is none.  O(1) but for retries.
  template <class... Args>
  [[nodiscard]] std::optional<Owned<T>> make(Args&&... args) {
    const Index index = free_.pop();
    if (index == Free::kNone) return std::nullopt;
    Slot& slot = slots_[index];
    slot.word.go_home = &come_home;
    slot.index = index;
    return internal::OwnedAccess::adopt(
        std::construct_at(&slot.value, std::forward<Args>(args)...));
  }

  /// Whether the object lives in this pool.
  bool owns(const T* object) const {
    const auto address = reinterpret_cast<std::uintptr_t>(object);
    const auto first = reinterpret_cast<std::uintptr_t>(&slots_[0]);
    return address >= first && address < first + sizeof(slots_);
  }

  /// How many slots are free at about this moment.  O(N); for reports.
  std::size_t available() const {
    std::size_t count = 0;
    for (Index i = 0; i < N; ++i) count += free_.is_out(i) ? 0U : 1U;
    return count;
  }

  /// The number of an object that lives here, below N: what containers of its objects go by.
  static Index index_of(const T& object) {
    return static_cast<const Slot&>(internal::House<T>::of(const_cast<T*>(&object))).index;
  }
  /// The object with that number, whoever owns it.  For containers of its objects.
  T* at(Index index) { return &slots_[index].value; }

 private:
  struct Slot : internal::House<T> {
    constexpr Slot() = default;
    Index index = 0;  // valid while out: where in the pool, and so where the pool is
  };

  static void come_home(void* object) {
    auto& slot = static_cast<Slot&>(internal::House<T>::of(object));
    const Index index = slot.index;
    Pool& pool = pool_of(&slot - index);
    BATON_NO_MISUSE(pool.free_.is_out(index), &pool,
                    "an object comes home that is at home already");
    std::destroy_at(&slot.value);
    pool.free_.push(index);
  }

  static Pool& pool_of(Slot* first) {
    auto& pool = *reinterpret_cast<Pool*>(first);  // `slots_` is the first member
    BATON_NO_MISUSE(&pool.slots_[0] == first, first,
                    "an object's place in its pool was overwritten");
    return pool;
  }

  Slot slots_[N];
  Free free_{Free::Start::kFull};
};

}  // namespace baton::sync

#endif  // BATON_SYNC_POOL_H_
