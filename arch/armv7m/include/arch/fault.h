// Breaking the kernel on purpose, one way each: so that the way it breaks can be tested.
#ifndef BATON_ARCH_ARMV7M_FAULT_H_
#define BATON_ARCH_ARMV7M_FAULT_H_

#include <cstdint>

namespace baton::arch {

enum class FaultKind : std::uint8_t {
  kNull,             ///< writes through a null pointer
  kGuard,            ///< recurses until the stack runs into its guard
  kUndefined,        ///< executes an undefined instruction
  kExecute,          ///< jumps into data
  kWriteText,        ///< writes to the kernel's code
  kUnalignedDevice,  ///< reads a device register at an odd address
};

/// Does it, right here: on this core, in this context, on this stack.
[[noreturn]] void cause_fault(FaultKind kind);

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_FAULT_H_
