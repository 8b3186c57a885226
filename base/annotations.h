// Thread-safety annotations under Baton's names: Abseil's macros, checked by -Wthread-safety.
//
// One include point, so that no file depends on which library spells the attributes.
#ifndef BATON_BASE_ANNOTATIONS_H_
#define BATON_BASE_ANNOTATIONS_H_

#include "absl/base/thread_annotations.h"

#define BATON_CAPABILITY(name) __attribute__((capability(name)))
#define BATON_SCOPED_CAPABILITY ABSL_SCOPED_LOCKABLE
#define BATON_GUARDED_BY(x) ABSL_GUARDED_BY(x)
#define BATON_PT_GUARDED_BY(x) ABSL_PT_GUARDED_BY(x)
#define BATON_REQUIRES(...) ABSL_EXCLUSIVE_LOCKS_REQUIRED(__VA_ARGS__)
#define BATON_REQUIRES_SHARED(...) ABSL_SHARED_LOCKS_REQUIRED(__VA_ARGS__)
#define BATON_EXCLUDES(...) ABSL_LOCKS_EXCLUDED(__VA_ARGS__)
#define BATON_ACQUIRE(...) ABSL_EXCLUSIVE_LOCK_FUNCTION(__VA_ARGS__)
#define BATON_RELEASE(...) ABSL_UNLOCK_FUNCTION(__VA_ARGS__)
/// A function whose locking the analysis cannot follow, with the reason beside it.
#define BATON_NO_THREAD_SAFETY_ANALYSIS ABSL_NO_THREAD_SAFETY_ANALYSIS
#define BATON_TRY_ACQUIRE(...) ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(__VA_ARGS__)

/// The returned reference or pointer lives no longer than `*this` (or the parameter marked).
#define BATON_LIFETIMEBOUND [[clang::lifetimebound]]

/// A function that is called rarely, and saves the registers that its caller then need not save.
/// The compiler knows how on CPUs of 64 bits.
#if __SIZEOF_POINTER__ == 8
#define BATON_RARELY [[gnu::noinline, gnu::cold, clang::preserve_most]]
#else
#define BATON_RARELY [[gnu::noinline, gnu::cold]]
#endif

#endif  // BATON_BASE_ANNOTATIONS_H_
