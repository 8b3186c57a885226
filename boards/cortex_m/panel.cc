#include "boards/cortex_m/panel.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/interrupts.h"

namespace baton::board::cortex_m {
namespace {

using kernel::shell::Command;
using kernel::shell::Context;
using kernel::shell::Status;
using kernel::shell::Words;

constexpr std::size_t kMostCommands = 4;
constexpr std::uint64_t kMostSeconds = 3600;
constexpr Duration kLook = Duration::milliseconds(50);

constinit Panel panel;
constinit std::array<Command, kMostCommands> commands{};
constinit std::atomic<std::uint32_t> presses{0};
// Since somebody last waited.
constinit kernel::Semaphore press(0, 1);
constinit bool started = false;  // the shell's

void on_button(void* /*argument*/) {
  panel.acknowledge_button();
  // Relaxed: a number for people.
  presses.fetch_add(1, std::memory_order_relaxed);
  static_cast<void>(press.try_release());
}

Result<void> start_button() {
  if (started || !panel.button_irq) return {};
  if (Result<void> done = panel.start_button(); !done) return done;
  if (Result<void> done =
          kernel::set_interrupt_handler(*panel.button_irq, "button", on_button, nullptr);
      !done) {
    return done;
  }
  started = true;
  return kernel::enable_interrupt(*panel.button_irq, 0);
}

Status wait_for_press(Context& context, Duration patience) {
  const Instant begin = context.now();
  static_cast<void>(press.try_acquire());
  while (!press.try_acquire_for(kLook)) {
    if (context.interrupted()) return Status::kFailed;
    if (context.now() - begin >= patience) return context.fail("nobody pressed it");
  }
  context.print("pressed after {}\n", context.now() - begin);
  return Status::kOk;
}

Status run_led(Context& context, Words args) {
  if (args[0] != "on" && args[0] != "off") return context.usage();
  panel.set_led(args[0] == "on");
  return Status::kOk;
}

Status run_button(Context& context, Words args) {
  if (const Result<void> done = start_button(); !done) {
    return context.fail("cannot be used: {}", done.error());
  }
  if (args.empty()) {
    // Relaxed: a number for people.
    const std::uint32_t count = presses.load(std::memory_order_relaxed);
    context.print("{}, pressed {} times\n", panel.button_pressed() ? "down" : "up", count);
    return Status::kOk;
  }
  const auto seconds = context.number("SECONDS", args[0], 1, kMostSeconds);
  if (!seconds) return Status::kFailed;
  return wait_for_press(context, Duration::seconds(*seconds));
}

constexpr std::array<Command, 2> kPanelCommands = {{
    {.name = "led", .arguments = "on|off", .help = "the board's LED", .run = run_led},
    {.name = "button",
     .arguments = "[SECONDS]",
     .help = "the board's button, or wait until it is pressed",
     .run = run_button},
}};
static_assert(kernel::shell::well_formed(kPanelCommands));

}  // namespace

std::span<const Command> panel_commands(const Panel& there, std::span<const Command> others) {
  panel = there;
  std::size_t used = 0;
  const auto add = [&used](const Command& command) {
    if (used < commands.size()) commands[used++] = command;
  };
  if (panel.set_led != nullptr) add(kPanelCommands[0]);
  if (panel.button_pressed != nullptr && panel.button_irq) add(kPanelCommands[1]);
  for (const Command& command : others) add(command);
  return std::span(commands).first(used);
}

}  // namespace baton::board::cortex_m
