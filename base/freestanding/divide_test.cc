#include "base/freestanding/divide.h"

#include <cstdint>
#include <random>

#include "gtest/gtest.h"

namespace baton::freestanding {
namespace {

TEST(DivideTest, AgreesWithTheHost) {
  std::mt19937_64 random(1);
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) {
    // Of all lengths.
    const std::uint64_t number = random() >> random() % 64;
    const std::uint64_t by = (random() >> random() % 64) | 1U << i % 2;
    EXPECT_EQ(divide(number, by), (Division{.quotient = number / by, .remainder = number % by}))
        << number << " / " << by;
  }
}

TEST(DivideTest, AtTheEnds) {
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1}, kMost >> 1U, kMost - 1, kMost}) {
    for (const std::uint64_t by :
         {std::uint64_t{1}, kMost >> 1U, (kMost >> 1U) + 1, kMost - 1, kMost}) {
      EXPECT_EQ(divide(number, by), (Division{.quotient = number / by, .remainder = number % by}))
          << number << " / " << by;
    }
  }
}

}  // namespace
}  // namespace baton::freestanding
