// Tells AddressSanitizer, where a program is built with it, which memory of a heap nobody may
// touch: everything but what was handed out, to the byte.  Nothing elsewhere.
#ifndef BATON_KERNEL_HEAP_HEAP_SHADOW_H_
#define BATON_KERNEL_HEAP_HEAP_SHADOW_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BATON_HEAP_SHADOW 1
#include <sanitizer/asan_interface.h>
#endif
#endif

/// On functions of the heap that read and write what nobody else may.
#define BATON_BENEATH_SHADOW [[clang::no_sanitize("address")]]

namespace baton::kernel::internal {

#ifdef BATON_HEAP_SHADOW
inline void forbid(const void* memory, std::size_t bytes) {
  __asan_poison_memory_region(memory, bytes);
}
inline void allow(const void* memory, std::size_t bytes) {
  __asan_unpoison_memory_region(memory, bytes);
}
#else
inline void forbid(const void* /*memory*/, std::size_t /*bytes*/) {}
inline void allow(const void* /*memory*/, std::size_t /*bytes*/) {}
#endif

}  // namespace baton::kernel::internal

#endif  // BATON_KERNEL_HEAP_HEAP_SHADOW_H_
