#include "tests/target/context/scheduler.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "arch/cpu.h"
#include "arch/irq.h"
#include "base/assert.h"
#include "sync/irqs_off.h"
#include "tests/target/context/registers.h"

namespace baton::context_test {
namespace {

// First come, first served.  Its lock is unfair on purpose: an emulated core whose turn it is may
// not be running, and those after it would stand in line for it.
class ReadyQueue {
 public:
  void push(Thread& thread) {
    while (!try_lock()) {
      arch::relax();
    }
    thread.next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = &thread;
    tail_ = &thread;
    unlock();
  }
  // Nobody, too, where another core is inside.
  Thread* pop() {
    // Relaxed: a glance.
    if (locked_.load(std::memory_order_relaxed) || !try_lock()) {
      return nullptr;
    }
    Thread* const first = head_;
    if (first != nullptr) {
      head_ = first->next;
      if (head_ == nullptr) {
        tail_ = nullptr;
      }
    }
    unlock();
    return first;
  }

 private:
  // Acquire pairs with the release in unlock(): with them a thread's context and stack go from the
  // core that has switched away from it to the one that switches to it.
  bool try_lock() { return !locked_.exchange(true, std::memory_order_acquire); }
  // Release pairs with the acquire in try_lock().
  void unlock() { locked_.store(false, std::memory_order_release); }

  std::atomic<bool> locked_{false};
  // By whoever has the lock:
  Thread* head_ = nullptr;
  Thread* tail_ = nullptr;
};

struct alignas(arch::kCacheLine) Core {
  Thread idle{};
  Thread* left = nullptr;  ///< whom this core has just switched away from
};

constinit ReadyQueue ready;
constinit std::array<Core, arch::kMaxCores> cores{};
constinit std::atomic<unsigned> finished{0};

// The first thing after every switch, in the thread that was switched to: only now is the one
// before it complete, and somebody else's.
void after_switch() {
  const unsigned index = arch::core_index();
  Core& core = cores[index];
  Thread& self = current();
  ++self.switches;
  if (self.last_core != index) {
    ++self.migrations;
    self.last_core = index;
  }
  Thread& left = *std::exchange(core.left, nullptr);
  if (left.finished) {
    left.context.release();
    // Release pairs with the acquire in finished_threads(): the thread's counters.
    finished.fetch_add(1, std::memory_order_release);
  } else if (!left.is_idle) {
    ready.push(left);
  }
}

void switch_to(Thread& next) {
  Thread& self = current();
  BATON_CHECK(!arch::in_interrupt() && !arch::LocalIrq::enabled());
  cores[arch::core_index()].left = &self;
  arch::set_thread_pointer(&next);
  arch::Context::switch_to(self.context, next.context);
  after_switch();
}

void run(void* argument) {
  Thread& self = *static_cast<Thread*>(argument);
  BATON_CHECK(&current() == &self && !arch::LocalIrq::enabled());
  after_switch();
  arch::LocalIrq::enable();
  self.body(self);
  arch::LocalIrq::save_and_disable();
  self.finished = true;
  Thread* const next = ready.pop();
  switch_to(next != nullptr ? *next : cores[arch::core_index()].idle);
  BATON_CHECK(false);
}

}  // namespace

Thread& current() { return *static_cast<Thread*>(arch::thread_pointer()); }

void adopt_idle() {
  Thread& idle = cores[arch::core_index()].idle;
  idle.is_idle = true;
  idle.last_core = arch::core_index();
  arch::set_thread_pointer(&idle);
}

void start(Thread& thread, unsigned number, std::span<std::byte> stack, void (*body)(Thread&)) {
  thread.number = number;
  thread.stack = stack;
  thread.body = body;
  thread.context.prepare(stack, run, &thread);
  const sync::IrqsOff irqs_off;
  ready.push(thread);
}

void reschedule() {
  if (Thread* const next = ready.pop(); next != nullptr) {
    switch_to(*next);
  }
}

void yield() {
  const sync::IrqsOff irqs_off;
  reschedule();
}

// Acquire pairs with the release in after_switch().
unsigned finished_threads() { return finished.load(std::memory_order_acquire); }

void idle_until(bool (*done)(), bool sleeps) {
  while (!done()) {
    const sync::IrqsOff irqs_off;
    if (Thread* const next = ready.pop(); next != nullptr) {
      switch_to(*next);
    } else if (sleeps) {
      arch::wait_for_interrupt();
    }
  }
}

}  // namespace baton::context_test

void baton::context_test::context_test_yield() { yield(); }
