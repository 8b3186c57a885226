// Accesses that may fault, and semihosting's breakpoint, which does where nobody listens.
#include "arch/armv7m/asm.h"

  .syntax unified
  .thumb

// Loads that answer {value, 1}, or {0, 0} where they fault.
//   In:        r0 = address
//   Out:       r0, r1
  .macro GUARDED_LOAD name, instruction
FUNC(\name)
  mov     r2, r0
  movs    r1, #1
.Lload_\name:
  \instruction r0, [r2]
  bx      lr
.Lfault_\name:
  movs    r0, #0
  movs    r1, #0
  bx      lr
  ON_FAULT(.Lload_\name, .Lfault_\name)
END_FUNC(\name)
  .endm

  GUARDED_LOAD armv7m_guarded_load8, ldrb
  GUARDED_LOAD armv7m_guarded_load16, ldrh
  GUARDED_LOAD armv7m_guarded_load32, ldr

// One semihosting operation.
//   In:        r0 = operation, r1 = its block
//   Out:       {its answer, 1}, or {0, 0} where nobody listens
FUNC(armv7m_semihosting_call)
.Lbreakpoint:
  bkpt    #0xab
  movs    r1, #1
  bx      lr
.Lnobody:
  movs    r0, #0
  movs    r1, #0
  bx      lr
  ON_FAULT(.Lbreakpoint, .Lnobody)
END_FUNC(armv7m_semihosting_call)
