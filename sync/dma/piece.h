// A buffer in flight, without the types: what to_device() does to it and what brings it back.  For
// sync/dma/ownership.h and chain.h only, whose types say when each may be called.
#ifndef BATON_SYNC_DMA_PIECE_H_
#define BATON_SYNC_DMA_PIECE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "arch/cache.h"
#include "arch/memory.h"
#include "base/result.h"
#include "sync/dma/buffer.h"
#include "sync/dma/window.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync::dma {

/// Which way the data go.
enum class Direction : std::uint8_t {
  kToDevice,    ///< the device reads
  kFromDevice,  ///< the device writes
  kBoth,        ///< the device does either
};

/// One flight of one buffer, or of a chain: the first piece's.  For telling flights apart.
struct FlightId {
  const Buffer* first = nullptr;
  std::uint32_t number = 0;
  friend bool operator==(const FlightId&, const FlightId&) = default;
};

namespace internal {

/// Where a device finds `bytes` of the buffer, if it can.  kInvalidArgument, kOutOfRange: as
/// Window::reach(), and for more than the buffer has; kUnsupported: the CPU's cache has longer
/// lines than it was thought to.
inline Result<std::uint64_t> reach(const Buffer& buffer, std::size_t bytes, const Window& window) {
  if (bytes > buffer.capacity()) return fail(Error::kOutOfRange);
  if (arch::DataCache::line_bytes() > arch::DataCache::kLine) return fail(Error::kUnsupported);
  return window.reach(arch::to_physical(BufferAccess::memory(buffer)), bytes);
}

/// A buffer that a device has.
class Piece {
 public:
  Piece() = default;
  Piece(Piece&& other) noexcept
      : buffer_(std::exchange(other.buffer_, nullptr)),
        bytes_(other.bytes_),
        bus_(other.bus_),
        dirty_(other.dirty_) {}
  Piece& operator=(Piece&& other) noexcept {
    check_landed();
    buffer_ = std::exchange(other.buffer_, nullptr);
    bytes_ = other.bytes_;
    bus_ = other.bus_;
    dirty_ = other.dirty_;
    return *this;
  }
  // In every build: the buffer would be used again while the device works on it.
  ~Piece() { check_landed(); }

  /// The CPU gives the buffer away.
  template <class Maintenance>
  static Piece take_off(Owned<Buffer> owned, std::size_t bytes, std::uint64_t bus) {
    Piece piece;
    piece.buffer_ = sync::internal::OwnedAccess::disown(std::move(owned));
    piece.bytes_ = bytes;
    piece.bus_ = bus;
    ++BufferAccess::flights(*piece.buffer_);
    Lines lines = piece.lines();
    if constexpr (kCacheModel) std::memset(lines.memory, to_int(kStale), lines.bytes);
    // Whichever way the data go: a dirty line that falls out of the cache later would overwrite
    // what the device wrote.
    Maintenance::clean(lines);
    if constexpr (kCacheModel) std::memset(lines.cpu, to_int(kPoison), lines.bytes);
    piece.dirty_ = lines.dirty;
    return piece;
  }

  /// The CPU has it back; the device has let go of it.
  template <class Maintenance>
  Owned<Buffer> land(Direction direction) {
    Lines lines = this->lines();
    if constexpr (kCacheModel) {
      const bool untouched = std::all_of(lines.cpu, lines.cpu + lines.bytes,
                                         [](std::byte byte) { return byte == kPoison; });
      BATON_NO_MISUSE(untouched, buffer_, "a buffer was written to while its device had it");
      if (dirty_) std::memcpy(lines.memory, lines.cpu, lines.bytes);
    }
    if (direction == Direction::kToDevice) {
      // Memory is as it was cleaned: the CPU may read it from wherever it is.
      if constexpr (kCacheModel) std::memcpy(lines.cpu, lines.memory, lines.bytes);
    } else {
      // The CPU may have fetched lines ahead of time, before the device wrote.
      Maintenance::invalidate(lines);
    }
    return sync::internal::OwnedAccess::adopt(std::exchange(buffer_, nullptr));
  }

  [[nodiscard]] bool in_flight() const { return buffer_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t bus() const { return bus_; }
  [[nodiscard]] FlightId id() const {
    return {buffer_, in_flight() ? BufferAccess::flights(*buffer_) : 0};
  }

 private:
  static int to_int(std::byte byte) { return std::to_integer<int>(byte); }

  [[nodiscard]] Lines lines() const {
    constexpr std::size_t kLine = arch::DataCache::kLine;
    return {.cpu = BufferAccess::cpu(*buffer_),
            .memory = BufferAccess::memory(*buffer_),
            .bytes = (bytes_ + kLine - 1) / kLine * kLine};
  }
  void check_landed() const {
    BATON_NEVER_MISUSE(buffer_ == nullptr, buffer_, "a buffer was dropped while its device has it");
  }

  Buffer* buffer_ = nullptr;
  std::size_t bytes_ = 0;
  std::uint64_t bus_ = 0;
  bool dirty_ = false;
};

/// A token brings back the flight that it was made for, and no other.
inline void check_flight(const FlightId& mine, const FlightId& token) {
  BATON_NEVER_MISUSE(mine == token, mine.first, "a token of another flight");
}

}  // namespace internal
}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_PIECE_H_
