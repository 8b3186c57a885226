// From vectors.S to words and to the kernel.
#include "arch/trap.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/aarch64/esr.h"
#include "arch/aarch64/exception_table.h"
#include "arch/context.h"
#include "arch/guarded.h"
#include "arch/memory.h"
#include "arch/upcalls.h"
#include "base/bits.h"

namespace baton::arch {
namespace {

constexpr std::uint16_t kTrapImmediate = 0xba7;

// The expected faults' table is short and sorted by nothing: a few entries.
std::optional<std::uint64_t> expected_fault(std::uint64_t at) {
  for (const ExceptionTableEntry* entry = __exception_table_start; entry != __exception_table_end;
       ++entry) {
    if (entry->at == at) {
      return entry->go_on_at;
    }
  }
  return std::nullopt;
}

// Cores without FP registers may be built; none that Baton knows of is.
// [ARMv8-A D13.2 ID_AA64PFR0_EL1]
bool core_has_fp() {
  constexpr std::uint64_t kNone = 0xf;
  std::uint64_t features = 0;
  asm("mrs %0, id_aa64pfr0_el1" : "=r"(features));
  return get_bits<19, 16>(features) != kNone;
}

bool is_fp_trap(const TrapFrame& frame) {
  return Esr(frame.esr).exception_class() == ExceptionClass::kFpTrapped;
}

// A thread that has FP registers never traps, so a thread's trap is its first use.
bool is_first_fp_use(const TrapFrame& frame) {
  return is_fp_trap(frame) && !from_handler(frame) && core_has_fp();
}

// Why an exception came that nothing in Baton causes; kept beside the frame for describe().  One
// word per machine is enough: the first such exception ends in a panic.
constinit const char* unexpected_words = nullptr;

}  // namespace

bool is_trap(const TrapFrame& frame) {
  const Esr esr(frame.esr);
  return unexpected_words == nullptr &&
         esr.exception_class() == ExceptionClass::kBreakpointInstruction &&
         esr.breakpoint_immediate() == kTrapImmediate;
}

void describe(TextSink& out, const TrapFrame& frame) {
  if (unexpected_words != nullptr) {
    format_to(out, "{}: ", unexpected_words);
  }
  const Esr esr(frame.esr);
  describe(out, esr, frame.far);
  if (esr.has_address()) {
    const AddressName name = name_address(frame.far);
    if (!name.what.empty()) {
      format_to(out, "; it is {}", name.what);
      if (name.core >= 0) {
        format_to(out, " of core {}", name.core);
      }
      if (name.what.starts_with("the guard")) {
        out.write(": the stack overflowed");
      }
    }
  }
  if (is_fp_trap(frame)) {
    out.write(core_has_fp() ? ": only threads have FP registers" : ": this core has none");
  }
  if (from_handler(frame)) {
    out.write("; inside a handler");
  }
}

void print_registers(TextSink& out, const TrapFrame& frame) {
  constexpr std::size_t kPerLine = 4;
  for (std::size_t i = 0; i < frame.x.size(); ++i) {
    // x30 is the link register and goes with pc and sp below.
    if (i == frame.x.size() - 1) {
      break;
    }
    const bool last_of_line = i % kPerLine == kPerLine - 1 || i + 2 == frame.x.size();
    format_to(out, "{}x{} {:#018x}{}", i < 10 ? " " : "", i, frame.x[i], last_of_line ? "\n" : " ");
  }
  format_to(out, "lr {:#018x}  sp {:#018x}  pc {:#018x}\n", frame.x[30], frame.sp, frame.elr);
  format_to(out, "pstate {:#x} esr {:#x} far {:#018x}\n", frame.spsr, frame.esr, frame.far);
}

namespace {

class Walk {
 public:
  explicit Walk(std::span<BacktraceEntry> out) : out_(out) {}

  std::size_t found() const { return found_; }

  // False: there is no room.
  bool add(std::uint64_t address) {
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

  void follow(std::uint64_t record) {
    // More frames than the largest stack holds: a loop in broken frame records ends here.
    constexpr unsigned kMostFrames = 4096;
    for (unsigned i = 0; i < kMostFrames && record != 0 && (record & 7U) == 0; ++i) {
      const Result<std::uint64_t> next = guarded_read<std::uint64_t>(record);
      const Result<std::uint64_t> link = guarded_read<std::uint64_t>(record + 8);
      if (!next || !link || *link == 0 || !add(*link) || *next == record) {
        break;
      }
      record = *next;
    }
  }

 private:
  std::span<BacktraceEntry> out_;
  std::size_t found_ = 0;
};

}  // namespace

std::size_t backtrace(const TrapFrame& frame, std::span<BacktraceEntry> out) {
  Walk walk(out);
  if (walk.add(frame.elr)) {
    walk.follow(frame.x[29]);
  }
  return walk.found();
}

std::size_t backtrace(const Context& context, std::span<BacktraceEntry> out) {
  Walk walk(out);
  // A context is the stack pointer to a frame record.
  walk.follow(context.stack_pointer());
  return walk.found();
}

}  // namespace baton::arch

extern "C" {

bool aarch64_interrupt(baton::arch::TrapFrame* frame);
void aarch64_preempted();
void aarch64_zero_fp();
void aarch64_synchronous(baton::arch::TrapFrame* frame);
[[noreturn]] void aarch64_unexpected_exception(const baton::arch::TrapFrame* frame,
                                               baton::arch::Unexpected why);

bool aarch64_interrupt(baton::arch::TrapFrame* frame) { return baton::arch::on_interrupt(*frame); }

void aarch64_preempted() { baton::arch::on_preemption(); }

void aarch64_synchronous(baton::arch::TrapFrame* frame) {
  if (baton::arch::is_first_fp_use(*frame)) {
    aarch64_zero_fp();
    frame->cpacr = BATON_CPACR_FP;
    return;
  }
  if (const auto go_on_at = baton::arch::expected_fault(frame->elr)) {
    frame->elr = *go_on_at;
    return;
  }
  baton::arch::on_fault(*frame);
}

void aarch64_unexpected_exception(const baton::arch::TrapFrame* frame,
                                  baton::arch::Unexpected why) {
  switch (why) {
    case baton::arch::Unexpected::kFiq:
      baton::arch::unexpected_words = "a fast interrupt, which nothing enables";
      break;
    case baton::arch::Unexpected::kSError:
      baton::arch::unexpected_words = "a system error";
      break;
    case baton::arch::Unexpected::kFromEl0:
      baton::arch::unexpected_words = "an exception from EL0, where nothing runs";
      break;
  }
  baton::arch::on_fault(*frame);
}

}  // extern "C"
