// The heap that a machine has because there is RAM left over: for whoever wants one.  The kernel
// uses none of it.
//
// Any core, any context, once the kernel has started (kernel/heap/shared_heap.h).
#ifndef BATON_KERNEL_SYSTEM_HEAP_H_
#define BATON_KERNEL_SYSTEM_HEAP_H_

#include <cstdint>

#include "kernel/heap/shared_heap.h"

namespace baton::kernel {

/// A board with more cores shares arenas; no block is larger than a quarter of the heap.
using SystemHeap = SharedHeap<4>;

/// Empty where the machine has no RAM to spare.
SystemHeap& system_heap();

/// Gives the heap half of the largest piece of RAM that nobody has, 256 MiB at most.  Boot core,
/// once, before anybody asks for a block.
void open_system_heap();

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SYSTEM_HEAP_H_
