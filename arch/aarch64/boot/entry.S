// From reset to C++: where every core starts.
//
// The boot core arrives at `image_header`, in EL3, EL2 or EL1, MMU and caches off, anywhere in RAM,
// x0 = device tree or ATAGs.  It moves the image to its link address if need be, leaves for EL1,
// switches on the MMU with two boot tables, and enters C++ in the upper half of the address space.
// Secondary cores arrive at `secondary_entry` by spin table or PSCI and use the final tables at once.
//
// Before the MMU is on there is no atomic, no stack and no C++: exclusives on memory that is not
// cacheable never succeed on real cores.
#include "arch/aarch64/asm.h"
#include "arch/aarch64/layout.h"

  .section .boot.text, "ax"

// Linux's arm64 image header, which loaders (the Raspberry Pi firmware, U-Boot, QEMU) understand: it
// tells them where to put the image and how much memory it takes, .bss included.
// [Linux Documentation/arch/arm64/booting.rst]
  .global image_header
image_header:
  b     boot_entry
  nop
  .quad __image_text_offset       // from a 2 MiB boundary of RAM
  .quad __image_memory_size
  .quad 0x2                       // little endian, 4 KiB pages, placed as near to RAM's start as it goes
  .quad 0, 0, 0
  .ascii "ARM\x64"
  .word 0

// Copies by cache line, upwards, and has what was copied fetched anew.  The MMU is off.
//   In:        x1 = from, x6 = to, x5 = bytes; a multiple of 64
//   Out:       x1, x6 = their ends
//   Clobbers:  x5, x7 to x14
FUNC(copy_lines)
  ldp   x7, x8, [x1], #16
  ldp   x9, x10, [x1], #16
  ldp   x11, x12, [x1], #16
  ldp   x13, x14, [x1], #16
  stp   x7, x8, [x6]
  stp   x9, x10, [x6, #16]
  stp   x11, x12, [x6, #32]
  stp   x13, x14, [x6, #48]
  dc    civac, x6                 // no stale line may shadow what was written uncached
  add   x6, x6, #64
  subs  x5, x5, #64
  b.hi  copy_lines
  dsb   sy
  ic    iallu
  dsb   sy
  isb
  ret
END_FUNC(copy_lines)

// First instruction of the boot core.
//   In:        x0 = device tree or ATAGs (physical), MMU off, any EL from 1 to 3
//   Out:       aarch64_boot_main(x0 = as above), upper half, EL1, thread stack
//   Clobbers:  everything
FUNC(boot_entry)
  mrs   x1, mpidr_el1
  ldr   x2, =BATON_MPIDR_AFFINITY
  ands  x1, x1, x2
  b.ne  park_on_spin_table        // an ELF loader let every core in at once

  mov   x19, x0                   // device tree or ATAGs
  adr   x1, image_header          // where we are
  ldr   x2, =image_header         // where we are linked,
  ldr   x3, =BATON_LINEAR_BASE    //   as a physical address
  sub   x2, x2, x3
  cmp   x1, x2
  b.eq  2f

  // Copy [image_header, __image_end) to its link address: first this code, and then the rest from
  // there, as that may be written over where we are.
  ldr   x4, =__image_end
  ldr   x5, =image_header
  sub   x4, x4, x5                // bytes to copy; a multiple of 64
  mov   x6, x2
  mov   x5, #BATON_BOOT_CODE_BYTES
  sub   x4, x4, x5
  bl    copy_lines
  adr   x3, image_header
  adr   x5, 1f
  sub   x5, x5, x3
  add   x5, x2, x5
  br    x5
1:
  mov   x5, x4
  bl    copy_lines
2:
  mrs   x20, CurrentEL
  bl    drop_to_el1
  mrs   x21, cntvct_el0

  // Boot tables: the 2 MiB blocks that hold the image, one L1 for both halves (the linear map keeps
  // the index).  Lines left by firmware are thrown out before and after the uncached writes.
  adrp  x1, boot_l1
  add   x1, x1, :lo12:boot_l1
  add   x2, x1, #8192             // boot_l1 and boot_l2
  mov   x3, x1
3:
  dc    ivac, x3
  stp   xzr, xzr, [x3]
  stp   xzr, xzr, [x3, #16]
  stp   xzr, xzr, [x3, #32]
  stp   xzr, xzr, [x3, #48]
  add   x3, x3, #64
  cmp   x3, x2
  b.lo  3b

  adr   x4, image_header          // physical start,
  ldr   x5, =__image_memory_size
  add   x5, x4, x5                // and end
  lsr   x6, x4, #30
  add   x7, x1, #4096             // boot_l2
  orr   x8, x7, #3                // table descriptor
  str   x8, [x1, x6, lsl #3]
  lsr   x4, x4, #21
  ldr   x9, =0x0040000000000701   // block: UXN, AF, inner shareable, normal, read-write
4:
  lsl   x10, x4, #21
  orr   x10, x10, x9
  and   x11, x4, #0x1ff
  str   x10, [x7, x11, lsl #3]
  add   x4, x4, #1
  lsl   x10, x4, #21
  cmp   x10, x5
  b.lo  4b
  dmb   sy
  mov   x3, x1
5:
  dc    ivac, x3
  add   x3, x3, #64
  cmp   x3, x2
  b.lo  5b
  dsb   sy

  mov   x0, x1                    // TTBR1 = boot_l1 too
  ldr   x1, =BATON_SCTLR_ON
  bl    enable_mmu
  ldr   x0, =6f
  br    x0
6:
  // Upper half.  Clear .bss (cached now), then stacks, vectors, per-core block.
  ldr   x0, =__bss_start
  ldr   x1, =__bss_end
7:
  cmp   x0, x1
  b.hs  8f
  stp   xzr, xzr, [x0], #16
  b     7b
8:
  ldr   x0, =aarch64_core_locals
  mrs   x1, mpidr_el1
  ldr   x2, =BATON_MPIDR_AFFINITY
  and   x1, x1, x2
  str   x1, [x0, #BATON_CORE_MPIDR]
  bl    set_up_core
  mov   x0, x19
  bl    aarch64_boot_main
  b     park
END_FUNC(boot_entry)

// First instruction of a secondary core: spin table or PSCI.
//   In:        MMU off, any EL; the final tables and this core's block are in place
//   Out:       aarch64_secondary_main(), upper half, EL1, thread stack
FUNC(secondary_entry)
  mrs   x20, CurrentEL
  bl    drop_to_el1
  mrs   x21, cntvct_el0
  adrp  x0, kernel_l1
  add   x0, x0, :lo12:kernel_l1
  // WXN forbids execution from the writable boot blocks, so it comes on in the upper half.
  ldr   x1, =BATON_SCTLR_ON
  bl    enable_mmu
  ldr   x0, =1f
  br    x0
1:
  ldr   x0, =BATON_SCTLR_ON_WXN
  msr   sctlr_el1, x0
  isb
  // No walks through TTBR0 from here on.
  mrs   x0, tcr_el1
  orr   x0, x0, #BATON_TCR_EPD0
  msr   tcr_el1, x0
  isb
  tlbi  vmalle1
  dsb   nsh
  isb
  // The block with our affinity is ours.
  mrs   x1, mpidr_el1
  ldr   x2, =BATON_MPIDR_AFFINITY
  and   x1, x1, x2
  ldr   x0, =aarch64_core_locals
  mov   x3, #BATON_MAX_CORES
2:
  ldr   x4, [x0, #BATON_CORE_MPIDR]
  cmp   x4, x1
  b.eq  3f
  add   x0, x0, #BATON_CORE_SIZE
  subs  x3, x3, #1
  b.ne  2b
  b     park                      // a core that nobody expects
3:
  bl    set_up_core
  bl    aarch64_secondary_main
  b     park
END_FUNC(secondary_entry)

// Per-core block, both stacks, vectors; traps FP.
//   In:        x0 = CoreLocal, x20 = CurrentEL and x21 = CNTVCT at entry
//   Out:       EL1t on the thread stack
//   Clobbers:  x1
FUNC(set_up_core)
  msr   tpidr_el1, x0
  lsr   x1, x20, #2
  str   x1, [x0, #BATON_CORE_ENTRY_EL]
  str   x21, [x0, #BATON_CORE_ENTRY_TICKS]
  ldr   x1, =exception_vectors
  msr   vbar_el1, x1
  msr   cpacr_el1, xzr            // the kernel has no FP state: using it is a fault
  msr   spsel, #1
  ldr   x1, [x0, #BATON_CORE_HANDLER_STACK]
  mov   sp, x1
  msr   spsel, #0
  ldr   x1, [x0, #BATON_CORE_THREAD_STACK]
  mov   sp, x1
  mov   x29, xzr                  // the backtrace ends here
  isb
  ret
END_FUNC(set_up_core)

// MMU and caches on.                                      [ARMv8-A D5.2, D13.2]
//   In:        x0 = TTBR1 (physical), x1 = SCTLR_EL1, MMU off, executing in a block that boot_l1 maps
//   Clobbers:  x2-x4
FUNC(enable_mmu)
  ldr   x2, =BATON_MAIR
  msr   mair_el1, x2
  ldr   x2, =BATON_TCR
  mrs   x3, id_aa64mmfr0_el1
  and   x3, x3, #0xf              // PARange,
  mov   x4, #5
  cmp   x3, x4
  csel  x3, x3, x4, lo            //   at most 48 bits
  bfi   x2, x3, #32, #3           // IPS
  msr   tcr_el1, x2
  adrp  x2, boot_l1
  add   x2, x2, :lo12:boot_l1
  msr   ttbr0_el1, x2
  msr   ttbr1_el1, x0
  isb
  tlbi  vmalle1
  ic    iallu
  dsb   nsh
  isb
  msr   sctlr_el1, x1
  isb
  ret
END_FUNC(enable_mmu)

// Leave EL3 and EL2 for EL1h with everything masked.      [ARMv8-A D1.6, D13.2]
//   In:        x30 = where to go on
//   Clobbers:  x9-x11
FUNC(drop_to_el1)
  mrs   x9, CurrentEL
  cmp   x9, #0xc
  b.eq  from_el3
  cmp   x9, #0x8
  b.eq  from_el2
  ldr   x9, =BATON_SCTLR_OFF
  msr   sctlr_el1, x9
  isb
  ret

from_el3:
  // Coherency of this core's caches: CPUECTLR_EL1.SMPEN, on Cortex-A53 and A72 alike.
  mrs   x9, midr_el1
  ubfx  x9, x9, #4, #12
  mov   x10, #0xd03
  cmp   x9, x10
  mov   x10, #0xd08
  ccmp  x9, x10, #4, ne
  b.ne  1f
  mrs   x9, s3_1_c15_c2_1
  orr   x9, x9, #0x40
  msr   s3_1_c15_c2_1, x9
1:
  mov   x9, #0x531                // SCR_EL3: NS, RES1, HCE, RW
  msr   scr_el3, x9
  msr   cptr_el3, xzr
  mrs   x9, id_aa64pfr0_el1
  ubfx  x10, x9, #24, #4          // GIC system registers
  cbz   x10, 2f
  mrs   x10, s3_6_c12_c12_5       // ICC_SRE_EL3: Enable, DIB, DFB, SRE
  orr   x10, x10, #0xf
  msr   s3_6_c12_c12_5, x10
  isb
2:
  ubfx  x10, x9, #8, #4           // EL2 there?
  cbz   x10, 3f
  adr   x11, from_el2
  msr   elr_el3, x11
  mov   x10, #0x3c9               // EL2h, DAIF masked
  msr   spsr_el3, x10
  eret
3:
  ldr   x9, =BATON_SCTLR_OFF
  msr   sctlr_el1, x9
  msr   elr_el3, x30
  mov   x10, #0x3c5               // EL1h, DAIF masked
  msr   spsr_el3, x10
  eret

from_el2:
  mov   x9, #(1 << 31)            // HCR_EL2.RW: EL1 is AArch64
  msr   hcr_el2, x9
  mrs   x9, cnthctl_el2
  orr   x9, x9, #3                // EL1 may use the physical counter and timer
  msr   cnthctl_el2, x9
  msr   cntvoff_el2, xzr
  mov   x9, #0x33ff               // CPTR_EL2: no traps
  msr   cptr_el2, x9
  msr   hstr_el2, xzr
  msr   vttbr_el2, xzr
  mrs   x9, midr_el1
  msr   vpidr_el2, x9
  mrs   x9, mpidr_el1
  msr   vmpidr_el2, x9
  mrs   x9, id_aa64pfr0_el1
  ubfx  x9, x9, #24, #4           // GIC system registers
  cbz   x9, 4f
  mrs   x9, s3_4_c12_c9_5         // ICC_SRE_EL2: SRE and Enable
  mov   x10, #9
  orr   x9, x9, x10
  msr   s3_4_c12_c9_5, x9
  isb
4:
  ldr   x9, =BATON_SCTLR_OFF
  msr   sctlr_el1, x9
  msr   elr_el2, x30
  mov   x9, #0x3c5                // EL1h, DAIF masked
  msr   spsr_el2, x9
  eret
END_FUNC(drop_to_el1)

// A core that came in with the boot core waits for its word in the firmware's spin table, as if the
// firmware had held it.  Only the Raspberry Pi machines do this, and only with an ELF image.
FUNC(park_on_spin_table)
  and   x1, x1, #3
  mov   x2, #0xd8
  add   x2, x2, x1, lsl #3
1:
  wfe
  ldr   x3, [x2]
  cbz   x3, 1b
  br    x3
END_FUNC(park_on_spin_table)

// The end of the road: sleep, masked, for good.
FUNC(park)
  msr   daifset, #0xf
1:
  wfi
  b     1b
END_FUNC(park)

// Replace TTBR1's tables while running under them.        [ARMv8-A D5.10.1 break-before-make]
//   In:        x0 = new TTBR1 (physical); called in the upper half, IRQs masked
//   Runs at its identity address, where only TTBR0's boot tables matter; then WXN on, TTBR0 off.
//   Clobbers:  x1-x4
FUNC(aarch64_switch_to_final_tables)
  ldr   x1, =1f
  ldr   x2, =BATON_LINEAR_BASE
  sub   x1, x1, x2
  br    x1
1:
  mrs   x3, tcr_el1
  orr   x4, x3, #0x800000         // EPD1: no walks through TTBR1
  msr   tcr_el1, x4
  isb
  tlbi  vmalle1
  dsb   nsh
  isb
  msr   ttbr1_el1, x0
  isb
  msr   tcr_el1, x3
  isb
  br    x30
END_FUNC(aarch64_switch_to_final_tables)

  .section .boot.tables, "aw", %nobits
  .balign 4096
  .global boot_l1
boot_l1:
  .skip 4096
boot_l2:
  .skip 4096
