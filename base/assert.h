// BATON_ASSERT for an invariant of our own, BATON_CHECK for one that must hold in release builds
// too.
//
// Both end in `assertion_failed`, which is declared here and defined by whoever links the program:
// the kernel panics, a hosted program prints and aborts (base/assert_hosted.cc).
#ifndef BATON_BASE_ASSERT_H_
#define BATON_BASE_ASSERT_H_

namespace baton {

/// Ends the program with a report.  Any context, interrupt handlers included; never returns.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

/// The same for images that have no room for words (kernel_image's `small`): the report has the
/// address of the call, of which whoever has the image makes function and line.
[[noreturn, gnu::cold]] void assertion_failed_here();

}  // namespace baton

/// Holds in every build, or the program ends.
#ifdef BATON_SMALL
#define BATON_CHECK(condition)                                                 \
  (__builtin_expect(static_cast<bool>(condition), true) ? static_cast<void>(0) \
                                                        : ::baton::assertion_failed_here())
#else
#define BATON_CHECK(condition)                          \
  (__builtin_expect(static_cast<bool>(condition), true) \
       ? static_cast<void>(0)                           \
       : ::baton::assertion_failed(#condition, __FILE__, __LINE__))
#endif

/// Holds in every build; looked at unless NDEBUG is defined.
#ifdef NDEBUG
#define BATON_ASSERT(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#else
#define BATON_ASSERT(condition) BATON_CHECK(condition)
#endif

#endif  // BATON_BASE_ASSERT_H_
