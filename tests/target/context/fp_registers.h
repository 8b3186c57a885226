// Loops that keep something in every FP register, and what they must leave there.
#ifndef BATON_TESTS_TARGET_CONTEXT_FP_REGISTERS_H_
#define BATON_TESTS_TARGET_CONTEXT_FP_REGISTERS_H_

#include <array>
#include <cstdint>

#include "tests/target/context/registers.h"

namespace baton::context_test {

/// q0-q31 as pairs of words, FPCR, FPSR.
struct alignas(16) FpFile {
  std::array<std::array<std::uint64_t, 2>, 32> q{};
  std::uint64_t control = 0;
  std::uint64_t status = 0;
  bool operator==(const FpFile&) const = default;
};

/// Different values in all registers, and bits of FPCR and FPSR that stay what they are.
FpFile make_fp(Random& random);

/// What context_test_hold_fp() makes of `file` in `rounds`.
void after_hold_fp(FpFile& file, std::uint64_t rounds);

/// The same sum of doubles in one go, and with the thread's turn given away after each: the
/// compiler's own use of FP registers.  True: both are the same number, to the last bit.
bool doubles_stay(Random& random);

extern "C" {
/// Every FP register as it is.
void context_test_store_fp(FpFile* file);
/// Every FP register in a loop that calls nobody.
void context_test_hold_fp(FpFile* file, std::uint64_t rounds);
/// Likewise, with a call of context_test_yield() in every round.
void context_test_hold_fp_yielding(FpFile* file, std::uint64_t rounds);
}

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_FP_REGISTERS_H_
