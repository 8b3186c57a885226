// What proves that a device is through with a buffer: tokens that the controller's driver alone can
// make.  And the address that a device is given, which a buffer in its hands alone has.
//
// A controller is a class with a `window()`; it is every token's friend, so that nobody else makes
// one.  It makes a `Completed` when it has *seen* the device be done with the very flight, and a
// `Stopped` when it has seen the engine stand still.  That it looks is the one thing that no type
// can check: the driver's few lines that make tokens are what to review (docs/dma.md).
#ifndef BATON_SYNC_DMA_TOKENS_H_
#define BATON_SYNC_DMA_TOKENS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "sync/dma/piece.h"
#include "sync/dma/window.h"

namespace baton::sync::dma {

/// What buffers are handed to.
template <class C>
concept Controller = requires(const C& controller) {
  { controller.window() } -> std::convertible_to<const Window&>;
};

class CpuOwned;
template <Direction D, class C>
class DeviceOwned;
template <Direction D, class C, std::size_t N>
class DeviceChain;

/// Where a device finds memory.  Only a buffer that a device owns has one, or is about to.
class BusAddress {
 public:
  /// To be written into the device's register or descriptor, and nowhere else.
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  friend class CpuOwned;
  template <Direction, class>
  friend class DeviceOwned;
  template <Direction, class, std::size_t>
  friend class DeviceChain;
  constexpr explicit BusAddress(std::uint64_t value) : value_(value) {}
  std::uint64_t value_;
};

/// The device has ended the flight by itself, and touches its buffers no more.
template <class C>
class [[nodiscard]] Completed {
 public:
  Completed(Completed&&) noexcept = default;
  Completed& operator=(Completed&&) noexcept = default;
  Completed(const Completed&) = delete;
  Completed& operator=(const Completed&) = delete;
  ~Completed() = default;

  [[nodiscard]] FlightId flight() const { return flight_; }
  /// Bytes that were moved, fewer than asked for where the device ended early; or what it
  /// complained of.
  [[nodiscard]] Result<std::size_t> moved() const { return moved_; }

 private:
  friend C;
  Completed(FlightId flight, Result<std::size_t> moved) : flight_(flight), moved_(moved) {}

  FlightId flight_;
  Result<std::size_t> moved_;
};

/// The engine stands still: it was told to, and was seen to.
template <class C>
class [[nodiscard]] Stopped {
 public:
  Stopped(Stopped&&) noexcept = default;
  Stopped& operator=(Stopped&&) noexcept = default;
  Stopped(const Stopped&) = delete;
  Stopped& operator=(const Stopped&) = delete;
  ~Stopped() = default;

  [[nodiscard]] FlightId flight() const { return flight_; }

 private:
  friend C;
  explicit Stopped(FlightId flight) : flight_(flight) {}

  FlightId flight_;
};

}  // namespace baton::sync::dma

#endif  // BATON_SYNC_DMA_TOKENS_H_
