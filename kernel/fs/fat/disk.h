// `Disk`: the block device below a FAT volume, and the two rules of writing to it.
//
// 1. What must be on the disk before something else is followed by barrier().
// 2. After a write of metadata, or a barrier, has failed, nothing is written any more: what is on
//    the disk is then one of the states that a power cut leaves, and stays one.
#ifndef BATON_KERNEL_FS_FAT_DISK_H_
#define BATON_KERNEL_FS_FAT_DISK_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "drivers/iface/block_device.h"

namespace baton::kernel::fat {

/// A part of its volume; sectors are counted from the volume's first one.
class Disk {
 public:
  void attach(iface::BlockDevice& device, bool read_only) {
    device_ = &device;
    read_only_ = read_only || device.read_only();
    unflushed_ = false;
  }
  void detach() { device_ = nullptr; }
  [[nodiscard]] bool attached() const { return device_ != nullptr; }
  [[nodiscard]] bool read_only() const { return read_only_; }

  Result<void> read(std::uint32_t sector, std::span<std::byte> into) {
    return device_->read(sector, into);
  }

  /// Contents of files: a failure concerns nobody else.
  Result<void> write_data(std::uint32_t sector, std::span<const std::byte> from) {
    if (read_only_) return fail(Error::kReadOnly);
    unflushed_ = true;
    return device_->write(sector, from);
  }

  /// Everything else.
  Result<void> write_metadata(std::uint32_t sector, std::span<const std::byte> from) {
    const Result<void> written = write_data(sector, from);
    if (!written) read_only_ = true;
    return written;
  }

  /// What was written before would survive a power cut when what is written afterwards does.
  Result<void> barrier() {
    if (!unflushed_) return {};
    if (read_only_) return fail(Error::kReadOnly);
    const Result<void> flushed = device_->flush();
    if (!flushed) {
      read_only_ = true;
      return flushed;
    }
    unflushed_ = false;
    return {};
  }

 private:
  iface::BlockDevice* device_ = nullptr;
  bool read_only_ = true;
  bool unflushed_ = false;
};

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_DISK_H_
