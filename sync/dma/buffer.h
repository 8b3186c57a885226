// `Buffer`: memory that cores and devices take turns on.  `BufferOf<N>` is one with its bytes.
//
//   constinit sync::Pool<dma::BufferOf<4096>, 8> home;
//   dma::CpuOwned mine = *home.make();
//
// Its bytes fill whole cache lines that nothing else lies in: dropping a line never drops what a
// neighbour wrote.  Whose turn it is, is said by who holds it (sync/dma/ownership.h).
//
// The cache model.  An emulator has no caches, and neither has a device that a test plays: there, a
// forgotten clean or invalidate goes unnoticed.  So debug builds (without NDEBUG) give every buffer
// its bytes twice: the ones that the CPU works on stand for what is in the caches, the others, the
// only ones whose address a device gets, for memory.  Nothing passes between them but by
// maintenance, which is the worst that a real cache may do:
//
//   to the device      what the CPU wrote stays in its cache        unless cleaned
//   in flight          the CPU's bytes are poison: a read finds it, a write is reported
//                      lines that nobody cleaned fall out of the cache, over what the device wrote
//   back to the CPU    the CPU reads what its cache still has        unless invalidated
#ifndef BATON_SYNC_DMA_BUFFER_H_
#define BATON_SYNC_DMA_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "arch/cache.h"

namespace baton::sync::dma {

/// Whether the device works on bytes of its own, and maintenance copies.
#ifdef NDEBUG
inline constexpr bool kCacheModel = false;
#else
inline constexpr bool kCacheModel = true;
#endif

/// What the CPU finds where it looks at a buffer in flight, and the device where nobody cleaned.
inline constexpr std::byte kPoison{0xdb};
inline constexpr std::byte kStale{0xa5};

namespace internal {
struct BufferAccess;
}  // namespace internal

/// Any length.  Touched by whoever owns it, and through its owner's type only.
class Buffer {
 public:
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  /// Bytes there is room for; whole lines.
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 protected:
  constexpr Buffer(std::byte* cpu, std::byte* memory, std::size_t capacity)
      : cpu_(cpu), memory_(memory), capacity_(capacity) {}
  ~Buffer() = default;

 private:
  friend struct internal::BufferAccess;

  std::byte* cpu_;
  std::byte* memory_;  // where devices find it; `cpu_` but for the cache model
  std::size_t capacity_;
  std::uint32_t flights_ = 0;  // how often it was given to a device
};

/// One of at least N bytes.
template <std::size_t N>
class alignas(arch::DataCache::kLine) BufferOf final : public Buffer {
  static_assert(N > 0);
  static constexpr std::size_t kLine = arch::DataCache::kLine;

 public:
  static constexpr std::size_t kCapacity = (N + kLine - 1) / kLine * kLine;

  constexpr BufferOf() : Buffer(bytes_, bytes_ + (kCacheModel ? kCapacity : 0), kCapacity) {}

 private:
  alignas(kLine) std::byte bytes_[kCapacity * (kCacheModel ? 2 : 1)]{};
};

namespace internal {

struct BufferAccess {
  static std::byte* cpu(const Buffer& buffer) { return buffer.cpu_; }
  static std::byte* memory(const Buffer& buffer) { return buffer.memory_; }
  static std::uint32_t& flights(Buffer& buffer) { return buffer.flights_; }
};

}  // namespace internal

/// The lines of a flight, for maintenance.
struct Lines {
  std::byte* cpu;
  std::byte* memory;
  std::size_t bytes;
  bool dirty = true;  ///< the CPU's cache may hold what memory does not
};

/// What makes memory and the CPU's view of it one.  The only one there is, but for tests that show
/// what becomes of data without it.
struct Maintenance {
  /// Memory holds what the CPU wrote, and its cache nothing.
  static void clean(Lines& lines) {
    if constexpr (kCacheModel) std::memcpy(lines.memory, lines.cpu, lines.bytes);
    arch::DataCache::clean(lines.memory, lines.bytes);
    lines.dirty = false;
  }
  /// The CPU's next look is at memory.
  static void invalidate(Lines& lines) {
    arch::DataCache::invalidate(lines.memory, lines.bytes);
    if constexpr (kCacheModel) std::memcpy(lines.cpu, lines.memory, lines.bytes);
  }
};

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_BUFFER_H_
