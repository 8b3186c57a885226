#include "drivers/block/ram_disk/ram_disk.h"

#include <algorithm>

namespace baton::drivers {

Result<void> RamDisk::read(std::uint64_t first, std::span<std::byte> into) noexcept {
  if (const auto good = check(first, into.size()); !good) return good;
  const auto at = static_cast<std::size_t>(first) * kSectorBytes;
  std::ranges::copy(memory_.subspan(at, into.size()), into.begin());
  return {};
}

Result<void> RamDisk::write(std::uint64_t first, std::span<const std::byte> from) noexcept {
  if (read_only_) return fail(Error::kReadOnly);
  if (const auto good = check(first, from.size()); !good) return good;
  const auto at = static_cast<std::size_t>(first) * kSectorBytes;
  std::ranges::copy(from, memory_.subspan(at).begin());
  return {};
}

}  // namespace baton::drivers
