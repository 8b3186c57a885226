// Sizes that C++, assembly and the linker script share.
#ifndef BATON_ARCH_ARMV7M_LAYOUT_H_
#define BATON_ARCH_ARMV7M_LAYOUT_H_

// NOLINTBEGIN(cppcoreguidelines-macro-usage)

// The guard at the bottom of every stack: an MPU region, so a power of two, aligned to itself.
// With FP registers an exception reserves 72 bytes that it may not write: the guard is larger.
#ifdef BATON_CORTEX_M_FP
#define BATON_STACK_GUARD_SIZE 128
#else
#define BATON_STACK_GUARD_SIZE 64
#endif

// MPU regions; of several that hold an address the highest counts.  The others are free.
#define BATON_REGION_CODE 0
#define BATON_REGION_RAM 1
#define BATON_REGION_NULL 2
#define BATON_REGION_HANDLER_GUARD 6
#define BATON_REGION_THREAD_GUARD 7

#define BATON_MPU_RBAR 0xe000ed9c
#define BATON_MPU_RBAR_VALID 0x10

// A thread that is preempted, on its stack: a frame record, its pc, EXC_RETURN; above it s16-s31
// where it has FP registers, and what the core stacked.
#define BATON_PREEMPTED_SIZE 16

// What a panic's dump needs of the handlers' stack.
#define BATON_FAULT_STACK 1024

// What the core stacks, without FP registers.
#define BATON_STACKED_SIZE 32
#define BATON_STACKED_PC 24
#define BATON_STACKED_XPSR 28

// Bits of EXC_RETURN.                                      [ARMv7-M B1.5.8]
#define BATON_EXC_RETURN_PSP 0x4
#define BATON_EXC_RETURN_NO_FP 0x10

// NOLINTEND(cppcoreguidelines-macro-usage)

#endif  // BATON_ARCH_ARMV7M_LAYOUT_H_
