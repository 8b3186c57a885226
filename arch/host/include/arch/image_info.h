// What the running program says of itself.
#ifndef BATON_ARCH_HOST_IMAGE_INFO_H_
#define BATON_ARCH_HOST_IMAGE_INFO_H_

#include <cstddef>
#include <span>

namespace baton::arch {

/// The linker's fingerprint of this program, as the loader has it mapped; empty if it was linked
/// without one.  Any context.
std::span<const std::byte> build_id() noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_IMAGE_INFO_H_
