#include "tests/target/threads/fp_file.h"

namespace baton::threads_test {

// s0-s31, FPSCR.  [ARMv7-M B1.4.7] N, Z, C, V, DN, FZ, RMode and the cumulative exceptions.
// s0-s15 are nobody's after a call.  [AAPCS32 6.1.2.1]
constinit const FpLayout kFpLayout = {.words = 33,
                                      .control_bits = {0xf3c0'009f},
                                      .control_words = 1,
                                      .kept_by_calls = 16,
                                      .begins_with_zeros = false};

}  // namespace baton::threads_test
