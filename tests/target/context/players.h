// The threads of a scenario, and their stacks.
#ifndef BATON_TESTS_TARGET_CONTEXT_PLAYERS_H_
#define BATON_TESTS_TARGET_CONTEXT_PLAYERS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/target/context/report.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {

inline constexpr unsigned kPlayers = 12;

/// A stack's bytes, page aligned, with a guard below.
std::span<std::byte> stack_of(unsigned number);
std::span<const std::byte> guard_of(unsigned number);

/// Makes the next player ready to run body(player).  From the idle thread of the boot core.
Thread& start_player(void (*body)(Thread&));

/// The boot core's idle loop, until every player has finished.  `sleeps` as idle_until().
void wait_for_players(bool sleeps);

/// What the players counted, as one line.  False: one found an error.
bool print_sums(Report& report, unsigned cores);

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_PLAYERS_H_
