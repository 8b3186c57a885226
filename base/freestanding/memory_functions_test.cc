// Against the host's C library, at every small length and alignment.
#include "base/freestanding/memory_functions.h"

#include <array>
#include <cstring>

#include "gtest/gtest.h"

namespace baton::freestanding {
namespace {

constexpr std::size_t kRoom = 64;
constexpr std::size_t kLongest = 40;
using Buffer = std::array<unsigned char, kRoom>;

Buffer pattern() {
  Buffer buffer{};
  for (std::size_t i = 0; i < buffer.size(); ++i) {
    buffer[i] = static_cast<unsigned char>(i * 37 + 11);
  }
  return buffer;
}

TEST(MemoryFunctionsTest, CopyAndFill) {
  const Buffer source = pattern();
  for (std::size_t to = 0; to < 9; ++to) {
    for (std::size_t from = 0; from < 9; ++from) {
      for (std::size_t bytes = 0; bytes <= kLongest; ++bytes) {
        Buffer mine{};
        Buffer theirs{};
        EXPECT_EQ(copy(&mine[to], &source[from], bytes), &mine[to]);
        std::memcpy(&theirs[to], &source[from], bytes);
        ASSERT_EQ(mine, theirs) << to << " " << from << " " << bytes;
        fill(&mine[to], static_cast<int>(0x100 + bytes), bytes);
        std::memset(&theirs[to], static_cast<int>(0x100 + bytes), bytes);
        ASSERT_EQ(mine, theirs) << to << " " << bytes;
      }
    }
  }
}

TEST(MemoryFunctionsTest, MoveOverlapping) {
  for (std::size_t to = 0; to < 20; ++to) {
    for (std::size_t from = 0; from < 20; ++from) {
      for (std::size_t bytes = 0; bytes <= kLongest; ++bytes) {
        Buffer mine = pattern();
        Buffer theirs = pattern();
        move(&mine[to], &mine[from], bytes);
        std::memmove(&theirs[to], &theirs[from], bytes);
        ASSERT_EQ(mine, theirs) << to << " " << from << " " << bytes;
      }
    }
  }
}

int sign(int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

TEST(MemoryFunctionsTest, CompareIsUnsigned) {
  for (const char* left : {"", "a", "ab", "ab\xff", "b"}) {
    for (const char* right : {"", "a", "ab", "ab\x01", "b"}) {
      EXPECT_EQ(sign(compare_text(left, right, 99)), sign(std::strcmp(left, right)));
      EXPECT_EQ(sign(compare_text(left, right, 1)), sign(std::strncmp(left, right, 1)));
    }
  }
  EXPECT_EQ(sign(compare("\x80", "\x7f", 1)), 1);
  EXPECT_EQ(compare("abc", "abd", 2), 0);
}

TEST(MemoryFunctionsTest, LengthsAndSearches) {
  EXPECT_EQ(length(""), 0U);
  EXPECT_EQ(length("abc"), 3U);
  EXPECT_EQ(length_at_most("abc", 2), 2U);
  const char* text = "a/b/c";
  EXPECT_EQ(find_last(text, '/'), text + 3);
  EXPECT_EQ(find_last(text, 'x'), nullptr);
  EXPECT_EQ(find_last(text, '\0'), text + 5);
  EXPECT_EQ(find(text, 'b', 5), text + 2);
  EXPECT_EQ(find(text, 'b', 2), nullptr);
}

}  // namespace
}  // namespace baton::freestanding
