// The linker's build-id among ELF notes, for ports.
#ifndef BATON_ARCH_CONTRACT_BUILD_ID_NOTE_H_
#define BATON_ARCH_CONTRACT_BUILD_ID_NOTE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace baton::arch::contract {

/// The id in `notes`, a part of the program as the linker wrote it; empty if there is none.  Any
/// context.  O(notes).  [ELF gABI, Note Section], [ld, --build-id]
inline std::span<const std::byte> build_id_in(std::span<const std::byte> notes) noexcept {
  struct Header {
    std::uint32_t name_bytes;
    std::uint32_t id_bytes;
    std::uint32_t type;
  };
  constexpr std::uint32_t kBuildId = 3;
  constexpr char kOwner[] = "GNU";
  const auto padded = [](std::size_t bytes) { return (bytes + 3U) & ~std::size_t{3}; };
  while (notes.size() >= sizeof(Header)) {
    Header header{};
    std::memcpy(&header, notes.data(), sizeof(header));
    const std::span<const std::byte> rest = notes.subspan(sizeof(header));
    const std::size_t name = padded(header.name_bytes);
    if (name > rest.size() || header.id_bytes > rest.size() - name) break;
    if (header.type == kBuildId && header.name_bytes == sizeof(kOwner) &&
        std::memcmp(rest.data(), kOwner, sizeof(kOwner)) == 0) {
      return rest.subspan(name, header.id_bytes);
    }
    const std::size_t bytes = name + padded(header.id_bytes);
    if (bytes > rest.size()) break;
    notes = rest.subspan(bytes);
  }
  return {};
}

}  // namespace baton::arch::contract

#endif  // BATON_ARCH_CONTRACT_BUILD_ID_NOTE_H_
