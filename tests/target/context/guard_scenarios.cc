// Guards below stacks: every core stops at them, and running into one says what it is.
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "arch/cpu.h"
#include "arch/fault.h"
#include "arch/guarded.h"
#include "arch/irq.h"
#include "arch/memory.h"
#include "arch/thread_stack.h"
#include "base/assert.h"
#include "base/result.h"
#include "tests/target/context/players.h"
#include "tests/target/context/registers.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

// Every core's player meets the others here, interrupts masked.
class Barrier {
 public:
  void wait(unsigned players) {
    // Acquire and release: pairs with itself, on the other cores.
    const unsigned ticket = arrived_.fetch_add(1, std::memory_order_acq_rel);
    const unsigned all = (ticket / players + 1) * players;
    // Acquire pairs with the release above.
    while (arrived_.load(std::memory_order_acquire) < all) {
      arch::relax();
    }
  }

 private:
  std::atomic<unsigned> arrived_{0};
};
constinit Barrier barrier;
constinit unsigned cores = 0;

bool can_read(unsigned guard, std::size_t offset) {
  return arch::guarded_read<std::uint8_t>(reinterpret_cast<std::uintptr_t>(guard_of(guard).data()) +
                                          offset)
      .has_value();
}

void stop_at_guards(Thread& self) {
  const arch::LocalIrq::State before = arch::LocalIrq::save_and_disable();
  const unsigned index = arch::core_index();
  for (unsigned guard = 0; guard < kPlayers; ++guard) {
    // Now it is in this core's TLB.
    self.errors += can_read(guard, 0) ? 0 : 1;
    barrier.wait(cores);
    if (guard % cores == index) {
      self.errors += arch::protect_guard(guard_of(guard)) ? 0 : 1;
    }
    barrier.wait(cores);
    self.errors += can_read(guard, 0) || can_read(guard, arch::kPageBytes - 1) ? 1 : 0;
    // Its neighbours are stacks.
    self.errors += can_read(guard, arch::kPageBytes) ? 0 : 1;
    const auto address = reinterpret_cast<std::uintptr_t>(guard_of(guard).data());
    self.errors += arch::name_address(address).what == "the guard below a thread's stack" ? 0 : 1;
    self.errors += arch::name_address(address - 1).what == "kernel data" ? 0 : 1;
    self.errors += arch::name_address(address + arch::kPageBytes).what == "kernel data" ? 0 : 1;
  }
  arch::LocalIrq::restore(before);
}

void run_over(Thread& self) {
  BATON_CHECK(arch::protect_guard(guard_of(self.number)));
  arch::cause_fault(arch::FaultKind::kGuard);
}

void wait_near_the_end(Thread& self) {
  BATON_CHECK(arch::protect_guard(guard_of(self.number)));
  asm volatile("mov sp, %0\n 1: b 1b" ::"r"(self.stack.data() + 64));
}

}  // namespace

bool run_guards(Report& report) {
  const auto page = guard_of(0);
  const bool refused =
      arch::protect_guard({}).error() == Error::kInvalidArgument &&
      arch::protect_guard(page.first(1)).error() == Error::kInvalidArgument &&
      arch::protect_guard({page.data() + 1, page.size()}).error() == Error::kInvalidArgument &&
      arch::protect_guard({static_cast<const std::byte*>(nullptr), page.size()}).error() ==
          Error::kInvalidArgument;
  format_to(report, "bad requests refused: {}\n", refused);
  cores = start_cores();
  for (unsigned i = 0; i < cores; ++i) {
    start_player(stop_at_guards);
  }
  wait_for_players(/*sleeps=*/false);
  return print_sums(report, cores) && refused;
}

void run_overflow() {
  start_player(run_over);
  wait_for_players(/*sleeps=*/false);
}

void run_overflow_when_preempted() {
  start_player(wait_near_the_end);
  start_timer();
  arch::LocalIrq::enable();
  wait_for_players(/*sleeps=*/true);
}

}  // namespace baton::context_test
