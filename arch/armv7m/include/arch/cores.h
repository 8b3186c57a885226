// Which cores there are: one.
#ifndef BATON_ARCH_ARMV7M_CORES_H_
#define BATON_ARCH_ARMV7M_CORES_H_

#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "base/result.h"

namespace baton::arch {

/// How a core is brought in from reset.
struct StartMethod {
  enum class Kind : std::uint8_t {
    kNone,  ///< it cannot be started
  };
  Kind kind = Kind::kNone;
};

/// This core's hardware name.
constexpr std::uint64_t affinity() noexcept { return 0; }

/// kUnsupported: there is no other core.
inline Result<void> start_core(unsigned /*index*/, std::uint64_t /*affinity*/,
                               StartMethod /*method*/) {
  return fail(Error::kUnsupported);
}

/// Whether there are exception levels, at one of which a core was entered, and affinities.
inline constexpr bool kHasExceptionLevels = false;

/// As on a machine that has levels: the only one, privileged.
constexpr unsigned entry_level() noexcept { return 1; }

/// Counter::ticks() when this core was entered: the board starts the counter.
constexpr std::uint64_t entry_ticks() noexcept { return 0; }

/// CPUID, what people call the register, and the core's name where it is known.
/// [ARMv7-M B3.2.3]
std::uint32_t core_model() noexcept;
inline constexpr std::string_view kCoreModelRegister = "CPUID";
std::string_view core_model_name(std::uint32_t cpuid) noexcept;

/// Resets the chip.  [ARMv7-M B3.2.6]
[[noreturn]] void system_reset() noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_CORES_H_
