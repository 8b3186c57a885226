// Thread-Metric's services by Baton's API: what its tests are written in.
//
// Real functions, compiled apart from the tests, so that every call is one, as Thread-Metric wants
// it.  Its priorities are 1 (most urgent) to 31; its threads are created suspended; queues,
// semaphores and memory never wait.
#ifndef BATON_BENCH_THREAD_METRIC_PORT_H_
#define BATON_BENCH_THREAD_METRIC_PORT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "kernel/blocking/block_pool.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/thread.h"

namespace baton::thread_metric::port {

inline constexpr std::size_t kThreads = 5;

/// Thread-Metric's priority as Baton's.  Its most urgent is less urgent than what the kernel itself
/// has on each core.
constexpr kernel::Priority priority(int metric) { return kernel::Priority(25 - metric); }

/// Thread `id` of kThreads, suspended, without a time slice.  Once each, from a thread.
void thread_create(std::size_t id, int metric_priority, kernel::Thread::Entry entry);
void thread_resume(std::size_t id);
void thread_suspend(std::size_t id);
/// The caller's equals get their turn.
void thread_relinquish();

/// 16 bytes.
using Message = std::array<std::uint32_t, 4>;
/// kFull, kEmpty.
Result<void> queue_send(const Message& message);
Result<void> queue_receive(Message& message);

/// A semaphore that begins with 1.  kEmpty: it has none.
Result<void> semaphore_get();
void semaphore_put();

/// Blocks of 128 bytes in 2048.
using Memory = kernel::BlockPool<128, 16>;
/// kEmpty.
Result<Memory::Block> memory_allocate();
void memory_deallocate(Memory::Block block);

/// Has cause_interrupt() call `handler` from a line of the interrupt controller's.  Once, from a
/// thread.
void interrupt_handler(void (*handler)(void*));
/// Returns when the handler has.
void cause_interrupt();

// Not Thread-Metric's.

/// One of two semaphores that begin with 0: `which` is 0 or 1.
void ball_throw(std::size_t which);
/// Waits for it.
void ball_catch(std::size_t which);

void mutex_lock();
void mutex_unlock();

}  // namespace baton::thread_metric::port

#endif  // BATON_BENCH_THREAD_METRIC_PORT_H_
