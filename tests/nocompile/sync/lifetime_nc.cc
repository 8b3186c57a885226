// References that would outlive the turn in which they were got, as far as Clang's lifetime
// analysis reaches: it follows what a function returns, and what a temporary is bound to.
#include "sync/atomic_take_cell.h"
#include "sync/map_cell.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Ball {
  int n = 0;
};

[[maybe_unused]] constinit StaticOwned<Ball> g_home;

[[maybe_unused]] int use(AtomicTakeCell<Ball>& cell, AtomicMapCell<Ball>& map_cell) {
  int sum = 0;
  if (auto lease = cell.lease()) sum += (*lease)->n;
  if (auto lease = map_cell.lease()) sum += (*lease)->n;
#ifdef NC_OF_A_TEMPORARY_HANDLE
  Ball& ball = *g_home.claim();
  sum += ball.n;
#endif
#ifdef NC_POINTER_OF_A_TEMPORARY_HANDLE
  Ball* const ball = g_home.claim().get();
  sum += ball->n;
#endif
  return sum;
}

#ifdef NC_OUT_OF_A_TAKE_CELLS_LEASE
[[maybe_unused]] Ball* out_of(AtomicTakeCell<Ball>::LeaseType lease) { return lease.operator->(); }
#endif
#ifdef NC_OUT_OF_A_MAP_CELLS_LEASE
[[maybe_unused]] Ball& out_of(AtomicMapCell<Ball>::LeaseType lease) { return *lease; }
#endif
#ifdef NC_LEASE_OUTLIVES_ITS_CELL
[[maybe_unused]] auto lease_of_a_local() {
  AtomicMapCell<Ball> cell{std::in_place};
  return cell.lease();
}
#endif
#ifdef NC_REFERENCE_OUT_OF_A_MAP_CELL
[[maybe_unused]] void reference_out_of(AtomicMapCell<Ball>& cell) {
  static_cast<void>(cell.map([](Ball& ball) -> Ball& { return ball; }));
}
#endif
#ifdef NC_REFERENCE_OUT_OF_MAP_OR
[[maybe_unused]] void reference_out_of(AtomicTakeCell<Ball>& cell, Ball& other) {
  static_cast<void>(cell.map_or(other, [](Ball& ball) -> Ball& { return ball; }));
}
#endif
#ifdef NC_AND_THEN_WITHOUT_AN_ANSWER
[[maybe_unused]] void no_answer(AtomicTakeCell<Ball>& cell) {
  static_cast<void>(cell.and_then([](Ball& ball) { return ball.n; }));
}
#endif
#ifdef NC_DROP_MODIFY_OR_REPLACE
[[maybe_unused]] void drop(AtomicMapCell<Ball>& cell) {
  cell.modify_or_replace([](Ball&) {}, [] { return Ball(); });
}
#endif
#ifdef NC_REPLACE_BY_SOMETHING_ELSE
[[maybe_unused]] void other_type(AtomicTakeCell<Ball>& cell) {
  static_cast<void>(cell.modify_or_replace([](Ball&) {}, [] { return Ball(); }));
}
#endif
#ifdef NC_FALLBACK_OF_ANOTHER_TYPE
[[maybe_unused]] void other_fallback(AtomicTakeCell<Ball>& cell) {
  static_cast<void>(cell.map_or("none", [](Ball& ball) { return ball.n; }));
}
#endif

}  // namespace
}  // namespace baton::sync
