// What every contestant guards, and what is done to it: the same work for all.
#ifndef BATON_BENCH_CELLS_PAYLOAD_H_
#define BATON_BENCH_CELLS_PAYLOAD_H_

#include <cstdint>

namespace baton::bench {

struct Payload {
  std::uint64_t count = 0;
  std::uint64_t digest = 0;
};

/// The work.
inline std::uint64_t bump(Payload& payload) { return ++payload.count; }

/// More of it: `Steps` multiplications, each waiting for the one before.
template <unsigned Steps>
std::uint64_t toil(Payload& payload) {
  std::uint64_t digest = payload.digest;
  for (unsigned i = 0; i < Steps; ++i) {
    digest = digest * 0x9E3779B97F4A7C15U + 1;
    asm volatile("" : "+r"(digest));  // or the compiler would find a shorter way
  }
  payload.digest = digest;
  return bump(payload);
}

}  // namespace baton::bench

#endif  // BATON_BENCH_CELLS_PAYLOAD_H_
