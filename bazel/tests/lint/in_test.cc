#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "bazel/tests/lint/helper.h"

TEST(Planted, UsedAfterMove) {
  std::string text = "text";
  const std::string taken = std::move(text);
  EXPECT_EQ(text.size() + taken.size(), 4U);
}
