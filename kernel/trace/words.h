// An event as a line for people: `trace`, and a panic's dump.
#ifndef BATON_KERNEL_TRACE_WORDS_H_
#define BATON_KERNEL_TRACE_WORDS_H_

#include "base/format.h"
#include "kernel/trace/history.h"

namespace baton::kernel::trace {

/// `3.141592653 cpu 2 switch: shell.4 -> idle.1, which waits`: the time since the start in seconds,
/// a thread's place in the table of names behind its name.  Any context that the sink allows.
void write_line(TextSink& out, const CoreEvent& event);

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_WORDS_H_
