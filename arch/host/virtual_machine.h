// What both modes of the machine share.  Their own files and the controller only.
#ifndef BATON_ARCH_HOST_VIRTUAL_MACHINE_H_
#define BATON_ARCH_HOST_VIRTUAL_MACHINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/context.h"
#include "arch/contract/preempt_state.h"
#include "arch/cpu.h"
#include "arch/host/interrupt_lines.h"
#include "arch/host/machine.h"
#include "arch/host/schedule.h"
#include "arch/host/word.h"
#include "arch/hosted_cpu.h"

namespace baton::arch::host {

/// One core of either kind.
class VirtualCpu : public internal::HostedCpu {
 public:
  enum class State : std::uint8_t { kOff, kRunning, kWaiting };

  unsigned index = 0;
  Word<State> state;
  /// When the timer was told to fire; kNever: it is stopped.
  Word<std::uint64_t> deadline{kNever};
  std::function<void()> entry;
  /// What it runs first, on a stack of the machine's.
  Context boot;
  /// What its thread pointer points at until there are threads.
  PreemptState boot_state;

  Word<std::uint64_t> points;
  Word<std::uint64_t> interrupts;
  Word<std::uint64_t> preemptions;

  /// Its words, as at reset, for the OS thread that is to play it.
  void reset_words();

 protected:
  ~VirtualCpu() = default;
};

class Machine {
 public:
  explicit Machine(const Config& config);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine();

  virtual Outcome run(const std::vector<std::function<void()>>& entries) = 0;

  /// Of the calling core.
  virtual void point() = 0;
  /// What may be taken there now.  The core's own, or a core that stands still.
  virtual std::uint32_t deliverable(unsigned core) = 0;
  /// When an interrupt that is raised now gets to its core.
  virtual std::uint64_t arrival_ns() = 0;
  /// The core's OS thread sleeps.
  virtual void wake(unsigned core) = 0;
  virtual void note(unsigned core, Event event, std::uint64_t argument) = 0;
  virtual bool start(unsigned core, std::function<void()> entry) = 0;
  [[noreturn]] virtual void end(End how, int exit_code, std::string_view what) = 0;
  virtual VirtualCpu& cpu(unsigned core) = 0;
  /// The calling core has just come out of reset.
  virtual void entered() = 0;

  /// `what` must not be what only this flow owns: nothing of it is given back.
  [[noreturn]] void broken(std::string_view what) { end(End::kBroken, 0, what); }
  const Config& config() const { return config_; }
  InterruptLines& lines() { return lines_; }

  /// Takes what is pending and unmasked on the calling core, which may be another at the end.
  void take_interrupts();

  /// A core's way through its boot function.
  void boot_core();

  static Machine* running();

 protected:
  /// Sets up `core.boot`, so that it runs `core.entry`.
  void prepare_boot(VirtualCpu& core);
  /// Each core's state, a line each, and how to see the run again.
  std::string describe();
  Outcome account();

 private:
  const Config config_;
  InterruptLines lines_;
};

/// Stacks for boot functions, kept from run to run.
inline constexpr std::size_t kBootStackBytes = std::size_t{256} * 1024;
std::span<std::byte> boot_stack(unsigned core);

std::unique_ptr<Machine> make_parallel(const Config& config);
std::unique_ptr<Machine> make_simulated(const Config& config);

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_VIRTUAL_MACHINE_H_
