#include "arch/image_info.h"

#include <link.h>

#include "arch/contract/build_id_note.h"

namespace baton::arch {

std::span<const std::byte> build_id() noexcept {
  std::span<const std::byte> found;
  // The first that is told is the program.
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        for (const ElfW(Phdr) & part : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
          if (part.p_type != PT_NOTE) continue;
          const auto* const begin =
              reinterpret_cast<const std::byte*>(info->dlpi_addr + part.p_vaddr);
          const auto id = contract::build_id_in({begin, part.p_memsz});
          if (!id.empty()) *static_cast<std::span<const std::byte>*>(result) = id;
        }
        return 1;
      },
      &found);
  return found;
}

}  // namespace baton::arch
