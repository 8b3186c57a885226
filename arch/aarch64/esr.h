// ESR_EL1 in words.                                        [ARMv8-A D13.2.37]
//
// Pure functions, tested on the host.
#ifndef BATON_ARCH_AARCH64_ESR_H_
#define BATON_ARCH_AARCH64_ESR_H_

#include <cstdint>

#include "base/bits.h"
#include "base/format.h"

namespace baton::arch {

/// Exception classes that the kernel itself tells apart.
enum class ExceptionClass : std::uint8_t {
  kUnknown = 0x00,
  kWfxTrapped = 0x01,
  kFpTrapped = 0x07,
  kIllegalState = 0x0e,
  kSvc = 0x15,
  kHvc = 0x16,
  kSmc = 0x17,
  kSystemRegisterTrapped = 0x18,
  kInstructionAbortLower = 0x20,
  kInstructionAbortSame = 0x21,
  kPcAlignment = 0x22,
  kDataAbortLower = 0x24,
  kDataAbortSame = 0x25,
  kSpAlignment = 0x26,
  kSError = 0x2f,
  kBreakpointInstruction = 0x3c,
};

/// The syndrome of one exception.
class Esr {
 public:
  explicit constexpr Esr(std::uint64_t raw) : raw_(raw) {}

  constexpr std::uint64_t raw() const { return raw_; }
  constexpr ExceptionClass exception_class() const {
    return static_cast<ExceptionClass>(get_bits<31, 26>(raw_));
  }
  constexpr std::uint32_t iss() const { return static_cast<std::uint32_t>(get_bits<24, 0>(raw_)); }

  constexpr bool is_data_abort() const {
    return exception_class() == ExceptionClass::kDataAbortSame ||
           exception_class() == ExceptionClass::kDataAbortLower;
  }
  constexpr bool is_instruction_abort() const {
    return exception_class() == ExceptionClass::kInstructionAbortSame ||
           exception_class() == ExceptionClass::kInstructionAbortLower;
  }
  /// FAR_EL1 says which address: aborts and PC alignment, unless FnV is set.
  constexpr bool has_address() const {
    return (is_data_abort() || is_instruction_abort() ||
            exception_class() == ExceptionClass::kPcAlignment) &&
           (fault_status() != kExternalAbort || get_bits<10, 10>(raw_) == 0);
  }
  constexpr bool is_write() const { return is_data_abort() && get_bits<6, 6>(raw_) != 0; }
  constexpr std::uint8_t fault_status() const {
    return static_cast<std::uint8_t>(get_bits<5, 0>(raw_));
  }
  constexpr std::uint16_t breakpoint_immediate() const {
    return static_cast<std::uint16_t>(get_bits<15, 0>(raw_));
  }

 private:
  static constexpr std::uint8_t kExternalAbort = 0x10;
  std::uint64_t raw_;
};

/// "write to 0xffffff8000081000: permission fault at level 3 (it is mapped, but not for this)".
/// One line, no newline.  Any context.
void describe(TextSink& out, Esr esr, std::uint64_t far);

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_ESR_H_
