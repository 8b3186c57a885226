// Stacks of all kinds, and what must not be done.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "arch/context.h"
#include "arch/cpu.h"
#include "arch/irq.h"
#include "tests/target/context/players.h"
#include "tests/target/context/scenarios.h"
#include "tests/target/context/scheduler.h"

namespace baton::context_test {
namespace {

struct Visit {
  arch::Context here;
  arch::Context there;
  std::uintptr_t stack_pointer = 0;
  bool masked = false;
};

void visit(void* argument) {
  auto& self = *static_cast<Visit*>(argument);
  // The compiler moves it by multiples of 16 only.
  asm volatile("mov %0, sp" : "=r"(self.stack_pointer));
  self.masked = !arch::LocalIrq::enabled() && !arch::in_interrupt();
  for (;;) {
    arch::Context::switch_to(self.there, self.here);
  }
}

}  // namespace

bool run_alignment(Report& report) {
  constexpr auto kUntouched = std::byte{0xa5};
  constexpr std::size_t kMore = arch::kMinStackBytes + 2 * arch::kStackAlignment;
  const std::span<std::byte> room = stack_of(0);
  unsigned right = 0;
  for (std::size_t begin = 0; begin < 2 * arch::kStackAlignment; ++begin) {
    for (std::size_t bytes = kMore; bytes < kMore + 2 * arch::kStackAlignment; ++bytes) {
      for (std::byte& byte : room) {
        byte = kUntouched;
      }
      const std::span<std::byte> stack = room.subspan(begin, bytes);
      Visit guest;
      guest.there.prepare(stack, visit, &guest);
      arch::Context::switch_to(guest.here, guest.there);
      arch::Context::switch_to(guest.here, guest.there);
      const std::uintptr_t from_begin =
          guest.stack_pointer - reinterpret_cast<std::uintptr_t>(stack.data());
      bool outside = false;
      for (const std::byte& byte : room) {
        const bool inside = &byte >= stack.data() && &byte < stack.data() + stack.size();
        outside = outside || (!inside && byte != kUntouched);
      }
      if (guest.stack_pointer % arch::kStackAlignment == 0 && from_begin < stack.size() &&
          guest.masked && !outside) {
        ++right;
      } else {
        format_to(report, "wrong: {} bytes from {} on: sp {} from its begin\n", bytes, begin,
                  from_begin);
      }
    }
  }
  format_to(report, "right={}\n", right);
  return right == 4 * arch::kStackAlignment * arch::kStackAlignment;
}

void run_small_stack() {
  arch::Context context;
  // One byte less than it takes from there.
  context.prepare(stack_of(0).subspan(1, arch::kMinStackBytes + arch::kStackAlignment - 2), visit,
                  nullptr);
}

void run_no_stack() {
  arch::Context context;
  context.prepare({}, visit, nullptr);
}

void run_no_entry() {
  arch::Context context;
  context.prepare(stack_of(0), nullptr, nullptr);
}

void run_returning_entry() {
  arch::Context self;
  arch::Context other;
  other.prepare(stack_of(0), [](void*) {}, nullptr);
  arch::Context::switch_to(self, other);
}

void run_released() {
  arch::Context self;
  arch::Context other;
  other.prepare(stack_of(0), visit, nullptr);
  other.release();
  arch::Context::switch_to(self, other);
}

void run_fp_in_handler() {
  use_fp_in_handlers();
  start_timer();
  arch::LocalIrq::enable();
  idle_until([] { return false; }, /*sleeps=*/true);
}

void run_fp_in_handler_of_fp_thread() {
  asm volatile(".arch_extension fp\n fmov d7, xzr\n .arch_extension nofp");
  run_fp_in_handler();
}

}  // namespace baton::context_test
