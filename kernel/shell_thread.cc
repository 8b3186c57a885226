#include "kernel/shell_thread.h"

#include <array>
#include <optional>

#include "arch/cores.h"
#include "arch/counter.h"
#include "base/assert.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/console.h"
#include "kernel/sched/static_thread.h"
#include "kernel/shell/shell.h"
#include "kernel/shell/terminal.h"
#include "kernel/sizes.h"

namespace baton::kernel {
namespace {

// Collects what the shell writes in small pieces, and sends it when it waits for input.
class ConsoleTerminal final : public shell::Terminal {
 public:
  void write(std::string_view text) override { writer_.write(text); }
  bool interrupt_waiting() override {
    writer_.flush();
    return console::interrupt_waiting();
  }
  void drop_interrupt() override { console::drop_interrupt(); }
  void flush() { writer_.flush(); }

 private:
  LineWriter writer_{Line::Kind::kRaw};
};

class MachineClock final : public shell::Clock {
 public:
  Instant now() override { return kernel::now(); }
};

constinit ConsoleTerminal terminal;
constinit MachineClock clock;
constinit std::array<std::span<const shell::Command>, 2> tables{};
constinit shell::Shell the_shell(terminal, clock, tables);
constinit StaticThread<sizes::kShellStack> thread;

[[noreturn]] void run_shell() {
  // The counter starts at power-on; a restart may or may not clear it, so both times are told.
  const Instant entered =
      Instant::from_ns(ticks_to_ns(arch::entry_ticks(), arch::Counter::frequency_hz()));
  console::print("boot: {} in the kernel\nboot: prompt after {} (machine counter)", now() - entered,
                 Duration::nanoseconds(now().since_start_ns()));
  the_shell.start();
  for (;;) {
    terminal.flush();
    if (const std::uint64_t lost = console::take_lost(); lost != 0) {
      the_shell.input_lost(lost);
      continue;
    }
    if (const std::optional<char> byte = console::read()) {
      the_shell.feed(static_cast<std::uint8_t>(*byte));
      continue;
    }
    if (console::take_disturbed()) {
      // The foreign line took ours off the screen; the cursor is below it.
      the_shell.show_line();
      continue;
    }
    console::wait_for_input();
  }
}

}  // namespace

void start_shell(std::span<const shell::Command> board) {
  tables = {commands::table(), board};
  // More urgent than what it starts, so that one can still type.
  constexpr Priority kShell(18);
  const Result<void> started = thread.start(
      {.name = "shell", .priority = kShell, .affinity = 1}, [](void*) { run_shell(); }, nullptr);
  BATON_CHECK(started.has_value());
}

}  // namespace baton::kernel
