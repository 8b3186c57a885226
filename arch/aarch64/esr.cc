#include "arch/aarch64/esr.h"

#include <string_view>

namespace baton::arch {
namespace {

std::string_view class_words(ExceptionClass exception_class) {
  switch (exception_class) {
    case ExceptionClass::kUnknown:
      return "undefined instruction";
    case ExceptionClass::kWfxTrapped:
      return "WFI or WFE trapped";
    case ExceptionClass::kFpTrapped:
      return "floating-point or SIMD instruction";
    case ExceptionClass::kIllegalState:
      return "illegal execution state";
    case ExceptionClass::kSvc:
      return "SVC instruction";
    case ExceptionClass::kHvc:
      return "HVC instruction";
    case ExceptionClass::kSmc:
      return "SMC instruction";
    case ExceptionClass::kSystemRegisterTrapped:
      return "system register access trapped";
    case ExceptionClass::kInstructionAbortLower:
    case ExceptionClass::kInstructionAbortSame:
      return "instruction fetch";
    case ExceptionClass::kPcAlignment:
      return "misaligned program counter";
    case ExceptionClass::kDataAbortLower:
    case ExceptionClass::kDataAbortSame:
      return "data access";
    case ExceptionClass::kSpAlignment:
      return "misaligned stack pointer";
    case ExceptionClass::kSError:
      return "SError (an error that arrived after the access that caused it)";
    case ExceptionClass::kBreakpointInstruction:
      return "BRK instruction";
  }
  return "";
}

// [ARMv8-A D13.2.37] ISS encoding for an exception from a Data Abort, DFSC.
struct StatusWords {
  std::string_view what;
  std::string_view meaning;
  bool has_level;
};

StatusWords status_words(std::uint8_t status) {
  switch (status & 0x3cU) {
    case 0x00:
      return {"address size fault", "the address does not exist", true};
    case 0x04:
      return {"translation fault", "nothing is mapped there", true};
    case 0x08:
      return {"access flag fault", "the access flag is clear", true};
    case 0x0c:
      return {"permission fault", "it is mapped, but not for this", true};
    default:
      break;
  }
  if (status >= 0x14 && status <= 0x17) {
    return {"external abort on a table walk", "the walker could not read a page table", true};
  }
  if (status >= 0x1c && status <= 0x1f) {
    return {"parity or ECC error on a table walk", "a page table is damaged", true};
  }
  switch (status) {
    case 0x10:
      return {"external abort", "no device or memory answered", false};
    case 0x18:
      return {"parity or ECC error", "the memory is damaged", false};
    case 0x21:
      return {"alignment fault", "device memory and exclusives want aligned addresses", false};
    case 0x30:
      return {"TLB conflict", "two entries for one address", false};
    case 0x35:
      return {"unsupported exclusive", "this memory does not take exclusives", false};
    default:
      return {"unknown fault status", "", false};
  }
}

}  // namespace

void describe(TextSink& out, Esr esr, std::uint64_t far) {
  if (!esr.is_data_abort() && !esr.is_instruction_abort()) {
    const std::string_view words = class_words(esr.exception_class());
    if (words.empty()) {
      format_to(out, "exception of class {:#x}", static_cast<unsigned>(esr.exception_class()));
    } else {
      out.write(words);
    }
    if (esr.exception_class() == ExceptionClass::kBreakpointInstruction) {
      format_to(out, " {:#x}", esr.breakpoint_immediate());
    }
    if (esr.has_address()) {
      format_to(out, " {:#018x}", far);
    }
    return;
  }
  const std::string_view access = esr.is_instruction_abort() ? "instruction fetch from"
                                  : esr.is_write()           ? "write to"
                                                             : "read from";
  if (esr.has_address()) {
    format_to(out, "{} {:#018x}", access, far);
  } else {
    format_to(out, "{} an unknown address", access);
  }
  const StatusWords status = status_words(esr.fault_status());
  format_to(out, ": {}", status.what);
  if (status.has_level) {
    format_to(out, " at level {}", esr.fault_status() & 3U);
  }
  if (status.meaning.empty()) {
    format_to(out, " {:#x}", esr.fault_status());
  } else {
    format_to(out, " ({})", status.meaning);
  }
}

}  // namespace baton::arch
