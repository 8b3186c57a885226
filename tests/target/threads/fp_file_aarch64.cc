#include "tests/target/threads/fp_file.h"

namespace baton::threads_test {

// v0-v31, FPCR, FPSR.  [ARMv8-A C5.2 FPCR] RMode, FZ, DN.  [ARMv8-A C5.2 FPSR] QC and the
// cumulative exceptions.  A switch keeps everything, whatever a call may lose.
constinit const FpLayout kFpLayout = {.words = 130,
                                      .control_bits = {0x03c0'0000, 0x0800'009f},
                                      .control_words = 2,
                                      .kept_by_calls = 0,
                                      .begins_with_zeros = true};

}  // namespace baton::threads_test
