#include "tests/target/context/players.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/thread_stack.h"
#include "tests/target/context/scenarios.h"

namespace baton::context_test {
namespace {

constinit std::array<arch::ThreadStack<8192>, kPlayers> stacks{};
constinit std::array<Thread, kPlayers> players{};
constinit unsigned used = 0;

}  // namespace

std::span<std::byte> stack_of(unsigned number) { return stacks[number].bytes(); }
std::span<const std::byte> guard_of(unsigned number) { return stacks[number].guard(); }

Thread& start_player(void (*body)(Thread&)) {
  const unsigned number = used++;
  start(players[number], number, stack_of(number), body);
  return players[number];
}

void wait_for_players(bool sleeps) {
  idle_until([] { return finished_threads() == used; }, sleeps);
}

bool print_sums(Report& report, unsigned cores) {
  std::uint64_t switches = 0;
  std::uint64_t migrations = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t errors = 0;
  for (const Thread& player : std::span(players).first(used)) {
    switches += player.switches;
    migrations += player.migrations;
    preemptions += player.preemptions;
    errors += player.errors;
  }
  format_to(
      report,
      "cores={} players={} switches={} preemptions={} migrations={} interrupts={} errors={}\n",
      cores, used, switches, preemptions, migrations, interrupts(), errors);
  return errors == 0;
}

}  // namespace baton::context_test
