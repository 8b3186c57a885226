// Which cores there are, and starting the others: those of the virtual machine.
#ifndef BATON_ARCH_HOST_CORES_H_
#define BATON_ARCH_HOST_CORES_H_

#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "base/result.h"

namespace baton::arch {

/// How a core is brought in from reset.
struct StartMethod {
  enum class Kind : std::uint8_t {
    kNone,            ///< it cannot be started
    kVirtualMachine,  ///< the virtual machine lets it go
  };
  Kind kind = Kind::kNone;
};

/// This core's hardware name, which is its index.
inline std::uint64_t affinity() noexcept { return core_index(); }

/// Lets core `index` go: it enters secondary_main(), interrupts masked, on a stack of the
/// machine's.  Returns once it is told, not when it runs.
/// kInvalidArgument: no such core, or it runs; kUnsupported: no method.
Result<void> start_core(unsigned index, std::uint64_t affinity, StartMethod method);

/// Whether there are exception levels, at one of which a core was entered, and affinities.
inline constexpr bool kHasExceptionLevels = false;

/// As on a machine that has levels: the only one.
inline unsigned entry_level() noexcept { return 1; }

/// The counter when the machine was switched on: that is when it begins.
inline std::uint64_t entry_ticks() noexcept { return 0; }

/// What kind of core it is, what people call that, and its name.
inline std::uint32_t core_model() noexcept { return 0; }
inline constexpr std::string_view kCoreModelRegister = "model";
std::string_view core_model_name(std::uint32_t model) noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_CORES_H_
