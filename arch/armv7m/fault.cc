#include "arch/fault.h"

#include <cstdint>

#include "arch/cpu.h"
#include "arch/memory.h"

namespace baton::arch {
namespace {

// Assembly throughout: a compiler may assume that none of this happens.
void store_word(std::uintptr_t address) {
  asm volatile("str %1, [%0]" ::"r"(address), "r"(0) : "memory");
}

// Two words: what of unaligned accesses no core ever does.  [ARMv7-M A3.2.1]
void load_words(std::uintptr_t address) {
  asm volatile("ldrd r2, r3, [%0]" ::"r"(address) : "r2", "r3", "memory");
}

// NOLINTNEXTLINE(misc-no-recursion): that is the point
[[gnu::noinline]] std::uint32_t use_up_the_stack(std::uint32_t depth) {
  volatile std::uint32_t eats[8] = {depth};
  asm volatile("" ::"r"(eats) : "memory");
  return depth == ~std::uint32_t{0} ? 0 : use_up_the_stack(depth + 1) + eats[0];
}

}  // namespace

void cause_fault(FaultKind kind) {
  switch (kind) {
    case FaultKind::kNull:
      store_word(0);
      break;
    case FaultKind::kGuard: {
      const std::uint32_t never = use_up_the_stack(0);
      asm volatile("" ::"r"(never));
      break;
    }
    case FaultKind::kUndefined:
      asm volatile("udf #0");
      break;
    case FaultKind::kExecute: {
      static constinit std::uint32_t data = 0x4770'4770;  // returns, had they been code
      const auto address = reinterpret_cast<std::uintptr_t>(&data) | 1U;
      asm volatile("blx %0" ::"r"(address) : "r0", "r1", "r2", "r3", "r12", "lr", "memory");
      break;
    }
    case FaultKind::kWriteText:
      store_word(reinterpret_cast<std::uintptr_t>(&cause_fault) & ~std::uintptr_t{3});
      break;
    case FaultKind::kUnalignedDevice:
      load_words(any_device_window() + 1);
      break;
  }
  park();
}

}  // namespace baton::arch
