// Misuse that only run time can see, and the one hook that it is reported through.
//
//   A handle that was moved from, dropped, claimed twice or given to the wrong home; a cell of one
//   core entered from another, a cell of one context from an interrupt handler; a lease that ends
//   in another context than it began.
//
// Debug builds (without NDEBUG) look for all of it and name the culprit: core, thread or interrupt
// handler, return address, and who was inside meanwhile.  Release builds look only for what would
// give an object two owners, and say what, not who.
//
// Any context, any core.
#ifndef BATON_SYNC_MISUSE_H_
#define BATON_SYNC_MISUSE_H_

#include "base/assert.h"
#include "sync/who.h"

namespace baton::sync {

struct Misuse {
  const char* what;    ///< a sentence
  const void* object;  ///< the cell, home, pool or list concerned
  Who culprit;         ///< who did it
  Who inside;          ///< who was inside meanwhile, where somebody can be
};

/// Called in the culprit's context, interrupt handlers included.  The program ends when it returns.
using MisuseHook = void (*)(const Misuse& misuse);

/// Installs the hook, and returns the one before (null: none).  The hook comes before
/// `assertion_failed`, which is called in any case, with one line that says all of the above.
MisuseHook set_misuse_hook(MisuseHook hook);

namespace internal {

/// Reports its caller, and ends the program.
[[noreturn, gnu::noinline, gnu::cold]] void misused(const char* what, const void* object,
                                                    const Who& inside, const char* file, int line);

}  // namespace internal
}  // namespace baton::sync

/// In debug builds: `condition` holds, or its caller is reported.
#ifdef NDEBUG
#define BATON_NO_MISUSE_INSIDE(condition, object, who, what) \
  static_cast<void>(sizeof(static_cast<bool>(condition)))
#else
#define BATON_NO_MISUSE_INSIDE(condition, object, who, what) \
  (__builtin_expect(static_cast<bool>(condition), true)      \
       ? static_cast<void>(0)                                \
       : ::baton::sync::internal::misused(what, object, who, __FILE__, __LINE__))
#endif
#define BATON_NO_MISUSE(condition, object, what) \
  BATON_NO_MISUSE_INSIDE(condition, object, ::baton::sync::Who{}, what)

/// The same in every build, for what would give an object two owners.
#ifdef NDEBUG
#define BATON_NEVER_MISUSE(condition, object, what) BATON_CHECK((condition) && (what))
#else
#define BATON_NEVER_MISUSE(condition, object, what) BATON_NO_MISUSE(condition, object, what)
#endif

#endif  // BATON_SYNC_MISUSE_H_
