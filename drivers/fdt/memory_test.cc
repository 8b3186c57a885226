// Banks of memory and what is reserved of them.
#include "drivers/fdt/memory.h"

#include <array>
#include <string>
#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

using Ranges = std::vector<Range>;
using By = Reserved::By;

constexpr std::uint64_t kTreeAddress = 0x0800'0000;

TreeBuilder root(std::initializer_list<Range> reservations = {}) {
  TreeBuilder tree(reservations);
  tree.cells("#address-cells", {2}).cells("#size-cells", {2});
  return tree;
}

Result<Ranges> memory_of(TreeBuilder& tree, std::size_t room = 8) {
  const Blob blob = tree.finish();
  const auto view = Fdt::open(blob.bytes());
  EXPECT_TRUE(view);
  Ranges storage(room);
  const auto found = memory(*view, storage);
  if (!found) return fail(found.error());
  return Ranges(found->begin(), found->end());
}

// What is reserved besides the tree itself, which is checked here.
Result<std::vector<Reserved>> reserved_of(TreeBuilder& tree, std::size_t room = 8) {
  const Blob blob = tree.finish();
  const auto view = Fdt::open(blob.bytes());
  EXPECT_TRUE(view);
  std::vector<Reserved> storage(room);
  const auto found = reserved(*view, kTreeAddress, storage);
  if (!found) return fail(found.error());
  std::vector<Reserved> others;
  bool self = false;
  for (const Reserved& each : *found) {
    if (each.by != By::kTree) {
      others.push_back(each);
      continue;
    }
    EXPECT_FALSE(self);
    EXPECT_EQ(each.range, (Range{.base = kTreeAddress, .size = blob.bytes().size()}));
    self = true;
  }
  EXPECT_TRUE(self);
  return others;
}

TEST(Memory, OfSeveralNodesInOrderAndMerged) {
  TreeBuilder tree = root();
  tree.begin("memory@80000000").text("device_type", {"memory"});
  tree.cells("reg", {0, 0x80000000, 0, 0x10000000, 1, 0, 0, 0x1000}).end();
  tree.begin("memory@40000000").text("device_type", {"memory"});
  tree.cells("reg", {0, 0x40000000, 0, 0x40000000}).end();
  EXPECT_EQ(memory_of(tree), (Ranges{{.base = 0x4000'0000, .size = 0x5000'0000},
                                     {.base = 0x1'0000'0000, .size = 0x1000}}));
}

TEST(Memory, IsKnownByTypeOrElseByName) {
  TreeBuilder tree = root();
  tree.begin("ram@1000").text("device_type", {"memory"}).cells("reg", {0, 0x1000, 0, 0x10}).end();
  tree.begin("memory").cells("reg", {0, 0x2000, 0, 0x10}).end();
  tree.begin("memory@3000").cells("reg", {0, 0x3000, 0, 0x10}).end();
  tree.begin("memory@4000").text("device_type", {"other"}).cells("reg", {0, 0x4000, 0, 0x10}).end();
  tree.begin("memory-controller@5000").cells("reg", {0, 0x5000, 0, 0x10}).end();
  tree.begin("bus").begin("memory@6000").cells("reg", {0, 0x6000, 0x10}).end().end();
  EXPECT_EQ(memory_of(tree), (Ranges{{.base = 0x1000, .size = 0x10},
                                     {.base = 0x2000, .size = 0x10},
                                     {.base = 0x3000, .size = 0x10}}));
}

TEST(Memory, SkipsDisabledNodesAndEmptyBanks) {
  TreeBuilder tree = root();
  tree.begin("memory@0").cells("reg", {0, 0, 0, 0, 0, 0x1000, 0, 0x1000}).end();
  tree.begin("memory@8").cells("reg", {0, 0x8000, 0, 0x1000}).text("status", {"disabled"}).end();
  EXPECT_EQ(memory_of(tree), (Ranges{{.base = 0x1000, .size = 0x1000}}));
}

TEST(Memory, NoneIsAnError) {
  TreeBuilder none = root();
  EXPECT_EQ(memory_of(none).error(), Error::kNotFound);
  TreeBuilder empty = root();
  empty.begin("memory@0").cells("reg", {0, 0, 0, 0}).end();
  EXPECT_EQ(memory_of(empty).error(), Error::kNotFound);
}

TEST(Memory, DamagedIsAnError) {
  TreeBuilder wraps = root();
  wraps.begin("memory@0").cells("reg", {0xffffffff, 0, 1, 0}).end();
  EXPECT_EQ(memory_of(wraps).error(), Error::kCorrupt);
  TreeBuilder half = root();
  half.begin("memory@0").cells("reg", {0, 0, 0}).end();
  EXPECT_EQ(memory_of(half).error(), Error::kCorrupt);
  TreeBuilder without = root();
  without.begin("memory@0").end();
  EXPECT_EQ(memory_of(without).error(), Error::kNotFound);
  TreeBuilder three;
  three.cells("#address-cells", {3}).begin("memory@0").cells("reg", {0, 0, 0, 1}).end();
  EXPECT_EQ(memory_of(three).error(), Error::kUnsupported);
  TreeBuilder zero;
  zero.cells("#address-cells", {0}).begin("memory@0").cells("reg", {1}).end();
  EXPECT_EQ(memory_of(zero).error(), Error::kUnsupported);
}

TEST(Memory, MoreBanksThanRoom) {
  const auto build = [](std::uint32_t stride) {
    std::vector<std::uint32_t> reg;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
      reg.insert(reg.end(), {0, i * stride, 0, 0x1000});
    }
    TreeBuilder tree = root();
    tree.begin("memory@0").cells("reg", reg).end();
    return tree;
  };
  TreeBuilder apart = build(0x2000);
  EXPECT_EQ(memory_of(apart).error(), Error::kFull);
  TreeBuilder touching = build(0x1000);
  EXPECT_EQ(memory_of(touching, 1), (Ranges{{.base = 0, .size = 0x1000 * 10'000}}));
}

TEST(ReservedMemory, FromAllSources) {
  TreeBuilder tree = root({{.base = 0, .size = 0x1000}, {.base = 0x5000, .size = 0x10}});
  tree.begin("reserved-memory").cells("#address-cells", {1}).cells("#size-cells", {1});
  tree.flag("ranges");
  tree.begin("firmware@10000")
      .cells("reg", {0x10000, 0x1000, 0x20000, 0x2000})
      .flag("no-map")
      .end();
  tree.begin("log@30000").cells("reg", {0x30000, 0x3000}).end();
  tree.begin("placed-by-us").cells("size", {0x1000}).end();
  tree.begin("off@40000").cells("reg", {0x40000, 0x1000}).text("status", {"disabled"}).end();
  tree.begin("unfilled@0").cells("reg", {0, 0}).end();
  tree.end();
  tree.begin("chosen")
      .cells("linux,initrd-start", {0x1000000})
      .cells("linux,initrd-end", {0x1000123});
  tree.end();
  EXPECT_EQ(reserved_of(tree),
            (std::vector<Reserved>{
                {.range = {.base = 0, .size = 0x1000}, .by = By::kReserveList},
                {.range = {.base = 0x5000, .size = 0x10}, .by = By::kReserveList},
                {.range = {.base = 0x10000, .size = 0x1000}, .by = By::kNode, .no_map = true},
                {.range = {.base = 0x20000, .size = 0x2000}, .by = By::kNode, .no_map = true},
                {.range = {.base = 0x30000, .size = 0x3000}, .by = By::kNode},
                {.range = {.base = 0x1000000, .size = 0x123}, .by = By::kInitrd}}));
}

TEST(ReservedMemory, IsTranslatedWhereRangesSaySo) {
  const auto build = [](bool with_ranges) {
    TreeBuilder tree = root();
    tree.begin("reserved-memory").cells("#address-cells", {1}).cells("#size-cells", {1});
    if (with_ranges) tree.cells("ranges", {0, 1, 0, 0x100000});
    tree.begin("a@1000").cells("reg", {0x1000, 0x10}).end().end();
    return tree;
  };
  TreeBuilder moved = build(true);
  EXPECT_EQ(
      reserved_of(moved),
      (std::vector<Reserved>{{.range = {.base = 0x1'0000'1000, .size = 0x10}, .by = By::kNode}}));
  TreeBuilder forgotten = build(false);
  EXPECT_EQ(reserved_of(forgotten),
            (std::vector<Reserved>{{.range = {.base = 0x1000, .size = 0x10}, .by = By::kNode}}));
}

TEST(ReservedMemory, NothingButTheTree) {
  TreeBuilder tree = root();
  EXPECT_TRUE(reserved_of(tree)->empty());
  TreeBuilder off = root();
  off.begin("reserved-memory").text("status", {"disabled"});
  off.begin("a").cells("reg", {0, 0x1000, 0x10}).end().end();
  EXPECT_TRUE(reserved_of(off)->empty());
}

TEST(ReservedMemory, WhatCannotBeUnderstoodIsAnError) {
  TreeBuilder wraps = root({{.base = ~std::uint64_t{0}, .size = 0x1000}});
  EXPECT_EQ(reserved_of(wraps).error(), Error::kCorrupt);
  const auto with_node = [](const std::vector<std::uint32_t>& reg) {
    TreeBuilder tree = root();
    tree.begin("reserved-memory").cells("#address-cells", {1}).cells("#size-cells", {1});
    tree.cells("ranges", {0, 0, 0, 0x10000});
    tree.begin("a").cells("reg", reg).end().end();
    return reserved_of(tree).error();
  };
  EXPECT_EQ(with_node({0xffffffff, 2}), Error::kCorrupt);
  EXPECT_EQ(with_node({1, 2, 3}), Error::kCorrupt);
  EXPECT_EQ(with_node({0x20000, 2}), Error::kFault);
  TreeBuilder disk = root();
  disk.begin("chosen").cells("linux,initrd-start", {0x1000000}).end();
  EXPECT_EQ(reserved_of(disk).error(), Error::kCorrupt);
}

TEST(ReservedMemory, MoreThanRoom) {
  for (std::size_t room = 0; room < 3; ++room) {
    TreeBuilder tree = root({{.base = 0, .size = 1}, {.base = 2, .size = 1}});
    EXPECT_EQ(reserved_of(tree, room).error(), Error::kFull) << room;
  }
  TreeBuilder fits = root({{.base = 0, .size = 1}, {.base = 2, .size = 1}});
  EXPECT_TRUE(reserved_of(fits, 3));
}

TEST(ReservedMemory, ATreeAtTheEndOfTheAddressSpace) {
  TreeBuilder builder = root();
  const Blob blob = builder.finish();
  std::array<Reserved, 4> storage;
  EXPECT_EQ(reserved(*Fdt::open(blob.bytes()), ~std::uint64_t{0} - 8, storage).error(),
            Error::kCorrupt);
}

}  // namespace
}  // namespace baton::drivers::fdt
