#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <vector>

#include "base/result.h"
#include "drivers/block/ram_disk/ram_disk.h"
#include "drivers/block/testing/fault_disk.h"
#include "drivers/iface/block_device.h"
#include "gtest/gtest.h"

namespace baton::drivers::testing {
namespace {

using Sector = std::array<std::byte, 512>;

Sector sector_of(unsigned value) {
  Sector sector;
  sector.fill(static_cast<std::byte>(value));
  return sector;
}

Error error_of(const Result<void>& result) {
  return result ? static_cast<Error>(255) : result.error();
}

// What every disk answers.
void check_bounds(iface::BlockDevice& disk) {
  ASSERT_EQ(disk.sectors(), 8U);
  std::array<std::byte, 9 * 512> buffer{};
  const std::span all(buffer);
  EXPECT_TRUE(disk.read(0, all.first(8 * 512)));
  EXPECT_TRUE(disk.write(7, all.first(512)));
  EXPECT_TRUE(disk.read(8, {}));
  EXPECT_EQ(error_of(disk.read(0, all)), Error::kOutOfRange);
  EXPECT_EQ(error_of(disk.write(7, all.first(1024))), Error::kOutOfRange);
  EXPECT_EQ(error_of(disk.read(9, {})), Error::kOutOfRange);
  EXPECT_EQ(error_of(disk.read(UINT64_MAX, all.first(512))), Error::kOutOfRange);
  EXPECT_EQ(error_of(disk.read(0, all.first(511))), Error::kInvalidArgument);
  EXPECT_EQ(error_of(disk.write(0, all.first(513))), Error::kInvalidArgument);
  const Sector written = sector_of(7);
  EXPECT_TRUE(disk.write(3, written));
  EXPECT_TRUE(disk.flush());
  Sector got{};
  EXPECT_TRUE(disk.read(3, got));
  EXPECT_EQ(got, written);
}

TEST(Disks, KeepToTheirBounds) {
  std::vector<std::byte> memory(8 * 512 + 100);
  RamDisk ram(memory);
  check_bounds(ram);
  FaultDisk fault(Image(8 * 512));
  check_bounds(fault);
}

TEST(Disks, MayBeReadOnly) {
  std::vector<std::byte> memory(512);
  RamDisk ram(memory, true);
  FaultDisk fault(Image(512), true);
  EXPECT_EQ(error_of(ram.write(0, sector_of(1))), Error::kReadOnly);
  EXPECT_EQ(error_of(fault.write(0, sector_of(1))), Error::kReadOnly);
}

TEST(FaultDisk, FailsWhenTold) {
  FaultDisk disk(Image(4 * 512));
  disk.fail_at(1, 2);
  Sector got{};
  EXPECT_TRUE(disk.read(0, got));
  EXPECT_EQ(error_of(disk.flush()), Error::kIo);
  EXPECT_EQ(error_of(disk.read(0, got)), Error::kIo);
  EXPECT_TRUE(disk.read(0, got));
  EXPECT_EQ(disk.requests(), 4U);
  disk.spoil(2);
  EXPECT_EQ(error_of(disk.read(2, got)), Error::kIo);
  EXPECT_TRUE(disk.read(1, got));
}

TEST(FaultDisk, AWriteThatFailsIsTorn) {
  std::set<std::pair<bool, bool>> seen;
  for (int i = 0; i < 50; ++i) {
    static FaultDisk disk(Image(2 * 512));
    disk.fail_at(disk.requests());
    std::ranges::fill(disk.image(), std::byte{0});
    std::array<std::byte, 1024> ones;
    ones.fill(std::byte{1});
    EXPECT_EQ(error_of(disk.write(0, ones)), Error::kIo);
    seen.emplace(disk.image()[0] == std::byte{1}, disk.image()[512] == std::byte{1});
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST(PowerCuts, LeaveWhatNoFlushOrdered) {
  FaultDisk disk(Image(2 * 512));
  ASSERT_TRUE(disk.write(0, sector_of(9)));
  disk.record();
  ASSERT_TRUE(disk.write(0, sector_of(1)));
  ASSERT_TRUE(disk.flush());
  ASSERT_TRUE(disk.write(0, sector_of(2)));
  ASSERT_TRUE(disk.write(0, sector_of(3)));
  ASSERT_TRUE(disk.write(1, sector_of(4)));
  std::mt19937 random(1);
  const auto states = [&](const std::vector<Event>& events) {
    std::vector<std::set<std::pair<int, int>>> found;
    PowerCuts cuts(disk.before(), events);
    do {
      auto& here = found.emplace_back();
      for (int i = 0; i < 100; ++i) {
        const Image image = cuts.in_any_order(random);
        here.emplace(std::to_integer<int>(image[0]), std::to_integer<int>(image[512]));
      }
    } while (cuts.step());
    return found;
  };
  using States = std::set<std::pair<int, int>>;
  const auto found = states(disk.events());
  ASSERT_EQ(found.size(), 6U);
  EXPECT_EQ(found[0], (States{{9, 0}}));
  EXPECT_EQ(found[1], (States{{9, 0}, {1, 0}}));
  EXPECT_EQ(found[2], (States{{1, 0}}));
  EXPECT_EQ(found[4], (States{{1, 0}, {2, 0}, {3, 0}}));
  EXPECT_EQ(found[5], (States{{1, 0}, {2, 0}, {3, 0}, {1, 4}, {2, 4}, {3, 4}}));
  EXPECT_TRUE(states(without_flushes(disk.events())).back().contains({9, 4}));
  const auto swapped = with_order_swapped(disk.events());
  ASSERT_EQ(swapped.size(), 5U);
  EXPECT_EQ(swapped[0].bytes[0], std::byte{2});
  EXPECT_EQ(swapped[3].bytes[0], std::byte{1});
}

}  // namespace
}  // namespace baton::drivers::testing
