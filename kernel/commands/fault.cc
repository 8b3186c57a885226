#include "arch/fault.h"

#include <array>
#include <optional>
#include <string_view>

#include "kernel/blocking/mutex.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/core.h"
#include "kernel/cross_call.h"
#include "kernel/panic.h"
#include "kernel/sched/this_thread.h"
#include "kernel/sched/wait_queue.h"
#include "kernel/timers.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_registry.h"
#include "sync/irqs_off.h"
#include "sync/static_owned.h"

namespace baton::kernel::commands {
namespace {

struct Kind {
  std::string_view name;
  arch::FaultKind fault;
  bool in_handler;
  bool with_locks = false;
};

constexpr std::array<Kind, 8> kKinds = {{
    {.name = "null", .fault = arch::FaultKind::kNull, .in_handler = false},
    {.name = "guard", .fault = arch::FaultKind::kGuard, .in_handler = false},
    {.name = "undef", .fault = arch::FaultKind::kUndefined, .in_handler = false},
    {.name = "exec", .fault = arch::FaultKind::kExecute, .in_handler = false},
    {.name = "write-text", .fault = arch::FaultKind::kWriteText, .in_handler = false},
    {.name = "unaligned-device", .fault = arch::FaultKind::kUnalignedDevice, .in_handler = false},
    {.name = "locked", .fault = arch::FaultKind::kNull, .in_handler = false, .with_locks = true},
    {.name = "nested", .fault = arch::FaultKind::kGuard, .in_handler = true},
}};

// The fault happens inside a cell, so that the dump has a holder to name.
struct Scapegoat {};
constinit sync::StaticOwned<Scapegoat> scapegoat;
constinit sync::AtomicTakeCell<Scapegoat> fault_cell;
constinit sync::CellEntry fault_entry{"fault", fault_cell};

// Not inlined: what a backtrace is to show.
[[gnu::noinline]] void fault_inside_the_cell(arch::FaultKind kind) {
  static_cast<void>(fault_cell.map([kind](Scapegoat&) { arch::cause_fault(kind); }));
  kernel::panic("the cell of 'fault' was empty");
}

// And with a mutex and a spin lock held, likewise.
constinit Mutex fault_mutex;
constinit WaitQueue fault_queue;

void fault_with_locks(arch::FaultKind kind) {
  const MutexGuard mutex_guard(fault_mutex);
  const WaitQueue::Guard queue_guard(fault_queue);
  fault_inside_the_cell(kind);
}

void break_this_core(void* kind_pointer) {
  const Kind& kind = *static_cast<const Kind*>(kind_pointer);
  sync::register_cell(fault_entry);
  static_cast<void>(fault_cell.put(scapegoat.claim()));
  if (kind.with_locks) fault_with_locks(kind.fault);
  if (!kind.in_handler) {
    fault_inside_the_cell(kind.fault);
  }
  Timer timer([](void* k) { fault_inside_the_cell(static_cast<const Kind*>(k)->fault); },
              kind_pointer);
  {
    const sync::IrqsOff irqs_off;
    this_core_timers(irqs_off).arm(timer, now(), irqs_off);
  }
  static_cast<void>(this_thread::sleep_until(now() + Duration::seconds(1)));
  kernel::panic("the timer that was to fault did not run");
}

}  // namespace

void complete_fault(const shell::CompletionRequest& request) {
  if (request.args.empty()) {
    for (const Kind& kind : kKinds) {
      request.candidates.offer(kind.name);
    }
  }
}

shell::Status fault(shell::Context& context, shell::Words args) {
  const Kind* kind = nullptr;
  for (const Kind& candidate : kKinds) {
    if (candidate.name == args[0]) {
      kind = &candidate;
    }
  }
  if (kind == nullptr) {
    return context.fail("there is no fault '{}'; 'help fault' lists them", args[0]);
  }
  const auto core = args.size() > 1 ? context.number("CORE", args[1], 0, core_count() - 1) : 0;
  if (!core) {
    return shell::Status::kFailed;
  }
  auto* argument = const_cast<Kind*>(kind);
  if (*core == 0) {
    break_this_core(argument);
    return shell::Status::kFailed;
  }
  if (const Result<void> posted =
          call_on(static_cast<unsigned>(*core), break_this_core, argument, Duration::seconds(1));
      !posted) {
    return context.fail("core {}: {}", *core, posted.error());
  }
  // The other core's panic stops this one.
  static_cast<void>(this_thread::sleep_until(now() + Duration::seconds(5)));
  return context.fail("core {} did not break", *core);
}

shell::Status panic(shell::Context& /*context*/, shell::Words args) {
  FixedText<kPanicWords> words;
  words.write("asked for by the shell");
  for (const std::string_view word : args) {
    words.write(words.view().ends_with("shell") ? ": " : " ");
    words.write(word);
  }
  panic_with(words.view());
}

}  // namespace baton::kernel::commands
