// A timer interrupt at every instruction of an operation.
//
// A subject is a cell with its operations.  For each operation of the thread's, each state that it
// may start in, and each operation of an interrupt handler's on the same cell, the sweep repeats:
// put the cell into the state, set the timer, run the operation.  The timer's time grows by one
// tick per repetition, which is less than an instruction where the machine counts instructions
// (QEMU's -icount shift=6 with a 25 MHz clock), until the operation has ended before the interrupt
// came.  A second interrupt, likewise swept, reaches what only an interrupted operation executes.
//
// What everybody was answered and what became of every object is printed, each outcome once with
// its number of occurrences; so is every place at which an interrupt came.  sweep_test.py judges
// both.
#ifndef BATON_TESTS_TARGET_CORTEX_M_SWEEP_H_
#define BATON_TESTS_TARGET_CORTEX_M_SWEEP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::cortex_m {

/// Who runs an operation.
enum class Actor : std::uint8_t { kThread, kHandler, kSecondHandler };
inline constexpr std::size_t kActors = 3;

/// What one operation answered: a letter and, with some, a number.
struct Answer {
  char kind = '-';
  std::uint16_t value = 0;
  friend bool operator==(const Answer&, const Answer&) = default;
};

struct Operation {
  const char* name;
  Answer (*run)(Actor actor);
};

/// What two interrupts do.
struct Pair {
  const Operation* first;
  const Operation* second;
};

/// What became of the cell and of every object, in the subject's own numbers.
using Remains = std::array<std::uint16_t, 12>;

struct Subject {
  const char* name;
  std::span<const char* const> starts;
  std::span<const Operation> operations;
  /// A few, since a pair costs the square of one interrupt.
  std::span<const Pair> pairs;
  /// Brings cell and objects into the state `starts[start]`.
  void (*prepare)(std::size_t start);
  /// Says what remains, and takes everything back.
  Remains (*finish)();
};

/// Runs all of a subject's experiments and prints what came of them.  From a thread, interrupts
/// enabled.
void sweep(const Subject& subject);

/// The timer's handler, told at which instruction it came.
void on_timer(std::uint32_t program_counter);

}  // namespace baton::cortex_m

#endif  // BATON_TESTS_TARGET_CORTEX_M_SWEEP_H_
