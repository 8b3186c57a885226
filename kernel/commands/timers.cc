#include "kernel/timers.h"

#include "arch/counter.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel::commands {

shell::Status timers(shell::Context& context, shell::Words /*args*/) {
  context.print("counter: {} Hz, a tick is {} ps\n", arch::Counter::frequency_hz(),
                1'000'000'000'000U / arch::Counter::frequency_hz());
  const std::uint32_t online = online_mask();
  for (unsigned i = 0; i < cores.size(); ++i) {
    if ((online & (1U << i)) == 0) {
      continue;
    }
    const TimerQueue& queue = timers_of(i);
    context.print("cpu {}: {} fired, latest by {}, next ", i, queue.fired().value(),
                  Duration::nanoseconds(queue.worst_lateness_ns()));
    if (queue.next_due() == Instant()) {
      context.print("none\n");
    } else {
      context.print("in {}\n", queue.next_due() - now());
    }
  }
  return shell::Status::kOk;
}

shell::Status sleep(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kLongestMs = 3'600'000;
  const auto milliseconds = context.number("MILLISECONDS", args[0], 0, kLongestMs);
  if (!milliseconds) {
    return shell::Status::kFailed;
  }
  const Instant until = now() + Duration::milliseconds(*milliseconds);
  // In pieces, for ctrl-C.
  while (now() < until) {
    const Instant next = now() + Duration::milliseconds(50);
    static_cast<void>(this_thread::sleep_until(next < until ? next : until));
    if (context.interrupted()) {
      return context.fail("stopped with {} to go", until - now());
    }
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
