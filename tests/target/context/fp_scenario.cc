// Threads that use FP registers among threads that do not.
#include <cstdint>

#include "arch/irq.h"
#include "tests/target/context/fp_registers.h"
#include "tests/target/context/players.h"
#include "tests/target/context/registers.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

std::uint64_t cpacr() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, cpacr_el1" : "=r"(value));
  return value;
}

void compute(Thread& self) {
  constexpr unsigned kRounds = 150;
  Random random(self.number + 1);
  self.errors += cpacr() == 0 ? 0 : 1;
  FpFile file = make_fp(random);
  context_test_store_fp(&file);  // the first use
  self.errors += file == FpFile{} ? 0 : 1;
  for (unsigned round = 0; round < kRounds; ++round) {
    file = make_fp(random);
    FpFile expected = file;
    const std::uint64_t alone = 500 + random.next() % 2000;
    after_hold_fp(expected, alone);
    context_test_hold_fp(&file, alone);
    self.errors += file == expected ? 0 : 1;
    const std::uint64_t yielding = 1 + random.next() % 6;
    after_hold_fp(expected, yielding);
    context_test_hold_fp_yielding(&file, yielding);
    self.errors += file == expected ? 0 : 1;
    self.errors += doubles_stay(random) ? 0 : 1;
    self.errors += cpacr() != 0 ? 0 : 1;
  }
}

void do_without(Thread& self) {
  constexpr unsigned kRounds = 300;
  Random random(self.number + 1);
  for (unsigned round = 0; round < kRounds; ++round) {
    RegisterFile file = make_registers(random, 1000 + random.next() % 4000);
    const RegisterFile before = file;
    context_test_hold_all(&file);
    self.errors += file.x == after_hold_all(before, file.sp).x ? 0 : 1;
    self.errors += cpacr() == 0 ? 0 : 1;
    yield();
    self.errors += cpacr() == 0 ? 0 : 1;
  }
}

}  // namespace

bool run_fp(Report& report) {
  // The last four find cores full of what the others left.
  for (unsigned i = 0; i < kPlayers - 4; ++i) {
    start_player(i % 2 == 0 ? compute : do_without);
  }
  const unsigned cores = start_cores();
  start_timer();
  arch::LocalIrq::enable();
  wait_for_players(/*sleeps=*/true);
  for (unsigned i = 0; i < 4; ++i) {
    start_player(i % 2 == 0 ? compute : do_without);
  }
  wait_for_players(/*sleeps=*/true);
  arch::LocalIrq::save_and_disable();
  return print_sums(report, cores);
}

}  // namespace baton::context_test
