// `HeapArena<Store>`: a heap that any core may enter, one at a time, and that takes blocks back
// without anybody waiting.
//
// The heap sits in a cell.  Who gives a block back and finds somebody inside leaves it in a tray, a
// lock-free stack; whoever enters next empties that first.  So a block that was given back before
// an allocation began is there for it.
//
// Any core, any context; who is inside has its interrupts masked, so that nobody waits for a thread
// that was preempted.
#ifndef BATON_KERNEL_HEAP_HEAP_ARENA_H_
#define BATON_KERNEL_HEAP_HEAP_ARENA_H_

#include <functional>
#include <utility>

#include "sync/atomics.h"
#include "sync/batch.h"
#include "sync/cell_answers.h"
#include "sync/inbox.h"
#include "sync/irqs_off.h"
#include "sync/map_cell.h"
#include "sync/owned.h"

namespace baton::kernel {

/// What lies in a block that is on its way back.
template <class Atomics = sync::StdAtomics>
struct ReturnedBlock {
  sync::InboxHook<ReturnedBlock, Atomics> hook;
};

/// A Store has `deallocate(Block)`, `returned(Block)`, which makes a ReturnedBlock of one, and
/// `take_back(Owned<ReturnedBlock>)`.
template <class Store, class Atomics = sync::StdAtomics>
class HeapArena {
 public:
  using Returned = ReturnedBlock<Atomics>;

  constexpr HeapArena() = default;

  /// Runs `f(Store&)`, with everything that came back.  kBusy: another core is inside.
  template <class F>
  auto map(F&& f) {
    const sync::IrqsOff irqs_off;
    return store_.map([&](Store& store) {
      take_back(store);
      return std::invoke(std::forward<F>(f), store);
    });
  }

  /// The block goes back to the store, now or before the next map().  False: later.
  template <class Block>
  bool give_back(Block block) {
    const bool now = map([&](Store& store) { store.deallocate(block); }).has_value();
    if (!now) tray_.push(Store::returned(block));
    return now;
  }

 private:
  void take_back(Store& store) {
    // Empty nearly always; a look is cheaper than an exchange.
    if (tray_.is_empty()) return;
    auto batch = tray_.take_all();
    while (auto block = batch.pop_front()) store.take_back(std::move(*block));
  }

  sync::AtomicMapCell<Store, Atomics> store_{std::in_place};
  sync::Inbox<Returned, &Returned::hook, Atomics> tray_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_HEAP_HEAP_ARENA_H_
