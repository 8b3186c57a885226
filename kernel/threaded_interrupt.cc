#include "kernel/threaded_interrupt.h"

#include "base/assert.h"
#include "kernel/machine.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel {

Result<void> ThreadedInterrupt::start(std::span<std::byte> stack, iface::IrqNumber irq,
                                      unsigned core, const ThreadOptions& options) {
  if (started_) return fail(Error::kBusy);
  if (Result<void> done = take_line(irq, options.name); !done) return done;
  irq_ = irq;
  core_ = core;
  event_.reset();
  if (Result<void> done = thread_.start(stack, options, &run, this); !done) return done;
  started_ = true;
  Result<void> done = enable_interrupt(irq, core);
  if (!done) stop();
  return done;
}

// A line's handler is there for good: it may be this one's from the last time.
Result<void> ThreadedInterrupt::take_line(iface::IrqNumber irq, std::string_view name) {
  for (const InterruptEntry& entry : interrupt_entries()) {
    if (entry.irq == irq && entry.argument == this) return {};
  }
  return set_interrupt_handler(irq, name, &on_interrupt, this);
}

void ThreadedInterrupt::stop() {
  if (!started_) return;
  thread_.request_stop();
  thread_.join();
  // The thread unmasks it no more.
  mask();
  started_ = false;
}

void ThreadedInterrupt::mask() { BATON_CHECK(machine().interrupts->disable(irq_).has_value()); }

// One that was on its way when the line was masked comes once more: masking it again, and setting
// the event again, does no harm.
void ThreadedInterrupt::on_interrupt(void* self) {
  auto& me = *static_cast<ThreadedInterrupt*>(self);
  me.mask();
  me.interrupts_.add();
  me.event_.set();
}

void ThreadedInterrupt::run(void* self) {
  auto& me = *static_cast<ThreadedInterrupt*>(self);
  while (me.event_.wait()) {
    me.function_(me.argument_);
    if (this_thread::stop_requested()) return;
    BATON_CHECK(machine().interrupts->enable(me.irq_, me.core_).has_value());
  }
}

}  // namespace baton::kernel
