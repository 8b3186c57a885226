// What the compiler refuses to do with an Owned, its home and its pool.
#include <optional>
#include <utility>

#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Ball {
  int n = 0;
};

constinit StaticOwned<Ball> g_home;
constinit Pool<Ball, 2> g_pool;

[[maybe_unused]] void consume(Owned<Ball> ball) { g_home.give_back(std::move(ball)); }

[[maybe_unused]] void claim() {
#ifdef NC_DROP_CLAIM
  g_home.claim();
#endif
#ifdef NC_DROP_TRY_CLAIM
  g_home.try_claim();
#endif
  Owned<Ball> ball = g_home.claim();
#ifdef NC_COPY
  Owned<Ball> copy = ball;
#endif
#ifdef NC_ASSIGN_COPY
  Owned<Ball> other = g_home.claim();
  other = ball;
#endif
#ifdef NC_PASS_WITHOUT_MOVE
  consume(ball);
#endif
#ifdef NC_EMPTY
  Owned<Ball> none;
#endif
#ifdef NC_FORGE
  Ball elsewhere;
  Owned<Ball> forged(&elsewhere);
#endif
#ifdef NC_CONST_TO_MUTABLE
  Owned<const Ball> constant = std::move(ball);
  Owned<Ball> again = std::move(constant);
#endif
  ball->n = 1;
  consume(std::move(ball));
}

#ifdef NC_REFERENCE_OUTLIVES_HANDLE
Ball& leak(Owned<Ball> ball) { return *ball; }
#endif

[[maybe_unused]] void make() {
#ifdef NC_DROP_MAKE
  g_pool.make();
#endif
#ifdef NC_COPY_POOL
  Pool<Ball, 2> copy = g_pool;
#endif
  std::optional<Owned<Ball>> ball = g_pool.make();
  static_cast<void>(ball);
}

}  // namespace
}  // namespace baton::sync
