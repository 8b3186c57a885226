// Atomic objects of eight bytes, which compilers for this architecture leave to functions.
//
// There is one core, so what must not come in between is an interrupt handler: interrupts are
// masked.  Everybody who uses such an object is below the kernel's ceiling (priorities.h).  A load
// masks nothing: LDRD that is interrupted begins anew, and nobody who interrupts it leaves half a
// store behind.  [ARMv7-M A3.5.3, B1.5.10]  The order asked for is the compiler's affair, and a
// call of a function that it does not see is order enough.
#include <cstdint>

#include "arch/irq.h"

// The names that compilers call them by.
#define BATON_ATOMIC(name) asm("__atomic_" name "_8")

extern "C" {
std::uint64_t armv7m_load(const volatile void* object, int order) BATON_ATOMIC("load");
void armv7m_store(volatile void* object, std::uint64_t value, int order) BATON_ATOMIC("store");
std::uint64_t armv7m_exchange(volatile void* object, std::uint64_t value, int order)
    BATON_ATOMIC("exchange");
std::uint64_t armv7m_fetch_add(volatile void* object, std::uint64_t value, int order)
    BATON_ATOMIC("fetch_add");
std::uint64_t armv7m_fetch_sub(volatile void* object, std::uint64_t value, int order)
    BATON_ATOMIC("fetch_sub");
std::uint64_t armv7m_fetch_or(volatile void* object, std::uint64_t value, int order)
    BATON_ATOMIC("fetch_or");
std::uint64_t armv7m_fetch_and(volatile void* object, std::uint64_t value, int order)
    BATON_ATOMIC("fetch_and");
bool armv7m_compare_exchange(volatile void* object, void* expected, std::uint64_t desired,
                             int success, int failure) BATON_ATOMIC("compare_exchange");
}

namespace {

using baton::arch::LocalIrq;

std::uint64_t load(const volatile void* object) {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  asm volatile("ldrd %0, %1, [%2]" : "=r"(low), "=r"(high) : "r"(object) : "memory");
  return low | std::uint64_t{high} << 32U;
}

void store(volatile void* object, std::uint64_t value) {
  asm volatile("strd %0, %1, [%2]" ::"r"(static_cast<std::uint32_t>(value)),
               "r"(static_cast<std::uint32_t>(value >> 32U)), "r"(object)
               : "memory");
}

template <class Change>
std::uint64_t change(volatile void* object, Change next) {
  const LocalIrq::State state = LocalIrq::save_and_disable();
  const std::uint64_t before = load(object);
  store(object, next(before));
  LocalIrq::restore(state);
  return before;
}

}  // namespace

std::uint64_t armv7m_load(const volatile void* object, int /*order*/) { return load(object); }

void armv7m_store(volatile void* object, std::uint64_t value, int /*order*/) {
  const LocalIrq::State state = LocalIrq::save_and_disable();
  store(object, value);
  LocalIrq::restore(state);
}

std::uint64_t armv7m_exchange(volatile void* object, std::uint64_t value, int /*order*/) {
  return change(object, [value](std::uint64_t) { return value; });
}

std::uint64_t armv7m_fetch_add(volatile void* object, std::uint64_t value, int /*order*/) {
  return change(object, [value](std::uint64_t before) { return before + value; });
}

std::uint64_t armv7m_fetch_sub(volatile void* object, std::uint64_t value, int /*order*/) {
  return change(object, [value](std::uint64_t before) { return before - value; });
}

std::uint64_t armv7m_fetch_or(volatile void* object, std::uint64_t value, int /*order*/) {
  return change(object, [value](std::uint64_t before) { return before | value; });
}

std::uint64_t armv7m_fetch_and(volatile void* object, std::uint64_t value, int /*order*/) {
  return change(object, [value](std::uint64_t before) { return before & value; });
}

bool armv7m_compare_exchange(volatile void* object, void* expected, std::uint64_t desired,
                             int /*success*/, int /*failure*/) {
  const LocalIrq::State state = LocalIrq::save_and_disable();
  const std::uint64_t before = load(object);
  const bool same = before == load(expected);
  if (same) {
    store(object, desired);
  }
  LocalIrq::restore(state);
  if (!same) {
    store(expected, before);
  }
  return same;
}
