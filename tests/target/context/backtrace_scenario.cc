// One thread waits at the end of a known way, the other looks back along it.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "arch/irq.h"
#include "arch/trap.h"
#include "sync/irqs_off.h"
#include "tests/target/context/players.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

struct Way {
  std::atomic<bool> there{false};
  std::atomic<bool> go_on{false};
  std::uintptr_t in_outer = 0;  ///< where inner() returns to
  std::uintptr_t in_body = 0;   ///< where outer() returns to
  const Thread* walker = nullptr;
  bool found = false;
  Report* report = nullptr;
};
constinit Way way;

[[gnu::noinline]] void inner(bool gives_turn_away) {
  way.in_outer = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  // Release pairs with the acquire in look(): the addresses.
  way.there.store(true, std::memory_order_release);
  // Relaxed: nothing comes with it.
  while (!way.go_on.load(std::memory_order_relaxed)) {
    if (gives_turn_away) {
      yield();
    }
  }
}

[[gnu::noinline]] void outer(bool gives_turn_away) {
  way.in_body = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  inner(gives_turn_away);
  asm volatile("");  // or the call above would be a jump
}

void walk_and_wait(Thread& /*self*/) {
  outer(false);
  asm volatile("");
}

void walk_and_yield(Thread& /*self*/) {
  outer(true);
  asm volatile("");
}

void look(Thread& /*self*/) {
  // Acquire pairs with the release in inner().
  while (!way.there.load(std::memory_order_acquire)) {
    yield();
  }
  yield();  // once more, so that it is where it waits
  std::array<arch::BacktraceEntry, 16> room{};
  std::span<const arch::BacktraceEntry> entries;
  {
    const sync::IrqsOff irqs_off;  // this is the only core
    entries = std::span(room).first(arch::backtrace(way.walker->context, room));
  }
  const auto place_of = [entries](std::uintptr_t address) {
    return std::ranges::find(entries, address, &arch::BacktraceEntry::address) - entries.begin();
  };
  const auto in_outer = place_of(way.in_outer);
  const auto in_body = place_of(way.in_body);
  for (const arch::BacktraceEntry& entry : entries) {
    format_to(*way.report, "  {:#018x}\n", entry.address);
  }
  // After the body: the scheduler's run() and the start of every thread.
  way.found = in_body == in_outer + 1 && in_body + 3 == std::ssize(entries);
  way.go_on.store(true, std::memory_order_relaxed);  // Relaxed: nothing comes with it.
}

bool look_back(Report& report, std::string_view what, void (*walk)(Thread&)) {
  format_to(report, "{}:\n", what);
  way.there.store(false, std::memory_order_relaxed);  // Relaxed, both: no thread yet.
  way.go_on.store(false, std::memory_order_relaxed);
  way.report = &report;
  way.found = false;
  {
    // Or the walker might keep the core to itself.
    const sync::IrqsOff irqs_off;
    way.walker = &start_player(walk);
    start_player(look);
  }
  wait_for_players(/*sleeps=*/true);
  return way.found;
}

}  // namespace

bool run_backtrace(Report& report) {
  start_timer();
  arch::LocalIrq::enable();
  const bool preempted = look_back(report, "preempted", walk_and_wait);
  const bool yielding = look_back(report, "gave its turn away", walk_and_yield);
  arch::LocalIrq::save_and_disable();
  return preempted && yielding;
}

}  // namespace baton::context_test
