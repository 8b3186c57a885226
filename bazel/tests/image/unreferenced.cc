// Referred to by nobody, in an ordinary library: must not reach the image.
#include <cstdint>

namespace {
[[gnu::section("registry"), gnu::used]] constexpr std::uint32_t kEntry = 0x45555246;  // "FRUE"
}  // namespace
