// Scatter and gather: several buffers that a device works on one after the other, as one flight.
//
//   CpuChain<8> chain;
//   auto refused = chain.add(std::move(header), 64);     // kFull and the like: the buffer is back
//   auto flying = std::move(chain).to_device<Direction::kToDevice>(engine);
//
// A chain owns all of its pieces, and they change hands together: all go to the device or none, and
// one token brings all back.  States, tokens and rules are those of sync/dma/ownership.h.
//
// Any context; each step O(bytes).
#ifndef BATON_SYNC_DMA_CHAIN_H_
#define BATON_SYNC_DMA_CHAIN_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/result.h"
#include "sync/cell_answers.h"
#include "sync/dma/buffer.h"
#include "sync/dma/ownership.h"
#include "sync/dma/piece.h"
#include "sync/dma/tokens.h"
#include "sync/owned.h"

namespace baton::sync::dma {

template <std::size_t N>
struct ChainNotHanded;
template <Direction D, class C, std::size_t N>
class AbortingChain;

/// A buffer of a chain, and how many of its bytes are a part of it.
struct [[nodiscard]] ChainedBuffer {
  CpuOwned buffer;
  std::size_t bytes;
};

/// Up to N buffers, in order, all the CPU's.  Empty once moved from.  Dropped, each goes home.
template <std::size_t N>
class [[nodiscard]] CpuChain {
 public:
  CpuChain() = default;
  CpuChain(CpuChain&& other) noexcept
      : pieces_(std::move(other.pieces_)),
        bytes_(other.bytes_),
        first_(other.first_),
        end_(std::exchange(other.end_, other.first_)) {}
  CpuChain& operator=(CpuChain&& other) noexcept {
    pieces_ = std::move(other.pieces_);
    bytes_ = other.bytes_;
    first_ = other.first_;
    end_ = std::exchange(other.end_, other.first_);
    return *this;
  }
  CpuChain(const CpuChain&) = delete;
  CpuChain& operator=(const CpuChain&) = delete;
  ~CpuChain() = default;

  /// The buffer's first `bytes` come after what there is.  kFull: N have been added;
  /// kInvalidArgument: no bytes; kOutOfRange: more than the buffer has.
  Answer<void, NotHanded> add(CpuOwned buffer, std::size_t bytes) {
    if (end_ == N) return std::unexpected(NotHanded{Error::kFull, std::move(buffer)});
    if (bytes == 0) return std::unexpected(NotHanded{Error::kInvalidArgument, std::move(buffer)});
    if (bytes > buffer.bytes().size()) {
      return std::unexpected(NotHanded{Error::kOutOfRange, std::move(buffer)});
    }
    pieces_[end_].emplace(std::move(buffer).release());
    bytes_[end_++] = bytes;
    return {};
  }
  /// The first buffer; nothing: the chain is empty.
  [[nodiscard]] std::optional<ChainedBuffer> pop_front() {
    if (first_ == end_) return std::nullopt;
    const std::size_t at = first_++;
    return ChainedBuffer{CpuOwned(std::move(in(pieces_[at]))), bytes_[at]};
  }
  [[nodiscard]] std::size_t size() const { return end_ - first_; }

  /// Gives every piece to the controller's device, or none: the errors of CpuOwned::to_device(),
  /// and kEmpty.
  template <Direction D, Controller C, class M = Maintenance>
  Answer<DeviceChain<D, C, N>, ChainNotHanded<N>> to_device(const C& controller) &&;

 private:
  template <Direction, class, std::size_t>
  friend class DeviceChain;
  template <Direction, class, std::size_t>
  friend class AbortingChain;

  // A place from first_ up to end_.
  static Owned<Buffer>& in(std::optional<Owned<Buffer>>& place) {
    BATON_ASSERT(place.has_value());
    return *place;
  }

  template <Direction D, class M>
  static CpuChain landed(std::array<internal::Piece, N>& pieces, std::size_t count) {
    CpuChain chain;
    for (; chain.end_ != count; ++chain.end_) {
      internal::Piece& piece = pieces[chain.end_];
      chain.bytes_[chain.end_] = piece.bytes();
      chain.pieces_[chain.end_].emplace(piece.template land<M>(D));
    }
    return chain;
  }

  std::array<std::optional<Owned<Buffer>>, N> pieces_{};
  std::array<std::size_t, N> bytes_{};
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

/// A chain that no device got, and why.
template <std::size_t N>
struct [[nodiscard]] ChainNotHanded {
  Error why;
  CpuChain<N> chain;
};

/// A chain that a device had, and how that ended: the bytes it moved in all, or its complaint.
template <std::size_t N>
struct [[nodiscard]] ChainReturned {
  CpuChain<N> chain;
  Result<std::size_t> moved;
};

/// All pieces are the device's.
template <Direction D, class C, std::size_t N>
class [[nodiscard]] [[clang::consumable(unconsumed)]] DeviceChain {
 public:
  [[clang::return_typestate(unconsumed)]] DeviceChain(DeviceChain&& other) noexcept
      : pieces_(std::move(other.pieces_)), count_(std::exchange(other.count_, 0)) {}
  DeviceChain(const DeviceChain&) = delete;
  DeviceChain& operator=(const DeviceChain&) = delete;
  DeviceChain& operator=(DeviceChain&&) = delete;
  ~DeviceChain() = default;  // a Piece's ends the program where it is not consumed

  /// Pieces.
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] std::size_t size() const {
    return count_;
  }
  /// Of piece `index`.
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] BusAddress address(
      std::size_t index) const {
    return BusAddress(at(index).bus());
  }
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] std::size_t size_of(
      std::size_t index) const {
    return at(index).bytes();
  }
  /// Of all pieces.
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] std::size_t total() const {
    std::size_t sum = 0;
    for (const internal::Piece& piece : pieces_) sum += piece.in_flight() ? piece.bytes() : 0;
    return sum;
  }
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] FlightId flight() const {
    return at(0).id();
  }

  template <class M = Maintenance>
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]]
  ChainReturned<N> complete(Completed<C> token) && {
    internal::check_flight(at(0).id(), token.flight());
    return {.chain = CpuChain<N>::template landed<D, M>(pieces_, count_), .moved = token.moved()};
  }
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]]
  AbortingChain<D, C, N> abort() && {
    return AbortingChain<D, C, N>(std::move(pieces_), count_);
  }

 private:
  template <std::size_t>
  friend class CpuChain;
  using Pieces = std::array<internal::Piece, N>;

  [[clang::return_typestate(unconsumed)]] DeviceChain(Pieces&& pieces, std::size_t count)
      : pieces_(std::move(pieces)), count_(count) {}

  [[nodiscard]] const internal::Piece& at(std::size_t index) const {
    BATON_CHECK(index < count_);
    return pieces_[index];
  }

  Pieces pieces_;
  std::size_t count_;
};

/// The flight is called off, and the device may still be at it.
template <Direction D, class C, std::size_t N>
class [[nodiscard]] [[clang::consumable(unconsumed)]] AbortingChain {
 public:
  [[clang::return_typestate(unconsumed)]] AbortingChain(AbortingChain&& other) noexcept
      : pieces_(std::move(other.pieces_)), count_(std::exchange(other.count_, 0)) {}
  AbortingChain(const AbortingChain&) = delete;
  AbortingChain& operator=(const AbortingChain&) = delete;
  AbortingChain& operator=(AbortingChain&&) = delete;
  ~AbortingChain() = default;

  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] FlightId flight() const {
    BATON_CHECK(count_ != 0);
    return pieces_[0].id();
  }

  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]] CpuChain<N>
  reclaim(Stopped<C> token) && {
    internal::check_flight(pieces_[0].id(), token.flight());
    return CpuChain<N>::template landed<D, Maintenance>(pieces_, count_);
  }
  /// The flight had ended before it could be called off.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]]
  ChainReturned<N> complete(Completed<C> token) && {
    internal::check_flight(pieces_[0].id(), token.flight());
    return {.chain = CpuChain<N>::template landed<D, Maintenance>(pieces_, count_),
            .moved = token.moved()};
  }

 private:
  friend class DeviceChain<D, C, N>;
  using Pieces = std::array<internal::Piece, N>;

  [[clang::return_typestate(unconsumed)]] AbortingChain(Pieces&& pieces, std::size_t count)
      : pieces_(std::move(pieces)), count_(count) {}

  Pieces pieces_;
  std::size_t count_;
};

template <std::size_t N>
template <Direction D, Controller C, class M>
Answer<DeviceChain<D, C, N>, ChainNotHanded<N>> CpuChain<N>::to_device(const C& controller) && {
  if (first_ == end_) return std::unexpected(ChainNotHanded<N>{Error::kEmpty, std::move(*this)});
  std::array<std::uint64_t, N> bus{};
  for (std::size_t i = first_; i != end_; ++i) {
    const Result<std::uint64_t> at =
        internal::reach(*in(pieces_[i]), bytes_[i], controller.window());
    if (!at) return std::unexpected(ChainNotHanded<N>{at.error(), std::move(*this)});
    bus[i] = *at;
  }
  std::array<internal::Piece, N> pieces;
  std::size_t count = 0;
  for (; first_ != end_; ++first_) {
    pieces[count++] =
        internal::Piece::take_off<M>(std::move(in(pieces_[first_])), bytes_[first_], bus[first_]);
  }
  return DeviceChain<D, C, N>(std::move(pieces), count);
}

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_CHAIN_H_
