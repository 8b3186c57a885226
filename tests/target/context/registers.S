// The loops of registers.h.

#define SAVED 256
#define FILE 352
#define FRAME 368
#define FILE_SP 248

  .text

  .macro SAVE_CALLERS
  sub   sp, sp, #FRAME
  stp   x19, x20, [sp, #(SAVED + 0)]
  stp   x21, x22, [sp, #(SAVED + 16)]
  stp   x23, x24, [sp, #(SAVED + 32)]
  stp   x25, x26, [sp, #(SAVED + 48)]
  stp   x27, x28, [sp, #(SAVED + 64)]
  stp   x29, x30, [sp, #(SAVED + 80)]
  str   x0, [sp, #FILE]
  .endm

// x0-x30 from the file at x30.
  .macro LOAD_ALL
  ldp   x0, x1, [x30, #0]
  ldp   x2, x3, [x30, #16]
  ldp   x4, x5, [x30, #32]
  ldp   x6, x7, [x30, #48]
  ldp   x8, x9, [x30, #64]
  ldp   x10, x11, [x30, #80]
  ldp   x12, x13, [x30, #96]
  ldp   x14, x15, [x30, #112]
  ldp   x16, x17, [x30, #128]
  ldp   x18, x19, [x30, #144]
  ldp   x20, x21, [x30, #160]
  ldp   x22, x23, [x30, #176]
  ldp   x24, x25, [x30, #192]
  ldp   x26, x27, [x30, #208]
  ldp   x28, x29, [x30, #224]
  ldr   x30, [x30, #240]
  .endm

  .macro RESTORE_CALLERS
  ldp   x19, x20, [sp, #(SAVED + 0)]
  ldp   x21, x22, [sp, #(SAVED + 16)]
  ldp   x23, x24, [sp, #(SAVED + 32)]
  ldp   x25, x26, [sp, #(SAVED + 48)]
  ldp   x27, x28, [sp, #(SAVED + 64)]
  ldp   x29, x30, [sp, #(SAVED + 80)]
  add   sp, sp, #FRAME
  .endm

// Every register in a loop that calls nobody.  The jumps to the next instruction are for emulators
// that take interrupts at jumps only.
//   In:        x0 = RegisterFile
  .global context_test_hold_all
  .type context_test_hold_all, %function
context_test_hold_all:
  SAVE_CALLERS
  mov   x30, x0
  LOAD_ALL
1:
  msr   nzcv, x1
  add   x1, x1, x2
  .irp n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
  add   x\n, x\n, #\n
  b     . + 4
  .endr
  cinc  x3, x3, mi
  cinc  x4, x4, eq
  cinc  x5, x5, cs
  cinc  x6, x6, vs
  add   x7, sp, x7
  sub   x0, x0, #1
  cbnz  x0, 1b
  b     leave
  .size context_test_hold_all, . - context_test_hold_all

// Every register but x0, and NZCV, around a load that faults, and is expected to.
//   In:        x0 = RegisterFile, whose x1 is the address
  .global context_test_hold_over_fault
  .type context_test_hold_over_fault, %function
context_test_hold_over_fault:
  SAVE_CALLERS
  mov   x30, x0
  LOAD_ALL
  msr   nzcv, x2
2:
  ldr   x0, [x1]
3:
  mrs   x0, nzcv
  .pushsection .exception_table, "a"
  .balign 8
  .quad 2b, 3b                    // the instruction, and where its fault goes on
  .popsection
  b     leave
  .size context_test_hold_over_fault, . - context_test_hold_over_fault

// x19-x29 around calls.
//   In:        x0 = RegisterFile
  .global context_test_hold_saved
  .type context_test_hold_saved, %function
context_test_hold_saved:
  SAVE_CALLERS
  mov   x30, x0
  LOAD_ALL
  mov   x19, x0
1:
  bl    context_test_yield
  .irp n, 20, 21, 22, 23, 24, 25, 26, 27, 28
  add   x\n, x\n, #\n
  .endr
  add   x28, sp, x28
  add   x29, x29, #32
  sub   x19, x19, #1
  cbnz  x19, 1b
leave:
  stp   x0, x1, [sp, #0]
  stp   x2, x3, [sp, #16]
  stp   x4, x5, [sp, #32]
  stp   x6, x7, [sp, #48]
  stp   x8, x9, [sp, #64]
  stp   x10, x11, [sp, #80]
  stp   x12, x13, [sp, #96]
  stp   x14, x15, [sp, #112]
  stp   x16, x17, [sp, #128]
  stp   x18, x19, [sp, #144]
  stp   x20, x21, [sp, #160]
  stp   x22, x23, [sp, #176]
  stp   x24, x25, [sp, #192]
  stp   x26, x27, [sp, #208]
  stp   x28, x29, [sp, #224]
  str   x30, [sp, #240]
  mov   x0, sp
  ldr   x1, [sp, #FILE]
  mov   x2, #248
2:
  ldr   x3, [x0], #8
  str   x3, [x1], #8
  subs  x2, x2, #8
  b.ne  2b
  mov   x0, sp
  str   x0, [x1]                  // RegisterFile.sp
  RESTORE_CALLERS
  ret
  .size context_test_hold_saved, . - context_test_hold_saved
