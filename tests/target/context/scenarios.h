// What the image can be asked for on its command line.
#ifndef BATON_TESTS_TARGET_CONTEXT_SCENARIOS_H_
#define BATON_TESTS_TARGET_CONTEXT_SCENARIOS_H_

#include <cstdint>

#include "tests/target/context/report.h"

namespace baton::context_test {

/// Two threads of one core, 100 000 switches, no interrupts.
bool run_switches(Report& report);
/// Threads on all cores that keep something in every register while they are preempted and moved.
bool run_preemption(Report& report);
/// Threads with FP registers among threads without, as above.
bool run_fp(Report& report);
/// Guards protected while other cores use the pages.
bool run_guards(Report& report);
/// The way back from a thread that was preempted, and from one that gave its turn away.
bool run_backtrace(Report& report);
/// Stacks that begin and end anywhere.
bool run_alignment(Report& report);

/// These end in a report of what is wrong, and not here.
void run_small_stack();
void run_no_stack();
void run_no_entry();
void run_returning_entry();
void run_released();
void run_fp_in_handler();
void run_fp_in_handler_of_fp_thread();
void run_overflow();
void run_overflow_when_preempted();

/// This core's timer interrupts from now on, after random times.  Each core for itself.
void start_timer();
/// Brings up every other core, to its idle loop.  Returns how many there are, this one included.
unsigned start_cores();
/// From now on every timer interrupt ends in an FP instruction.
void use_fp_in_handlers();

/// Timer interrupts there have been, on all cores.
std::uint64_t interrupts();

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_SCENARIOS_H_
