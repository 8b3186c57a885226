// Loads, stores and a semihosting call that may fault: a fault is an answer, not a panic.
//
// Each pairs its one dangerous instruction with where to go on (exception_table.h).
#include "arch/aarch64/asm.h"

  .section .text.fault_access, "ax"

// Guarded load of one size.
//   In:        x0 = address
//   Out:       x0 = value, x1 = 1; or x1 = 0 if the access faulted
  .macro GUARDED_LOAD name, instruction, register
FUNC(\name)
1:
  \instruction \register, [x0]
  mov   x1, #1
  ret
2:
  mov   x1, #0
  ret
  ON_FAULT(1b, 2b)
END_FUNC(\name)
  .endm

  GUARDED_LOAD aarch64_guarded_load8, ldrb, w0
  GUARDED_LOAD aarch64_guarded_load16, ldrh, w0
  GUARDED_LOAD aarch64_guarded_load32, ldr, w0
  GUARDED_LOAD aarch64_guarded_load64, ldr, x0

// Semihosting call.                                       [Arm semihosting 2.0, 3]
//   In:        x0 = operation, x1 = parameter block
//   Out:       x0 = result, x1 = 1; or x1 = 0 if nobody listens (HLT is then undefined)
//   Clobbers:  memory that the operation writes
FUNC(aarch64_semihosting_call)
1:
  hlt   #0xf000
  mov   x1, #1
  ret
2:
  mov   x1, #0
  ret
  ON_FAULT(1b, 2b)
END_FUNC(aarch64_semihosting_call)
