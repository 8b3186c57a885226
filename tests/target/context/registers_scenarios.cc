// Registers that must stay what they are.
#include <algorithm>
#include <cstdint>

#include "arch/irq.h"
#include "arch/thread_stack.h"
#include "tests/target/context/players.h"
#include "tests/target/context/registers.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

bool within(const Thread& thread, std::uint64_t sp) {
  const auto begin = reinterpret_cast<std::uintptr_t>(thread.stack.data());
  return sp > begin && sp < begin + thread.stack.size();
}

// Both loops, with new values each time.
void hold_saved(Thread& self, Random& random, std::uint64_t rounds) {
  RegisterFile file = make_registers(random, rounds);
  const RegisterFile before = file;
  context_test_hold_saved(&file);
  const RegisterFile expected = after_hold_saved(before, file.sp);
  const bool right = std::equal(file.x.begin() + 19, file.x.begin() + 30, expected.x.begin() + 19);
  if (!right || !within(self, file.sp) || &current() != &self) {
    ++self.errors;
  }
}

void hold_all(Thread& self, Random& random, std::uint64_t rounds) {
  RegisterFile file = make_registers(random, rounds);
  const RegisterFile before = file;
  context_test_hold_all(&file);
  const RegisterFile expected = after_hold_all(before, file.sp);
  if (file.x != expected.x || !within(self, file.sp) || &current() != &self) {
    ++self.errors;
  }
}

void give_turns_away(Thread& self) {
  constexpr std::uint64_t kSwitches = 50'000;
  Random random(self.number + 1);
  hold_saved(self, random, kSwitches);
}

void be_preempted(Thread& self) {
  constexpr unsigned kRounds = 400;
  Random random(self.number + 1);
  // While others run, and again while they do the same.
  self.errors += arch::protect_guard(guard_of(self.number)) ? 0 : 1;
  for (unsigned round = 0; round < kRounds; ++round) {
    hold_all(self, random, 1000 + random.next() % 4000);
    hold_saved(self, random, 1 + random.next() % 8);
    self.errors += fault_changes_nothing(random) ? 0 : 1;
    self.errors += arch::protect_guard(guard_of(random.next() % (self.number + 1))) ? 0 : 1;
  }
}

}  // namespace

bool run_switches(Report& report) {
  start_player(give_turns_away);
  start_player(give_turns_away);
  wait_for_players(/*sleeps=*/false);
  return print_sums(report, 1);
}

bool run_preemption(Report& report) {
  for (unsigned i = 0; i < kPlayers; ++i) {
    start_player(be_preempted);
  }
  const unsigned cores = start_cores();
  start_timer();
  arch::LocalIrq::enable();
  wait_for_players(/*sleeps=*/true);
  arch::LocalIrq::save_and_disable();
  return print_sums(report, cores);
}

}  // namespace baton::context_test
