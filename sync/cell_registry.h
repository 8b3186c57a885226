// Names for cells, so that a shell or a panic can list every one: what it is called, its state, and
// in debug builds who is inside.
//
//   constinit sync::AtomicTakeCell<Ball> cell;
//   constinit sync::CellEntry cell_entry{"ball", cell};
//   ...
//   sync::register_cell(cell_entry);          // once, at start-up
//   sync::for_each_cell([](const char* name, const sync::CellReport& report) { ... });
//
// The list only grows, so reading it needs no lock, not even while every other core is stopped in
// the middle of something.  Any core, any context.
#ifndef BATON_SYNC_CELL_REGISTRY_H_
#define BATON_SYNC_CELL_REGISTRY_H_

#include <atomic>
#include <utility>

#include "sync/atomics.h"
#include "sync/cell_answers.h"
#include "sync/holder.h"
#include "sync/misuse.h"

namespace baton::sync {

template <class Atomics>
class BasicCellRegistry;

/// One cell's line in the list.  Static storage, like the cell; `Cell` has `report() const`.
template <class Atomics = StdAtomics>
class BasicCellEntry {
 public:
  template <class Cell>
  constexpr BasicCellEntry(const char* name, const Cell& cell)
      : name_(name),
        cell_(&cell),
        report_([](const void* erased) { return static_cast<const Cell*>(erased)->report(); }) {}
  BasicCellEntry(const BasicCellEntry&) = delete;
  BasicCellEntry& operator=(const BasicCellEntry&) = delete;

  const char* name() const { return name_; }
  CellReport report() const { return report_(cell_); }

 private:
  friend class BasicCellRegistry<Atomics>;

  const char* name_;
  const void* cell_;
  CellReport (*report_)(const void* cell);
  typename Atomics::template Plain<BasicCellEntry*> next_{nullptr};
  typename Atomics::template Atomic<bool> registered_{false};
};

template <class Atomics = StdAtomics>
class BasicCellRegistry {
 public:
  using Entry = BasicCellEntry<Atomics>;

  constexpr BasicCellRegistry() = default;

  /// Adds the entry, for good.  The program ends if it was added before.
  void add(Entry& entry) {
    // Relaxed: whoever comes second only needs to know that they do.
    const bool registered = entry.registered_.exchange(true, std::memory_order_relaxed);
    BATON_NEVER_MISUSE(!registered, entry.cell_, "a cell is registered once");
    // Relaxed: the pointer is linked, not followed.
    Entry* newest = newest_.load(std::memory_order_relaxed);
    do {
      entry.next_.write(newest);
      // Release pairs with the acquire in for_each(): the entry goes with its pointer.
      // Relaxed on failure: `newest` is linked again, not followed.
    } while (!newest_.compare_exchange_weak(newest, &entry, std::memory_order_release,
                                            std::memory_order_relaxed));
  }

  /// Calls `f(const char* name, const CellReport&)` for each entry, newest first.
  template <class F>
  void for_each(F&& f) const {
    // Acquire pairs with the release in add(); older entries are in its release sequence.
    for (const Entry* entry = newest_.load(std::memory_order_acquire); entry != nullptr;
         entry = entry->next_.read()) {
      f(entry->name(), entry->report());
    }
  }

 private:
  typename Atomics::template Atomic<Entry*> newest_{nullptr};
};

using CellEntry = BasicCellEntry<>;

namespace internal {
inline constinit BasicCellRegistry<> cell_registry;
}  // namespace internal

/// Adds a cell to the program's list, for good.  Once per entry.
inline void register_cell(CellEntry& entry) { internal::cell_registry.add(entry); }

/// Calls `f(const char* name, const CellReport&)` for each registered cell, newest first.
template <class F>
void for_each_cell(F&& f) {
  internal::cell_registry.for_each(std::forward<F>(f));
}

}  // namespace baton::sync

#endif  // BATON_SYNC_CELL_REGISTRY_H_
