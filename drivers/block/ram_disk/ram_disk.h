// `RamDisk`: a disk in memory, for what need not outlive the machine's run.
#ifndef BATON_DRIVERS_BLOCK_RAM_DISK_RAM_DISK_H_
#define BATON_DRIVERS_BLOCK_RAM_DISK_RAM_DISK_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "drivers/iface/block_device.h"

namespace baton::drivers {

/// One caller at a time; never waits, and so may be called from anywhere.
class RamDisk final : public iface::BlockDevice {
 public:
  static constexpr std::uint32_t kSectorBytes = 512;

  /// `memory` is the disk's contents, and belongs to it as long as it lives; what is left over
  /// behind the last whole sector is not used.
  constexpr explicit RamDisk(std::span<std::byte> memory, bool read_only = false)
      : memory_(memory), read_only_(read_only) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "ram"; }
  [[nodiscard]] std::uint32_t sector_bytes() const noexcept override { return kSectorBytes; }
  [[nodiscard]] std::uint64_t sectors() const noexcept override {
    return memory_.size() / kSectorBytes;
  }
  [[nodiscard]] bool read_only() const noexcept override { return read_only_; }

  Result<void> read(std::uint64_t first, std::span<std::byte> into) noexcept override;
  Result<void> write(std::uint64_t first, std::span<const std::byte> from) noexcept override;
  Result<void> flush() noexcept override { return {}; }

 private:
  std::span<std::byte> memory_;
  bool read_only_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_BLOCK_RAM_DISK_RAM_DISK_H_
