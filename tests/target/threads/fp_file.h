// All FP registers of a thread as words: to fill them, and to see what they hold.  One of
// fp_file_*.cc and its assembly says how many the image's cores have.
#ifndef BATON_TESTS_TARGET_THREADS_FP_FILE_H_
#define BATON_TESTS_TARGET_THREADS_FP_FILE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace baton::threads_test {

struct alignas(16) FpFile {
  static constexpr std::size_t kMostWords = 132;
  /// Only the first FpLayout::words are anything.
  std::array<std::uint32_t, kMostWords> words{};
};

struct FpLayout {
  std::size_t words;  ///< of all registers; the last ones are those of control and status
  /// Of those last words, the bits that stay what they are, and there is no more of them than two.
  std::array<std::uint32_t, 2> control_bits;
  std::size_t control_words;
  /// The first word that a call leaves as it is.
  std::size_t kept_by_calls;
  /// A thread's first use finds zeros.
  bool begins_with_zeros;
};
extern const FpLayout kFpLayout;

extern "C" {
/// Fills every FP register.  Threads.
void threads_test_load_fp(const FpFile* file);
/// Every FP register as it is.  Threads.
void threads_test_store_fp(FpFile* file);
/// Not 0: the thread has FP registers.  Uses none itself.
std::uint32_t threads_test_has_fp();
}

}  // namespace baton::threads_test

#endif  // BATON_TESTS_TARGET_THREADS_FP_FILE_H_
