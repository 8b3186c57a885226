// The machine's own shared words.
//
// Relaxed throughout: what the machine keeps about its cores must not order them for
// ThreadSanitizer, or a program's missing release would hide behind it.  Where the hardware does
// order (an interrupt that one core sends another) interrupt_lines.cc says so.
#ifndef BATON_ARCH_HOST_WORD_H_
#define BATON_ARCH_HOST_WORD_H_

#include <atomic>
#include <cstdint>

namespace baton::arch::host {

template <class T>
class Word {
 public:
  constexpr Word() = default;
  constexpr explicit Word(T value) : value_(value) {}
  // Relaxed, as is everything here: see the top of the file.
  T get() const { return value_.load(std::memory_order_relaxed); }
  void set(T value) { value_.store(value, std::memory_order_relaxed); }
  /// Where several OS threads add; returns the sum.
  T add(T more) {
    // Relaxed.
    return value_.fetch_add(more, std::memory_order_relaxed) + more;
  }
  /// Where one OS thread at a time adds.
  void count(T more = 1) { set(get() + more); }

 private:
  std::atomic<T> value_{};
};

/// Numbers from a seed: splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    const std::uint64_t state = state_.get() + 0x9e3779b97f4a7c15U;
    state_.set(state);
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// 0 .. n - 1; `n` is neither 0 nor beyond 32 bits.  As even as anybody needs.
  std::uint64_t below(std::uint64_t n) { return ((next() >> 32U) * n) >> 32U; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  Word<std::uint64_t> state_;
};

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_WORD_H_
