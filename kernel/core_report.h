// What a core was doing, as lines for people: parts of a panic's dump and of the watchdog's report.
//
// Any context that the sink allows.  Nothing here takes a lock or waits for the core.
#ifndef BATON_KERNEL_CORE_REPORT_H_
#define BATON_KERNEL_CORE_REPORT_H_

#include <cstddef>

#include "base/format.h"

namespace baton::arch {
struct TrapFrame;
}  // namespace baton::arch

namespace baton::kernel::report {

inline constexpr std::size_t kDeepest = 32;

/// Which thread runs, or was interrupted, on the core.
void thread(TextSink& out, unsigned core);

/// Where `frame` was taken and who called that, at most `depth` lines, not more than kDeepest.
void backtrace(TextSink& out, const arch::TrapFrame& frame, std::size_t depth);

/// What the core holds: spin locks with rank and place, and the mutexes of the thread that runs
/// there.  Of a core that has stopped, or does not seem to go on.  True if it holds something;
/// debug builds know.
bool locks(TextSink& out, unsigned core);
/// Whether locks() knows anything.
bool knows_locks();

/// The image's build-id: what a decoder finds the functions by.
void build_id(TextSink& out);

}  // namespace baton::kernel::report

#endif  // BATON_KERNEL_CORE_REPORT_H_
