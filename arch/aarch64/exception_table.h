// Instructions that are allowed to fault, and where each goes on (asm.h, ON_FAULT).
#ifndef BATON_ARCH_AARCH64_EXCEPTION_TABLE_H_
#define BATON_ARCH_AARCH64_EXCEPTION_TABLE_H_

#include <cstdint>

namespace baton::arch {

struct ExceptionTableEntry {
  std::uint64_t at;
  std::uint64_t go_on_at;
};

}  // namespace baton::arch

extern "C" {
extern const baton::arch::ExceptionTableEntry __exception_table_start[];
extern const baton::arch::ExceptionTableEntry __exception_table_end[];
}

#endif  // BATON_ARCH_AARCH64_EXCEPTION_TABLE_H_
