// Numbers that assembly and C++ share: the address map, the trap frame, the per-core block.
// Included by .S files, so macros only; each structure's offsets are checked by static_assert where
// the C++ type is defined.
#ifndef BATON_ARCH_AARCH64_LAYOUT_H_
#define BATON_ARCH_AARCH64_LAYOUT_H_

// Physical address p is seen at p + BATON_LINEAR_BASE: 39-bit TTBR1 addresses, 512 GiB.
#define BATON_LINEAR_BASE 0xffffff8000000000

// [ARMv8-A D13.2.118] SCTLR_EL1: the RES1 bits alone, then with MMU, caches and SP checks on.
#define BATON_SCTLR_OFF 0x30d00800
#define BATON_SCTLR_ON 0x30d0181d
// ... and with WXN: what is writable is never executable.  Only valid with the final tables.
#define BATON_SCTLR_ON_WXN 0x30d8181d

// [ARMv8-A D13.2.97] MAIR_EL1: 0 normal write-back, 1 device nGnRE, 2 normal non-cacheable.
#define BATON_MAIR 0x4404ff

// [ARMv8-A D13.2.131] TCR_EL1 without IPS: 39-bit addresses both halves, 4 KiB granule, walks
// cacheable and inner shareable.
#define BATON_TCR 0xb5193519
// EPD0: no walks through TTBR0, so that every low address faults.
#define BATON_TCR_EPD0 0x80

// TrapFrame (trap_frame.h).
#define BATON_FRAME_X0 0
#define BATON_FRAME_X30 240
#define BATON_FRAME_SP 248
#define BATON_FRAME_ELR 256
#define BATON_FRAME_SPSR 264
#define BATON_FRAME_ESR 272
#define BATON_FRAME_FAR 280
#define BATON_FRAME_RECORD 288
#define BATON_FRAME_CPACR 304
#define BATON_FRAME_SIZE 320

// What irq_from_thread moves to the stack of a thread that is preempted: x0-x18, x30, ELR, SPSR and
// a frame record.
#define BATON_PREEMPTED_X0 0
#define BATON_PREEMPTED_X18_X30 144
#define BATON_PREEMPTED_ELR 160
#define BATON_PREEMPTED_RECORD 176
#define BATON_PREEMPTED_SIZE 192

// FP registers on the stack of a thread that has them: FPCR and FPSR, where to go on, q0-q31.
#define BATON_FP_CONTROL 0
#define BATON_FP_GO_ON 16
#define BATON_FP_Q0 32
#define BATON_FP_SIZE 544

// [ARMv8-A D13.2 CPACR_EL1] Nothing traps; 0: every FP and SIMD instruction does.
#define BATON_CPACR_FP 0x300000

// CoreLocal (core_local.h).
#define BATON_CORE_MPIDR 0
#define BATON_CORE_INDEX 8
#define BATON_CORE_THREAD_STACK 16
#define BATON_CORE_HANDLER_STACK 24
#define BATON_CORE_EMERGENCY_STACK 32
#define BATON_CORE_ENTRY_EL 40
#define BATON_CORE_ENTRY_TICKS 48
#define BATON_CORE_SCRATCH 56
#define BATON_CORE_SIZE 64
#define BATON_MAX_CORES 8

// What the image is copied by is in here, from its beginning; kernel.ld sees to it.
#define BATON_BOOT_CODE_BYTES 4096

// MPIDR_EL1's affinity fields: Aff3 and Aff2..Aff0.
#define BATON_MPIDR_AFFINITY 0xff00ffffff

// Stacks (stacks.h).
#define BATON_EMERGENCY_STACK_SIZE 8192

#endif  // BATON_ARCH_AARCH64_LAYOUT_H_
