// The loops of fp_registers.h.

#define SAVED_D 0
#define SAVED_X 64
#define FRAME 96

  .text
  .arch_extension fp
  .arch_extension simd

// q0-q31, FPCR and FPSR to the file at x0.
//   Clobbers:  x1, x2
  .macro STORE_FP
  stp   q0, q1, [x0, #0]
  stp   q2, q3, [x0, #32]
  stp   q4, q5, [x0, #64]
  stp   q6, q7, [x0, #96]
  stp   q8, q9, [x0, #128]
  stp   q10, q11, [x0, #160]
  stp   q12, q13, [x0, #192]
  stp   q14, q15, [x0, #224]
  stp   q16, q17, [x0, #256]
  stp   q18, q19, [x0, #288]
  stp   q20, q21, [x0, #320]
  stp   q22, q23, [x0, #352]
  stp   q24, q25, [x0, #384]
  stp   q26, q27, [x0, #416]
  stp   q28, q29, [x0, #448]
  stp   q30, q31, [x0, #480]
  add   x0, x0, #512
  mrs   x1, fpcr
  mrs   x2, fpsr
  stp   x1, x2, [x0]
  .endm

// And back.
//   Clobbers:  x2, x3
  .macro LOAD_FP
  ldp   q0, q1, [x0, #0]
  ldp   q2, q3, [x0, #32]
  ldp   q4, q5, [x0, #64]
  ldp   q6, q7, [x0, #96]
  ldp   q8, q9, [x0, #128]
  ldp   q10, q11, [x0, #160]
  ldp   q12, q13, [x0, #192]
  ldp   q14, q15, [x0, #224]
  ldp   q16, q17, [x0, #256]
  ldp   q18, q19, [x0, #288]
  ldp   q20, q21, [x0, #320]
  ldp   q22, q23, [x0, #352]
  ldp   q24, q25, [x0, #384]
  ldp   q26, q27, [x0, #416]
  ldp   q28, q29, [x0, #448]
  ldp   q30, q31, [x0, #480]
  add   x2, x0, #512
  ldp   x2, x3, [x2]
  msr   fpcr, x2
  msr   fpsr, x3
  .endm

// The jumps as in registers.S.
  .macro ROUND
  add   v0.2d, v0.2d, v1.2d
  b     . + 4
  add   v1.2d, v1.2d, v2.2d
  b     . + 4
  add   v2.2d, v2.2d, v3.2d
  b     . + 4
  add   v3.2d, v3.2d, v4.2d
  b     . + 4
  add   v4.2d, v4.2d, v5.2d
  b     . + 4
  add   v5.2d, v5.2d, v6.2d
  b     . + 4
  add   v6.2d, v6.2d, v7.2d
  b     . + 4
  add   v7.2d, v7.2d, v8.2d
  b     . + 4
  add   v8.2d, v8.2d, v9.2d
  b     . + 4
  add   v9.2d, v9.2d, v10.2d
  b     . + 4
  add   v10.2d, v10.2d, v11.2d
  b     . + 4
  add   v11.2d, v11.2d, v12.2d
  b     . + 4
  add   v12.2d, v12.2d, v13.2d
  b     . + 4
  add   v13.2d, v13.2d, v14.2d
  b     . + 4
  add   v14.2d, v14.2d, v15.2d
  b     . + 4
  add   v15.2d, v15.2d, v16.2d
  b     . + 4
  add   v16.2d, v16.2d, v17.2d
  b     . + 4
  add   v17.2d, v17.2d, v18.2d
  b     . + 4
  add   v18.2d, v18.2d, v19.2d
  b     . + 4
  add   v19.2d, v19.2d, v20.2d
  b     . + 4
  add   v20.2d, v20.2d, v21.2d
  b     . + 4
  add   v21.2d, v21.2d, v22.2d
  b     . + 4
  add   v22.2d, v22.2d, v23.2d
  b     . + 4
  add   v23.2d, v23.2d, v24.2d
  b     . + 4
  add   v24.2d, v24.2d, v25.2d
  b     . + 4
  add   v25.2d, v25.2d, v26.2d
  b     . + 4
  add   v26.2d, v26.2d, v27.2d
  b     . + 4
  add   v27.2d, v27.2d, v28.2d
  b     . + 4
  add   v28.2d, v28.2d, v29.2d
  b     . + 4
  add   v29.2d, v29.2d, v30.2d
  b     . + 4
  add   v30.2d, v30.2d, v31.2d
  b     . + 4
  add   v31.2d, v31.2d, v0.2d
  b     . + 4
  .endm

// What callers keep, and x0 and x1, in a frame.
  .macro ENTER
  sub   sp, sp, #FRAME
  stp   d8, d9, [sp, #(SAVED_D + 0)]
  stp   d10, d11, [sp, #(SAVED_D + 16)]
  stp   d12, d13, [sp, #(SAVED_D + 32)]
  stp   d14, d15, [sp, #(SAVED_D + 48)]
  stp   x29, x30, [sp, #SAVED_X]
  stp   x19, x20, [sp, #(SAVED_X + 16)]
  add   x29, sp, #SAVED_X
  mov   x19, x0
  mov   x20, x1
  .endm

  .macro LEAVE
  ldp   d8, d9, [sp, #(SAVED_D + 0)]
  ldp   d10, d11, [sp, #(SAVED_D + 16)]
  ldp   d12, d13, [sp, #(SAVED_D + 32)]
  ldp   d14, d15, [sp, #(SAVED_D + 48)]
  ldp   x29, x30, [sp, #SAVED_X]
  ldp   x19, x20, [sp, #(SAVED_X + 16)]
  add   sp, sp, #FRAME
  msr   fpcr, xzr
  ret
  .endm

  .global context_test_store_fp
  .type context_test_store_fp, %function
context_test_store_fp:
  STORE_FP
  ret
  .size context_test_store_fp, . - context_test_store_fp

  .global context_test_hold_fp
  .type context_test_hold_fp, %function
context_test_hold_fp:
  ENTER
  LOAD_FP
1:
  ROUND
  sub   x20, x20, #1
  cbnz  x20, 1b
  mov   x0, x19
  STORE_FP
  LEAVE
  .size context_test_hold_fp, . - context_test_hold_fp

  .global context_test_hold_fp_yielding
  .type context_test_hold_fp_yielding, %function
context_test_hold_fp_yielding:
  ENTER
  LOAD_FP
1:
  ROUND
  bl    context_test_yield
  sub   x20, x20, #1
  cbnz  x20, 1b
  mov   x0, x19
  STORE_FP
  LEAVE
  .size context_test_hold_fp_yielding, . - context_test_hold_fp_yielding
