// What the compiler refuses to do with a spin lock: Clang's thread-safety analysis.
#include "base/annotations.h"
#include "sync/spin_lock.h"

namespace baton::sync {
namespace {

enum class Rank : unsigned { kSerial = 3 };

constinit SpinLock<Rank::kSerial> g_lock;
int g_pending BATON_GUARDED_BY(g_lock) = 0;

void add() BATON_REQUIRES(g_lock) { ++g_pending; }

[[maybe_unused]] void use() {
#ifdef NC_WITHOUT_THE_LOCK
  ++g_pending;
#endif
#ifdef NC_CALL_WITHOUT_THE_LOCK
  add();
#endif
  {
    const SpinGuard guard(g_lock);
    add();
#ifdef NC_TAKE_TWICE
    g_lock.lock();
#endif
#ifdef NC_COPY_GUARD
    const SpinGuard copy(guard);
#endif
  }
#ifdef NC_AFTER_THE_GUARD
  g_pending = 0;
#endif
#ifdef NC_KEEP
  g_lock.lock();
#endif
#ifdef NC_GIVE_BACK_WHAT_IS_NOT_HELD
  g_lock.unlock();
#endif
#ifdef NC_DROP_GUARD
  SpinGuard{g_lock};
#endif
#ifdef NC_DROP_TRY_LOCK
  g_lock.try_lock();
#endif
#ifdef NC_WITHOUT_RANK
  SpinLock<> lock;
#endif
#ifdef NC_RANK_TOO_HIGH
  SpinLock<64> lock;
  const SpinGuard guard(lock);
#endif
#ifdef NC_COPY
  auto copy = g_lock;
#endif
}

}  // namespace
}  // namespace baton::sync
