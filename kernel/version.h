// Which Baton this is.
#ifndef BATON_KERNEL_VERSION_H_
#define BATON_KERNEL_VERSION_H_

#include <string_view>

namespace baton::kernel {

inline constexpr std::string_view kVersion = "0.1.0";

/// How it was built: with assertions and cell holders, or without.
#ifdef NDEBUG
inline constexpr std::string_view kBuildMode = "release";
#else
inline constexpr std::string_view kBuildMode = "debug (assertions, cell holders recorded)";
#endif

}  // namespace baton::kernel

#endif  // BATON_KERNEL_VERSION_H_
