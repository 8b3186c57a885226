#include "arch/image_info.h"

#include <cstdint>
#include <cstring>

#include "arch/armv7m/image.h"

namespace baton::arch {

// [ELF gABI, Note Section] namesz, descsz, type, name padded to 4, desc.
std::span<const std::byte> build_id() noexcept {
  struct NoteHeader {
    std::uint32_t name_bytes;
    std::uint32_t description_bytes;
    std::uint32_t type;
  };
  const auto bytes = static_cast<std::size_t>(armv7m_build_id_end - armv7m_build_id_start);
  NoteHeader header{};
  if (bytes < sizeof(header)) {
    return {};
  }
  std::memcpy(&header, armv7m_build_id_start, sizeof(header));
  const std::size_t start = sizeof(header) + ((header.name_bytes + 3U) & ~std::size_t{3});
  if (start > bytes || header.description_bytes > bytes - start) {
    return {};
  }
  return {armv7m_build_id_start + start, header.description_bytes};
}

}  // namespace baton::arch
