// All of sync/, for programs that do not count their includes: depend on //sync and include this.
#ifndef BATON_SYNC_SYNC_H_
#define BATON_SYNC_SYNC_H_

// Objects and their handles.
#include "sync/owned.h"         // IWYU pragma: export
#include "sync/pool.h"          // IWYU pragma: export
#include "sync/static_owned.h"  // IWYU pragma: export

// Cells.
#include "sync/atomic_take_cell.h"  // IWYU pragma: export
#include "sync/cell_answers.h"      // IWYU pragma: export
#include "sync/cell_registry.h"     // IWYU pragma: export
#include "sync/combining_cell.h"    // IWYU pragma: export
#include "sync/irq_take_cell.h"     // IWYU pragma: export
#include "sync/map_cell.h"          // IWYU pragma: export
#include "sync/numeric_cell.h"      // IWYU pragma: export
#include "sync/optional_cell.h"     // IWYU pragma: export
#include "sync/take_cell.h"         // IWYU pragma: export

// Context.
#include "sync/core_local.h"  // IWYU pragma: export
#include "sync/irqs_off.h"    // IWYU pragma: export
#include "sync/misuse.h"      // IWYU pragma: export
#include "sync/spin_lock.h"   // IWYU pragma: export

// Queues and lists.
#include "sync/inbox.h"       // IWYU pragma: export
#include "sync/list.h"        // IWYU pragma: export
#include "sync/mpmc_ring.h"   // IWYU pragma: export
#include "sync/mpsc_queue.h"  // IWYU pragma: export
#include "sync/seq_lock.h"    // IWYU pragma: export
#include "sync/slist.h"       // IWYU pragma: export
#include "sync/spsc_ring.h"   // IWYU pragma: export
#include "sync/stack.h"       // IWYU pragma: export

// Buffers that devices work on.
#include "sync/dma/chain.h"        // IWYU pragma: export
#include "sync/dma/flight_word.h"  // IWYU pragma: export
#include "sync/dma/ownership.h"    // IWYU pragma: export

// RCU.
#include "sync/rcu/rcu.h"             // IWYU pragma: export
#include "sync/rcu/rcu_hash_table.h"  // IWYU pragma: export
#include "sync/rcu/rcu_list.h"        // IWYU pragma: export
#include "sync/rcu/rcu_ptr.h"         // IWYU pragma: export
#include "sync/rcu/rcu_slist.h"       // IWYU pragma: export
#include "sync/rcu/retired.h"         // IWYU pragma: export
#include "sync/rcu/retired_chain.h"   // IWYU pragma: export

#endif  // BATON_SYNC_SYNC_H_
