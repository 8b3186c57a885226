// Which cores there are, and starting the others.
#ifndef BATON_ARCH_AARCH64_CORES_H_
#define BATON_ARCH_AARCH64_CORES_H_

#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "arch/memory.h"
#include "base/result.h"

namespace baton::arch {

/// How a core is brought in from reset.
struct StartMethod {
  enum class Kind : std::uint8_t {
    kNone,       ///< it cannot be started
    kSpinTable,  ///< the firmware holds it in a loop on a 64-bit word at `release_address`
    kPsciHvc,    ///< firmware call by HVC
    kPsciSmc,    ///< firmware call by SMC
  };
  Kind kind = Kind::kNone;
  PhysAddr release_address = 0;
};

/// Bits of MPIDR_EL1 that name a core.
inline constexpr std::uint64_t kAffinityMask = BATON_MPIDR_AFFINITY;

/// This core's affinity.
inline std::uint64_t affinity() noexcept {
  std::uint64_t mpidr = 0;
  asm("mrs %0, mpidr_el1" : "=r"(mpidr));
  return mpidr & kAffinityMask;
}

/// Lets core `index` go: it enters secondary_main() on its own stacks.  The core with this affinity
/// takes that index for good.  From the boot core, after everything it needs is mapped.  Returns
/// once the firmware took the request, not when the core runs.
/// kInvalidArgument: no such index, or the index or affinity is taken; kFault: the release word is
/// not mapped as RAM; kUnsupported: no method; kIo: the firmware refused.
Result<void> start_core(unsigned index, std::uint64_t affinity, StartMethod method);

/// Whether there are exception levels, at one of which a core was entered, and affinities.
inline constexpr bool kHasExceptionLevels = true;

/// The exception level at which this core was entered (1, 2 or 3).
inline unsigned entry_level() noexcept { return static_cast<unsigned>(this_core().entry_el); }

/// Counter::ticks() when this core was entered.
inline std::uint64_t entry_ticks() noexcept { return this_core().entry_ticks; }

/// MIDR_EL1 of this core, what people call the register, and the core's name where it is known.
std::uint32_t core_model() noexcept;
inline constexpr std::string_view kCoreModelRegister = "MIDR";
std::string_view core_model_name(std::uint32_t midr) noexcept;

/// Powers the machine off or restarts it by PSCI.  Returns only if the firmware refused.
void psci_system_off(StartMethod::Kind conduit) noexcept;
void psci_system_reset(StartMethod::Kind conduit) noexcept;

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_CORES_H_
