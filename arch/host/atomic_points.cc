// Every atomic operation of a program as a point of the machine (arch/host/machine.h).
//
// A build with the feature `atomic_points` has the compiler turn each atomic operation into a call,
// as for ThreadSanitizer, and nothing else; here the calls end.  So the kernel's own sources, and
// sync/'s, run unchanged, and in simulated mode other cores go on and interrupts come between any
// two atomic operations.  The machine itself, and this file, are built without the feature; in a
// build without it nobody calls these, and ThreadSanitizer brings its own.
#if !__has_feature(thread_sanitizer)

#include <cstdint>

#include "arch/hosted_cpu.h"

// NOLINTBEGIN(bugprone-macro-parentheses, readability-identifier-naming): types, and the names that
// the compiler has given.
//
// The signatures are the compiler's, too.  Orders are those of sequential consistency,
// whatever is asked for: one OS thread does it all.
// Sequentially consistent, which pairs with every other operation here.
#define BATON_POINT()                  \
  const auto order = __ATOMIC_SEQ_CST; \
  ::baton::arch::internal::hosted_point()

#define BATON_FETCH(type, bits, operation)                                  \
  type __tsan_atomic##bits##_fetch_##operation(type* at, type value, int) { \
    BATON_POINT();                                                          \
    return __atomic_fetch_##operation(at, value, order);                    \
  }

#define BATON_EXCHANGE_STRENGTH(type, bits, strength)                                              \
  int __tsan_atomic##bits##_compare_exchange_##strength(type* at, type* expected, type value, int, \
                                                        int) {                                     \
    BATON_POINT();                                                                                 \
    return __atomic_compare_exchange_n(at, expected, value, false, order, order) ? 1 : 0;          \
  }

#define BATON_ATOMICS(type, bits)                                                                  \
  type __tsan_atomic##bits##_load(const type* at, int) {                                           \
    BATON_POINT();                                                                                 \
    return __atomic_load_n(at, order);                                                             \
  }                                                                                                \
  void __tsan_atomic##bits##_store(type* at, type value, int) {                                    \
    BATON_POINT();                                                                                 \
    __atomic_store_n(at, value, order);                                                            \
  }                                                                                                \
  type __tsan_atomic##bits##_exchange(type* at, type value, int) {                                 \
    BATON_POINT();                                                                                 \
    return __atomic_exchange_n(at, value, order);                                                  \
  }                                                                                                \
  BATON_FETCH(type, bits, add)                                                                     \
  BATON_FETCH(type, bits, sub)                                                                     \
  BATON_FETCH(type, bits, and)                                                                     \
  BATON_FETCH(type, bits, or)                                                                      \
  BATON_FETCH(type, bits, xor)                                                                     \
  BATON_FETCH(type, bits, nand)                                                                    \
  BATON_EXCHANGE_STRENGTH(type, bits, strong)                                                      \
  BATON_EXCHANGE_STRENGTH(type, bits, weak)                                                        \
  type __tsan_atomic##bits##_compare_exchange_val(type* at, type expected, type value, int, int) { \
    BATON_POINT();                                                                                 \
    __atomic_compare_exchange_n(at, &expected, value, false, order, order);                        \
    return expected;                                                                               \
  }

#pragma clang diagnostic ignored "-Wmissing-prototypes"

extern "C" {

BATON_ATOMICS(std::uint8_t, 8)
BATON_ATOMICS(std::uint16_t, 16)
BATON_ATOMICS(std::uint32_t, 32)
BATON_ATOMICS(std::uint64_t, 64)

// Pairs with the other fences of the program that is run; likewise below.
void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }
void __tsan_init() {}

}  // extern "C"
// NOLINTEND(bugprone-macro-parentheses, readability-identifier-naming)

#endif
