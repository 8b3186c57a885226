// What a port calls upwards.  Declared here, below everybody; the linker closes the circle:
// `boot_main` is the board's (boards/), the others the kernel's.
#ifndef BATON_ARCH_UPCALLS_H_
#define BATON_ARCH_UPCALLS_H_

#include <cstdint>

namespace baton::arch {

struct TrapFrame;

/// The boot core, once C++ can run: on its thread stack, interrupts masked, the kernel's own image
/// mapped with its final permissions, no other memory and no device mapped yet.
/// `boot_argument` is what the loader passed: the physical address of a device tree or of ATAGs, or
/// 0.
[[noreturn]] void boot_main(std::uint64_t boot_argument);

/// A secondary core, likewise; what the boot core mapped is mapped here too.
[[noreturn]] void secondary_main();

/// An interrupt, on this core's handler stack, interrupts masked.  `frame` is what it interrupted.
/// True: the interrupted thread is to be preempted; the port calls on_preemption() in its place
/// before it goes on.  Where a handler was interrupted the answer is not looked at.
[[nodiscard]] bool on_interrupt(const TrapFrame& frame);

/// In the thread that was interrupted, on its own stack, interrupts masked.  It may switch to other
/// threads; when it returns, maybe on another core, the thread goes on where it was interrupted.
void on_preemption();

/// The thread may be preempted again (arch/preempt.h), and somebody has asked for that meanwhile.
/// Any context; does something in threads with interrupts unmasked only.
void on_preemption_allowed();

/// A fault that nobody expected, or `trap()`.  `frame` is what it interrupted.
[[noreturn]] void on_fault(const TrapFrame& frame);

}  // namespace baton::arch

#endif  // BATON_ARCH_UPCALLS_H_
