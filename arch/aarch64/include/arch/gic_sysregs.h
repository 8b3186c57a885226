// The GICv3 CPU interface, which is system registers of the core that executes.   [GICv3 12.2]
//
// Only meaningful where ID_AA64PFR0_EL1.GIC is not zero, at EL1, and with whatever EL2 or EL3 there
// is letting EL1 through (ICC_SRE_ELx.Enable).  drivers/intc/gic_v3 is the one user.  The registers
// are spelled by number: assemblers know the names only with an architecture option.
#ifndef BATON_ARCH_AARCH64_GIC_SYSREGS_H_
#define BATON_ARCH_AARCH64_GIC_SYSREGS_H_

#include <cstdint>

namespace baton::arch::gic {

/// Turns the system registers on for EL1; false: this core has them not, or may not use them.
/// ICC_SRE_EL1.SRE.  [GICv3 12.2]
[[nodiscard]] inline bool enable_sre() noexcept {
  std::uint64_t value = 0;
  asm volatile(
      "mrs %0, s3_0_c12_c12_5\n"
      "orr %0, %0, #1\n"
      "msr s3_0_c12_c12_5, %0\n"
      "isb\n"
      "mrs %0, s3_0_c12_c12_5"
      : "=&r"(value)::"memory");
  return (value & 1U) != 0;
}

/// ICC_CTLR_EL1.  [GICv3 12.2]
inline void write_ctlr(std::uint32_t value) noexcept {
  asm volatile("msr s3_0_c12_c12_4, %0\n isb" ::"r"(std::uint64_t{value}) : "memory");
}

/// ICC_PMR_EL1: only what is more urgent (numerically smaller) comes through.  [GICv3 12.2]
inline void write_pmr(std::uint32_t value) noexcept {
  asm volatile("msr s3_0_c4_c6_0, %0\n isb" ::"r"(std::uint64_t{value}) : "memory");
}

/// ICC_BPR1_EL1: the priorities' bits from here up decide who interrupts whom.  [GICv3 12.2]
inline void write_bpr1(std::uint32_t value) noexcept {
  asm volatile("msr s3_0_c12_c12_3, %0\n isb" ::"r"(std::uint64_t{value}) : "memory");
}

/// ICC_IGRPEN1_EL1: 1 lets group 1 through.  [GICv3 12.2]
inline void write_igrpen1(std::uint32_t value) noexcept {
  asm volatile("msr s3_0_c12_c12_7, %0\n isb" ::"r"(std::uint64_t{value}) : "memory");
}

/// ICC_IAR1_EL1: takes the most urgent interrupt.  What follows in the program is executed after
/// the taking has reached the distributor.  [GICv3 12.2]
[[nodiscard]] inline std::uint32_t read_iar1() noexcept {
  std::uint64_t value = 0;
  asm volatile("mrs %0, s3_0_c12_c12_0\n dsb sy" : "=r"(value)::"memory");
  return static_cast<std::uint32_t>(value);
}

/// ICC_EOIR1_EL1: ends an interrupt.  Every access before it, to a device as well, is complete by
/// then.  [GICv3 12.2]
inline void write_eoir1(std::uint32_t value) noexcept {
  asm volatile("dsb sy\n msr s3_0_c12_c12_1, %0\n isb" ::"r"(std::uint64_t{value}) : "memory");
}

/// ICC_SGI1R_EL1: sends an SGI.  What this core stored before is visible to whom it interrupts: a
/// barrier for memory alone does not order a system register.  [GICv3 12.2]
inline void write_sgi1r(std::uint64_t value) noexcept {
  asm volatile("dsb ish\n msr s3_0_c12_c11_5, %0\n isb" ::"r"(value) : "memory");
}

}  // namespace baton::arch::gic

#endif  // BATON_ARCH_AARCH64_GIC_SYSREGS_H_
