#include "arch/host/faults.h"

#include <ucontext.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <memory>

#include "arch/cpu.h"
#include "arch/hosted_cpu.h"
#include "arch/trap.h"
#include "arch/upcalls.h"

namespace baton::arch::host {
namespace {

constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
constexpr std::size_t kStackBytes = std::size_t{256} * 1024;

std::atomic<bool> caught{false};

TrapFrame frame_of(const ucontext_t& context) {
#if defined(__x86_64__)
  const auto& registers = context.uc_mcontext.gregs;
  return {.pc = static_cast<std::uintptr_t>(registers[REG_RIP]),
          .sp = static_cast<std::uintptr_t>(registers[REG_RSP]),
          .fp = static_cast<std::uintptr_t>(registers[REG_RBP])};
#elif defined(__aarch64__)
  return {.pc = context.uc_mcontext.pc,
          .sp = context.uc_mcontext.sp,
          .fp = context.uc_mcontext.regs[29]};
#endif
}

void on_signal(int signal, siginfo_t* info, void* context) {
  if (internal::this_hosted_cpu() == nullptr) {
    // Nothing of a machine's: as if nobody had caught it.
    ::signal(signal, SIG_DFL);
    raise(signal);
    return;
  }
  TrapFrame frame = frame_of(*static_cast<const ucontext_t*>(context));
  frame.in_handler = in_interrupt();
  frame.signal = signal;
  frame.address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  internal::write_irqs_enabled(0);
  on_fault(frame);
}

}  // namespace

void catch_faults() {
  struct sigaction action{};
  action.sa_sigaction = &on_signal;
  // Not masked meanwhile: a fault on the way out is told, too.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
  // Relaxed: nothing else runs yet.
  caught.store(true, std::memory_order_relaxed);
}

void prepare_for_faults() {
  // Relaxed: see catch_faults().
  if (!caught.load(std::memory_order_relaxed)) return;
  static thread_local const auto stack = std::make_unique<std::byte[]>(kStackBytes);
  const stack_t alternate{.ss_sp = stack.get(), .ss_flags = 0, .ss_size = kStackBytes};
  sigaltstack(&alternate, nullptr);
}

}  // namespace baton::arch::host
