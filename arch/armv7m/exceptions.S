// From exceptions to C++.
#include "arch/armv7m/asm.h"

  .syntax unified
  .thumb

// Where the core stacked its frame: bit 2 of EXC_RETURN says on which stack.  [ARMv7-M B1.5.8]
//   Out:       r0 = TrapFrame
  .macro find_frame
  tst     lr, #4
  ite     eq
  mrseq   r0, msp
  mrsne   r0, psp
  .endm

// An interrupt.  What C++ returns to is EXC_RETURN itself.
FUNC(armv7m_interrupt_entry)
  find_frame
  b       armv7m_interrupt
END_FUNC(armv7m_interrupt_entry)

// An exception that nobody asked for.
FUNC(armv7m_fault_entry)
  find_frame
  b       armv7m_fault
END_FUNC(armv7m_fault_entry)

// One semihosting operation.
//   In:        r0 = operation, r1 = its block
//   Out:       r0 = its answer, or all ones where nobody listens: the breakpoint is a fault then,
//              and armv7m_fault() goes on behind it
FUNC(armv7m_semihosting_call)
  .global armv7m_semihosting_breakpoint
armv7m_semihosting_breakpoint:
  bkpt    #0xab
  bx      lr
  .global armv7m_semihosting_nobody
armv7m_semihosting_nobody:
  mov     r0, #-1
  bx      lr
END_FUNC(armv7m_semihosting_call)
