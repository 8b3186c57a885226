// Test memory of exactly the length asked for, so that AddressSanitizer sees a read behind it.
#ifndef BATON_DRIVERS_FDT_TESTING_BLOB_H_
#define BATON_DRIVERS_FDT_TESTING_BLOB_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace baton::drivers::fdt {

/// An owned copy of some bytes, at an address divisible by 8.  Tests only.
class Blob {
 public:
  explicit Blob(std::span<const std::byte> bytes)
      : size_(bytes.size()), bytes_(std::make_unique<std::byte[]>(bytes.size())) {
    std::ranges::copy(bytes, bytes_.get());
  }

  std::span<std::byte> bytes() { return {bytes_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }

  /// Store a big-endian word at byte `offset`.
  void put_cell(std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      bytes()[offset + i] = static_cast<std::byte>(value >> (24 - 8 * i));
    }
  }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_TESTING_BLOB_H_
