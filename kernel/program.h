// What the machine is for.
//
// The kernel starts whatever `start_program()` is linked beside it: `//kernel:shell_program`, which
// has the shell and what goes with it, or an image's own, which may be a thread or two.  Without
// one an image does not link.
#ifndef BATON_KERNEL_PROGRAM_H_
#define BATON_KERNEL_PROGRAM_H_

namespace baton::kernel {

struct Machine;

/// Starts the first threads, and returns: what calls it becomes the idle thread, so it must not
/// block.  Boot core, once, when all cores are online.
void start_program(const Machine& machine);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_PROGRAM_H_
