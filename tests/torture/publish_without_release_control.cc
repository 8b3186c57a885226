// RCU whose updaters publish without release: a control for ThreadSanitizer, which must report the
// race.  A run without it sees nothing on x86; the model checker does (rcu_planted_test).
#include <atomic>

#include "sync/atomics.h"
#include "sync/rcu/hosted/qsbr_domain.h"
#include "sync/rcu/hosted/reclaimer.h"
#include "tests/stress/stress.h"
#include "tests/torture/arguments.h"
#include "tests/torture/torture.h"

namespace baton::torture {
namespace {

/// std::atomic whose read-modify-writes release nothing.
template <class T>
class WeakAtomic {
  using Order = std::memory_order;

 public:
  constexpr explicit WeakAtomic(T value = {}) : value_(value) {}
  // Acquire pairs with whatever would release.
  T load(Order order) const { return value_.load(order); }
  // Acquire pairs with whatever would release.
  T exchange(T value, Order) { return value_.exchange(value, std::memory_order_acquire); }

 private:
  std::atomic<T> value_;
};

struct WeakAtomics {
  template <class T>
  using Atomic = WeakAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

/// Its pointers are weak; its grace periods are not.
class WeakDomain : public sync::QsbrDomain {
 public:
  using Atomics = WeakAtomics;
};

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, {});
  stress::Verdict verdict;
  WeakDomain domain;
  const sync::RcuReclaimer reclaimer(domain);
  Torture<WeakDomain>(domain, arguments, verdict).run();
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::torture

int main(int argc, char** argv) { return baton::torture::main(argc, argv); }
