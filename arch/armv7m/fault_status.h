// The core's words on a fault, in words.                   [ARMv7-M B3.2.15 - B3.2.18]
//
// Pure functions: built and tested on the host too.
#ifndef BATON_ARCH_ARMV7M_FAULT_STATUS_H_
#define BATON_ARCH_ARMV7M_FAULT_STATUS_H_

#include <cstdint>
#include <optional>

#include "base/format.h"

namespace baton::arch {

/// The registers that say why an exception came.
struct FaultStatus {
  std::uint32_t exception = 0;  ///< its number: 2 NMI, 3 HardFault, 4 to 6 MemManage to UsageFault
  std::uint32_t cfsr = 0;
  std::uint32_t hfsr = 0;
  std::uint32_t mmfar = 0;
  std::uint32_t bfar = 0;

  /// What was to be read, written or executed, where that is known.
  constexpr std::optional<std::uint32_t> address() const {
    constexpr unsigned kMemValid = 7;
    constexpr unsigned kBusValid = 15;
    if ((cfsr >> kMemValid & 1U) != 0) return mmfar;
    if ((cfsr >> kBusValid & 1U) != 0) return bfar;
    return std::nullopt;
  }
  /// The core could not write its frame: what it would have stacked is lost.
  constexpr bool stacking_failed() const {
    constexpr std::uint32_t kMemStacking = 1U << 4U;
    constexpr std::uint32_t kBusStacking = 1U << 12U;
    return (cfsr & (kMemStacking | kBusStacking)) != 0;
  }
  /// An instruction that is none.
  constexpr bool undefined_instruction() const { return (cfsr >> 16U & 1U) != 0; }
};

/// What happened: every cause that is set, then the address.  One line, no newline.
void describe(TextSink& out, const FaultStatus& status);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_FAULT_STATUS_H_
