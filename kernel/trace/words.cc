#include "kernel/trace/words.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/counter.h"
#include "kernel/clock.h"
#include "kernel/trace/trace.h"

namespace baton::kernel::trace {
namespace {

FixedText<40> thread(ThreadId id) {
  FixedText<40> text;
  if (id == kNoThread) {
    text.write("a thread");
  } else if (const std::optional<Name> name = names().find(id)) {
    format_to(text, "{}.{}", name->view(), id % ThreadNames::size());
  } else {
    format_to(text, "thread.{:x}", id);
  }
  return text;
}

std::string_view reason(std::uint8_t why) {
  switch (static_cast<Why>(why)) {
    case Why::kPreempted:
      return "preempted";
    case Why::kYields:
      return "its turn is over";
    case Why::kWaits:
      return "waits";
    case Why::kSuspended:
      return "suspended";
    case Why::kMoves:
      return "moves";
    case Why::kEnds:
      return "ends";
  }
  return "?";
}

}  // namespace

void write_line(TextSink& out, const CoreEvent& what) {
  const Event& event = what.event;
  const std::uint64_t ns = ticks_to_ns(event.ticks, arch::Counter::frequency_hz());
  format_to(out, "{}.{:09} cpu {} ", ns / kNanosecondsPerSecond, ns % kNanosecondsPerSecond,
            what.core);
  switch (event.kind) {
    case Kind::kSwitch:
      format_to(out, "switch: {} ({}) -> {}", thread(event.a).view(), reason(event.detail),
                thread(event.b).view());
      break;
    case Kind::kWake:
      format_to(
          out, "wake: {}, to cpu {}, by {}{}", thread(event.a).view(), event.detail & ~kByHandler,
          (event.detail & kByHandler) != 0 ? "a handler during " : "", thread(event.b).view());
      break;
    case Kind::kReady:
      format_to(out, "ready: {}, before it had left", thread(event.a).view());
      break;
    case Kind::kBegin:
      format_to(out, "begin: {}, priority {}", thread(event.a).view(), event.detail);
      break;
    case Kind::kEnd:
      format_to(out, "end: {}", thread(event.a).view());
      break;
    case Kind::kArrive:
      format_to(out, "arrive: {}, from cpu {}", thread(event.a).view(), event.detail);
      break;
    case Kind::kInterrupt:
      format_to(out, "interrupt: {}", event.a);
      break;
    case Kind::kIpi:
      format_to(out, "interrupt: from another core, {}", event.detail);
      break;
    case Kind::kInterruptEnd:
      out.write("interrupt: end");
      break;
    case Kind::kIpiSent:
      format_to(out, "sends: an interrupt, {}, to cores {:#x}", event.detail, event.number());
      break;
    case Kind::kTimerArmed:
      format_to(out, "timer: armed for {}", Duration::microseconds(event.number()));
      break;
    case Kind::kTimerFired:
      format_to(out, "timer: fired, late by {}", Duration::nanoseconds(event.number()));
      break;
    case Kind::kCellBusy:
      format_to(out, "cell busy: {:#010x}", event.number());
      break;
    case Kind::kLockContended:
      format_to(out, "lock contended: {:#010x}", event.number());
      break;
    case Kind::kLockGiven:
      format_to(out, "lock given: {:#010x}", event.number());
      break;
    case Kind::kGraceBegun:
      format_to(out, "grace period {}: begun", event.number());
      break;
    case Kind::kGraceEnded:
      format_to(out, "grace period {}: ended", event.number());
      break;
    case Kind::kMark:
      format_to(out, "mark: {}", event.number());
      break;
    case Kind::kStall:
      format_to(out, "stall: cpu {}", event.detail);
      break;
    case Kind::kStallEnd:
      format_to(out, "stall: cpu {} schedules again after {}", event.detail,
                Duration::milliseconds(event.number()));
      break;
    default:
      format_to(out, "event {}: {:#x} {:#x}", static_cast<std::uint8_t>(event.kind), event.detail,
                event.number());
  }
  out.write("\n");
}

}  // namespace baton::kernel::trace
