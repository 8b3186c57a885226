// Handles and leases that are used after they were passed on, as far as Clang's typestate analysis
// follows them inside one function (-Wconsumed).
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

[[maybe_unused]] void pass_on() {
  Owned<Ball> ball = g_home.claim();
  ball->n = 1;
  static_cast<void>(g_cell.put(std::move(ball)));
#ifdef NC_USE_AFTER_PUT
  ball->n = 2;
#endif
  Owned<Ball> second = g_home.claim();
  Owned<Ball> third = std::move(second);
#ifdef NC_USE_AFTER_MOVE
  (*second).n = 3;
#endif
  third->n = 4;
}

[[maybe_unused]] void end_lease(Cell::LeaseType lease) {
  lease->n = 1;
  std::move(lease).give_back();
#ifdef NC_USE_AFTER_GIVE_BACK
  lease->n = 2;
#endif
#ifdef NC_GIVE_BACK_TWICE
  std::move(lease).give_back();
#endif
}

}  // namespace
}  // namespace baton::sync
