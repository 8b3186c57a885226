// Exceptions in words.
#include "arch/trap.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "arch/armv7m/fault_status.h"
#include "arch/context.h"
#include "arch/guarded.h"
#include "arch/memory.h"

namespace baton::arch {
namespace {

constexpr std::uint32_t kThumb = 1;
constexpr std::uint32_t kOnPsp = 0x4;              // of EXC_RETURN
constexpr std::uint32_t kNoFp = 0x10;              // likewise
constexpr std::uint32_t kExcReturn = 0xffff'ff00;  // and above: what is no address
constexpr std::uint32_t kFpBytes = 72;             // s0-s15, FPSCR, a word for alignment
constexpr std::uint32_t kPadded = 1U << 9U;        // of the stacked xPSR

}  // namespace

std::uint32_t stack_pointer(const TrapFrame& frame) {
  const auto stacked = frame.fault != nullptr ? frame.fault->frame_at
                                              : reinterpret_cast<std::uintptr_t>(frame.stacked);
  return stacked + sizeof(StackedFrame) + ((frame.exc_return & kNoFp) == 0 ? kFpBytes : 0) +
         ((frame.stacked->xpsr & kPadded) != 0 ? 4 : 0);
}

bool is_trap(const TrapFrame& frame) {
  constexpr std::uint16_t kInstruction = 0xdeba;  // trap()'s  [ARMv7-M A7.7.194 UDF]
  if (frame.fault == nullptr || frame.fault->frame_lost ||
      !frame.fault->status.undefined_instruction()) {
    return false;
  }
  const Result<std::uint16_t> instruction = guarded_read<std::uint16_t>(frame.stacked->pc);
  return instruction && *instruction == kInstruction;
}

void describe(TextSink& out, const TrapFrame& frame) {
  if (frame.fault == nullptr) {
    out.write("an interrupt");
    return;
  }
  const FaultStatus& status = frame.fault->status;
  describe(out, status);
  if (const auto address = status.address()) {
    const AddressName name = name_address(*address);
    if (!name.what.empty()) {
      format_to(out, "; it is {}", name.what);
      if (name.what.starts_with("the guard")) out.write(": the stack overflowed");
    }
  }
  if (from_handler(frame)) out.write("; inside a handler");
}

void print_registers(TextSink& out, const TrapFrame& frame) {
  const StackedFrame& stacked = *frame.stacked;
  std::array<std::uint32_t, 13> r{};
  for (std::size_t i = 0; i < stacked.r.size(); ++i) r[i] = stacked.r[i];
  if (frame.fault != nullptr) {
    for (std::size_t i = 0; i < frame.fault->r4_r11.size(); ++i) {
      r[4 + i] = frame.fault->r4_r11[i];
    }
  }
  r[7] = frame.frame_pointer;
  r[12] = stacked.r12;
  if (frame.fault != nullptr && frame.fault->frame_lost) {
    out.write("r0-r3, r12, lr, pc and xpsr could not be saved: the stack is not to be used\n");
  }
  constexpr std::size_t kPerLine = 4;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const bool last_of_line = i % kPerLine == kPerLine - 1 || i + 1 == r.size();
    format_to(out, "{}r{} {:#010x}{}", i < 10 ? " " : "", i, r[i], last_of_line ? "\n" : " ");
  }
  format_to(out, "lr {:#010x}  sp {:#010x}  pc {:#010x}\n", stacked.lr, stack_pointer(frame),
            stacked.pc);
  format_to(out, "xpsr {:#010x} exc_return {:#010x}", stacked.xpsr, frame.exc_return);
  if (frame.fault != nullptr) {
    const FaultStatus& status = frame.fault->status;
    format_to(out, " cfsr {:#010x} hfsr {:#010x} mmfar {:#010x} bfar {:#010x}", status.cfsr,
              status.hfsr, status.mmfar, status.bfar);
  }
  out.write("\n");
}

namespace {

class Walk {
 public:
  explicit Walk(std::span<BacktraceEntry> out) : out_(out) {}

  std::size_t found() const { return found_; }

  // False: there is no room.
  bool add(std::uint32_t address) {
    address &= ~kThumb;
    // The first entry is a place, the others are return addresses: equal numbers mean other things.
    if (found_ > 1 && out_[found_ - 1].address == address) {
      ++out_[found_ - 1].repeats;
      return true;
    }
    if (found_ == out_.size()) {
      return false;
    }
    out_[found_++] = {.address = address, .repeats = 1};
    return true;
  }

  void follow(std::uint32_t record) {
    // More frames than the largest stack holds: a loop in broken frame records ends here.
    constexpr unsigned kMostFrames = 4096;
    for (unsigned i = 0; i < kMostFrames && record != 0 && record % sizeof(record) == 0; ++i) {
      const Result<std::uint32_t> next = guarded_read<std::uint32_t>(record);
      const Result<std::uint32_t> link = guarded_read<std::uint32_t>(record + 4);
      if (!next || !link || *link == 0 || *next == record) break;
      if (*link >= kExcReturn) {
        if (!add_interrupted(*link)) break;
      } else if (!add(*link)) {
        break;
      }
      record = *next;
    }
  }

 private:
  // A handler that an exception called directly returns to EXC_RETURN; what it interrupted, where
  // that is a thread, is on top of the thread's stack.
  bool add_interrupted(std::uint32_t exc_return) {
    if ((exc_return & kOnPsp) == 0) return false;
    std::uint32_t psp = 0;
    asm volatile("mrs %0, psp" : "=r"(psp));
    const Result<std::uint32_t> pc = guarded_read<std::uint32_t>(psp + offsetof(StackedFrame, pc));
    return pc && add(*pc);
  }

  std::span<BacktraceEntry> out_;
  std::size_t found_ = 0;
};

}  // namespace

std::size_t backtrace(const TrapFrame& frame, std::span<BacktraceEntry> out) {
  Walk walk(out);
  const bool lost = frame.fault != nullptr && frame.fault->frame_lost;
  if (lost || walk.add(frame.stacked->pc)) walk.follow(frame.frame_pointer);
  return walk.found();
}

std::size_t backtrace(const Context& context, std::span<BacktraceEntry> out) {
  Walk walk(out);
  // A context is the stack pointer to a frame record.
  walk.follow(context.stack_pointer());
  return walk.found();
}

}  // namespace baton::arch
