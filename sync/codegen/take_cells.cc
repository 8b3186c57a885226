// Operations as functions of their own, for codegen_test to look at what they compile to.

#include "sync/atomic_take_cell.h"
#include "sync/irq_take_cell.h"
#include "sync/spin_lock.h"
#include "sync/take_cell.h"

namespace baton::sync {

struct Ball {
  int n;
};

namespace {

template <class Cell>
[[gnu::always_inline]] bool map_of(Cell& cell) {
  return cell.map([](Ball& ball) { ++ball.n; }).has_value();
}

}  // namespace

extern "C" {
bool codegen_atomic_map(AtomicTakeCell<Ball>& cell);
bool codegen_irq_map(IrqTakeCell<Ball>& cell);
bool codegen_plain_map(TakeCell<Ball>& cell);
bool codegen_is_full(const AtomicTakeCell<Ball>& cell);
void codegen_spin_pair(SpinLock<1>& lock);

bool codegen_atomic_map(AtomicTakeCell<Ball>& cell) { return map_of(cell); }
bool codegen_irq_map(IrqTakeCell<Ball>& cell) { return map_of(cell); }
bool codegen_plain_map(TakeCell<Ball>& cell) { return map_of(cell); }
bool codegen_is_full(const AtomicTakeCell<Ball>& cell) { return cell.is_full(); }
void codegen_spin_pair(SpinLock<1>& lock) {
  lock.lock();
  lock.unlock();
}
}

}  // namespace baton::sync
