#include "arch/fault.h"

#include <cstdint>

#include "arch/cpu.h"
#include "arch/memory.h"

namespace baton::arch {
namespace {

// Assembly throughout: a compiler may assume that none of this happens.
void store_word(std::uintptr_t address) { asm volatile("str wzr, [%0]" ::"r"(address) : "memory"); }

void load_word(std::uintptr_t address) {
  std::uint32_t word = 0;
  asm volatile("ldr %w0, [%1]" : "=r"(word) : "r"(address) : "memory");
}

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
    case FaultKind::kGuard: {
      const std::uint64_t never = use_up_the_stack(0);
      asm volatile("" ::"r"(never));
      break;
    }
    case FaultKind::kUndefined:
      asm volatile("udf #0");
      break;
    case FaultKind::kExecute: {
      static constinit std::uint32_t data = 0xd65f03c0;  // a return, had it been code
      const auto address = reinterpret_cast<std::uintptr_t>(&data);
      asm volatile("blr %0" ::"r"(address) : "x30", "memory");
      break;
    }
    case FaultKind::kWriteText:
      store_word(reinterpret_cast<std::uintptr_t>(&cause_fault));
      break;
    case FaultKind::kUnalignedDevice:
      load_word(any_device_window() + 1);
      break;
  }
  park();
}

}  // namespace baton::arch
