#include "arch/context.h"

#include <cstring>

#include "arch/cpu.h"

#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#endif
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#include "arch/host/flow_switch.h"

// The switch between virtual CPUs orders nothing (flow_switch.h), and the machine's own accounts of
// it are no data race: who plays the CPUs is one OS thread.
#define BATON_NOT_FOR_TSAN __attribute__((no_sanitize("thread")))

extern "C" {
void* baton_host_switch(void** save, void* load, void* message);
void baton_host_entry();
[[noreturn]] void baton_host_begin(void* message);
}

#if __has_feature(thread_sanitizer) && !defined(BATON_ATOMIC_POINTS)
// A flow that is left standing when its run ends is a thread that still runs to ThreadSanitizer,
// which waits a second for those when the process ends.  Stands here because a weak definition, or
// an object that nothing else refers to, loses against the one in its runtime.
extern "C" const char* __tsan_default_options();  // NOLINT(readability-identifier-naming): given
extern "C" const char* __tsan_default_options() { return "atexit_sleep_ms=0:halt_on_error=1"; }
#endif

namespace baton::arch {
namespace internal {

// What the flow that is left tells the one that goes on.  On the former's stack.
struct FlowSwitch::Handover {
  Context* from;
  Context* to;
};

// In the flow that goes on: the one that was left is saved now, and not earlier.
BATON_NOT_FOR_TSAN void FlowSwitch::arrive(const Handover* handover) noexcept {
  Context& from = *handover->from;
#if __has_feature(address_sanitizer)
  __sanitizer_finish_switch_fiber(handover->to->fake_stack_, &from.stack_bottom_,
                                  &from.stack_bytes_);
  handover->to->fake_stack_ = nullptr;
#endif
  // Relaxed: see Context::saved_.
  from.saved_.store(true, std::memory_order_relaxed);
}

// `end`: null where the switch orders.
BATON_NOT_FOR_TSAN void FlowSwitch::leave(Context& from, Context& to,
                                          [[maybe_unused]] void* end) noexcept {
  // Relaxed: see Context::saved_.
  if (!to.saved_.exchange(false, std::memory_order_relaxed)) {
    broken("a switch to a context that is not saved: its thread runs, or has ended");
  }
  void* const load = to.stack_pointer_;
  Handover handover{.from = &from, .to = &to};
#if __has_feature(thread_sanitizer)
  from.fiber_ = __tsan_get_current_fiber();
  if (end != nullptr) {
    __tsan_release(end);
  }
  __tsan_switch_to_fiber(to.fiber_, end == nullptr ? 0 : __tsan_switch_to_fiber_no_sync);
#endif
#if __has_feature(address_sanitizer)
  __sanitizer_start_switch_fiber(&from.fake_stack_, to.stack_bottom_, to.stack_bytes_);
#endif
  arrive(static_cast<Handover*>(baton_host_switch(&from.stack_pointer_, load, &handover)));
}

void FlowSwitch::go(Context& from, Context& to) noexcept { leave(from, to, nullptr); }

void FlowSwitch::go_unordered(Context& from, Context& to, void* end) noexcept {
  leave(from, to, end);
}

BATON_NOT_FOR_TSAN void FlowSwitch::begin(void* message) noexcept {
  const auto* const handover = static_cast<const Handover*>(message);
  Context& self = *handover->to;
  arrive(handover);
  self.entry_(self.argument_);
  broken("a thread's entry function returned");
}

}  // namespace internal

void Context::prepare(std::span<std::byte> stack, void (*entry)(void*), void* argument) noexcept {
  release();
  const std::uintptr_t bottom = reinterpret_cast<std::uintptr_t>(stack.data());
  const std::uintptr_t top = (bottom + stack.size()) & ~(kStackAlignment - 1);
#if __has_feature(thread_sanitizer)
  fiber_ = __tsan_create_fiber(0);
  owns_fiber_ = true;
#endif
  // As baton_host_switch leaves it, with baton_host_entry to return to.
#if defined(__x86_64__)
  constexpr std::size_t kFrameWords = 9;
  constexpr std::size_t kReturnWord = 6;
#else
  constexpr std::size_t kFrameWords = 20;
  constexpr std::size_t kReturnWord = 1;
#endif
  auto* const frame = reinterpret_cast<std::uintptr_t*>(top) - kFrameWords;
  std::memset(frame, 0, kFrameWords * sizeof(*frame));
  frame[kReturnWord] = reinterpret_cast<std::uintptr_t>(&baton_host_entry);
  stack_pointer_ = frame;
  entry_ = entry;
  argument_ = argument;
  owns_stack_ = true;
  stack_bottom_ = stack.data();
  stack_bytes_ = stack.size();
  // Relaxed: see the member.
  saved_.store(true, std::memory_order_relaxed);
}

void Context::switch_to(Context& from, Context& to) noexcept {
  // For ThreadSanitizer, which does not look at the switch itself: this reads the one context and
  // writes the other.
  static_cast<void>(*const_cast<void* volatile*>(&to.stack_pointer_));
  *const_cast<void* volatile*>(&from.stack_pointer_) = nullptr;
  internal::FlowSwitch::go(from, to);
}

#if __has_feature(address_sanitizer)
namespace {

// Only its owner can free a flow's fake stack, and only on leaving for good: for a moment this is
// that flow, as far as the sanitizer knows.
__attribute__((no_sanitize("address"), noinline)) void free_fake_stack(void* fake_stack,
                                                                       const void* bottom,
                                                                       std::size_t bytes) {
  void* mine = nullptr;
  const void* my_bottom = nullptr;
  std::size_t my_bytes = 0;
  __sanitizer_start_switch_fiber(&mine, bottom, bytes);
  __sanitizer_finish_switch_fiber(fake_stack, &my_bottom, &my_bytes);
  __sanitizer_start_switch_fiber(nullptr, my_bottom, my_bytes);
  __sanitizer_finish_switch_fiber(mine, nullptr, nullptr);
}

}  // namespace
#endif

void Context::release() noexcept {
#if __has_feature(address_sanitizer)
  if (fake_stack_ != nullptr) {
    free_fake_stack(fake_stack_, stack_bottom_, stack_bytes_);
    fake_stack_ = nullptr;
  }
  if (owns_stack_) {
    // The thread never left its functions, whose variables still have red zones between them.
    __asan_unpoison_memory_region(stack_bottom_, stack_bytes_);
  }
#endif
#if __has_feature(thread_sanitizer)
  if (owns_fiber_) {
    __tsan_destroy_fiber(fiber_);
  }
#endif
  owns_fiber_ = false;
  owns_stack_ = false;
  fiber_ = nullptr;
  stack_pointer_ = nullptr;
  // Relaxed: see the member.
  saved_.store(false, std::memory_order_relaxed);
}

}  // namespace baton::arch

void baton_host_begin(void* message) { baton::arch::internal::FlowSwitch::begin(message); }
