// The vector table, which a board defines for as many interrupt lines as its chip has:
//
//   [[gnu::section(".vectors"), gnu::used]]
//   extern constinit const arch::VectorTable<32> vectors{};
//
// The linker script puts it where the core looks after reset, and refuses an image without one.
#ifndef BATON_ARCH_ARMV7M_VECTORS_H_
#define BATON_ARCH_ARMV7M_VECTORS_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "arch/armv7m/image.h"

namespace baton::arch {

/// An exception's handler.  Assembly, or a function that the hardware calls: AAPCS both ways.
using Vector = void (*)();

}  // namespace baton::arch

extern "C" {
void armv7m_reset();
void armv7m_fault_entry();
void armv7m_interrupt_entry();
void armv7m_pend_sv_entry();
void armv7m_supervisor_entry();
}

namespace baton::arch {

/// [ARMv7-M B1.5.2, B1.5.3; B3.2.5 for the alignment].  SysTick, PendSV and all external lines
/// end in on_interrupt(), what else comes in on_fault() (arch/upcalls.h).
template <std::size_t Lines>
  requires(Lines <= 496)
struct alignas(std::max<std::size_t>(128, std::bit_ceil((16 + Lines) * 4))) VectorTable {
  const void* stack = &armv7m_handler_stack_end;
  Vector reset = &armv7m_reset;
  Vector nmi = &armv7m_fault_entry;
  Vector hard_fault = &armv7m_fault_entry;
  Vector memory_fault = &armv7m_fault_entry;
  Vector bus_fault = &armv7m_fault_entry;
  Vector usage_fault = &armv7m_fault_entry;
  std::array<Vector, 4> reserved_7_to_10{};
  Vector supervisor_call = &armv7m_supervisor_entry;
  Vector debug_monitor = &armv7m_fault_entry;
  Vector reserved_13 = nullptr;
  Vector pend_sv = &armv7m_pend_sv_entry;
  Vector systick = &armv7m_interrupt_entry;
  std::array<Vector, Lines> lines = all(&armv7m_interrupt_entry);

 private:
  static constexpr std::array<Vector, Lines> all(Vector vector) {
    std::array<Vector, Lines> vectors{};
    vectors.fill(vector);
    return vectors;
  }
};

static_assert(offsetof(VectorTable<1>, systick) == 15 * sizeof(Vector));

}  // namespace baton::arch

#endif  // BATON_ARCH_ARMV7M_VECTORS_H_
