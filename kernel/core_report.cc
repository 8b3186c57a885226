#include "kernel/core_report.h"

#include <array>
#include <span>

#include "arch/image_info.h"
#include "arch/trap.h"
#include "kernel/sched/core_scheduler.h"

namespace baton::kernel::report {

void thread(TextSink& out, unsigned core) {
  const Thread* const thread = CoreScheduler::of(core).current_for_people();
  if (thread == nullptr) return;
  format_to(out, "  thread: {}", thread->name());
  if (thread->stack_bytes() != 0) {
    format_to(out, ", priority {}, {} of {} bytes of stack used", thread->priority().value(),
              thread->stack_high_water(), thread->stack_bytes());
  }
  out.write("\n");
}

void backtrace(TextSink& out, const arch::TrapFrame& frame, std::size_t depth) {
  std::array<arch::BacktraceEntry, kDeepest> entries{};
  const std::size_t found = arch::backtrace(frame, std::span(entries).first(depth));
  out.write("backtrace:\n");
  for (std::size_t i = 0; i < found; ++i) {
    format_to(out, "  #{} {:#018x}", i, entries[i].address);
    if (entries[i].repeats > 1) {
      format_to(out, " repeated {} times", entries[i].repeats);
    }
    out.write("\n");
  }
}

void build_id(TextSink& out) {
  out.write("build-id: ");
  for (const std::byte b : arch::build_id()) {
    format_to(out, "{:02x}", static_cast<unsigned>(b));
  }
  out.write("\n");
}

}  // namespace baton::kernel::report
