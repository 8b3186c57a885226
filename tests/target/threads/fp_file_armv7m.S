// The functions of fp_file.h.
  .syntax unified
  .thumb
  .fpu    fpv4-sp-d16
  .text

  .global threads_test_load_fp
  .balign 4
  .thumb_func
  .type   threads_test_load_fp, %function
threads_test_load_fp:
  vldmia  r0!, {s0-s31}
  ldr     r1, [r0]
  vmsr    fpscr, r1
  bx      lr
  .size threads_test_load_fp, . - threads_test_load_fp

  .global threads_test_store_fp
  .balign 4
  .thumb_func
  .type   threads_test_store_fp, %function
threads_test_store_fp:
  vstmia  r0!, {s0-s31}
  vmrs    r1, fpscr
  str     r1, [r0]
  bx      lr
  .size threads_test_store_fp, . - threads_test_store_fp

  .global threads_test_has_fp
  .balign 4
  .thumb_func
  .type   threads_test_has_fp, %function
threads_test_has_fp:
  mrs     r0, control
  and     r0, #4                    // FPCA
  bx      lr
  .size threads_test_has_fp, . - threads_test_has_fp
