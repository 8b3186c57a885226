// The image: all cells that share one core with interrupt handlers, and the same cells on atomics
// that are not atomic.

#include <cstdint>
#include <span>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "arch/semihosting.h"
#include "arch/trap.h"
#include "arch/upcalls.h"
#include "arch/vectors.h"
#include "base/assert.h"
#include "base/format.h"
#include "sync/core_atomics.h"
#include "tests/target/cortex_m/combining_cell_subject.h"
#include "tests/target/cortex_m/map_cell_subject.h"
#include "tests/target/cortex_m/report.h"
#include "tests/target/cortex_m/sweep.h"
#include "tests/target/cortex_m/take_cell_subject.h"
#include "tests/target/cortex_m/torn_atomics.h"
#include "tests/target/cortex_m/word_cell_subjects.h"

namespace baton::cortex_m {
namespace {

constexpr std::uint32_t kSysTickException = 15;
constexpr std::uint8_t kAssertionFailed = 3;
constexpr std::uint8_t kFault = 4;

[[gnu::section(".vectors"), gnu::used]] constinit const arch::VectorTable<32> vectors{};

template <class S>
constexpr Subject subject(const char* name) {
  return {
      .name = name,
      .starts = S::kStarts,
      .operations = S::kOperations,
      .pairs = {},
      .prepare = &S::prepare,
      .finish = &S::finish,
  };
}

// Release builds only: an operation there is half as long, a pair a quarter.
template <class S>
constexpr Subject with_pairs(const char* name) {
  Subject subject = cortex_m::subject<S>(name);
#ifdef NDEBUG
  subject.pairs = S::kPairs;
#endif
  return subject;
}

constexpr std::array<Subject, 6> kCells = {
    with_pairs<TakeCellSubject<sync::OneCoreAtomics>>("IrqTakeCell"),
    with_pairs<MapCellSubject<sync::OneCoreAtomics>>("IrqMapCell"),
    with_pairs<OptionalCellSubject<sync::OneCoreAtomics>>("IrqOptionalCell"),
    with_pairs<NumericCellSubject<sync::OneCoreAtomics>>("IrqNumericCell"),
    with_pairs<CombiningCellSubject<sync::OneCoreAtomics, false>>("CombiningCell"),
    with_pairs<CombiningCellSubject<sync::OneCoreAtomics, true>>("CombiningCell(0,relief)"),
};

// Each must be found out.
constexpr std::array<Subject, 6> kControls = {
    subject<TakeCellSubject<TornAtomics>>("TornTakeCell"),
    subject<TakeCellSubject<DeafAtomics>>("DeafTakeCell"),
    subject<MapCellSubject<TornAtomics>>("TornMapCell"),
    subject<OptionalCellSubject<TornAtomics>>("TornOptionalCell"),
    subject<NumericCellSubject<TornAtomics>>("TornNumericCell"),
    subject<CombiningCellSubject<TornAtomics, false>>("TornCombiningCell"),
};

[[noreturn]] void stop(Report& report, std::uint8_t status) {
  report.flush();
  arch::semihosting::exit(status);
  arch::park();
}

}  // namespace
}  // namespace baton::cortex_m

namespace baton {

void assertion_failed(const char* condition, const char* file, int line) {
  cortex_m::Report report;
  format_to(report, "\nassertion failed: {} at {}:{}\n", condition, file, line);
  cortex_m::stop(report, cortex_m::kAssertionFailed);
}

}  // namespace baton

namespace baton::arch {

bool on_interrupt(const TrapFrame& frame) {
  BATON_CHECK(exception_number() == cortex_m::kSysTickException);
  cortex_m::on_timer(program_counter(frame));
  return false;
}

// No interrupt asks for it.
void on_preemption() { BATON_CHECK(false); }

void on_fault(const TrapFrame& frame) {
  cortex_m::Report report;
  format_to(report, "\nexception {} at {:#x}\n", exception_number(), program_counter(frame));
  cortex_m::stop(report, cortex_m::kFault);
}

void boot_main(std::uint64_t /*boot_argument*/) {
  LocalIrq::enable();
  for (const cortex_m::Subject& cell : cortex_m::kCells) cortex_m::sweep(cell);
  for (const cortex_m::Subject& control : cortex_m::kControls) cortex_m::sweep(control);
  cortex_m::Report report;
  report.write("end\n");
  cortex_m::stop(report, 0);
}

}  // namespace baton::arch
