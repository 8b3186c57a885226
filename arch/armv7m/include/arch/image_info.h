// What the running image says of itself.
#ifndef BATON_ARCH_ARMV7M_IMAGE_INFO_H_
#define BATON_ARCH_ARMV7M_IMAGE_INFO_H_

#include <cstddef>
#include <span>

namespace baton::arch {

/// The linker's fingerprint of this image: the same bytes stand in the ELF file, so that a dump
/// finds its symbols.  Empty if the image was linked without one.  Any context.
std::span<const std::byte> build_id() noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_IMAGE_INFO_H_
