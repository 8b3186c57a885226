#include "bench/thread_metric/port.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "arch/memory.h"
#include "arch/mmio.h"
#include "base/annotations.h"
#include "base/assert.h"
#include "base/mmio.h"
#include "base/time.h"
#include "drivers/intc/nvic/nvic.h"
#include "kernel/blocking/message_queue.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/interrupts.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"

namespace baton::thread_metric::port {
namespace {

constexpr std::size_t kQueueLength = 10;
constexpr unsigned kLine = 31;  // no device of the board has it

// [ARMv7-M B3.2.26] STIR: makes a line pending.
using TriggerReg = mmio::Wo<mmio::Plain<>, 0xf00>;

constinit std::array<kernel::StaticThread<2048>, kThreads> threads{};
constinit kernel::MessageQueue<Message, kQueueLength> queue;
constinit kernel::Semaphore semaphore(1);
constinit Memory::Storage storage;
constinit Memory memory(storage);
constinit std::array<kernel::Semaphore, 2> balls = {kernel::Semaphore(0), kernel::Semaphore(0)};
constinit kernel::Mutex mutex;

}  // namespace

void thread_create(std::size_t id, int metric_priority, kernel::Thread::Entry entry) {
  const Result<void> started = threads[id].start({.name = "metric",
                                                  .priority = priority(metric_priority),
                                                  .slice = Duration(),
                                                  .suspended = true},
                                                 entry, nullptr);
  BATON_CHECK(started.has_value());
}

void thread_resume(std::size_t id) { threads[id].resume(); }

void thread_suspend(std::size_t id) { threads[id].suspend(); }

void thread_relinquish() { kernel::this_thread::yield(); }

Result<void> queue_send(const Message& message) { return queue.try_send(message); }

Result<void> queue_receive(Message& message) { return queue.try_receive(message); }

Result<void> semaphore_get() {
  if (!semaphore.try_acquire()) return fail(Error::kEmpty);
  return {};
}

void semaphore_put() { semaphore.release(); }

Result<Memory::Block> memory_allocate() { return memory.try_allocate(); }

// Its handle's end gives it back.
void memory_deallocate(Memory::Block block) { const Memory::Block last = std::move(block); }

void interrupt_handler(void (*handler)(void*)) {
  const iface::IrqNumber irq = drivers::Nvic::line(kLine);
  BATON_CHECK(kernel::set_interrupt_handler(irq, "metric", handler, nullptr).has_value());
  BATON_CHECK(kernel::enable_interrupt(irq, 0).has_value());
}

void cause_interrupt() {
  arch::Mmio io(arch::kSystemControlSpace);
  TriggerReg::write(io, mmio::Plain<>::from_raw(kLine));
  // It is taken before the next instruction.  [ARMv7-M B3.2.26, A3.7.3]
  asm volatile("dsb\n isb" ::: "memory");
}

void ball_throw(std::size_t which) { balls[which].release(); }

void ball_catch(std::size_t which) { BATON_CHECK(balls[which].acquire().has_value()); }

// What locks and what unlocks are two functions.
void mutex_lock() BATON_NO_THREAD_SAFETY_ANALYSIS { mutex.lock(); }

void mutex_unlock() BATON_NO_THREAD_SAFETY_ANALYSIS { mutex.unlock(); }

}  // namespace baton::thread_metric::port
