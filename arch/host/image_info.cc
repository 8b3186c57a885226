#include "arch/image_info.h"

#include <elf.h>
#include <link.h>

#include <cstring>

namespace baton::arch {
namespace {

// [ELF gABI, Note Section] Of the notes of one segment, the linker's build id.
std::span<const std::byte> build_id_in(std::span<const std::byte> notes) {
  constexpr auto padded = [](std::size_t bytes) { return (bytes + 3U) & ~std::size_t{3}; };
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) header{};
    std::memcpy(&header, notes.data(), sizeof(header));
    const std::size_t at = sizeof(header) + padded(header.n_namesz);
    const std::size_t bytes = at + padded(header.n_descsz);
    if (bytes > notes.size()) break;
    const auto* const name = notes.data() + sizeof(header);
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof(ELF_NOTE_GNU) &&
        std::memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0) {
      return notes.subspan(at, header.n_descsz);
    }
    notes = notes.subspan(bytes);
  }
  return {};
}

}  // namespace

std::span<const std::byte> build_id() noexcept {
  std::span<const std::byte> found;
  // The first that is told is the program.
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        for (const ElfW(Phdr) & part : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
          if (part.p_type != PT_NOTE) continue;
          const auto* const begin =
              reinterpret_cast<const std::byte*>(info->dlpi_addr + part.p_vaddr);
          const auto id = build_id_in({begin, part.p_memsz});
          if (!id.empty()) *static_cast<std::span<const std::byte>*>(result) = id;
        }
        return 1;
      },
      &found);
  return found;
}

}  // namespace baton::arch
