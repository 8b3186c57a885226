#include "arch/host/virtual_machine.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "arch/host/faults.h"
#include "arch/host/flow_switch.h"
#include "arch/irq.h"
#include "arch/trap.h"
#include "arch/upcalls.h"

namespace baton::arch::host {
namespace {

// Relaxed: set before the machine's threads start and cleared after they have ended.
Word<Machine*> running_machine;

std::array<std::unique_ptr<std::byte[]>, kMaxCores> boot_stacks;

}  // namespace

std::span<std::byte> boot_stack(unsigned core) {
  if (boot_stacks[core] == nullptr) {
    boot_stacks[core] = std::make_unique<std::byte[]>(kBootStackBytes);
  }
  return {boot_stacks[core].get(), kBootStackBytes};
}

void VirtualCpu::reset_words() {
  internal::write_core(index);
  internal::write_interrupt_depth(0);
  internal::write_irqs_enabled(0);
  internal::write_thread_pointer(&boot_state);
  internal::write_cpu(this);
}

Machine::Machine(const Config& config) : config_(config), lines_(*this) {
  if (config.cores == 0 || config.cores > kMaxCores) {
    internal::broken("a machine has 1 to 8 cores");
  }
  if (running_machine.get() != nullptr) {
    internal::broken("a second machine while one runs");
  }
  running_machine.set(this);
}

Machine::~Machine() { running_machine.set(nullptr); }

Machine* Machine::running() { return running_machine.get(); }

// Everything about the core is read afresh each time: a preempted thread may come back elsewhere.
void Machine::take_interrupts() {
  while (LocalIrq::enabled() && deliverable(core_index()) != 0) {
    const auto depth = static_cast<unsigned>(internal::read_interrupt_depth());
    internal::write_irqs_enabled(0);
    internal::write_interrupt_depth(depth + 1);
    cpu(core_index()).interrupts.count();
    note(core_index(), Event::kInterrupt, depth);
    const TrapFrame frame = TrapFrame::here(depth != 0);
    const bool preempt = on_interrupt(frame);
    internal::write_irqs_enabled(0);
    internal::write_interrupt_depth(depth);
    if (preempt && depth == 0) {
      cpu(core_index()).preemptions.count();
      note(core_index(), Event::kPreempt, 0);
      on_preemption();
    }
    internal::write_irqs_enabled(1);
  }
}

void Machine::boot_core() {
  prepare_for_faults();
  entered();
  {
    // Moved out, so that what it holds ends with the core and not with the machine.
    const std::function<void()> entry = std::move(cpu(core_index()).entry);
    entry();
  }
  park();
}

void Machine::prepare_boot(VirtualCpu& core) {
  core.boot.prepare(
      boot_stack(core.index), [](void* machine) { static_cast<Machine*>(machine)->boot_core(); },
      this);
}

std::string Machine::describe() {
  std::string text;
  for (unsigned i = 0; i < config_.cores; ++i) {
    VirtualCpu& core = cpu(i);
    text += "  core " + std::to_string(i) + ": ";
    switch (core.state.get()) {
      case VirtualCpu::State::kOff:
        text += "off";
        break;
      case VirtualCpu::State::kRunning:
        text += "runs";
        break;
      case VirtualCpu::State::kWaiting:
        text += "waits for an interrupt";
        break;
    }
    const std::uint64_t deadline = core.deadline.get();
    text += deadline == internal::HostedCpu::kNever
                ? ", no timer"
                : ", timer at " + std::to_string(deadline) + " ns";
    // Relaxed: a word for people.
    const std::uint32_t pending = lines_.of(i).word.load(std::memory_order_relaxed) &
                                  ~(CoreLines::kSleeping | CoreLines::kPoked);
    for (unsigned line = 0; line < kLines; ++line) {
      if ((pending & (1U << line)) != 0) {
        text += ", pending: " + line_name(line);
      }
    }
    text += ", " + std::to_string(core.interrupts.get()) + " interrupts\n";
  }
  return text;
}

Outcome Machine::account() {
  Outcome outcome;
  for (unsigned i = 0; i < config_.cores; ++i) {
    outcome.points += cpu(i).points.get();
    outcome.interrupts += cpu(i).interrupts.get();
    outcome.preemptions += cpu(i).preemptions.get();
  }
  outcome.ipis = lines_.ipis_sent();
  return outcome;
}

Outcome run(const Config& config, const std::vector<std::function<void()>>& entries) {
  const std::unique_ptr<Machine> machine =
      config.mode == Mode::kParallel ? make_parallel(config) : make_simulated(config);
  return machine->run(entries);
}

bool start_core(unsigned core, void (*entry)()) { return Machine::running()->start(core, entry); }

InterruptLines& lines() { return Machine::running()->lines(); }

void stop(int exit_code) {
  Machine::running()->end(End::kStopped, exit_code,
                          exit_code == 0 ? "" : "stopped with a status other than 0");
}

void fail(std::string_view what) { Machine::running()->end(End::kBroken, 0, what); }

const Config* running_config() {
  return Machine::running() == nullptr ? nullptr : &Machine::running()->config();
}

}  // namespace baton::arch::host
