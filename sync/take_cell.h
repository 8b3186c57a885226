// `TakeCell<T>`: an AtomicTakeCell for one context.
//
// The same states, operations and answers (sync/atomic_take_cell.h), on a plain word: plain loads
// and stores only, which the compiler is free to merge.  It is busy for a nested call on the same
// cell.  Neither another core nor an interrupt handler may touch it.
#ifndef BATON_SYNC_TAKE_CELL_H_
#define BATON_SYNC_TAKE_CELL_H_

#include "sync/atomic_take_cell.h"
#include "sync/core_atomics.h"

namespace baton::sync {

template <class T>
using TakeCell = AtomicTakeCell<T, OneContextAtomics>;

}  // namespace baton::sync

#endif  // BATON_SYNC_TAKE_CELL_H_
