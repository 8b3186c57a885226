// The table writer against the architecture's walk: `translate` is the reader's half, and a map of
// what was asked for is the oracle.
#include "arch/aarch64/page_table.h"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
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

TEST_F(PageTableTest, PagesOnlyWhereAsked) {
  ASSERT_TRUE(tables_.map(kHigh, 0, 2 * kMega2, kData, /*keep_existing=*/false,
                          PageTables::Blocks::kPages));
  EXPECT_EQ(tables_.translate(kHigh)->block_bytes, kPage);
  EXPECT_EQ(tables_.translate(kHigh + 2 * kMega2 - 1)->block_bytes, kPage);
  EXPECT_EQ(tables_.translate(kHigh + 2 * kMega2 - 1)->physical, 2 * kMega2 - 1);
  EXPECT_FALSE(tables_.translate(kHigh + 2 * kMega2));
  EXPECT_EQ(tables_.tables_used(), 3U);
}

TEST_F(PageTableTest, AGuardIsOnePageAndStaysOne) {
  ASSERT_TRUE(tables_.map(kHigh, 0, 4 * kPage, kData));
  EXPECT_FALSE(tables_.is_guard(kHigh + kPage));
  ASSERT_TRUE(tables_.make_guard(kHigh + kPage));
  ASSERT_TRUE(tables_.make_guard(kHigh + kPage));
  EXPECT_TRUE(tables_.is_guard(kHigh + kPage));
  EXPECT_TRUE(tables_.is_guard(kHigh + 2 * kPage - 1));
  EXPECT_FALSE(tables_.translate(kHigh + kPage));
  EXPECT_FALSE(tables_.translate(kHigh + 2 * kPage - 1));
  for (const std::uint64_t neighbour : {0U, 2U, 3U}) {
    const std::uint64_t offset = neighbour * kPage;
    EXPECT_FALSE(tables_.is_guard(kHigh + offset));
    ASSERT_TRUE(tables_.translate(kHigh + offset));
    EXPECT_EQ(tables_.translate(kHigh + offset)->physical, offset);
    EXPECT_EQ(tables_.translate(kHigh + offset)->attributes, kData.bits());
  }
  // Neither the same mapping nor one that would keep what is there brings it back.
  EXPECT_EQ(tables_.map(kHigh + kPage, kPage, kPage, kData).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.map(kHigh, 0, 4 * kPage, kData, /*keep_existing=*/true).error(),
            Error::kInvalidArgument);
  EXPECT_TRUE(tables_.is_guard(kHigh + kPage));
}

// Every bit of an invalid descriptor but bit 0 is software's.  [ARMv8-A D5.3.1]
TEST_F(PageTableTest, AGuardIsInvalidToTheHardware) {
  ASSERT_TRUE(tables_.map(kHigh, 0, kPage, kData));
  ASSERT_TRUE(tables_.make_guard(kHigh));
  const Table& last = pool_.at(1);
  EXPECT_EQ(last.entries[0] & 1U, 0U);
  EXPECT_NE(last.entries[0], 0U);
}

TEST_F(PageTableTest, NoGuardWhereItCannotBe) {
  ASSERT_TRUE(tables_.map(kHigh, 0, kMega2, kData));
  ASSERT_TRUE(tables_.map(kHigh + kGiga, kGiga, kGiga, kData));
  ASSERT_TRUE(tables_.map(kHigh + kMega2, kMega2, kPage, kData));
  EXPECT_EQ(tables_.make_guard(kHigh + 5 * kPage).error(), Error::kUnsupported);
  EXPECT_EQ(tables_.make_guard(kHigh + kGiga + kMega2).error(), Error::kUnsupported);
  EXPECT_EQ(tables_.make_guard(kHigh + kMega2 + 8).error(), Error::kInvalidArgument);
  EXPECT_EQ(tables_.make_guard(kHigh + kMega2 + kPage).error(), Error::kNotFound);
  EXPECT_EQ(tables_.make_guard(kHigh + 2 * kMega2).error(), Error::kNotFound);
  EXPECT_EQ(tables_.make_guard(kHigh + 8 * kGiga).error(), Error::kNotFound);
  EXPECT_EQ(tables_.translate(kHigh + 5 * kPage)->block_bytes, kMega2);
  EXPECT_FALSE(tables_.is_guard(kHigh + 5 * kPage));
  EXPECT_FALSE(tables_.is_guard(kHigh + 8 * kGiga));
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
    std::set<std::uint64_t> guards;
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t page = random() % 2048;
      const std::uint64_t count = 1 + random() % 700;
      const std::uint64_t shift = (random() % 3) * 512;  // where physical lies
      const std::uint64_t phys_page = page + shift;
      const auto blocks = random() % 2 == 0 ? PageTables::Blocks::kPages  //
                                            : PageTables::Blocks::kLargest;
      const auto done = tables.map(kHigh + page * kPage, phys_page * kPage, count * kPage, kData,
                                   /*keep_existing=*/false, blocks);
      // What was there stays; new pages come in up to the first that contradicts.
      for (std::uint64_t p = 0; p < count; ++p) {
        if (guards.contains(page + p)) {
          ASSERT_FALSE(done);
          break;
        }
        const auto [at, is_new] = oracle.try_emplace(page + p, phys_page + p);
        if (!is_new && at->second != phys_page + p) {
          ASSERT_FALSE(done);
          break;
        }
      }
      const std::uint64_t at = random() % 2048;
      const auto there = tables.translate(kHigh + at * kPage);
      const bool is_page = there && there->block_bytes == kPage;
      ASSERT_EQ(tables.make_guard(kHigh + at * kPage).has_value(), is_page || guards.contains(at));
      if (is_page) {
        guards.insert(at);
        oracle.erase(at);
      }
    }
    for (std::uint64_t page = 0; page < 4096; ++page) {
      const auto found = tables.translate(kHigh + page * kPage);
      const auto expected = oracle.find(page);
      ASSERT_EQ(found.has_value(), expected != oracle.end()) << "page " << page;
      ASSERT_EQ(tables.is_guard(kHigh + page * kPage), guards.contains(page)) << "page " << page;
      if (found) {
        ASSERT_EQ(found->physical, expected->second * kPage) << "page " << page;
      }
    }
  }
}

}  // namespace
}  // namespace baton::arch
