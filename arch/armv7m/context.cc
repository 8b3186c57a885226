#include "arch/context.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "base/bits.h"

extern "C" {
void armv7m_thread_start();
[[noreturn]] void armv7m_thread_returned();
}

namespace baton::arch {
namespace {

// What armv7m_thread_start finds on the stack; the record is armv7m_switch's.
struct FirstFrame {
  std::array<std::uintptr_t, 2> record;
  void* argument;
  void (*entry)(void*);
};
static_assert(sizeof(FirstFrame) % kStackAlignment == 0);

}  // namespace

void Context::prepare(std::span<std::byte> stack, void (*entry)(void*), void* argument) noexcept {
  BATON_CHECK(entry != nullptr);
  const auto begin = reinterpret_cast<std::uintptr_t>(stack.data());
  const std::uintptr_t end = align_down<std::uintptr_t>(begin + stack.size(), kStackAlignment);
  const std::uintptr_t guard = align_up<std::uintptr_t>(begin, kGuardBytes);
  BATON_CHECK(end >= guard && end - guard >= kMinStackBytes);
  auto* frame = reinterpret_cast<FirstFrame*>(end - sizeof(FirstFrame));
  // No frame pointer: backtraces end here.
  *frame = {.record = {0, reinterpret_cast<std::uintptr_t>(&armv7m_thread_start)},
            .argument = argument,
            .entry = entry};
  stack_pointer_ = reinterpret_cast<std::uintptr_t>(frame);
  guard_ = reinterpret_cast<const std::byte*>(guard);
}

}  // namespace baton::arch

void armv7m_thread_returned() {
  baton::assertion_failed("the entry function of a thread never returns", __FILE__, __LINE__);
}
