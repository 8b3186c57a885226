#include "arch/trap.h"

#include <csignal>
#include <string_view>

#include "arch/context.h"
#include "arch/guarded.h"

namespace baton::arch {

TrapFrame TrapFrame::here(bool in_handler) noexcept {
  const auto record = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return {.pc = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)),
          .sp = record + 2 * sizeof(std::uintptr_t),
          .fp = *reinterpret_cast<const std::uintptr_t*>(record),
          .in_handler = in_handler,
          .is_trap = false,
          .signal = 0,
          .address = 0};
}

namespace {

std::string_view name_of_signal(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "a memory access that is not allowed";
    case SIGBUS:
      return "a memory access that failed";
    case SIGILL:
    case SIGTRAP:
      return "an undefined instruction";
    case SIGFPE:
      return "a division by zero";
    default:
      return "a signal";
  }
}

}  // namespace

void describe(TextSink& out, const TrapFrame& frame) {
  if (frame.signal != 0) {
    format_to(out, "{}, address {:#018x}", name_of_signal(frame.signal), frame.address);
  } else {
    out.write(frame.is_trap ? "a trap" : "an interrupt");
  }
  if (frame.in_handler) {
    out.write("; inside a handler");
  }
}

std::uint64_t return_address(const TrapFrame& frame) {
  return guarded_read<std::uintptr_t>(frame.fp + sizeof(frame.fp)).value_or(0);
}

void print_registers(TextSink& out, const TrapFrame& frame) {
  format_to(out, "pc {:#018x}  sp {:#018x}  fp {:#018x}\n", frame.pc, frame.sp, frame.fp);
}

namespace {

std::size_t follow(std::uintptr_t place, std::uintptr_t record, std::span<BacktraceEntry> out) {
  // More frames than the largest stack holds: a loop in broken frame records ends here.
  constexpr unsigned kMostFrames = 4096;
  std::size_t found = 0;
  const auto add = [&](std::uint64_t address) {
    // The first entry is a place, the others are return addresses: equal numbers mean other things.
    if (found > 1 && out[found - 1].address == address) {
      ++out[found - 1].repeats;
      return true;
    }
    if (found == out.size()) {
      return false;
    }
    out[found++] = {.address = address, .repeats = 1};
    return true;
  };
  if (!add(place)) {
    return found;
  }
  for (unsigned i = 0; i < kMostFrames && record != 0 && record % sizeof(record) == 0; ++i) {
    const Result<std::uintptr_t> next = guarded_read<std::uintptr_t>(record);
    const Result<std::uintptr_t> link = guarded_read<std::uintptr_t>(record + sizeof(record));
    if (!next || !link || *link == 0 || !add(*link) || *next <= record) {
      break;
    }
    record = *next;
  }
  return found;
}

}  // namespace

std::size_t backtrace(const TrapFrame& frame, std::span<BacktraceEntry> out) {
  return follow(frame.pc, frame.fp, out);
}

std::size_t backtrace(const Context& context, std::span<BacktraceEntry> out) {
  // As switch.S leaves it: a frame record of the switch's caller, above other registers on x86-64.
#if defined(__x86_64__)
  constexpr std::size_t kRecord = 5 * sizeof(std::uintptr_t);
#else
  constexpr std::size_t kRecord = 0;
#endif
  const std::uintptr_t record = context.stack_pointer() + kRecord;
  const Result<std::uintptr_t> up = guarded_read<std::uintptr_t>(record);
  const Result<std::uintptr_t> place = guarded_read<std::uintptr_t>(record + sizeof(record));
  return up && place ? follow(*place, *up, out) : 0;
}

}  // namespace baton::arch
