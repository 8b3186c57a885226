// The least that gives threads to cores: one queue of those that are ready, first come first
// served, for all cores, so that threads move from core to core as often as they are preempted.
#ifndef BATON_TESTS_TARGET_CONTEXT_SCHEDULER_H_
#define BATON_TESTS_TARGET_CONTEXT_SCHEDULER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/context.h"

namespace baton::context_test {

/// A thread of the test.  Everything below the first group is touched by whoever runs it only.
struct Thread {
  arch::Context context;
  Thread* next = nullptr;  ///< in the queue
  std::span<std::byte> stack;
  void (*body)(Thread& self) = nullptr;
  bool finished = false;
  bool is_idle = false;
  unsigned number = 0;
  unsigned last_core = 0;

  std::uint64_t switches = 0;     ///< times it was switched to
  std::uint64_t migrations = 0;   ///< of these, on another core than before
  std::uint64_t preemptions = 0;  ///< times on_preemption() was called in it
  std::uint64_t errors = 0;
};

/// Makes this flow the calling core's idle thread.  Interrupts masked.
void adopt_idle();

/// Makes `thread` ready to run body(thread) on `stack`.  Any core's thread.
void start(Thread& thread, unsigned number, std::span<std::byte> stack, void (*body)(Thread&));

/// The thread that runs here.
Thread& current();

/// Gives the core to the next thread that is ready, if there is one.  Thread context, interrupts
/// masked; returns when it is the caller's turn again, maybe on another core.
void reschedule();

/// reschedule() with the masking around it.
void yield();

/// Threads whose body has returned and which are off their stacks.
unsigned finished_threads();

/// The idle thread's loop, until `done` answers true.  `sleeps`: this core's timer wakes it.
void idle_until(bool (*done)(), bool sleeps);

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_SCHEDULER_H_
