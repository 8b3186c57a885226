// Operations of the cells that stay on one core, as functions of their own, for codegen_thumb_test
// to look at what they compile to.

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "sync/atomic_take_cell.h"
#include "sync/batch.h"
#include "sync/combining_cell.h"
#include "sync/core_atomics.h"
#include "sync/irq_take_cell.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/owned.h"
#include "sync/take_cell.h"

namespace baton::sync {

struct Ball {
  int n;
};
struct Resource {
  int n;
};
struct Request {
  InboxHook<Request, OneCoreAtomics> hook;
  static void run(Owned<Request> self, Resource& resource);
};
using Combining = CombiningCell<Resource, Request, &Request::hook, OneCoreAtomics>;

extern "C" {

#define CODEGEN(result, name, ...)    \
  result codegen_##name(__VA_ARGS__); \
  [[gnu::noinline]] result codegen_##name(__VA_ARGS__)

// The closure does nothing, so that all that is left is the cell's.
CODEGEN(bool, irq_map, IrqTakeCell<Ball>& cell) {
  return cell.map([](Ball&) {}).has_value();
}
CODEGEN(bool, irq_lease, IrqTakeCell<Ball>& cell) { return cell.lease().has_value(); }
CODEGEN(Ball*, irq_take, IrqTakeCell<Ball>& cell) {
  auto taken = cell.take();
  return taken ? internal::OwnedAccess::disown(std::move(*taken)) : nullptr;
}
CODEGEN(Ball*, irq_put, IrqTakeCell<Ball>& cell, Ball* ball) {
  auto put = cell.put(internal::OwnedAccess::adopt(ball));
  return put ? nullptr : internal::OwnedAccess::disown(std::move(put.error().object));
}
CODEGEN(Ball*, irq_replace, IrqTakeCell<Ball>& cell, Ball* ball) {
  auto old = cell.replace(internal::OwnedAccess::adopt(ball));
  if (!old) return internal::OwnedAccess::disown(std::move(old.error().object));
  std::optional<Owned<Ball>>& displaced = *old;
  return displaced.has_value() ? internal::OwnedAccess::disown(std::move(*displaced)) : nullptr;
}

CODEGEN(bool, map_cell_map, IrqMapCell<Ball>& cell) {
  return cell.map([](Ball&) {}).has_value();
}
CODEGEN(bool, map_cell_put, IrqMapCell<Ball>& cell, int n) { return cell.put({n}).has_value(); }
CODEGEN(int, map_cell_take, IrqMapCell<Ball>& cell) { return cell.take().value_or(Ball{0}).n; }
CODEGEN(bool, map_cell_replace, IrqMapCell<Ball>& cell, int n) {
  return cell.replace({n}).has_value();
}

CODEGEN(int, optional_get, const IrqOptionalCell<short>& cell) { return cell.get().value_or(0); }
CODEGEN(void, optional_set, IrqOptionalCell<short>& cell, short value) { cell.set(value); }
CODEGEN(int, optional_take, IrqOptionalCell<short>& cell) { return cell.take().value_or(0); }
CODEGEN(bool, optional_put, IrqOptionalCell<short>& cell, short value) { return cell.put(value); }
CODEGEN(int, optional_replace, IrqOptionalCell<short>& cell, short value) {
  return cell.replace(value).value_or(0);
}

CODEGEN(int, numeric_get, const IrqNumericCell<int>& cell) { return cell.get(); }
CODEGEN(void, numeric_set, IrqNumericCell<int>& cell, int value) { cell.set(value); }
CODEGEN(int, numeric_add, IrqNumericCell<int>& cell, int value) { return cell.add(value); }
CODEGEN(int, numeric_replace, IrqNumericCell<int>& cell, int value) { return cell.replace(value); }

CODEGEN(bool, combining_submit, Combining& cell, Request* request) {
  return cell.submit(internal::OwnedAccess::adopt(request)) == Submitted::kRan;
}
CODEGEN(void, combining_drain, Combining& cell) { cell.drain(); }
CODEGEN(bool, combining_remove, Combining& cell) {
  auto removed = cell.remove();
  if (!removed.has_value()) return false;
  static_cast<void>(internal::OwnedAccess::disown(std::move(*removed)));
  return true;
}

// One context, beside the plain pointer that it replaces.
CODEGEN(bool, plain_map, TakeCell<Ball>& cell) {
  return cell.map([](Ball& ball) { ++ball.n; }).has_value();
}
CODEGEN(bool, plain_pointer, Ball* const& pointer) {
  // As the cell, it tells three things apart by address; nullptr is below 2.
  if (reinterpret_cast<std::uintptr_t>(pointer) < 2) return false;
  ++pointer->n;
  return true;
}
// The closure is opaque, so that it might come back to the cell: out, and in again.
CODEGEN(bool, plain_map_opaque, TakeCell<Ball>& cell, void (*f)(Ball&)) {
  return cell.map(f).has_value();
}

// Where the machine has one core, a cell for any core is no dearer.
CODEGEN(bool, any_core_map, AtomicTakeCell<Ball>& cell) {
  return cell.map([](Ball&) {}).has_value();
}

// Controls: what the checks must find.
CODEGEN(bool, control_barrier, std::atomic<bool>& word) {
  // Acquire pairs with nothing: it makes the compiler write a barrier.
  return word.exchange(true, std::memory_order_acquire);
}
CODEGEN(void, control_masks, int& n) {
  int state = 0;
  asm volatile("mrs %0, primask\n cpsid i" : "=r"(state)::"memory");
  ++n;
  asm volatile("msr primask, %0" ::"r"(state) : "memory");
}
CODEGEN(int, control_load_inside, int& n) {
  int value = 0;
  int failed = 0;
  asm volatile("ldrex %0, [%2]\n ldr %1, [%2]\n strex %1, %0, [%2]"
               : "=&r"(value), "=&r"(failed)
               : "r"(&n)
               : "memory");
  return failed;
}
CODEGEN(void, control_two_exclusives, IrqNumericCell<int>& cell) {
  cell.increment();
  cell.replace(0);
}

#undef CODEGEN

}  // extern "C"

}  // namespace baton::sync
