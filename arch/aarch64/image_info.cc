#include "arch/image_info.h"

#include "arch/aarch64/image.h"
#include "arch/contract/build_id_note.h"

namespace baton::arch {

std::span<const std::byte> build_id() noexcept {
  return contract::build_id_in({__build_id_note_start, __build_id_note_end});
}

}  // namespace baton::arch
