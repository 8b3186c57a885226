#include "kernel/shell/edit_distance.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace baton::kernel::shell {
namespace {

TEST(EditDistance, CountsMistakes) {
  EXPECT_EQ(edit_distance("cpus", "cpus", 2), 0U);
  EXPECT_EQ(edit_distance("cpu", "cpus", 2), 1U);
  EXPECT_EQ(edit_distance("cpuss", "cpus", 2), 1U);
  EXPECT_EQ(edit_distance("cbus", "cpus", 2), 1U);
  EXPECT_EQ(edit_distance("cpsu", "cpus", 2), 1U);
  EXPECT_EQ(edit_distance("psu", "cpus", 2), 2U);
  EXPECT_EQ(edit_distance("", "ab", 2), 2U);
  EXPECT_EQ(edit_distance("", "", 2), 0U);
}

TEST(EditDistance, StopsAtItsLimit) {
  EXPECT_EQ(edit_distance("panic", "mem", 2), 3U);
  EXPECT_EQ(edit_distance("abcdef", "", 2), 3U);
  EXPECT_EQ(edit_distance("abcdef", "", 9), 6U);
  EXPECT_EQ(edit_distance(std::string(32, 'a'), std::string(32, 'b'), 99), 32U);
  EXPECT_EQ(edit_distance(std::string(33, 'a'), std::string(33, 'a'), 2), 3U);
  EXPECT_EQ(edit_distance("a", std::string(256, 'a'), 2), 3U);
}

/// The definition, by trying everything.
std::size_t by_definition(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) {
    return a.size() + b.size();
  }
  const std::size_t kept = by_definition(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0U : 1U);
  std::size_t best =
      std::min({kept, by_definition(a.substr(1), b) + 1, by_definition(a, b.substr(1)) + 1});
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    best = std::min(best, by_definition(a.substr(2), b.substr(2)) + 1);
  }
  return best;
}

TEST(EditDistance, AgreesWithTheDefinition) {
  constexpr unsigned kSeed = 17;
  std::mt19937 random(kSeed);
  const auto word = [&random] {
    std::string text;
    for (std::size_t size = random() % 6; text.size() < size;) {
      text += static_cast<char>('a' + random() % 3);
    }
    return text;
  };
  for (int round = 0; round < 2'000; ++round) {
    const std::string a = word();
    const std::string b = word();
    ASSERT_EQ(edit_distance(a, b, 99), by_definition(a, b)) << a << " " << b;
  }
}

}  // namespace
}  // namespace baton::kernel::shell
