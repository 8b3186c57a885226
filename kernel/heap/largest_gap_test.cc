#include "kernel/heap/largest_gap.h"

#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace baton::kernel {
namespace {

struct Range {
  std::uint64_t begin;
  std::uint64_t bytes;
};

MemoryGap gap(const std::vector<Range>& ram, const std::vector<Range>& taken,
              std::uint64_t step = 1) {
  return largest_gap<Range>(ram, taken, step);
}

TEST(LargestGap, OfNothingIsNothing) {
  EXPECT_EQ(gap({}, {}).bytes, 0U);
  EXPECT_EQ(gap({{0, 100}}, {{0, 100}}).bytes, 0U);
  EXPECT_EQ(gap({{10, 100}}, {{0, 50}, {40, 100}}).bytes, 0U);
}

TEST(LargestGap, LiesBetweenWhatIsTaken) {
  EXPECT_EQ(gap({{100, 1000}}, {}), (MemoryGap{100, 1000}));
  EXPECT_EQ(gap({{100, 1000}}, {{200, 50}}), (MemoryGap{250, 850}));
  EXPECT_EQ(gap({{100, 1000}}, {{900, 50}}), (MemoryGap{100, 800}));
  EXPECT_EQ(gap({{100, 1000}}, {{900, 50}, {300, 10}}), (MemoryGap{310, 590}));
  EXPECT_EQ(gap({{100, 1000}, {5000, 2000}}, {{5500, 1}}), (MemoryGap{5501, 1499}));
  EXPECT_EQ(gap({{100, 1000}}, {{500, 0}}), (MemoryGap{100, 1000})) << "nothing is taken there";
}

TEST(LargestGap, IsRoundedInwards) {
  EXPECT_EQ(gap({{100, 1000}}, {}, 256), (MemoryGap{256, 768}));
  EXPECT_EQ(gap({{100, 300}}, {}, 256).bytes, 0U);
}

// Beside a bit per byte.
TEST(LargestGap, BesideAnOracle) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t step = 1U << random() % 4;
    std::vector<Range> ram{{random() % 50, 1 + random() % 100}};
    ram.push_back({160, 1 + random() % 90});
    std::vector<Range> taken(random() % 6);
    std::vector<bool> free(256);
    for (const Range& range : ram) {
      for (std::uint64_t i = 0; i < range.bytes; ++i) free[range.begin + i] = true;
    }
    for (Range& range : taken) {
      range = {random() % 240, random() % 16};
      for (std::uint64_t i = 0; i < range.bytes; ++i) free[range.begin + i] = false;
    }
    std::uint64_t best = 0;
    for (std::uint64_t begin = 0; begin < 256; begin += step) {
      std::uint64_t end = begin;
      while (end < 256 && free[end]) ++end;
      best = std::max(best, (end & ~(step - 1)) < begin ? 0 : (end & ~(step - 1)) - begin);
    }
    const MemoryGap found = gap(ram, taken, step);
    ASSERT_EQ(found.bytes, best) << "round " << round;
    for (std::uint64_t i = 0; i < found.bytes; ++i) ASSERT_TRUE(free[found.begin + i]);
  }
}

}  // namespace
}  // namespace baton::kernel
