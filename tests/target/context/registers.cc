#include "tests/target/context/registers.h"

namespace baton::context_test {

RegisterFile make_registers(Random& random, std::uint64_t rounds) {
  RegisterFile file;
  for (std::uint64_t& x : file.x) {
    x = random.next();
  }
  file.x[0] = rounds;
  return file;
}

RegisterFile after_hold_all(const RegisterFile& before, std::uint64_t sp) {
  constexpr std::uint64_t kN = std::uint64_t{1} << 31U;
  constexpr std::uint64_t kZ = kN >> 1U;
  constexpr std::uint64_t kC = kN >> 2U;
  constexpr std::uint64_t kV = kN >> 3U;
  RegisterFile file = before;
  file.sp = sp;
  auto& x = file.x;
  for (; x[0] != 0; --x[0]) {
    const std::uint64_t nzcv = x[1];
    x[1] += x[2];
    for (unsigned i = 8; i < x.size(); ++i) {
      x[i] += i;
    }
    x[3] += (nzcv & kN) != 0 ? 1 : 0;
    x[4] += (nzcv & kZ) != 0 ? 1 : 0;
    x[5] += (nzcv & kC) != 0 ? 1 : 0;
    x[6] += (nzcv & kV) != 0 ? 1 : 0;
    x[7] += sp;
  }
  return file;
}

RegisterFile after_hold_saved(const RegisterFile& before, std::uint64_t sp) {
  RegisterFile file = before;
  file.sp = sp;
  auto& x = file.x;
  x[19] = before.x[0];
  for (; x[19] != 0; --x[19]) {
    for (unsigned i = 20; i < 29; ++i) {
      x[i] += i;
    }
    x[28] += sp;
    x[29] += 32;
  }
  return file;
}

bool fault_changes_nothing(Random& random) {
  constexpr std::uint64_t kFlags = std::uint64_t{0xf} << 28U;
  RegisterFile file = make_registers(random, 0);
  file.x[1] = random.next() % 4096 & ~std::uint64_t{7};  // in the null page
  RegisterFile expected = file;
  expected.x[0] = file.x[2] & kFlags;
  context_test_hold_over_fault(&file);
  return file.x == expected.x;
}

}  // namespace baton::context_test
