// The cells beside what else could do their work: registers every contestant with Google Benchmark.
//
// A benchmark is called operation/contestant/1 or /2, for one thread or two.  Its real time is the
// time per successful operation.  bench/cells/README.md says how to read it.
#include <string>

#include "bench/cells/cells.h"
#include "bench/cells/guarded.h"
#include "bench/cells/locks.h"
#include "bench/cells/waiting.h"
#include "bench/common/harness.h"
#include "bench/common/program.h"
#include "sync/atomic_take_cell.h"
#include "sync/irq_take_cell.h"
#include "sync/map_cell.h"
#include "sync/numeric_cell.h"
#include "sync/optional_cell.h"
#include "sync/take_cell.h"

namespace baton::bench {
namespace {

template <auto Operation>
void alone(const std::string& operation, const std::string& contestant) {
  add(operation, contestant, 1, &measure_alone<Operation>);
}

template <auto Operation, class Waiting, bool TurnsKnown>
void together(const std::string& operation, const std::string& contestant) {
  add(operation, contestant, 2, &measure_together<Operation, Waiting, TurnsKnown>);
}

/// Alone and together; a cell that is busy is waited for as a spin lock waits.
template <auto Operation, bool TurnsKnown>
void both(const std::string& operation, const std::string& contestant) {
  alone<Operation>(operation, contestant);
  together<Operation, LookAgain, TurnsKnown>(operation, contestant);
}

template <class Lock>
void add_lock(const std::string& name) {
  both<&Guarded<Lock>::map, true>("map", name);
  together<&Guarded<Lock>::try_map, GoOn, true>("map once", name);
  both<&Guarded<Lock>::take_put, true>("take+put", name);
  both<&Guarded<Lock>::replace, false>("replace", name);
  both<&Guarded<Lock>::is_full, false>("is_full", name);
  both<&GuardedNumber<Lock>::get, false>("number get", name);
  both<&GuardedNumber<Lock>::set, false>("number set", name);
  both<&GuardedNumber<Lock>::update, true>("number update", name);
  both<&GuardedNumber<Lock>::take_put, true>("number take+put", name);
}

/// Of a TakeContestant or MapContestant, whatever may be used from one context only.
template <class Contestant>
void add_cell_alone(const std::string& name) {
  alone<&Contestant::map>("map", name);
  alone<&Contestant::lease>("lease", name);
  alone<&Contestant::take_put>("take+put", name);
  alone<&Contestant::replace>("replace", name);
  alone<&Contestant::is_full>("is_full", name);
}

template <class Contestant>
void add_shared_cell(const std::string& name) {
  add_cell_alone<Contestant>(name);
  together<&Contestant::map, LookAgain, true>("map", name);
  together<&Contestant::map, BackOff, true>("map", name + " back-off");
  together<&Contestant::map, LookWithBackOff, true>("map", name + " back-off+look");
  together<&Contestant::map, GoOn, true>("map once", name);
  together<&Contestant::lease, LookAgain, true>("lease", name);
  together<&Contestant::take_put, LookAgain, true>("take+put", name);
  together<&Contestant::replace, LookAgain, false>("replace", name);
  together<&Contestant::is_full, LookAgain, false>("is_full", name);
}

template <class Contestant>
void add_number_alone(const std::string& name) {
  alone<&Contestant::get>("number get", name);
  alone<&Contestant::set>("number set", name);
  alone<&Contestant::update>("number update", name);
}

template <class Contestant>
void add_shared_number(const std::string& name) {
  both<&Contestant::get, false>("number get", name);
  both<&Contestant::set, false>("number set", name);
  both<&Contestant::update, true>("number update", name);
}

/// The locks with some work done inside, beside requests for the same work.
template <unsigned Steps>
void add_submit(const std::string& name) {
  both<&Guarded<StdMutex>::long_map<Steps>, false>(name, "std::mutex");
  both<&Guarded<AbslMutex>::long_map<Steps>, false>(name, "absl::Mutex");
  both<&Guarded<Ttas>::long_map<Steps>, false>(name, "TTAS");
  both<&Guarded<TasBackoff>::long_map<Steps>, false>(name, "TAS back-off");
  both<&Guarded<CkFas>::long_map<Steps>, false>(name, "ck_spinlock_fas");
  both<&Guarded<CkTicket>::long_map<Steps>, false>(name, "ck_spinlock_ticket");
  both<&Guarded<CkMcs>::long_map<Steps>, false>(name, "ck_spinlock_mcs");
  alone<&CombiningContestant<1, Steps>::submit>(name, "CombiningCell");
  together<&CombiningContestant<1, Steps>::submit, AwaitReply, false>(name, "CombiningCell");
  together<&CombiningContestant<16, Steps>::submit, AwaitReply, false>(name,
                                                                       "CombiningCell 16 ahead");
}

void add_all() {
  alone<&Floor::map>("map", "floor");
  alone<&PlainPointer::map>("map", "plain pointer");
  alone<&PlainPointer::take_put>("take+put", "plain pointer");
  alone<&PlainPointer::replace>("replace", "plain pointer");
  alone<&PlainPointer::is_full>("is_full", "plain pointer");
  add_cell_alone<TakeContestant<sync::TakeCell>>("TakeCell");
  add_cell_alone<TakeContestant<sync::IrqTakeCell>>("IrqTakeCell");
  add_shared_cell<TakeContestant<sync::AtomicTakeCell>>("AtomicTakeCell");
  add_cell_alone<MapContestant<sync::MapCell>>("MapCell");
  add_cell_alone<MapContestant<sync::IrqMapCell>>("IrqMapCell");
  add_shared_cell<MapContestant<sync::AtomicMapCell>>("AtomicMapCell");

  add_number_alone<PlainNumber>("plain optional");
  alone<&PlainNumber::take_put>("number take+put", "plain optional");
  using One = OptionalContestant<sync::OptionalCell>;
  using Irq = OptionalContestant<sync::IrqOptionalCell>;
  using Atomic = OptionalContestant<sync::AtomicOptionalCell>;
  add_number_alone<One>("OptionalCell");
  alone<&One::take_put>("number take+put", "OptionalCell");
  add_number_alone<Irq>("IrqOptionalCell");
  alone<&Irq::take_put>("number take+put", "IrqOptionalCell");
  add_shared_number<Atomic>("AtomicOptionalCell");
  both<&Atomic::take_put, true>("number take+put", "AtomicOptionalCell");
  add_number_alone<NumericContestant<sync::NumericCell>>("NumericCell");
  add_number_alone<NumericContestant<sync::IrqNumericCell>>("IrqNumericCell");
  add_shared_number<NumericContestant<sync::AtomicNumericCell>>("AtomicNumericCell");

  add_lock<StdMutex>("std::mutex");
  add_lock<AbslMutex>("absl::Mutex");
  add_lock<Ttas>("TTAS");
  add_lock<CkFas>("ck_spinlock_fas");
  add_lock<CkTicket>("ck_spinlock_ticket");
  add_lock<CkMcs>("ck_spinlock_mcs");
  both<&Guarded<TtasBackoff>::map, true>("map", "TTAS back-off");
  both<&Guarded<TasBackoff>::map, true>("map", "TAS back-off");
  both<&Guarded<CkFasBackoff>::map, true>("map", "ck_spinlock_fas back-off");

  add_submit<0>("submit");
  add_submit<16>("submit 16 steps");
  add_submit<64>("submit 64 steps");
  add_submit<256>("submit 256 steps");
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::run_program("cells", argc, argv, &baton::bench::add_all);
}
