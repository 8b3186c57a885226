// Where a thread begins, and the FP registers of those that use them (arch/context.h).
//
// CPACR_EL1 says whether the running thread has FP registers.  Its first FP instruction traps and
// gives it a zeroed set (trap.cc); from then on they are saved on its stack whenever it is switched
// out, and loaded before it goes on: nothing of it stays behind in a core.  A thread that is switched
// to without coming through aarch64_load_fp has none, so CPACR_EL1 is 0 by then.
#include "arch/aarch64/asm.h"
#include "arch/aarch64/layout.h"

  .text
  .arch_extension fp
  .arch_extension simd

// The first switch to a thread comes here.
//   In:        sp = {entry, argument}, x29 = 0, interrupts masked
//   Out:       entry(argument), with a stack that is empty
FUNC(aarch64_thread_start)
  .cfi_undefined x30              // nobody called it
  ldp   x1, x0, [sp], #16
  blr   x1
  bl    aarch64_thread_returned
END_FUNC(aarch64_thread_start)

// Called by switch_to() where CPACR_EL1 is not 0.
//   In:        x9 = where the thread goes on
//   Out:       x9 = where the switch back goes first; the registers below the old sp, CPACR_EL1 = 0
//   Clobbers:  x11, x12
FUNC(aarch64_save_fp)
  isb                             // CPACR_EL1 may have been written just now
  sub   sp, sp, #BATON_FP_SIZE
  stp   q0, q1, [sp, #(BATON_FP_Q0 + 0)]
  stp   q2, q3, [sp, #(BATON_FP_Q0 + 32)]
  stp   q4, q5, [sp, #(BATON_FP_Q0 + 64)]
  stp   q6, q7, [sp, #(BATON_FP_Q0 + 96)]
  stp   q8, q9, [sp, #(BATON_FP_Q0 + 128)]
  stp   q10, q11, [sp, #(BATON_FP_Q0 + 160)]
  stp   q12, q13, [sp, #(BATON_FP_Q0 + 192)]
  stp   q14, q15, [sp, #(BATON_FP_Q0 + 224)]
  stp   q16, q17, [sp, #(BATON_FP_Q0 + 256)]
  stp   q18, q19, [sp, #(BATON_FP_Q0 + 288)]
  stp   q20, q21, [sp, #(BATON_FP_Q0 + 320)]
  stp   q22, q23, [sp, #(BATON_FP_Q0 + 352)]
  stp   q24, q25, [sp, #(BATON_FP_Q0 + 384)]
  stp   q26, q27, [sp, #(BATON_FP_Q0 + 416)]
  stp   q28, q29, [sp, #(BATON_FP_Q0 + 448)]
  stp   q30, q31, [sp, #(BATON_FP_Q0 + 480)]
  mrs   x11, fpcr
  mrs   x12, fpsr
  stp   x11, x12, [sp, #BATON_FP_CONTROL]
  str   x9, [sp, #BATON_FP_GO_ON]
  adr   x9, aarch64_load_fp
  msr   cpacr_el1, xzr
  isb                             // the next thread's first use must trap
  ret
END_FUNC(aarch64_save_fp)

// A thread with FP registers is switched to.
//   In:        sp = what aarch64_save_fp left
//   Out:       goes on where switch_to() was called
//   Clobbers:  x9-x12
FUNC(aarch64_load_fp)
  mov   x10, #BATON_CPACR_FP
  msr   cpacr_el1, x10
  isb
  ldp   q0, q1, [sp, #(BATON_FP_Q0 + 0)]
  ldp   q2, q3, [sp, #(BATON_FP_Q0 + 32)]
  ldp   q4, q5, [sp, #(BATON_FP_Q0 + 64)]
  ldp   q6, q7, [sp, #(BATON_FP_Q0 + 96)]
  ldp   q8, q9, [sp, #(BATON_FP_Q0 + 128)]
  ldp   q10, q11, [sp, #(BATON_FP_Q0 + 160)]
  ldp   q12, q13, [sp, #(BATON_FP_Q0 + 192)]
  ldp   q14, q15, [sp, #(BATON_FP_Q0 + 224)]
  ldp   q16, q17, [sp, #(BATON_FP_Q0 + 256)]
  ldp   q18, q19, [sp, #(BATON_FP_Q0 + 288)]
  ldp   q20, q21, [sp, #(BATON_FP_Q0 + 320)]
  ldp   q22, q23, [sp, #(BATON_FP_Q0 + 352)]
  ldp   q24, q25, [sp, #(BATON_FP_Q0 + 384)]
  ldp   q26, q27, [sp, #(BATON_FP_Q0 + 416)]
  ldp   q28, q29, [sp, #(BATON_FP_Q0 + 448)]
  ldp   q30, q31, [sp, #(BATON_FP_Q0 + 480)]
  ldp   x11, x12, [sp, #BATON_FP_CONTROL]
  msr   fpcr, x11
  msr   fpsr, x12
  ldr   x9, [sp, #BATON_FP_GO_ON]
  add   sp, sp, #BATON_FP_SIZE
  br    x9
END_FUNC(aarch64_load_fp)

// A thread's first FP instruction finds every register zero, and nothing of another thread's.
//   In:        handler context, CPACR_EL1 = 0, as it is again on return
//   Clobbers:  x0
FUNC(aarch64_zero_fp)
  mov   x0, #BATON_CPACR_FP
  msr   cpacr_el1, x0
  isb
  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
  movi  v\n\().2d, #0
  .endr
  msr   fpcr, xzr
  msr   fpsr, xzr
  msr   cpacr_el1, xzr
  isb
  ret
END_FUNC(aarch64_zero_fp)
