// `IrqTakeCell<T>`: an AtomicTakeCell for the threads and interrupt handlers of one core.
//
// The same states, operations and answers (sync/atomic_take_cell.h), without a barrier: on ARMv7-M
// `map` is one LDREX/STREX sequence in and one plain store out.  Another core must not touch it.
#ifndef BATON_SYNC_IRQ_TAKE_CELL_H_
#define BATON_SYNC_IRQ_TAKE_CELL_H_

#include "sync/atomic_take_cell.h"
#include "sync/core_atomics.h"

namespace baton::sync {

template <class T>
using IrqTakeCell = AtomicTakeCell<T, OneCoreAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_IRQ_TAKE_CELL_H_
