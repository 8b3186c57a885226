// RCU beside what else lets many read: registers every contestant with Google Benchmark.
//
// A benchmark is called operation/contestant/threads.  bench/rcu/README.md says what is measured
// and how to read it.
#include <string>

#include "bench/common/harness.h"
#include "bench/common/program.h"
#include "bench/rcu/entry.h"
#include "bench/rcu/epoch.h"
#include "bench/rcu/liburcu.h"
#include "bench/rcu/measure.h"
#include "bench/rcu/ours.h"
#include "benchmark/benchmark.h"
#include "sync/rcu/hosted/membarrier_domain.h"
#include "sync/rcu/hosted/qsbr_domain.h"

namespace baton::bench {
namespace {

using sync::MembarrierDomain;
using sync::QsbrDomain;

template <class Shown>
void add_reading(const std::string& name) {
  add("read", name, 1, [](benchmark::State& state) { measure_read<Shown>(state, false); });
  add("read", name, 2, [](benchmark::State& state) { measure_read<Shown>(state, true); });
  add("read beside updater", name, 1, &measure_read_beside_updater<Shown>);
}

template <class Shown>
void add_flavour(const std::string& name) {
  add_reading<Shown>(name);
  add("grace period", name, 2, &measure_grace_period<Shown>);
}

/// Ours and a peer's reading in turn.
template <class Ours, class Peer>
void add_in_turn(const std::string& name) {
  add("read in turn", name, 1,
      [](benchmark::State& state) { measure_read_in_turn<Ours, Peer>(state, false); });
  add("read in turn", name, 2,
      [](benchmark::State& state) { measure_read_in_turn<Ours, Peer>(state, true); });
}

template <class Retirer>
void add_retiring(const std::string& name) {
  add("retire", name, 1, &measure_retire<Retirer>);
}

void add_all() {
  add_reading<BareLoads>("bare loads");
  add_flavour<OursShown<QsbrDomain>>("QsbrDomain");
  add_flavour<OursShown<MembarrierDomain>>("MembarrierDomain");
  add_flavour<UrcuShown<UrcuQsbr>>("liburcu-qsbr");
  add_flavour<UrcuShown<UrcuMemb>>("liburcu-memb");
  add_flavour<UrcuShown<UrcuBp>>("liburcu-bp");
  add_flavour<CkEpochShown>("ck_epoch");
  add_reading<SharedMutex>("std::shared_mutex");
  add_reading<AbslMutex>("absl::Mutex");

  add_in_turn<OursShown<QsbrDomain>, BareLoads>("QsbrDomain and bare loads");
  add_in_turn<OursShown<QsbrDomain>, UrcuShown<UrcuQsbr>>("QsbrDomain and liburcu-qsbr");
  add_in_turn<UrcuShown<UrcuQsbr>, BareLoads>("liburcu-qsbr and bare loads");

  add("read, two and one in turn", "bare loads", 2, &measure_read_by_two<BareLoads>);
  add("read, two and one in turn", "QsbrDomain", 2, &measure_read_by_two<OursShown<QsbrDomain>>);

  add_retiring<OursRetirer<QsbrDomain, true>>("QsbrDomain");
  add_retiring<OursRetirer<QsbrDomain, false>>("QsbrDomain, reclaimed later");
  add_retiring<OursRetirer<MembarrierDomain, true>>("MembarrierDomain");
  add_retiring<UrcuRetirer<UrcuQsbr>>("liburcu-qsbr call_rcu");
  add_retiring<UrcuRetirer<UrcuMemb>>("liburcu-memb call_rcu");
  add_retiring<CkRetirer<false>>("ck_epoch_call");
  add_retiring<CkRetirer<true>>("ck_epoch_call_strict");

  add("flood", "QsbrDomain", 1, &measure_flood<OursRetirer<QsbrDomain, true>, false>);
  add("flood", "QsbrDomain, helping", 1, &measure_flood<OursRetirer<QsbrDomain, true>, true>);
  add("flood", "QsbrDomain, alone", 1, &measure_flood<OursRetirer<QsbrDomain, false>, true>);
  add("flood", "liburcu-qsbr call_rcu", 1, &measure_flood<UrcuRetirer<UrcuQsbr>, false>);
  add("flood", "ck_epoch_call, alone", 1, &measure_flood<CkRetirer<false>, true>);
}

/// Starts the threads that run callbacks, on the second thread's CPU: they inherit its affinity.
void start_reclaimers() {
  run_together([](Tally& /*tally*/, unsigned side, Clock::time_point /*end*/) {
    if (side == 0) return;
    OursRetirer<QsbrDomain, true>::the();
    OursRetirer<MembarrierDomain, true>::the();
    UrcuRetirer<UrcuQsbr>::the();
    UrcuRetirer<UrcuMemb>::the();
  });
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("rcu", argc, argv, &baton::bench::add_all,
                            &baton::bench::start_reclaimers);
}
