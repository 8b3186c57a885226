// `ThreadedInterrupt`: an interrupt whose work a thread does.
//
//   constinit StaticThreadedInterrupt<4096> receiver(&receive, &card);
//   receiver.start(kCardIrq, /*core=*/0, {.name = "card", .priority = Priority(20)});
//   ...
//   receiver.stop();
//
//   handler                                    thread, with the priority that it was given
//   masks the line at the controller, ------>  calls the function, which quietens the device,
//   sets an event                              then unmasks the line
//
// So the function may block, is preempted by what is more urgent, and delays no other interrupt.
// While it runs the line is masked: an interrupt that comes meanwhile is kept by the controller, or
// by the device, and comes when the function has returned.  The function is called at least once
// after each, and may be called once more than there was reason to.
#ifndef BATON_KERNEL_THREADED_INTERRUPT_H_
#define BATON_KERNEL_THREADED_INTERRUPT_H_

#include <cstddef>
#include <span>

#include "arch/thread_stack.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "kernel/blocking/event.h"
#include "kernel/core.h"
#include "kernel/interrupts.h"
#include "kernel/sched/thread.h"

namespace baton::kernel {

/// Static: once started, the handler stays in the kernel's table, though its line is masked.
class ThreadedInterrupt {
 public:
  using Function = void (*)(void* argument);

  constexpr ThreadedInterrupt(Function function, void* argument)
      : function_(function), argument_(argument) {}
  ThreadedInterrupt(const ThreadedInterrupt&) = delete;
  ThreadedInterrupt& operator=(const ThreadedInterrupt&) = delete;

  // Threads, one at a time.

  /// The thread begins, and the line is unmasked, its handler on `core`.  After stop() it may be
  /// started again, with the same line or another.  kBusy: it has not been stopped; else as
  /// set_interrupt_handler(), Thread::start(), and InterruptController's enable().
  Result<void> start(std::span<std::byte> stack, iface::IrqNumber irq, unsigned core,
                     const ThreadOptions& options);
  /// When this returns the line is masked, the function has returned, and the thread has ended.  A
  /// function that waits is told: its stoppable waits end with kStopped.  Nothing if not started.
  /// Not from the function.
  void stop();

  Thread& thread() { return thread_; }
  /// Times that the handler ran.  Any context.
  std::uint64_t interrupts() const { return interrupts_.value(); }

 private:
  static void on_interrupt(void* self);
  static void run(void* self);
  Result<void> take_line(iface::IrqNumber irq, std::string_view name);
  void mask();

  const Function function_;
  void* const argument_;
  iface::IrqNumber irq_{};
  unsigned core_ = 0;
  bool started_ = false;
  Count interrupts_;  // the handler's
  Event event_{Reset::kAuto};
  Thread thread_;
};

/// With a stack of `kBytes` and the guard below it.
template <std::size_t kBytes>
class StaticThreadedInterrupt : public ThreadedInterrupt {
 public:
  using ThreadedInterrupt::ThreadedInterrupt;

  /// As ThreadedInterrupt::start(); also what arch::protect_guard() fails with.
  Result<void> start(iface::IrqNumber irq, unsigned core, const ThreadOptions& options) {
    if (Result<void> guarded = arch::protect_guard(stack_.guard()); !guarded) return guarded;
    return ThreadedInterrupt::start(stack_.bytes(), irq, core, options);
  }

 private:
  arch::ThreadStack<kBytes> stack_;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_THREADED_INTERRUPT_H_
