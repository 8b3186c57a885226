#include "arch/fault.h"

#include <cstdint>
#include <cstdlib>

#include "arch/memory.h"

namespace baton::arch {
namespace {

// Whose value the compiler does not know: it may assume that none of this happens.
template <class T>
T* somewhere(std::uintptr_t address) {
  asm volatile("" : "+r"(address));
  return reinterpret_cast<T*>(address);
}

void store_word(std::uintptr_t address) { *somewhere<volatile std::uint32_t>(address) = 0; }

// NOLINTNEXTLINE(misc-no-recursion): that is the point
[[gnu::noinline]] std::uint64_t use_up_the_stack(std::uint64_t depth) {
  volatile std::uint64_t eats[16] = {depth};
  asm volatile("" ::"r"(eats) : "memory");
  return depth == ~std::uint64_t{0} ? 0 : use_up_the_stack(depth + 1) + eats[0];
}

}  // namespace

void cause_fault(FaultKind kind) {
  switch (kind) {
    case FaultKind::kNull:
      store_word(0);
      break;
    case FaultKind::kGuard:
      somewhere<void>(use_up_the_stack(0));
      break;
    case FaultKind::kUndefined:
      __builtin_trap();
    case FaultKind::kExecute: {
      static constinit std::uint32_t data = 0;
      reinterpret_cast<void (*)()>(somewhere<void>(reinterpret_cast<std::uintptr_t>(&data)))();
      break;
    }
    case FaultKind::kWriteText:
      store_word(reinterpret_cast<std::uintptr_t>(&cause_fault));
      break;
    case FaultKind::kUnalignedDevice:
      static_cast<void>(*somewhere<volatile std::uint32_t>(any_device_window() + 1));
      break;
  }
  std::abort();
}

}  // namespace baton::arch
