// A disk: numbered sectors that are read and written whole.  What a block driver, a cache in front
// of one, and a partition of one offer upwards.
//
// What a write has done is certain only after a flush:
//
//   write A, write B             a power cut leaves any of: neither, A, B, both
//   write A, flush, write B      ... leaves B only if it leaves A
//
// A sector is written whole or not at all; of several sectors in one write, any may be left.
#ifndef BATON_DRIVERS_IFACE_BLOCK_DEVICE_H_
#define BATON_DRIVERS_IFACE_BLOCK_DEVICE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace baton::iface {

/// A disk.  Threads; one caller at a time, and which one is its owner's business.
///
/// Each call lends its buffer for as long as it lasts and no longer: when it returns, whatever the
/// answer, the device has let go of it.  A driver whose device reaches only some memory, or wants
/// buffers aligned, keeps buffers of its own.
class BlockDevice {
 public:
  BlockDevice() = default;
  BlockDevice(const BlockDevice&) = delete;
  BlockDevice& operator=(const BlockDevice&) = delete;

  /// What to call it in a log.  Constant; any context.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Bytes of a sector: a power of two, at least 512.  Constant; any context.
  [[nodiscard]] virtual std::uint32_t sector_bytes() const noexcept = 0;

  /// How many sectors there are.  Constant as long as the medium stays in; any context.
  [[nodiscard]] virtual std::uint64_t sectors() const noexcept = 0;

  /// True: write() always answers kReadOnly.  Any context.
  [[nodiscard]] virtual bool read_only() const noexcept { return false; }

  /// Fills `into`, a whole number of sectors, from sector `first` on; waits for it.  On an error
  /// its contents are not specified.  kInvalidArgument: no whole number of sectors; kOutOfRange:
  /// beyond the end; kIo, kTimedOut: the device's failure; kNotFound: the medium is gone.
  virtual Result<void> read(std::uint64_t first, std::span<std::byte> into) noexcept = 0;

  /// Writes `from` from sector `first` on, and waits until the device has taken it: not until it
  /// would last.  After an error any of the sectors may hold what it held or what was to be
  /// written.  kReadOnly: nothing here is ever written; otherwise errors as read().
  virtual Result<void> write(std::uint64_t first, std::span<const std::byte> from) noexcept = 0;

  /// Waits until everything written before would survive a power cut.  After an error, what had
  /// been written since the last flush may or may not.  kIo, kTimedOut, kNotFound as read().
  virtual Result<void> flush() noexcept = 0;

  /// What read() and write() answer to a request that can never work; for those who implement
  /// them.
  [[nodiscard]] Result<void> check(std::uint64_t first, std::size_t bytes) const noexcept {
    if (bytes % sector_bytes() != 0) return fail(Error::kInvalidArgument);
    const std::uint64_t count = bytes / sector_bytes();
    if (count > sectors() || first > sectors() - count) return fail(Error::kOutOfRange);
    return {};
  }

 protected:
  ~BlockDevice() = default;
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_BLOCK_DEVICE_H_
