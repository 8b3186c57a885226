// Every core prints at once, from its thread and from its timer's interrupt handler: what shows
// that lines come out whole.
#include <atomic>
#include <cstdint>
#include <string_view>

#include "arch/cpu.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/console.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/sched/this_thread.h"
#include "kernel/timers.h"
#include "sync/atomics.h"
#include "sync/irqs_off.h"

namespace baton::kernel::commands {
namespace {

// Long enough to fill any FIFO several times.
constexpr std::string_view kFill = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

constinit sync::Atomic<std::uint64_t> lines_each{0};
constinit sync::Atomic<unsigned> finished{0};

void print_line(std::string_view context, std::uint64_t number) {
  console::print("shout: core {} {} {} {}", arch::core_index(), context, number, kFill);
}

// Prints a line per interrupt, and arms itself again until all are out.
class ShoutingTimer {
 public:
  explicit ShoutingTimer(std::uint64_t lines) : lines_(lines) {}

  void start() { arm(); }
  // Relaxed: set by this core's own interrupt handler.
  bool done() const { return printed_.load(std::memory_order_relaxed) == lines_; }

 private:
  void arm() {
    constexpr Duration kInterval = Duration::microseconds(50);
    const sync::IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(timer_, now() + kInterval, irqs_off);
  }
  void on_timer() {
    // Relaxed: this core's own.
    const std::uint64_t number = printed_.load(std::memory_order_relaxed);
    print_line("handler", number);
    printed_.store(number + 1, std::memory_order_relaxed);
    if (!done()) {
      arm();
    }
  }

  std::uint64_t lines_;
  sync::Atomic<std::uint64_t> printed_{0};
  Timer timer_{[](void* self) { static_cast<ShoutingTimer*>(self)->on_timer(); }, this};
};

void shout_here(void* /*unused*/) {
  // Relaxed: set before this core was called.
  const std::uint64_t lines = lines_each.load(std::memory_order_relaxed);
  ShoutingTimer timer(lines);
  timer.start();
  for (std::uint64_t i = 0; i < lines; ++i) {
    print_line("thread", i);
  }
  while (!timer.done()) {
    static_cast<void>(this_thread::sleep_until(now() + Duration::milliseconds(1)));
  }
  // Release pairs with the acquire in shout(): all lines of this core are in the console's hands.
  finished.fetch_add(1, std::memory_order_release);
}

}  // namespace

shell::Status shout(shell::Context& context, shell::Words args) {
  constexpr std::uint64_t kMost = 100'000;
  const auto lines = context.number("LINES", args[0], 1, kMost);
  if (!lines) {
    return shell::Status::kFailed;
  }
  const std::uint32_t players = online_mask();
  // Relaxed, both: the cross-call carries them over.
  lines_each.store(*lines, std::memory_order_relaxed);
  finished.store(0, std::memory_order_relaxed);
  unsigned asked = 1;
  for (unsigned i = 1; i < arch::kMaxCores; ++i) {
    if ((players & (1U << i)) == 0) {
      continue;
    }
    if (const Result<void> posted = call_on(i, shout_here, nullptr, Duration::seconds(5));
        !posted) {
      context.print("shout: core {} keeps silent: {}\n", i, posted.error());
      continue;
    }
    ++asked;
  }
  shout_here(nullptr);
  // Acquire pairs with the release in shout_here().
  while (finished.load(std::memory_order_acquire) != asked) {
    static_cast<void>(this_thread::sleep_until(now() + Duration::milliseconds(1)));
  }
  context.print("shout: {} lines from {} cores\n", 2 * *lines * asked, asked);
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
