// From exceptions to C++, and from a preempted thread to the scheduler.
//
// Handlers never switch threads.  An interrupt whose end finds that the thread is to give way pends
// PendSV, which comes when no handler is left, so that a thread is what it interrupts.  It puts a
// frame on the thread's stack that has the thread call on_preemption(), masked, as if by itself; a
// supervisor call takes that off again, and the thread goes on where it was interrupted.
#include "arch/armv7m/asm.h"
#include "arch/armv7m/layout.h"
#include "arch/armv7m/priorities.h"

  .syntax unified
  .thumb
#ifdef BATON_CORTEX_M_FP
  .fpu    fpv4-sp-d16
#endif

// Where the core stacked its frame: bit 2 of EXC_RETURN says on which stack.  [ARMv7-M B1.5.8]
//   Out:       r0 = StackedFrame
  .macro find_frame
  tst     lr, #BATON_EXC_RETURN_PSP
  ite     eq
  mrseq   r0, msp
  mrsne   r0, psp
  .endm

// An interrupt.  What C++ returns to is EXC_RETURN itself.
FUNC(armv7m_interrupt_entry)
  find_frame
  mov     r1, lr
  mov     r2, r7
  b       armv7m_interrupt
END_FUNC(armv7m_interrupt_entry)

// PendSV: a thread is to give way, or the core has sent itself an interrupt.
FUNC(armv7m_pend_sv_entry)
  mov     r3, #BATON_PRIORITY_KERNEL
#ifdef BATON_CORTEX_M7_R0P1
  cpsid   i                         // as in arch/irq.h
#endif
  msr     basepri, r3
#ifdef BATON_CORTEX_M7_R0P1
  cpsie   i
#endif
  mrs     r0, psp
  mov     r1, lr
  mov     r2, r7
  push    {r4, lr}
  bl      armv7m_pend_sv            // true: the thread is to give way
  pop     {r4, lr}
  cbnz    r0, 1f
  msr     basepri, r0
  bx      lr

  // Where the stack is full the stores fault here, on the stack's guard.
1:
  mrs     r0, psp
  ldr     r1, [r0, #BATON_STACKED_PC]
#ifdef BATON_CORTEX_M_FP
  // The first FP instruction makes the core stack s0-s15, too.  [ARMv7-M B1.5.7]
  tst     lr, #BATON_EXC_RETURN_NO_FP
  it      eq
  vstmdbeq r0!, {s16-s31}
#endif
  stmdb   r0!, {r1, lr}             // keeps the size a multiple of 8: r1 is there twice
  strd    r7, r1, [r0, #-8]!
  ldr     r1, =armv7m_preempted
  bic     r1, r1, #1                // a stacked pc is an address, the Thumb bit is xPSR's
  mov     r2, #0x01000000
  sub     r0, #BATON_STACKED_SIZE
  str     r1, [r0, #BATON_STACKED_PC]
  str     r2, [r0, #BATON_STACKED_XPSR]
  msr     psp, r0
  mvn     lr, #2                    // 0xfffffffd: a thread, on PSP, without FP registers
  bx      lr
END_FUNC(armv7m_pend_sv_entry)

// In the thread.
//   In:        sp = {r7, pc, pc, EXC_RETURN}, what PendSV found above; masked
//   Falls through: no
FUNC(armv7m_preempted)
  mov     r7, sp                    // its first words are a frame record: backtraces go on
  bl      armv7m_on_preemption
  svc     #0
  .global armv7m_preemption_over
armv7m_preemption_over:
  b       .
END_FUNC(armv7m_preempted)

// The end of a preemption; no other supervisor call is known.
FUNC(armv7m_supervisor_entry)
  tst     lr, #BATON_EXC_RETURN_PSP
  beq     armv7m_fault_entry
  mrs     r0, psp
  ldr     r1, [r0, #BATON_STACKED_PC]
  ldr     r2, =armv7m_preemption_over
  cmp     r1, r2
  bne     armv7m_fault_entry
  add     r0, #BATON_STACKED_SIZE
  ldr     r7, [r0]
  ldr     lr, [r0, #(BATON_PREEMPTED_SIZE - 4)]
  add     r0, #BATON_PREEMPTED_SIZE
#ifdef BATON_CORTEX_M_FP
  tst     lr, #BATON_EXC_RETURN_NO_FP
  it      eq
  vldmiaeq r0!, {s16-s31}
#endif
  msr     psp, r0
  mov     r0, #0                    // it was not masked, or no interrupt had come
  msr     basepri, r0
  bx      lr
END_FUNC(armv7m_supervisor_entry)

// An exception that nobody asked for.  When the handlers' stack is used up this goes on on the first
// thread's, whose flow is not needed any more.
FUNC(armv7m_fault_entry)
  find_frame
  mrs     r1, msp
  ldr     r2, =armv7m_handler_stack_start + BATON_STACK_GUARD_SIZE + BATON_FAULT_STACK
  cmp     r1, r2
  it      lo
  ldrlo   sp, =armv7m_thread_stack_end
  push    {r1, lr}
  push    {r4-r11}
  mov     r1, lr
  mov     r2, sp
  bl      armv7m_fault              // returns only if the fault was expected
  add     sp, #32                   // r4-r11 are as they were
  pop     {r1, lr}
  msr     msp, r1
  bx      lr
END_FUNC(armv7m_fault_entry)
