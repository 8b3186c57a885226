// `BlockPool<kBytes, kCount>`: blocks of memory of one size, for which threads can wait.
//
//   using Packets = BlockPool<128, 16>;
//   constinit Packets::Storage memory;             // all zeros: in .bss
//   constinit Packets packets(memory);
//   Result<Packets::Block> block = packets.allocate();
//   std::ranges::fill(block->bytes(), std::byte{0});
//
// The free ones form a lock-free stack; a semaphore counts them, so with blocks there nobody takes
// a lock, and with none they go to those who wait, the most urgent first.  A block's handle gives
// it back when it ends.
//
// Any core.  Which calls may be made where: kernel/sched/may_block.h.
#ifndef BATON_KERNEL_BLOCKING_BLOCK_POOL_H_
#define BATON_KERNEL_BLOCKING_BLOCK_POOL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/annotations.h"
#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/sched/may_block.h"
#include "sync/index_stack.h"
#include "sync/misuse.h"

namespace baton::kernel {

template <std::size_t kBytes, std::size_t kCount,
          std::size_t kAlignment = alignof(std::max_align_t)>
class BlockPool {
  static_assert(kBytes != 0 && kBytes % kAlignment == 0, "blocks lie one behind the other");
  using Free = sync::IndexStack<kCount>;

 public:
  /// The one handle on a block; gives it back when it ends.  Empty once moved from.
  class [[nodiscard]] Block {
   public:
    Block(Block&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), index_(other.index_) {}
    Block& operator=(Block&& other) noexcept {
      if (this != &other) {
        end();
        pool_ = std::exchange(other.pool_, nullptr);
        index_ = other.index_;
      }
      return *this;
    }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() { end(); }

    /// Not once moved from.
    std::span<std::byte, kBytes> bytes() const BATON_LIFETIMEBOUND {
      BATON_NO_MISUSE(pool_ != nullptr, this, "a block is used after it was moved from");
      return pool_->storage_.blocks[index_].bytes;
    }

   private:
    friend class BlockPool;
    Block(BlockPool& pool, typename Free::Index index) : pool_(&pool), index_(index) {}
    // Most that end have been moved from.
    [[gnu::always_inline]] void end() {
      if (pool_ != nullptr) std::exchange(pool_, nullptr)->take_back(index_);
    }

    BlockPool* pool_;
    typename Free::Index index_;
  };

  /// Where the blocks are; for one pool.
  struct Storage {
    struct alignas(kAlignment) One {
      std::array<std::byte, kBytes> bytes;
    };
    std::array<One, kCount> blocks{};
  };

  constexpr explicit BlockPool(Storage& storage BATON_LIFETIMEBOUND) : storage_(storage) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  static constexpr std::size_t capacity() { return kCount; }
  /// At about this moment.
  std::size_t available() const { return units_.units(); }

  /// kEmpty: none is free.  Any context.
  Result<Block> try_allocate() {
    if (!units_.try_acquire()) return fail(Error::kEmpty);
    return take();
  }
  /// kStopped: the thread was asked to stop first.
  Result<Block> allocate() BATON_MAY_BLOCK { return after(units_.acquire()); }
  /// kTimedOut, kStopped: it has none.
  Result<Block> allocate_for(Duration timeout) BATON_MAY_BLOCK {
    return after(units_.try_acquire_for(timeout));
  }
  Result<Block> allocate_until(Instant deadline) BATON_MAY_BLOCK {
    return after(units_.try_acquire_until(deadline));
  }

 private:
  Result<Block> after(Result<void> acquired) {
    if (!acquired) return fail(acquired.error());
    return take();
  }
  // With a unit, which stands for one of those in the stack.
  Block take() {
    const typename Free::Index index = free_.pop();
    BATON_CHECK(index != Free::kNone);
    return Block(*this, index);
  }

  [[gnu::noinline]] void take_back(typename Free::Index index) {
    free_.push(index);
    // Whoever is told finds it.
    units_.release();
  }

  Semaphore units_{kCount, kCount};
  Free free_{Free::Start::kFull};
  Storage& storage_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BLOCKING_BLOCK_POOL_H_
