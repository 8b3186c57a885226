// From reset to C++.
#include "arch/armv7m/asm.h"

  .syntax unified
  .thumb

// First instruction of the core.                           [ARMv7-M B1.5.5]
//   In:        privileged thread mode, main stack as the vector table says; whatever loaded us may
//              have left interrupts on and VTOR elsewhere
//   Out:       armv7m_start() on the thread stack (PSP), interrupts masked by PRIMASK
//   Falls through: no
FUNC(armv7m_reset)
  cpsid   i
  ldr     r0, =armv7m_vectors
  ldr     r1, =0xe000ed08           // VTOR
  str     r0, [r1]
  dsb

  // A debugger may start us again on any stack.
  ldr     r0, =armv7m_handler_stack_end
  msr     msp, r0
  ldr     r0, =armv7m_thread_stack_end
  msr     psp, r0
  movs    r0, #2                    // CONTROL.SPSEL: threads run on PSP, handlers on MSP
  msr     control, r0
  isb

  // Words: the linker script aligns both ends of each range.
  ldr     r0, =armv7m_data_start
  ldr     r1, =armv7m_data_end
  ldr     r2, =armv7m_data_load
  b       2f
1:
  ldr     r3, [r2], #4
  str     r3, [r0], #4
2:
  cmp     r0, r1
  blo     1b

  ldr     r0, =armv7m_bss_start
  ldr     r1, =armv7m_bss_end
  movs    r2, #0
  b       4f
3:
  str     r2, [r0], #4
4:
  cmp     r0, r1
  blo     3b

  movs    r7, #0                    // frame pointer: the backtrace ends here
  mov     lr, #0
  b       armv7m_start
END_FUNC(armv7m_reset)
