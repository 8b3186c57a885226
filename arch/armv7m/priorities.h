// Who interrupts whom.  Smaller numbers are more urgent; of each only the top bits exist, at least
// three, so that every level here is a multiple of 0x20.  [ARMv7-M B1.5.4]
//
//   0x00, 0x20   faults; a board's interrupts that nothing of the kernel delays, nor may call it
//   0x40         the supervisor call that ends a preemption: above what masks the kernel's code
//   0x60         interrupts of the kernel, SysTick among them.  All alike: no handler interrupts
//                another, so a handler runs as if masked.  Masking is BASEPRI at this level.
//   lowest       PendSV: when no handler is left to run
//
// Assembly includes this.
#ifndef BATON_ARCH_ARMV7M_PRIORITIES_H_
#define BATON_ARCH_ARMV7M_PRIORITIES_H_

// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define BATON_PRIORITY_SUPERVISOR 0x40
#define BATON_PRIORITY_KERNEL 0x60
#define BATON_PRIORITY_LOWEST 0xff
// NOLINTEND(cppcoreguidelines-macro-usage)

#endif  // BATON_ARCH_ARMV7M_PRIORITIES_H_
