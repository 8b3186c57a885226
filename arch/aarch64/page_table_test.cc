// The table writer against the architecture's walk: `translate` is the reader's half, and a map of
// what was asked for is the oracle.
#include "arch/aarch64/page_table.h"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "gtest/gtest.h"

namespace baton::arch {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMega2 = 2 * 1024 * 1024;
constexpr std::uint64_t kGiga = 1024 * 1024 * 1024;
constexpr std::uint64_t kHigh = 0xffffff8000000000;

constexpr Attributes kData(Attributes::Access::kReadWrite, Attributes::Caching::kNormal);
constexpr Attributes kText(Attributes::Access::kExecute, Attributes::Caching::kNormal);
constexpr Attributes kDevice(Attributes::Access::kReadWrite, Attributes::Caching::kDevice);

// [ARMv8-A D5.3.3] Bits by name, independent of the encoder.
constexpr std::uint64_t kUxn = 1ULL << 54;
constexpr std::uint64_t kPxn = 1ULL << 53;
constexpr std::uint64_t kAccessFlag = 1ULL << 10;
constexpr std::uint64_t kInner = 3ULL << 8;
constexpr std::uint64_t kReadOnly = 1ULL << 7;

class PageTableTest : public ::testing::Test {
 protected:
  explicit PageTableTest(std::size_t tables = 16)
      : pool_(tables), tables_(*root_, std::span<Table>(pool_), 0) {}

  std::unique_ptr<Table> root_ = std::make_unique<Table>();
  std::vector<Table> pool_;
  PageTables tables_;
};

TEST_F(PageTableTest, AttributesAreTheArchitecturesBits) {
  EXPECT_EQ(kText.bits(), kUxn | kAccessFlag | kInner | kReadOnly);
  EXPECT_EQ(kData.bits(), kUxn | kPxn | kAccessFlag | kInner);
  EXPECT_EQ(kDevice.bits(), kUxn | kPxn | kAccessFlag | kInner | (1ULL << 2));
}

TEST_F(PageTableTest, OnePageAndNothingAroundIt) {
  ASSERT_TRUE(tables_.map(kHigh + 5 * kPage, 7 * kPage, kPage, kData));
  const auto found = tables_.translate(kHigh + 5 * kPage + 123);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->physical, 7 * kPage + 123);
  EXPECT_EQ(found->attributes, kData.bits());
  EXPECT_EQ(found->block_bytes, kPage);
  EXPECT_FALSE(tables_.translate(kHigh + 4 * kPage));
  EXPECT_FALSE(tables_.translate(kHigh + 6 * kPage));
  EXPECT_EQ(tables_.tables_used(), 2U);
}

TEST_F(PageTableTest, LargestBlocksThatFit) {
  ASSERT_TRUE(tables_.map(kHigh + kGiga - kMega2 - kPage, kGiga - kMega2 - kPage,
                          kPage + kMega2 + kGiga + kMega2 + kPage, kData));
  const auto size_at = [&](std::uint64_t offset) {
    return tables_.translate(kHigh + offset)->block_bytes;
  };
  EXPECT_EQ(size_at(kGiga - kMega2 - kPage), kPage);
  EXPECT_EQ(size_at(kGiga - kMega2), kMega2);
  EXPECT_EQ(size_at(kGiga), kGiga);
  EXPECT_EQ(size_at(2 * kGiga), kMega2);
  EXPECT_EQ(size_at(2 * kGiga + kMega2), kPage);
  EXPECT_FALSE(tables_.translate(kHigh + 2 * kGiga + kMega2 + kPage));
}

TEST_F(PageTableTest, NoBlockWherePhysicalIsNotAligned) {
  ASSERT_TRUE(tables_.map(kHigh, kPage, kMega2, kData));
  EXPECT_EQ(tables_.translate(kHigh)->block_bytes, kPage);
  EXPECT_EQ(tables_.translate(kHigh + kMega2 - 1)->physical, kMega2 + kPage - 1);
}

TEST_F(PageTableTest, SameAgainIsFineAndOtherIsRefused) {
  ASSERT_TRUE(tables_.map(kHigh, 0, kMega2, kData));
  EXPECT_TRUE(tables_.map(kHigh, 0, kMega2, kData));
  EXPECT_TRUE(tables_.map(kHigh + kPage, kPage, kPage, kData));  // part of the block
  EXPECT_EQ(tables_.map(kHigh, 0, kPage, kDevice).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(kHigh, kMega2, kMega2, kData).error(), Error::kInvalidArgument);
  EXPECT_TRUE(tables_.map(kHigh, 0, kPage, kDevice, /*keep_existing=*/true));
  EXPECT_EQ(tables_.translate(kHigh)->attributes, kData.bits());
}

TEST_F(PageTableTest, BlockOverPagesKeepsThem) {
  ASSERT_TRUE(tables_.map(kHigh + kPage, kPage, kPage, kData));
  ASSERT_TRUE(tables_.map(kHigh, 0, 2 * kMega2, kData));
  EXPECT_EQ(tables_.translate(kHigh)->block_bytes, kPage);
  EXPECT_EQ(tables_.translate(kHigh + kMega2)->block_bytes, kMega2);
}

TEST_F(PageTableTest, BadRequestsAreRefused) {
  EXPECT_EQ(tables_.map(kHigh, 0, 0, kData).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(kHigh + 1, 0, kPage, kData).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(kHigh, 1, kPage, kData).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(kHigh, 0, kPage + 1, kData).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(0xffffffffffffe000, 0, 3 * kPage, kData).error(), Error::kOutOfRange);
  EXPECT_EQ(tables_.map(kHigh, 0xfffffffff000, 2 * kPage, kData).error(), Error::kOutOfRange);
}

class SmallPoolTest : public PageTableTest {
 protected:
  SmallPoolTest() : PageTableTest(1) {}
};

TEST_F(SmallPoolTest, AnEmptyPoolIsAnError) {
  EXPECT_EQ(tables_.map(kHigh, 0, kPage, kData).error(), Error::kFull);
  EXPECT_FALSE(tables_.translate(kHigh));
}

// Random requests; every page of the window then answers as the oracle says.
TEST(PageTableRandomTest, AgreesWithAMapOfPages) {
  std::mt19937_64 random(20240229);
  for (int round = 0; round < 200; ++round) {
    auto root = std::make_unique<Table>();
    std::vector<Table> pool(64);
    PageTables tables(*root, std::span<Table>(pool), 0);
    std::map<std::uint64_t, std::uint64_t> oracle;
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t page = random() % 2048;
      const std::uint64_t count = 1 + random() % 700;
      const std::uint64_t shift = (random() % 3) * 512;  // where physical lies
      const std::uint64_t phys_page = page + shift;
      const auto done = tables.map(kHigh + page * kPage, phys_page * kPage, count * kPage, kData);
      // What was there stays; new pages come in up to the first that contradicts.
      for (std::uint64_t p = 0; p < count; ++p) {
        const auto [at, is_new] = oracle.try_emplace(page + p, phys_page + p);
        if (!is_new && at->second != phys_page + p) {
          ASSERT_FALSE(done);
          break;
        }
      }
    }
    for (std::uint64_t page = 0; page < 4096; ++page) {
      const auto found = tables.translate(kHigh + page * kPage);
      const auto expected = oracle.find(page);
      ASSERT_EQ(found.has_value(), expected != oracle.end()) << "page " << page;
      if (found) {
        ASSERT_EQ(found->physical, expected->second * kPage) << "page " << page;
      }
    }
  }
}

}  // namespace
}  // namespace baton::arch
