#ifndef BATON_BAZEL_TESTS_IMAGE_IMAGE_MAIN_H_
#define BATON_BAZEL_TESTS_IMAGE_IMAGE_MAIN_H_

#include <cstdint>

// Calls nothing on AArch64; must have a frame all the same, or backtraces would lose its caller.
extern "C" std::uint64_t image_leaf(std::uint64_t dividend, std::uint64_t divisor);

// Entered from the start-up code of the sample image.
extern "C" void image_main();

#endif  // BATON_BAZEL_TESTS_IMAGE_IMAGE_MAIN_H_
