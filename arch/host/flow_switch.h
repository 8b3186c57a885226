// The switch under Context::switch_to(), for the machine, which also switches between virtual CPUs.
#ifndef BATON_ARCH_HOST_FLOW_SWITCH_H_
#define BATON_ARCH_HOST_FLOW_SWITCH_H_

#include "arch/context.h"

namespace baton::arch::internal {

class FlowSwitch {
 public:
  /// On one core: ThreadSanitizer takes what `from` did to be before what `to` does now.
  static void go(Context& from, Context& to) noexcept;

  /// Between virtual CPUs that merely share an OS thread: what `from` did is before nothing but
  /// what follows a __tsan_acquire(end).
  static void go_unordered(Context& from, Context& to, void* end) noexcept;

  /// Where a prepared flow starts.
  [[noreturn]] static void begin(void* message) noexcept;

 private:
  struct Handover;
  static void leave(Context& from, Context& to, void* end) noexcept;
  static void arrive(const Handover* handover) noexcept;
};

}  // namespace baton::arch::internal

#endif  // BATON_ARCH_HOST_FLOW_SWITCH_H_
