// This core's block: what TPIDR_EL1 points to, and the table of all of them.
#ifndef BATON_ARCH_AARCH64_CORE_LOCAL_H_
#define BATON_ARCH_AARCH64_CORE_LOCAL_H_

#include <cstddef>
#include <cstdint>

#include "arch/aarch64/layout.h"

namespace baton::arch {

/// Filled in by the boot core before the core starts; read by that core's assembly at its start and
/// at every exception.  Offsets are assembly's too (layout.h).
struct alignas(BATON_CORE_SIZE) CoreLocal {
  std::uint64_t mpidr;         ///< affinity fields only
  std::uint64_t index;         ///< 0 .. kMaxCores - 1
  std::byte* thread_stack;     ///< top; what runs outside exceptions
  std::byte* handler_stack;    ///< top; exceptions
  std::byte* emergency_stack;  ///< top; faults inside handlers
  std::uint64_t entry_el;      ///< exception level at which the core came in
  std::uint64_t entry_ticks;   ///< the counter at that moment
  std::uint64_t scratch;       ///< a register's, in sync_from_handler
};

static_assert(sizeof(CoreLocal) == BATON_CORE_SIZE);
static_assert(offsetof(CoreLocal, mpidr) == BATON_CORE_MPIDR);
static_assert(offsetof(CoreLocal, index) == BATON_CORE_INDEX);
static_assert(offsetof(CoreLocal, thread_stack) == BATON_CORE_THREAD_STACK);
static_assert(offsetof(CoreLocal, handler_stack) == BATON_CORE_HANDLER_STACK);
static_assert(offsetof(CoreLocal, emergency_stack) == BATON_CORE_EMERGENCY_STACK);
static_assert(offsetof(CoreLocal, entry_el) == BATON_CORE_ENTRY_EL);
static_assert(offsetof(CoreLocal, entry_ticks) == BATON_CORE_ENTRY_TICKS);
static_assert(offsetof(CoreLocal, scratch) == BATON_CORE_SCRATCH);

}  // namespace baton::arch

extern "C" baton::arch::CoreLocal aarch64_core_locals[BATON_MAX_CORES];

#endif  // BATON_ARCH_AARCH64_CORE_LOCAL_H_
