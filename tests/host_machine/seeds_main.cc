// main() of tests that run seeds (seeds.h): GoogleTest's, with their flags.
#include <gtest/gtest.h>

#include "tests/host_machine/seeds.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (!baton::host_test::parse_seed_flags(&argc, argv)) {
    return 2;
  }
  if (argc > 1) {
    std::fprintf(stderr, "%s: not a flag of this test\n", argv[1]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
