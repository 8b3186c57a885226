// The Atomics policy of stress runs.
#ifndef BATON_TESTS_STRESS_YIELDING_ATOMICS_H_
#define BATON_TESTS_STRESS_YIELDING_ATOMICS_H_

#include "sync/atomics.h"
#include "tests/stress/stress.h"

namespace baton::stress {

struct YieldingAtomics {
  template <class T>
  using Atomic = YieldingAtomic<T>;
  template <class T>
  using Plain = sync::Plain<T>;
};

}  // namespace baton::stress

#endif  // BATON_TESTS_STRESS_YIELDING_ATOMICS_H_
