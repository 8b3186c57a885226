// Model programs of SpinLock: one at a time, who sees what the last one did; nobody waits for ever.
#include "sync/spin_lock.h"
#include "tests/model/atomics.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

struct Guarded {
  sync::SpinLock<1, ModelAtomics> lock;
  Plain<int> value{0};

  void add() {
    lock.lock();
    value.write(value.read() + 1);
    lock.unlock();
  }
  bool try_add() {
    if (!lock.try_lock()) return false;
    value.write(value.read() + 1);
    lock.unlock();
    return true;
  }
};

void three_that_lock(Execution& run) {
  Guarded guarded;
  run.parallel({thread("A", [&] { guarded.add(); }), thread("B", [&] { guarded.add(); }),
                thread("C", [&] { guarded.add(); })});
  guarded.add();
  require(guarded.value.read() == 4, "somebody was not alone");
}

void two_that_lock_twice(Execution& run) {
  Guarded guarded;
  const auto twice = [&] {
    guarded.add();
    guarded.add();
  };
  run.parallel({thread("A", twice), thread("B", twice)});
  require(guarded.value.read() == 4, "somebody was not alone");
}

void one_that_tries(Execution& run) {
  Guarded guarded;
  int added = 0;
  run.parallel({thread("A", [&] { guarded.add(); }), thread("B", [&] {
                  added += guarded.try_add() ? 1 : 0;
                  added += guarded.try_add() ? 1 : 0;
                })});
  require(guarded.try_add(), "free, and cannot be taken");
  ++added;
  require(guarded.value.read() == 1 + added, "somebody was not alone");
}

void two_that_try(Execution& run) {
  Guarded guarded;
  int by_a = 0;
  int by_b = 0;
  run.parallel({thread("A", [&] { by_a = guarded.try_add() ? 1 : 0; }),
                thread("B", [&] { by_b = guarded.try_add() ? 1 : 0; })});
  require(guarded.value.read() == by_a + by_b, "somebody was not alone");
  require(by_a + by_b > 0, "nobody held it, and nobody got it");
}

constexpr Program kPrograms[] = {
    {"spin lock: three that lock", three_that_lock},
    {"spin lock: two that lock twice", two_that_lock_twice},
    {"spin lock: one that tries", one_that_tries},
    {"spin lock: two that try", two_that_try},
};

}  // namespace

std::span<const Program> spin_lock_programs() { return kPrograms; }

}  // namespace baton::model
