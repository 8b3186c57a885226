// A thread that has numbers in all its FP registers, and looks whether they stay.
  .syntax unified
  .thumb
  .fpu    fpv4-sp-d16

  .text

// fp_keep(first, word, until, yield): s0-s31 hold first, first + 1, ...; they are looked at until
// *word reaches `until`.  With `yield`, it is called before each look: what may change by a call,
// s0-s15, is loaded anew after it.
//   In:        r0 = first, r1 = word, r2 = until, r3 = yield or 0
//   Out:       r0 = how many were not as they must be
  .global fp_keep
  .balign 4
  .thumb_func
  .type   fp_keep, %function
fp_keep:
  push    {r4-r11, lr}
  sub     sp, #132                  // 33 words: the frame stays a multiple of 8
  mov     r4, r0
  mov     r5, r1
  mov     r6, r2
  mov     r8, r3
  mov     r9, #0
  bl      fp_numbers
  mov     r0, sp
  vldmia  r0!, {s16-s31}
  vldmia  r0, {s0-s15}
1:
  cmp     r8, #0
  beq     2f
  blx     r8
  bl      fp_numbers
  add     r0, sp, #64
  vldmia  r0, {s0-s15}
2:
  // Some time in which an interrupt may come.
  mov     r0, #200
3:
  subs    r0, #1
  bne     3b
  mov     r0, sp
  vstmia  r0!, {s16-s31}
  vstmia  r0, {s0-s15}
  mov     r0, sp
  mov     r1, r4
  add     r2, r4, #32
4:
  ldr     r3, [r0], #4
  cmp     r3, r1
  it      ne
  addne   r9, #1
  add     r1, #1
  cmp     r1, r2
  bne     4b
  ldr     r0, [r5]
  cmp     r0, r6
  blo     1b
  mov     r0, r9
  add     sp, #132
  pop     {r4-r11, pc}
  .size fp_keep, . - fp_keep

// Fills the caller's 32 words at sp with r4, r4 + 1, ...  Clobbers r0-r3.
  .thumb_func
fp_numbers:
  mov     r0, sp
  mov     r1, r4
  add     r2, r4, #32
5:
  str     r1, [r0], #4
  add     r1, #1
  cmp     r1, r2
  bne     5b
  bx      lr
