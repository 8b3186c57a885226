// Loops that keep something in every register, and what they must leave there.
#ifndef BATON_TESTS_TARGET_CONTEXT_REGISTERS_H_
#define BATON_TESTS_TARGET_CONTEXT_REGISTERS_H_

#include <array>
#include <cstdint>

namespace baton::context_test {

/// x0-x30 before and after.  x0 counts the rounds down.
struct RegisterFile {
  std::array<std::uint64_t, 31> x{};
  std::uint64_t sp = 0;  ///< written by the loop
};

/// A little generator of numbers; every thread has its own.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15 + 1) {}
  constexpr std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }

 private:
  std::uint64_t state_;
};

/// Different values in all registers; `rounds` in x0.
RegisterFile make_registers(Random& random, std::uint64_t rounds);

/// What context_test_hold_all() makes of `before`, given the stack pointer it ran with.
RegisterFile after_hold_all(const RegisterFile& before, std::uint64_t sp);

/// What context_test_hold_saved() makes of x19-x30 of `before`.
RegisterFile after_hold_saved(const RegisterFile& before, std::uint64_t sp);

/// Whether a fault that is expected, right here, leaves every register as it is.
bool fault_changes_nothing(Random& random);

extern "C" {
/// Every register, NZCV and SP in a loop that calls nobody: only an interrupt can change them.
void context_test_hold_all(RegisterFile* file);
/// x19-x29 and SP around calls of context_test_yield(), x0 times.
void context_test_hold_saved(RegisterFile* file);
/// Every register, and NZCV, which is x2's, around a load from x1 that faults.  Any context; x0
/// becomes NZCV.
void context_test_hold_over_fault(RegisterFile* file);
/// Defined by whoever links the loop: another thread's turn.
void context_test_yield();
}

}  // namespace baton::context_test

#endif  // BATON_TESTS_TARGET_CONTEXT_REGISTERS_H_
