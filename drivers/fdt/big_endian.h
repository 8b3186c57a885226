// Big-endian numbers out of a tree's bytes, at any alignment.  Any context.
#ifndef BATON_DRIVERS_FDT_BIG_ENDIAN_H_
#define BATON_DRIVERS_FDT_BIG_ENDIAN_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::drivers::fdt {

/// Bytes of a cell, the unit in which properties count.  [DTSpec 2.2.4]
inline constexpr std::size_t kCellBytes = 4;

/// The first cell of `bytes`, which has at least one.
constexpr std::uint32_t read_cell(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.first<kCellBytes>()) {
    value = (value << 8U) | std::to_integer<std::uint32_t>(byte);
  }
  return value;
}

/// The number made of the first `cells` (0, 1 or 2) cells of `bytes`.  No cells make 0.
constexpr std::uint64_t read_cells(std::span<const std::byte> bytes, std::size_t cells) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    value = (value << 32U) | read_cell(bytes.subspan(i * kCellBytes));
  }
  return value;
}

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_BIG_ENDIAN_H_
