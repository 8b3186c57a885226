// From one thread to another, and where a thread begins (arch/context.h).
#include "arch/armv7m/asm.h"
#include "arch/armv7m/layout.h"

  .syntax unified
  .thumb
#ifdef BATON_CORTEX_M_FP
  .fpu    fpv4-sp-d16
#endif

// Saves the caller and goes on in another thread.
//   In:        r0 = the caller's Context, r1 = the other's {stack pointer, guard}; interrupts masked
//   Out:       returns when somebody comes back to the caller
//   Clobbers:  everything but r7
//
// The guard takes effect a few instructions later than the stack; nothing waits for that.
FUNC(armv7m_switch)
  push    {r7, lr}
#ifdef BATON_CORTEX_M_FP
  mrs     r2, control
  tst     r2, #4                    // FPCA: it has used FP registers
  bne     2f
1:
#endif
  str     sp, [r0]
  ldr     r2, [r1, #4]
  ldr     r3, =BATON_MPU_RBAR
  orr     r2, r2, #(BATON_MPU_RBAR_VALID | BATON_REGION_THREAD_GUARD)
  str     r2, [r3]
  ldr     sp, [r1]
  pop     {r7, pc}
#ifdef BATON_CORTEX_M_FP
  // s0-s15 are nobody's after a call.  [AAPCS32 6.1.2.1]
2:
  vpush   {s16-s31}
  vmrs    r3, fpscr
  push    {r3, r4}
  adr.w   lr, armv7m_load_fp
  orr     lr, lr, #1
  push    {r7, lr}
  bic     r2, r2, #4
  msr     control, r2
  isb
  b       1b
#endif
END_FUNC(armv7m_switch)

#ifdef BATON_CORTEX_M_FP
// A thread with FP registers is switched to, and has them again: the first instruction that writes
// one sets CONTROL.FPCA.
  .balign 4
  .thumb_func
armv7m_load_fp:
  pop     {r2, r3}
  vmsr    fpscr, r2
  vpop    {s16-s31}
  pop     {r7, pc}
#endif

// The first switch to a thread comes here.
//   In:        sp = {argument, entry}, r7 = 0, interrupts masked
//   Out:       entry(argument), with a stack that is empty
FUNC(armv7m_thread_start)
  .cfi_undefined lr                 // nobody called it
  pop     {r0, r1}
  blx     r1
  bl      armv7m_thread_returned
END_FUNC(armv7m_thread_start)
