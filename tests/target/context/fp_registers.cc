#include "tests/target/context/fp_registers.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace baton::context_test {

FpFile make_fp(Random& random) {
  FpFile file;
  for (auto& q : file.q) {
    q = {random.next(), random.next()};
  }
  // [ARMv8-A C5.2 FPCR] RMode, FZ, DN.  [ARMv8-A C5.2 FPSR] QC and the cumulative exceptions.
  file.control = (random.next() & 0xfU) << 22U;
  file.status = random.next() & 0x0800'009fU;
  return file;
}

void after_hold_fp(FpFile& file, std::uint64_t rounds) {
  for (; rounds != 0; --rounds) {
    for (std::size_t i = 0; i < file.q.size(); ++i) {
      const auto& next = file.q[(i + 1) % file.q.size()];
      file.q[i][0] += next[0];
      file.q[i][1] += next[1];
    }
  }
}

namespace {

constexpr std::size_t kTerms = 24;
using Terms = std::array<double, kTerms>;

// Doubles are in registers in these two, whatever the rest of the image is compiled for.
[[gnu::target("fp-armv8,neon"), gnu::noinline]] void add_up(const Terms& terms, double* sum) {
  double all = 0;
  double inverse = 1;
  for (const double term : terms) {
    all += term * inverse;
    inverse /= 1 + term;
  }
  *sum = all + inverse;
}

[[gnu::target("fp-armv8,neon"), gnu::noinline]] void add_up_yielding(const Terms& terms,
                                                                     double* sum) {
  double all = 0;
  double inverse = 1;
  for (const double term : terms) {
    all += term * inverse;
    context_test_yield();
    inverse /= 1 + term;
  }
  *sum = all + inverse;
}

[[gnu::target("fp-armv8,neon"), gnu::noinline]] void choose(Random& random, Terms& terms) {
  for (double& term : terms) {
    term = static_cast<double>(random.next() % 100'003) / 1000;
  }
}

}  // namespace

bool doubles_stay(Random& random) {
  Terms terms{};
  choose(random, terms);
  std::array<double, 2> sums{};
  add_up(terms, &sums[0]);
  add_up_yielding(terms, &sums[1]);
  std::array<std::uint64_t, 2> bits{};
  static_assert(sizeof(bits) == sizeof(sums));
  __builtin_memcpy(&bits, &sums, sizeof(bits));
  return bits[0] == bits[1];
}

}  // namespace baton::context_test
