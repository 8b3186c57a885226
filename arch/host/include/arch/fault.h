// Breaking the kernel on purpose, one way each: so that the way it breaks can be tested.
//
// A fault of a Linux program is a signal, which the machine hands to on_fault() where the program
// has asked for that (arch/host/faults.h); elsewhere it ends the process.
#ifndef BATON_ARCH_HOST_FAULT_H_
#define BATON_ARCH_HOST_FAULT_H_

#include <cstdint>

namespace baton::arch {

enum class FaultKind : std::uint8_t {
  kNull,             ///< writes through a null pointer
  kGuard,            ///< recurses until the stack runs into its guard page
  kUndefined,        ///< executes an undefined instruction
  kExecute,          ///< jumps into data
  kWriteText,        ///< writes to the kernel's code
  kUnalignedDevice,  ///< reads where no device is
};

/// Does it, right here: on this core, in this context, on this stack.
[[noreturn]] void cause_fault(FaultKind kind);

}  // namespace baton::arch

#endif  // BATON_ARCH_HOST_FAULT_H_
