// Referred to by nobody: reaches the image because its library is alwayslink and the script keeps
// the section.
#include <cstdint>

namespace {
[[gnu::section("registry"), gnu::used]] constexpr std::uint32_t kEntry = 0x4e4f5441;  // "ATON"
}  // namespace
