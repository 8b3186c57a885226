// Instructions that may fault, and where they go on then (ON_FAULT in asm.h).
#ifndef BATON_ARCH_ARMV7M_EXCEPTION_TABLE_H_
#define BATON_ARCH_ARMV7M_EXCEPTION_TABLE_H_

#include <cstdint>

namespace baton::arch {

struct ExceptionTableEntry {
  std::uint32_t at;
  std::uint32_t go_on_at;
};

}  // namespace baton::arch

extern "C" {
// From the linker script.
extern const baton::arch::ExceptionTableEntry armv7m_exception_table_start[];
extern const baton::arch::ExceptionTableEntry armv7m_exception_table_end[];
}

#endif  // BATON_ARCH_ARMV7M_EXCEPTION_TABLE_H_
