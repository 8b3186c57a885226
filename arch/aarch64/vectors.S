// Exception vectors.                                      [ARMv8-A D1.10.2]
//
// Threads run at EL1t on SP_EL0; every exception switches to SP_EL1, this core's handler stack, so
// that an interrupt or fault finds a good stack however bad the thread's is.  A synchronous exception
// while already on SP_EL1 (a fault in a handler, the handler stack's own guard page) moves on to the
// emergency stack, unless that is where it happened.
//
//   from \ kind     synchronous       IRQ             FIQ        SError
//   thread (SP0)    on handler stack  on handler st.  fatal      fatal
//   handler (SPx)   on emergency st.  nested          fatal      fatal
//   EL0             fatal: there is no EL0 program
//
// Each path builds a TrapFrame, whose last pair is a frame record {x29, elr} so that a backtrace
// goes through the exception to what was interrupted.
//
// A thread that is preempted waits on its own stack, as any thread that does not run: on_preemption()
// is called there, as if the thread had called it.  The handler stack is empty again by then.
//
// Handlers have no FP registers: an interrupted thread's are shut off until it goes on.
#include "arch/aarch64/asm.h"
#include "arch/aarch64/layout.h"

  .section .text.vectors, "ax"

// In x1 for aarch64_unexpected_exception (trap_frame.h, enum class Unexpected).
#define KIND_FIQ 0
#define KIND_SERROR 1
#define KIND_FROM_EL0 2

// Pushes the rest of a TrapFrame, whose x0-x3 are stored already, on the current stack.
//   In:        `from` says where the interrupted stack pointer is: thread (SP_EL0), handler (this
//              stack, above the frame), x1
//   Out:       x29 = the frame's record
//   Clobbers:  x0-x3
  .macro SAVE_REST from
  stp   x4, x5, [sp, #(BATON_FRAME_X0 + 32)]
  stp   x6, x7, [sp, #(BATON_FRAME_X0 + 48)]
  stp   x8, x9, [sp, #(BATON_FRAME_X0 + 64)]
  stp   x10, x11, [sp, #(BATON_FRAME_X0 + 80)]
  stp   x12, x13, [sp, #(BATON_FRAME_X0 + 96)]
  stp   x14, x15, [sp, #(BATON_FRAME_X0 + 112)]
  stp   x16, x17, [sp, #(BATON_FRAME_X0 + 128)]
  stp   x18, x19, [sp, #(BATON_FRAME_X0 + 144)]
  stp   x20, x21, [sp, #(BATON_FRAME_X0 + 160)]
  stp   x22, x23, [sp, #(BATON_FRAME_X0 + 176)]
  stp   x24, x25, [sp, #(BATON_FRAME_X0 + 192)]
  stp   x26, x27, [sp, #(BATON_FRAME_X0 + 208)]
  stp   x28, x29, [sp, #(BATON_FRAME_X0 + 224)]
  .ifc \from, thread
  mrs   x0, cpacr_el1
  cbz   x0, .Lno_fp\@
  msr   cpacr_el1, xzr
  isb
.Lno_fp\@:
  str   x0, [sp, #BATON_FRAME_CPACR]
  mrs   x1, sp_el0
  .else
  str   xzr, [sp, #BATON_FRAME_CPACR]
  .endif
  .ifc \from, handler
  add   x1, sp, #BATON_FRAME_SIZE
  .endif
  stp   x30, x1, [sp, #BATON_FRAME_X30]
  mrs   x0, elr_el1
  mrs   x1, spsr_el1
  mrs   x2, esr_el1
  mrs   x3, far_el1
  stp   x0, x1, [sp, #BATON_FRAME_ELR]
  stp   x2, x3, [sp, #BATON_FRAME_ESR]
  stp   x29, x0, [sp, #BATON_FRAME_RECORD]
  add   x29, sp, #BATON_FRAME_RECORD
  .endm

  .macro SAVE_FRAME from
  sub   sp, sp, #BATON_FRAME_SIZE
  stp   x0, x1, [sp, #(BATON_FRAME_X0 + 0)]
  stp   x2, x3, [sp, #(BATON_FRAME_X0 + 16)]
  SAVE_REST \from
  .endm

// ELR, SPSR and x2-x30 from the frame at sp.
  .macro RESTORE_ALL_BUT_X0_X1
  ldp   x0, x1, [sp, #BATON_FRAME_ELR]
  msr   elr_el1, x0
  msr   spsr_el1, x1
  ldp   x2, x3, [sp, #(BATON_FRAME_X0 + 16)]
  ldp   x4, x5, [sp, #(BATON_FRAME_X0 + 32)]
  ldp   x6, x7, [sp, #(BATON_FRAME_X0 + 48)]
  ldp   x8, x9, [sp, #(BATON_FRAME_X0 + 64)]
  ldp   x10, x11, [sp, #(BATON_FRAME_X0 + 80)]
  ldp   x12, x13, [sp, #(BATON_FRAME_X0 + 96)]
  ldp   x14, x15, [sp, #(BATON_FRAME_X0 + 112)]
  ldp   x16, x17, [sp, #(BATON_FRAME_X0 + 128)]
  ldp   x18, x19, [sp, #(BATON_FRAME_X0 + 144)]
  ldp   x20, x21, [sp, #(BATON_FRAME_X0 + 160)]
  ldp   x22, x23, [sp, #(BATON_FRAME_X0 + 176)]
  ldp   x24, x25, [sp, #(BATON_FRAME_X0 + 192)]
  ldp   x26, x27, [sp, #(BATON_FRAME_X0 + 208)]
  ldp   x28, x29, [sp, #(BATON_FRAME_X0 + 224)]
  ldr   x30, [sp, #BATON_FRAME_X30]
  .endm

// Back to where SAVE_FRAME was entered; the frame is the last thing on its own stack.
  .macro RETURN_FROM_FRAME from
  .ifc \from, thread
  ldr   x0, [sp, #BATON_FRAME_CPACR]
  cbz   x0, .Lno_fp\@
  msr   cpacr_el1, x0             // complete by the eret
.Lno_fp\@:
  .endif
  RESTORE_ALL_BUT_X0_X1
  ldp   x0, x1, [sp, #(BATON_FRAME_X0 + 0)]
  add   sp, sp, #BATON_FRAME_SIZE
  eret
  .endm

  .macro VECTOR target
  .balign 0x80
  b     \target
  .endm

  .balign 0x800
  .global exception_vectors
exception_vectors:
  VECTOR sync_from_thread
  VECTOR irq_from_thread
  VECTOR fiq
  VECTOR serror
  VECTOR sync_from_handler
  VECTOR irq_from_handler
  VECTOR fiq
  VECTOR serror
  .rept 8
  VECTOR from_el0
  .endr

FUNC(irq_from_thread)
  SAVE_FRAME thread
  mov   x0, sp
  bl    aarch64_interrupt
  tbnz  w0, #0, preempt
  RETURN_FROM_FRAME thread

  // What C++ does not keep goes to the thread's stack; x19-x28 have the thread's values still.  When
  // that stack is full, the store faults here, in a handler, on the stack's guard.
preempt:
  ldr   x9, [sp, #BATON_FRAME_SP]
  sub   x9, x9, #BATON_PREEMPTED_SIZE
  ldp   x0, x1, [sp, #BATON_FRAME_ELR]
  ldr   x2, [sp, #BATON_FRAME_RECORD]
  ldr   x3, [sp, #(BATON_FRAME_X0 + 144)]
  ldr   x4, [sp, #BATON_FRAME_X30]
  ldr   x5, [sp, #BATON_FRAME_CPACR]
  stp   x0, x1, [x9, #BATON_PREEMPTED_ELR]
  stp   x2, x0, [x9, #BATON_PREEMPTED_RECORD]
  stp   x3, x4, [x9, #BATON_PREEMPTED_X18_X30]
  ldp   x0, x1, [sp, #(BATON_FRAME_X0 + 0)]
  ldp   x2, x3, [sp, #(BATON_FRAME_X0 + 16)]
  ldp   x6, x7, [sp, #(BATON_FRAME_X0 + 32)]
  ldp   x10, x11, [sp, #(BATON_FRAME_X0 + 48)]
  ldp   x12, x13, [sp, #(BATON_FRAME_X0 + 64)]
  stp   x0, x1, [x9, #(BATON_PREEMPTED_X0 + 0)]
  stp   x2, x3, [x9, #(BATON_PREEMPTED_X0 + 16)]
  stp   x6, x7, [x9, #(BATON_PREEMPTED_X0 + 32)]
  stp   x10, x11, [x9, #(BATON_PREEMPTED_X0 + 48)]
  stp   x12, x13, [x9, #(BATON_PREEMPTED_X0 + 64)]
  ldp   x0, x1, [sp, #(BATON_FRAME_X0 + 80)]
  ldp   x2, x3, [sp, #(BATON_FRAME_X0 + 96)]
  ldp   x6, x7, [sp, #(BATON_FRAME_X0 + 112)]
  ldp   x10, x11, [sp, #(BATON_FRAME_X0 + 128)]
  stp   x0, x1, [x9, #(BATON_PREEMPTED_X0 + 80)]
  stp   x2, x3, [x9, #(BATON_PREEMPTED_X0 + 96)]
  stp   x6, x7, [x9, #(BATON_PREEMPTED_X0 + 112)]
  stp   x10, x11, [x9, #(BATON_PREEMPTED_X0 + 128)]
  cbz   x5, 1f
  msr   cpacr_el1, x5             // switch_to() looks there
1:
  add   sp, sp, #BATON_FRAME_SIZE
  msr   spsel, #0                 // the thread again, interrupts masked
  mov   sp, x9
  add   x29, sp, #BATON_PREEMPTED_RECORD
  // The thread may have been about to wait for cache maintenance or a device, and would wait for
  // those of another core when it has moved.             [ARMv8-A D4.4.8]
  dsb   sy
  bl    aarch64_preempted         // may return on another core
  ldp   x0, x1, [sp, #BATON_PREEMPTED_ELR]
  msr   elr_el1, x0
  msr   spsr_el1, x1
  ldr   x29, [sp, #BATON_PREEMPTED_RECORD]
  ldp   x18, x30, [sp, #BATON_PREEMPTED_X18_X30]
  ldp   x2, x3, [sp, #(BATON_PREEMPTED_X0 + 16)]
  ldp   x4, x5, [sp, #(BATON_PREEMPTED_X0 + 32)]
  ldp   x6, x7, [sp, #(BATON_PREEMPTED_X0 + 48)]
  ldp   x8, x9, [sp, #(BATON_PREEMPTED_X0 + 64)]
  ldp   x10, x11, [sp, #(BATON_PREEMPTED_X0 + 80)]
  ldp   x12, x13, [sp, #(BATON_PREEMPTED_X0 + 96)]
  ldp   x14, x15, [sp, #(BATON_PREEMPTED_X0 + 112)]
  ldp   x16, x17, [sp, #(BATON_PREEMPTED_X0 + 128)]
  ldp   x0, x1, [sp, #(BATON_PREEMPTED_X0 + 0)]
  add   sp, sp, #BATON_PREEMPTED_SIZE
  eret
END_FUNC(irq_from_thread)

FUNC(irq_from_handler)
  SAVE_FRAME handler
  mov   x0, sp
  bl    aarch64_interrupt         // a handler is not preempted, whatever the answer
  RETURN_FROM_FRAME handler
END_FUNC(irq_from_handler)

FUNC(sync_from_thread)
  SAVE_FRAME thread
  mov   x0, sp
  bl    aarch64_synchronous       // returns only if the fault was expected
  RETURN_FROM_FRAME thread
END_FUNC(sync_from_thread)

// A fault on SP_EL1: onto the emergency stack, unless we are there.  x0 waits in TPIDRRO_EL0
// meanwhile, which nobody else uses, and x1 in the core's block, which is always mapped: neither is
// touched by another exception before they are in the frame.
FUNC(sync_from_handler)
  msr   tpidrro_el0, x0
  mrs   x0, tpidr_el1
  str   x1, [x0, #BATON_CORE_SCRATCH]
  ldr   x0, [x0, #BATON_CORE_EMERGENCY_STACK]
  mov   x1, sp
  sub   x1, x0, x1                // bytes below the emergency stack's top
  cmp   x1, #BATON_EMERGENCY_STACK_SIZE
  mov   x1, sp                    // the interrupted stack pointer
  b.ls  1f
  mov   sp, x0
1:
  sub   sp, sp, #BATON_FRAME_SIZE
  stp   x2, x3, [sp, #(BATON_FRAME_X0 + 16)]
  mrs   x2, tpidrro_el0
  mrs   x3, tpidr_el1
  ldr   x3, [x3, #BATON_CORE_SCRATCH]
  stp   x2, x3, [sp, #(BATON_FRAME_X0 + 0)]
  SAVE_REST x1
  mov   x0, sp
  bl    aarch64_synchronous       // returns only if the fault was expected
  RESTORE_ALL_BUT_X0_X1
  ldr   x1, [sp, #BATON_FRAME_SP]
  mov   x0, sp
  mov   sp, x1
  ldp   x0, x1, [x0, #(BATON_FRAME_X0 + 0)]
  eret
END_FUNC(sync_from_handler)

// What must never come.  SPSR.SP tells which stack was in use; either way the handler stack is ours.
  .macro FATAL name, kind
FUNC(\name)
  SAVE_FRAME handler
  ldr   x0, [sp, #BATON_FRAME_SPSR]
  tbnz  x0, #0, 1f                // from a handler: the frame's SP is right
  mrs   x0, sp_el0
  str   x0, [sp, #BATON_FRAME_SP]
1:
  mov   x0, sp
  mov   x1, #\kind
  bl    aarch64_unexpected_exception
END_FUNC(\name)
  .endm

  FATAL fiq, KIND_FIQ
  FATAL serror, KIND_SERROR
  FATAL from_el0, KIND_FROM_EL0
