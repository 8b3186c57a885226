// Whose turn it is with a buffer, as a type: the CPU's, a device's, or nobody's while a flight is
// called off.
//
//   CpuOwned  --- to_device<D>(controller, bytes) --->  DeviceOwned<D>  --- abort() --->
//   Aborting<D>
//      ^  ^                                                  |                                |
//      |  +---------------- complete(Completed) -------------+                                |
//      +------------------- reclaim(Stopped), complete(Completed) ----------------------------+
//
// Each step consumes one and makes the other, and does the cache maintenance that belongs to it.
// Only CpuOwned has bytes(); only DeviceOwned has an address(); only the controller's driver makes
// the tokens that lead back (sync/dma/tokens.h).  What does not work out hands the buffer back.
//
// A DeviceOwned or Aborting that is dropped ends the program, in every build: its buffer would be
// used again while the device works on it.  A CpuOwned that is dropped goes home like every
// Owned<T>.
//
// Any context; each step O(bytes) for the maintenance.  Any core: who passes one on to another core
// does so through what orders memory (a cell, a mailbox).
#ifndef BATON_SYNC_DMA_OWNERSHIP_H_
#define BATON_SYNC_DMA_OWNERSHIP_H_

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

#include "base/annotations.h"
#include "base/result.h"
#include "sync/cell_answers.h"
#include "sync/dma/buffer.h"
#include "sync/dma/piece.h"
#include "sync/dma/tokens.h"
#include "sync/misuse.h"
#include "sync/owned.h"

namespace baton::sync::dma {

struct NotHanded;
template <Direction D, class C>
class DeviceOwned;
template <Direction D, class C>
class Aborting;

/// The CPU's turn: whoever holds this reads and writes.
class [[nodiscard]] [[clang::consumable(unconsumed)]] CpuOwned {
 public:
  /// From the handle on a buffer, of whatever length.
  template <class B>
    requires std::derived_from<B, Buffer>
  [[clang::return_typestate(unconsumed)]] explicit(false) CpuOwned(Owned<B>&& buffer)
      : buffer_(std::move(buffer)) {}
  [[clang::return_typestate(unconsumed)]] CpuOwned(CpuOwned&& other) noexcept
      : buffer_(std::move(other.buffer_)) {}
  [[clang::set_typestate(unconsumed)]] CpuOwned& operator=(CpuOwned&& other) noexcept {
    buffer_ = std::move(other.buffer_);
    return *this;
  }
  CpuOwned(const CpuOwned&) = delete;
  CpuOwned& operator=(const CpuOwned&) = delete;
  ~CpuOwned() = default;

  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] std::span<std::byte> bytes() const
      BATON_LIFETIMEBOUND {
    const Buffer& buffer = *buffer_;
    return {internal::BufferAccess::cpu(buffer), buffer.capacity()};
  }

  /// Gives the first `bytes` of it to the controller's device.  Errors, each with the buffer:
  /// kInvalidArgument: no bytes, or an address or a length that the device cannot start or end at;
  /// kOutOfRange: more than there is, or out of the device's reach; kUnsupported: the CPU's cache
  /// has longer lines than the buffer was laid out for.
  template <Direction D, Controller C, class M = Maintenance>
  [[clang::set_typestate(consumed)]] [[clang::callable_when(
      "unconsumed", "unknown")]] Answer<DeviceOwned<D, C>, NotHanded>
  to_device(const C& controller, std::size_t bytes) &&;

  /// The same for descriptors that refer to each other: `fill(address, bytes)` writes them, knowing
  /// where the device will find them, before they go.
  template <Direction D, Controller C, class M = Maintenance, class Fill>
    requires std::invocable<Fill, BusAddress, std::span<std::byte>>
  [[clang::set_typestate(consumed)]] [[clang::callable_when(
      "unconsumed", "unknown")]] Answer<DeviceOwned<D, C>, NotHanded>
  to_device(const C& controller, std::size_t bytes, Fill&& fill) &&;

  /// The plain handle.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]] Owned<Buffer>
  release() && {
    return std::move(buffer_);
  }

 private:
  Owned<Buffer> buffer_;
};

/// A buffer that no device got, back with its owner, and why.
struct [[nodiscard]] NotHanded {
  Error why;
  CpuOwned buffer;
};

/// A buffer that a device had, and how that ended: the bytes it moved, or its complaint.
struct [[nodiscard]] Returned {
  CpuOwned buffer;
  Result<std::size_t> moved;
};

/// The device's turn.  Nobody reads, writes or frees the buffer.
template <Direction D, class C>
class [[nodiscard]] [[clang::consumable(unconsumed)]] DeviceOwned {
 public:
  [[clang::return_typestate(unconsumed)]] DeviceOwned(DeviceOwned&& other) noexcept
      : piece_(std::move(other.piece_)) {}
  DeviceOwned(const DeviceOwned&) = delete;
  DeviceOwned& operator=(const DeviceOwned&) = delete;
  DeviceOwned& operator=(DeviceOwned&&) = delete;
  ~DeviceOwned() = default;  // Piece's ends the program where it is not consumed

  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] BusAddress address() const {
    return BusAddress(piece_.bus());
  }
  /// How many bytes of it the device was given.
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] std::size_t size() const {
    return piece_.bytes();
  }
  /// What the controller's driver makes tokens for.
  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] FlightId flight() const {
    return piece_.id();
  }

  /// The device is through with it.  A token of another flight ends the program.
  template <class M = Maintenance>
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]] Returned
  complete(Completed<C> token) && {
    internal::check_flight(piece_.id(), token.flight());
    return {.buffer = piece_.template land<M>(D), .moved = token.moved()};
  }
  /// The flight is called off.  The device may go on until it was stopped.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed",
                                                            "unknown")]] Aborting<D, C>
  abort() && {
    return Aborting<D, C>(std::move(piece_));
  }

 private:
  friend class CpuOwned;
  [[clang::return_typestate(unconsumed)]] explicit DeviceOwned(internal::Piece&& piece)
      : piece_(std::move(piece)) {}

  internal::Piece piece_;
};

/// Nobody's turn: the flight is called off, and the device may still be at it.
template <Direction D, class C>
class [[nodiscard]] [[clang::consumable(unconsumed)]] Aborting {
 public:
  [[clang::return_typestate(unconsumed)]] Aborting(Aborting&& other) noexcept
      : piece_(std::move(other.piece_)) {}
  Aborting(const Aborting&) = delete;
  Aborting& operator=(const Aborting&) = delete;
  Aborting& operator=(Aborting&&) = delete;
  ~Aborting() = default;

  [[clang::callable_when("unconsumed", "unknown")]] [[nodiscard]] FlightId flight() const {
    return piece_.id();
  }

  /// The engine has stopped: what the device wrote so far is there, how much is not known.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]] CpuOwned
  reclaim(Stopped<C> token) && {
    internal::check_flight(piece_.id(), token.flight());
    return piece_.template land<Maintenance>(D);
  }
  /// The flight had ended before it could be called off.
  [[clang::set_typestate(consumed)]] [[clang::callable_when("unconsumed", "unknown")]] Returned
  complete(Completed<C> token) && {
    internal::check_flight(piece_.id(), token.flight());
    return {.buffer = piece_.template land<Maintenance>(D), .moved = token.moved()};
  }

 private:
  friend class DeviceOwned<D, C>;
  [[clang::return_typestate(unconsumed)]] explicit Aborting(internal::Piece&& piece)
      : piece_(std::move(piece)) {}

  internal::Piece piece_;
};

template <Direction D, Controller C, class M>
Answer<DeviceOwned<D, C>, NotHanded> CpuOwned::to_device(const C& controller,
                                                         std::size_t bytes) && {
  return std::move(*this).to_device<D, C, M>(controller, bytes,
                                             [](BusAddress, std::span<std::byte>) {});
}

template <Direction D, Controller C, class M, class Fill>
  requires std::invocable<Fill, BusAddress, std::span<std::byte>>
Answer<DeviceOwned<D, C>, NotHanded> CpuOwned::to_device(const C& controller, std::size_t bytes,
                                                         Fill&& fill) && {
  const Result<std::uint64_t> bus = internal::reach(*buffer_, bytes, controller.window());
  if (!bus) return std::unexpected(NotHanded{bus.error(), std::move(buffer_)});
  std::forward<Fill>(fill)(BusAddress(*bus), this->bytes().first(bytes));
  return DeviceOwned<D, C>(internal::Piece::take_off<M>(std::move(buffer_), bytes, *bus));
}

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_OWNERSHIP_H_
