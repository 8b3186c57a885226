// What the hosted port keeps of each core, and what stands behind its headers when a virtual
// machine runs.  Ports' own headers only, and tests that play a core by hand.
//
// One port serves two uses.  A program that merely uses sync/, tests a driver or measures something
// is one machine in which every OS thread plays a core: the words below are all there is.  On the
// virtual machine (arch/host/machine.h) the same words belong to a virtual CPU, and `hosted_cpu`
// points to it; the headers call it where others may run or an interrupt may come.  So the light
// use pays one look at a word of its own thread where it masks interrupts or reads the counter, no
// second build of everything is needed, and what the tests of sync/ run is what the kernel runs.
//
// The words must be read afresh each time.  A kernel thread is a fiber that may go on on another OS
// thread after any call, but a compiler takes a thread-local variable's address for constant within
// a function, and would go on reading the words of the core it came from.  The functions below make
// the address in the very instruction that uses it.
#ifndef BATON_ARCH_HOST_HOSTED_CPU_H_
#define BATON_ARCH_HOST_HOSTED_CPU_H_

#include <cstdint>

namespace baton::arch::internal {

/// A virtual CPU, as the headers see it.  Called on it, by whatever runs there.
class HostedCpu {
 public:
  /// Others may run, and where interrupts are unmasked those that are pending are taken.
  virtual void point() noexcept = 0;
  /// The same, by someone who waits for others.
  virtual void relax() noexcept = 0;
  virtual void wait_for_interrupt() noexcept = 0;
  [[noreturn]] virtual void park() noexcept = 0;
  /// Nanoseconds.  A point, so that a loop that only looks at the clock ends.
  virtual std::uint64_t ticks() noexcept = 0;
  /// One-shot; kNever stops it.
  virtual void arm_timer(std::uint64_t deadline) noexcept = 0;
  /// The program did what no machine survives.
  [[noreturn]] virtual void broken(const char* what) noexcept = 0;

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

 protected:
  ~HostedCpu() = default;
};

// Initial-exec: the offset from the thread pointer is a word that the loader fills in.
#define BATON_HOSTED_WORD(type, name) \
  extern constinit thread_local type name [[gnu::tls_model("initial-exec")]] asm("baton_" #name)

// Tests that play a core by hand write these; everybody else goes through the functions below.
BATON_HOSTED_WORD(unsigned, hosted_core);
BATON_HOSTED_WORD(unsigned, hosted_interrupt_depth);
BATON_HOSTED_WORD(unsigned, hosted_irqs_enabled);
BATON_HOSTED_WORD(void*, hosted_thread_pointer);
BATON_HOSTED_WORD(HostedCpu*, hosted_cpu);
#undef BATON_HOSTED_WORD

// The variable is an operand though the instructions find it by themselves: so the compiler knows
// what they read and write.
#if defined(__x86_64__)
#define BATON_HOSTED_READ(name, move, width)                                               \
  std::uint64_t result = 0;                                                                \
  asm volatile("movq baton_" #name "@gottpoff(%%rip), %0\n" move " %%fs:(%0), %" width "0" \
               : "=&r"(result)                                                             \
               : "m"(name));                                                               \
  return result
#define BATON_HOSTED_WRITE(name, move, value)                                     \
  std::uint64_t offset = 0;                                                       \
  asm volatile("movq baton_" #name "@gottpoff(%%rip), %0\n" move " %2, %%fs:(%0)" \
               : "=&r"(offset), "=m"(name)                                        \
               : "r"(value))
#define BATON_HOSTED_READ32(name) BATON_HOSTED_READ(name, "movl", "k")
#define BATON_HOSTED_READ64(name) BATON_HOSTED_READ(name, "movq", "q")
#define BATON_HOSTED_WRITE32(name, value) BATON_HOSTED_WRITE(name, "movl", value)
#define BATON_HOSTED_WRITE64(name, value) BATON_HOSTED_WRITE(name, "movq", value)
#elif defined(__aarch64__)
#define BATON_HOSTED_READ(name, width)                                                         \
  std::uint64_t result = 0;                                                                    \
  std::uint64_t base = 0;                                                                      \
  asm volatile("adrp %0, :gottprel:baton_" #name "\n ldr %0, [%0, :gottprel_lo12:baton_" #name \
               "]\n mrs %1, tpidr_el0\n ldr %" width "0, [%1, %0]"                             \
               : "=&r"(result), "=&r"(base)                                                    \
               : "m"(name));                                                                   \
  return result
#define BATON_HOSTED_WRITE(name, width, value)                                                 \
  std::uint64_t offset = 0;                                                                    \
  std::uint64_t base = 0;                                                                      \
  asm volatile("adrp %0, :gottprel:baton_" #name "\n ldr %0, [%0, :gottprel_lo12:baton_" #name \
               "]\n mrs %1, tpidr_el0\n str %" width "3, [%1, %0]"                             \
               : "=&r"(offset), "=&r"(base), "=m"(name)                                        \
               : "r"(value))
#define BATON_HOSTED_READ32(name) BATON_HOSTED_READ(name, "w")
#define BATON_HOSTED_READ64(name) BATON_HOSTED_READ(name, "x")
#define BATON_HOSTED_WRITE32(name, value) BATON_HOSTED_WRITE(name, "w", value)
#define BATON_HOSTED_WRITE64(name, value) BATON_HOSTED_WRITE(name, "x", value)
#else
#error "The hosted port knows x86-64 and AArch64 only"
#endif

inline std::uint64_t read_core() noexcept { BATON_HOSTED_READ32(hosted_core); }
inline std::uint64_t read_interrupt_depth() noexcept {
  BATON_HOSTED_READ32(hosted_interrupt_depth);
}
inline std::uint64_t read_irqs_enabled() noexcept { BATON_HOSTED_READ32(hosted_irqs_enabled); }
inline std::uint64_t read_thread_pointer() noexcept { BATON_HOSTED_READ64(hosted_thread_pointer); }
inline std::uint64_t read_cpu() noexcept { BATON_HOSTED_READ64(hosted_cpu); }

inline void write_core(unsigned value) noexcept { BATON_HOSTED_WRITE32(hosted_core, value); }
inline void write_interrupt_depth(unsigned value) noexcept {
  BATON_HOSTED_WRITE32(hosted_interrupt_depth, value);
}
inline void write_irqs_enabled(unsigned value) noexcept {
  BATON_HOSTED_WRITE32(hosted_irqs_enabled, value);
}
inline void write_thread_pointer(void* value) noexcept {
  BATON_HOSTED_WRITE64(hosted_thread_pointer, value);
}
inline void write_cpu(HostedCpu* value) noexcept { BATON_HOSTED_WRITE64(hosted_cpu, value); }

#undef BATON_HOSTED_READ
#undef BATON_HOSTED_READ32
#undef BATON_HOSTED_READ64
#undef BATON_HOSTED_WRITE
#undef BATON_HOSTED_WRITE32
#undef BATON_HOSTED_WRITE64

/// The virtual CPU that the caller runs on; null where there is no machine.
inline HostedCpu* this_hosted_cpu() noexcept { return reinterpret_cast<HostedCpu*>(read_cpu()); }

/// The program did what no machine survives: ends the run, or the process where there is no
/// machine.
[[noreturn]] void broken(const char* what) noexcept;

/// Here others may run and interrupts may come, where a machine runs.
inline void hosted_point() noexcept {
  if (HostedCpu* const cpu = this_hosted_cpu(); cpu != nullptr) [[unlikely]] {
    cpu->point();
  }
}

}  // namespace baton::arch::internal

#endif  // BATON_ARCH_HOST_HOSTED_CPU_H_
