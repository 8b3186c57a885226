// "reg" through no bus, one bus and several, and every way in which the way up can be blocked.
#include "drivers/fdt/address.h"

#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

using Cells = std::vector<std::uint32_t>;

Result<Range> first_register(const Blob& blob, std::string_view path, std::size_t index = 0) {
  const auto tree = Fdt::open(blob.bytes());
  EXPECT_TRUE(tree);
  const auto node = tree->find_path(path);
  EXPECT_TRUE(node);
  return registers(*tree, *node, index);
}

// /device, with the root's counts of cells and this "reg".
Result<Range> on_root(std::uint32_t address_cells, std::uint32_t size_cells, const Cells& reg,
                      std::size_t index = 0) {
  const Blob blob = TreeBuilder()
                        .cells("#address-cells", {address_cells})
                        .cells("#size-cells", {size_cells})
                        .begin("device")
                        .cells("reg", reg)
                        .end()
                        .finish();
  return first_register(blob, "/device", index);
}

TEST(Registers, OfTheRootsChildrenAreTheCpus) {
  EXPECT_EQ(on_root(1, 1, {0x9000000, 0x1000}), (Range{.base = 0x9000000, .size = 0x1000}));
  EXPECT_EQ(on_root(2, 1, {1, 2, 3}), (Range{.base = 0x1'0000'0002, .size = 3}));
  EXPECT_EQ(on_root(1, 2, {0x1000, 0, 3}), (Range{.base = 0x1000, .size = 3}));
  EXPECT_EQ(on_root(2, 2, {1, 2, 3, 4}), (Range{.base = 0x1'0000'0002, .size = 0x3'0000'0004}));
}

TEST(Registers, EntriesByIndex) {
  const Cells reg = {0x1000, 0x10, 0x2000, 0x20};
  EXPECT_EQ(on_root(1, 1, reg, 1), (Range{.base = 0x2000, .size = 0x20}));
  EXPECT_EQ(on_root(1, 1, reg, 2).error(), Error::kOutOfRange);
  EXPECT_EQ(on_root(1, 1, reg, ~std::size_t{0}).error(), Error::kOutOfRange);
  EXPECT_EQ(on_root(1, 1, {}, 0).error(), Error::kOutOfRange);
}

TEST(Registers, CountsOfCells) {
  const Cells reg = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(on_root(0, 1, reg).error(), Error::kUnsupported);
  EXPECT_EQ(on_root(3, 1, reg).error(), Error::kUnsupported);
  EXPECT_EQ(on_root(0xffffffff, 1, reg).error(), Error::kUnsupported);
  EXPECT_EQ(on_root(1, 0, reg).error(), Error::kUnsupported);
  EXPECT_EQ(on_root(1, 3, reg).error(), Error::kUnsupported);
  EXPECT_EQ(on_root(1, 0xffffffff, reg).error(), Error::kUnsupported);
}

TEST(Registers, CountsOfCellsByDefault) {
  const Blob blob = TreeBuilder().begin("device").cells("reg", {1, 2, 3}).end().finish();
  EXPECT_EQ(first_register(blob, "/device"), (Range{.base = 0x1'0000'0002, .size = 3}));
}

TEST(Registers, DamagedCountsOfCells) {
  for (const char* name : {"#address-cells", "#size-cells"}) {
    const Blob blob =
        TreeBuilder().raw(name, "abc").begin("device").cells("reg", {1, 2, 3}).end().finish();
    EXPECT_EQ(first_register(blob, "/device").error(), Error::kCorrupt) << name;
  }
}

TEST(Registers, DamagedEntries) {
  EXPECT_EQ(on_root(1, 1, {1, 2, 3}).error(), Error::kCorrupt);             // half an entry
  EXPECT_EQ(on_root(1, 1, {0x1000, 0}).error(), Error::kEmpty);             // of no size
  EXPECT_EQ(on_root(1, 1, {0xfffff000, 0x1001}).error(), Error::kCorrupt);  // past one cell
  EXPECT_EQ(on_root(2, 1, {0xffffffff, 0xfffff000, 0x1000}).error(), Error::kCorrupt);
  EXPECT_EQ(on_root(2, 2, {0x80000000, 0, 0x80000000, 0}).error(), Error::kCorrupt);
  EXPECT_EQ(on_root(1, 1, {0xfffff000, 0x1000}), (Range{.base = 0xfffff000, .size = 0x1000}));
  EXPECT_EQ(on_root(2, 1, {0xffffffff, 0xffffefff, 0x1000}),
            (Range{.base = 0xffff'ffff'ffff'efff, .size = 0x1000}));
}

TEST(Registers, NodesWithoutAny) {
  const Blob blob = TreeBuilder().cells("reg", {0, 0, 1}).begin("device").end().finish();
  EXPECT_EQ(first_register(blob, "/device").error(), Error::kNotFound);
  EXPECT_EQ(first_register(blob, "/").error(), Error::kNotFound);
}

// /bus/device: the root has two cells of address and one of size, the bus one each.
Result<Range> behind_bus(const Cells& ranges, const Cells& reg) {
  const Blob blob = TreeBuilder()
                        .cells("#address-cells", {2})
                        .cells("#size-cells", {1})
                        .begin("bus")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", ranges)
                        .begin("device")
                        .cells("reg", reg)
                        .end()
                        .end()
                        .finish();
  return first_register(blob, "/bus/device");
}

TEST(Ranges, TranslateByTheEntryThatCovers) {
  const Cells ranges = {0x7e000000, 0, 0xfe000000, 0x01800000,  //
                        0x7c000000, 0, 0xfc000000, 0x02000000,  //
                        0x40000000, 4, 0xff800000, 0x00800000};
  EXPECT_EQ(behind_bus(ranges, {0x7e201000, 0x200}), (Range{.base = 0xfe201000, .size = 0x200}));
  EXPECT_EQ(behind_bus(ranges, {0x7d580000, 0x100}), (Range{.base = 0xfd580000, .size = 0x100}));
  EXPECT_EQ(behind_bus(ranges, {0x40041000, 0x1000}),
            (Range{.base = 0x4'ff84'1000, .size = 0x1000}));
  // First and last byte of an entry.
  EXPECT_EQ(behind_bus(ranges, {0x7e000000, 0x01800000}),
            (Range{.base = 0xfe000000, .size = 0x01800000}));
  EXPECT_EQ(behind_bus(ranges, {0x7f7fffff, 1}), (Range{.base = 0xff7fffff, .size = 1}));
  // Outside of all, or partly.
  EXPECT_EQ(behind_bus(ranges, {0x7f7fffff, 2}).error(), Error::kFault);
  EXPECT_EQ(behind_bus(ranges, {0x7f800000, 1}).error(), Error::kFault);
  EXPECT_EQ(behind_bus(ranges, {0x3fffffff, 2}).error(), Error::kFault);
  EXPECT_EQ(behind_bus(ranges, {0x3fffffff, 1}).error(), Error::kFault);
}

TEST(Ranges, NoneMeansNoAccessAndEmptyMeansTheSameAddresses) {
  TreeBuilder tree;
  tree.cells("#address-cells", {1}).cells("#size-cells", {1});
  for (const char* bus : {"blocked", "same"}) {
    tree.begin(bus).cells("#address-cells", {1}).cells("#size-cells", {1});
    if (std::string_view(bus) == "same") tree.flag("ranges");
    tree.begin("device").cells("reg", {0x1000, 0x10}).end().end();
  }
  const Blob blob = tree.finish();
  EXPECT_EQ(first_register(blob, "/blocked/device").error(), Error::kFault);
  EXPECT_EQ(first_register(blob, "/same/device"), (Range{.base = 0x1000, .size = 0x10}));
}

TEST(Ranges, Damaged) {
  const Cells reg = {0x1000, 0x10};
  EXPECT_EQ(behind_bus({0x1000, 0, 0x1000}, reg).error(), Error::kCorrupt);  // half an entry
  // Above what 64 bits can say.
  EXPECT_EQ(behind_bus({0, 0xffffffff, 0xffffff00, 0x2000}, reg).error(), Error::kCorrupt);
  EXPECT_EQ(behind_bus({0, 0xffffffff, 0xffffeff8, 0x2000}, reg).error(), Error::kCorrupt);
  // An entry of no size covers nothing; one whose end wraps covers what lies below its end.
  EXPECT_EQ(behind_bus({0x1000, 0, 0x1000, 0}, reg).error(), Error::kFault);
  EXPECT_EQ(behind_bus({0x1000, 0, 0x5000, 0xffffffff}, reg),
            (Range{.base = 0x5000, .size = 0x10}));
}

TEST(Ranges, AsLongAsTheAddressSpaceCoverNothingBelowTheirStart) {
  const Blob blob = TreeBuilder()
                        .begin("bus")
                        .cells("#address-cells", {2})
                        .cells("#size-cells", {2})
                        .cells("ranges", {0, 0x2000, 0, 0x5000, 0xffffffff, 0xffffffff})
                        .begin("below")
                        .cells("reg", {0, 0x1000, 0, 0x10})
                        .end()
                        .begin("inside")
                        .cells("reg", {0, 0x2000, 0, 0x10})
                        .end()
                        .end()
                        .finish();
  EXPECT_EQ(first_register(blob, "/bus/below").error(), Error::kFault);
  EXPECT_EQ(first_register(blob, "/bus/inside"), (Range{.base = 0x5000, .size = 0x10}));
}

TEST(Ranges, OfABusWhoseParentHasOneCell) {
  const Blob blob = TreeBuilder()
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .begin("bus")
                        .cells("#address-cells", {2})
                        .cells("#size-cells", {2})
                        .cells("ranges", {1, 0, 0xf0000000, 0, 0x20000000})
                        .begin("low")
                        .cells("reg", {1, 0x1000, 0, 0x10})
                        .end()
                        .begin("last")
                        .cells("reg", {1, 0x0fffff00, 0, 0x100})
                        .end()
                        .begin("high")
                        .cells("reg", {1, 0x0fffff00, 0, 0x101})
                        .end()
                        .begin("higher")
                        .cells("reg", {1, 0x18000000, 0, 0x10})
                        .end()
                        .end()
                        .finish();
  EXPECT_EQ(first_register(blob, "/bus/low"), (Range{.base = 0xf0001000, .size = 0x10}));
  EXPECT_EQ(first_register(blob, "/bus/last"), (Range{.base = 0xffffff00, .size = 0x100}));
  EXPECT_EQ(first_register(blob, "/bus/high").error(), Error::kCorrupt);
  EXPECT_EQ(first_register(blob, "/bus/higher").error(), Error::kCorrupt);
}

TEST(Ranges, SeveralBusesOneAfterTheOther) {
  const Blob blob = TreeBuilder()
                        .cells("#address-cells", {2})
                        .cells("#size-cells", {2})
                        .begin("outer")
                        .cells("#address-cells", {2})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0, 0x10000, 1, 0x20000, 0x10000})
                        .begin("middle")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0x100, 0, 0x10100, 0x1000})
                        .begin("inner")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {2})
                        .flag("ranges")
                        .begin("device")
                        .cells("reg", {0x180, 0, 0x20})
                        .end()
                        .end()
                        .end()
                        .end()
                        .finish();
  EXPECT_EQ(first_register(blob, "/outer/middle/inner/device"),
            (Range{.base = 0x1'0002'0180, .size = 0x20}));
}

TEST(Ranges, OfBusesThatAreNoMemory) {
  const Blob blob = TreeBuilder()
                        .begin("pci")
                        .cells("#address-cells", {3})
                        .cells("#size-cells", {2})
                        .cells("ranges", {0, 0, 0, 0, 0, 0, 0x1000})
                        .begin("device")
                        .cells("reg", {0, 0, 0, 0, 0x10})
                        .end()
                        .begin("bridge")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0, 0, 0, 0, 0x1000})
                        .begin("device")
                        .cells("reg", {0, 0x10})
                        .end()
                        .end()
                        .end()
                        .begin("no-sizes")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {0})
                        .cells("ranges", {0, 0, 0})
                        .begin("bus")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0, 0, 0x1000})
                        .begin("device")
                        .cells("reg", {0, 0x10})
                        .end()
                        .end()
                        .end()
                        .begin("i2c")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {0})
                        .begin("sensor")
                        .cells("reg", {0x48})
                        .end()
                        .begin("adapter")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0, 0x48, 0x10})
                        .begin("device")
                        .cells("reg", {0, 0x10})
                        .end()
                        .end()
                        .end()
                        .finish();
  EXPECT_EQ(first_register(blob, "/pci/device").error(), Error::kUnsupported);
  EXPECT_EQ(first_register(blob, "/no-sizes/bus/device").error(), Error::kUnsupported);
  EXPECT_EQ(first_register(blob, "/pci/bridge/device").error(), Error::kUnsupported);
  EXPECT_EQ(first_register(blob, "/i2c/sensor").error(), Error::kUnsupported);
  EXPECT_EQ(first_register(blob, "/i2c/adapter/device").error(), Error::kFault);
}

TEST(Registers, OnTheirOwnBus) {
  const Blob blob = TreeBuilder()
                        .begin("bus")
                        .cells("#address-cells", {1})
                        .cells("#size-cells", {1})
                        .cells("ranges", {0x7e000000, 0, 0xfe000000, 0x1000000})
                        .begin("device")
                        .cells("reg", {0x7e001000, 0x10, 0x7e002000, 0x20})
                        .end()
                        .end()
                        .finish();
  const auto tree = Fdt::open(blob.bytes());
  ASSERT_TRUE(tree);
  const auto all = Registers::of(*tree, *tree->find_path("/bus/device"));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->count(), 2u);
  EXPECT_EQ(all->on_bus(1), (Range{.base = 0x7e002000, .size = 0x20}));
  EXPECT_EQ(all->at(1), (Range{.base = 0xfe002000, .size = 0x20}));
  EXPECT_EQ(all->on_bus(2).error(), Error::kOutOfRange);
  EXPECT_EQ(all->at(2).error(), Error::kOutOfRange);
}

}  // namespace
}  // namespace baton::drivers::fdt
