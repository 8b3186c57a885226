// Readers that report nothing: the protocol between a thread's word and whoever looks at it, and
// the fences that it needs, which no run on x86 can show.
//
// Where the operating system runs the reader's fence for it (membarrier), it does so at some point
// of the reader; here it is where the reader runs it itself.
#include <atomic>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <type_traits>

#include "gtest/gtest.h"
#include "sync/rcu/grace_periods.h"
#include "sync/rcu/hosted/section_word.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/planted.h"

namespace baton::model {
namespace {

enum class Bug : std::uint8_t {
  kNone,
  kNoLightFence,
  kNoHeavyFence,
  kFenceAfterTheLook,
  kStaleLook,
  kBegunRelaxed,
};

/// Where a section's beginning releases nothing.
template <class T>
class WeakAtomic : public Atomic<T> {
  using Where = std::source_location;

 public:
  using Atomic<T>::Atomic;
  void store(T value, std::memory_order order, Where where = Where::current()) {
    const bool begins = std::strstr(where.function_name(), "::begin(") != nullptr;
    Atomic<T>::store(value, begins ? std::memory_order_relaxed : order, where);
  }
};
struct WeakAtomics {
  template <class T>
  using Atomic = WeakAtomic<T>;
};

struct Leaf {
  explicit Leaf(int n) : value(n) {}
  Plain<int> value;
};

template <Bug kBug>
struct World {
  sync::GracePeriods<1, ModelAtomics> engine;
  sync::SectionWord<std::conditional_t<kBug == Bug::kBegunRelaxed, WeakAtomics, ModelAtomics>> word;
  Atomic<Leaf*> shared{make<Leaf>(1)};

  World() { engine.enter(0); }

  void read() {
    word.begin();
    // Pairs with the fence in scan(): one of the two threads sees the other's store.
    if (kBug != Bug::kNoLightFence) fence(std::memory_order_seq_cst);
    // Acquire pairs with the set-up.
    Leaf* const leaf = shared.load(std::memory_order_acquire);
    if (leaf != nullptr) require(leaf->value.read() == 1, "a wrong leaf");
    word.end();
  }
  /// As MembarrierDomain's, for one reader.
  void scan() {
    if (!engine.is_pending(0)) return;
    const bool needs_fence = word.is_new() && kBug != Bug::kNoHeavyFence;
    // Pairs with the fence in read().
    if (needs_fence && kBug != Bug::kFenceAfterTheLook) fence(std::memory_order_seq_cst);
    const bool passed = word.has_passed();
    // Pairs with nothing: it comes too late.
    if (needs_fence && kBug == Bug::kFenceAfterTheLook) fence(std::memory_order_seq_cst);
    if (passed) engine.quiescent(0);
  }
  void unlink_and_destroy() {
    // Relaxed, both: only the grace period may order it.
    Leaf* const old = shared.load(std::memory_order_relaxed);
    shared.store(nullptr, std::memory_order_relaxed);
    const sync::RcuCookie cookie = engine.request();
    while (!engine.reached(cookie)) {
      scan();
      if (!engine.reached(cookie)) relax();
    }
    destroy(old);
  }
};

template <Bug kBug>
void one_reader(Execution& run) {
  World<kBug> world;
  run.parallel({thread("reader",
                       [&] {
                         world.read();
                         world.read();
                       }),
                thread("updater", [&] { world.unlink_and_destroy(); })});
}

// The reader's handler reads between any two steps of it.
template <Bug kBug>
void handler_reads(Execution& run) {
  World<kBug> world;
  run.parallel({thread("reader", [&] { world.read(); }),
                interrupt("handler", 0, [&] { world.read(); }),
                thread("updater", [&] { world.unlink_and_destroy(); })});
}

// A look from an earlier grace period is kept, as if it were one of this.
template <Bug kBug>
void looked_before(Execution& run) {
  World<kBug> world;
  world.engine.request();
  world.word.begin();
  world.scan();
  world.word.end();
  // Its thread goes away, and another one comes.
  world.engine.leave(0);
  if (kBug != Bug::kStaleLook) world.word.forget();
  world.engine.enter(0);
  run.parallel({thread("reader", [&] { world.read(); }),
                thread("updater", [&] { world.unlink_and_destroy(); })});
}

// Who waits may look at any time.
constexpr Options kEager{.eager_relaxes = 2};

TEST(RcuSectionWord, Passes) {
  expect_passed("readers that report nothing", one_reader<Bug::kNone>, kEager);
  expect_passed("readers that report nothing, and a handler", handler_reads<Bug::kNone>);
  expect_passed("a slot that was looked at before", looked_before<Bug::kNone>);
}

// Who looks sees the thread in its second section, which says that the first is over, but does not
// synchronize with its end: a relaxed store is no part of a release sequence.
TEST(RcuSectionWord, SecondSection) {
  expect_found("a section's beginning that releases nothing", "use after free",
               one_reader<Bug::kBegunRelaxed>, kEager);
}

TEST(RcuSectionWord, Fences) {
  expect_found("no fence of the reader's", "use after free", one_reader<Bug::kNoLightFence>);
  expect_found("no fence of who waits", "use after free", one_reader<Bug::kNoHeavyFence>);
  expect_found("the fence comes after the look", "use after free",
               one_reader<Bug::kFenceAfterTheLook>);
  expect_found("a look from before", "use after free", looked_before<Bug::kStaleLook>);
}

}  // namespace
}  // namespace baton::model
