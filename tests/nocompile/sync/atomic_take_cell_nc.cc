// What the compiler refuses to do with a cell, its answers and its lease.
#include <utility>

#include "sync/atomic_take_cell.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Ball {
  int n = 0;
};
using Cell = AtomicTakeCell<Ball>;

constinit StaticOwned<Ball> g_home;
constinit Cell g_cell;

[[maybe_unused]] void drop_answers() {
#ifdef NC_DROP_TAKE
  g_cell.take();
#endif
#ifdef NC_DROP_PUT
  g_cell.put(g_home.claim());
#endif
#ifdef NC_DROP_REPLACE
  g_cell.replace(g_home.claim());
#endif
#ifdef NC_DROP_MAP
  g_cell.map([](Ball&) {});
#endif
#ifdef NC_DROP_LEASE
  g_cell.lease();
#endif
}

[[maybe_unused]] void put() {
  Owned<Ball> ball = g_home.claim();
#ifdef NC_PUT_A_COPY
  static_cast<void>(g_cell.put(ball));
#endif
  static_cast<void>(g_cell.put(std::move(ball)));
}

[[maybe_unused]] void map() {
  static_cast<void>(g_cell.map([](Ball& ball) { return ball.n; }));
#ifdef NC_REFERENCE_OUT_OF_MAP
  static_cast<void>(g_cell.map([](Ball& ball) -> int& { return ball.n; }));
#endif
}

[[maybe_unused]] void use(Cell::LeaseType lease) {
#ifdef NC_COPY_LEASE
  Cell::LeaseType copy = lease;
#endif
  lease->n = 1;
  std::move(lease).give_back();
}

[[maybe_unused]] void keep(Cell::LeaseType lease) {
#ifdef NC_GIVE_BACK_WITHOUT_MOVE
  lease.give_back();
#endif
#ifdef NC_DROP_KEPT
  std::move(lease).take();
#else
  Owned<Ball> kept = std::move(lease).take();
  static_cast<void>(g_cell.put(std::move(kept)));
#endif
}

#ifdef NC_REFERENCE_OUTLIVES_LEASE
Ball& leak(Cell::LeaseType lease) { return *lease; }
#endif

#ifdef NC_COPY_CELL
Cell copy() { return g_cell; }
#endif

}  // namespace
}  // namespace baton::sync
