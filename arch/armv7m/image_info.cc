#include "arch/image_info.h"

#include "arch/armv7m/image.h"
#include "arch/contract/build_id_note.h"

namespace baton::arch {

std::span<const std::byte> build_id() noexcept {
  return contract::build_id_in({armv7m_build_id_start, armv7m_build_id_end});
}

}  // namespace baton::arch
