// The rings as text for programs: `trace dump`, read by tools/trace/dump.py.
//
// Every line begins with @ and ends with a checksum, ` *` and four hexadecimal digits: CRC-16 with
// polynomial 0x1021 that begins with 0xffff, over all before the blank.  Numbers are hexadecimal.
//
//   @trace 1 HZ NOW CORES        version; ticks in a second; the counter; mask of cores that follow
//   @name ID TEXT                a thread's name
//   @core CORE BEGIN END         the records that the ring had
//   @r CORE NUMBER TICKS W W+D   records from NUMBER on: what the 48 bits say, and ticks since the
//                                record before, if any; a lost one is a -
//   @end LINES                   how many lines there were before this one
#ifndef BATON_KERNEL_TRACE_DUMP_H_
#define BATON_KERNEL_TRACE_DUMP_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/format.h"
#include "kernel/trace/history.h"

namespace baton::kernel::trace {

std::uint16_t checksum(std::string_view text);

/// Writes the last `count` records of each of the rings that is not null.  `go_on` is asked between
/// lines; false: the dump ends here, without its last line, and dump() is false, too.
bool dump(TextSink& out, const History::Rings& rings, const ThreadNames& names, std::size_t count,
          bool (*go_on)(void* argument), void* argument);

}  // namespace baton::kernel::trace

#endif  // BATON_KERNEL_TRACE_DUMP_H_
