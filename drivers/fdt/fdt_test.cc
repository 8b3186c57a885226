// Nodes and properties, as small trees and a whole machine's have them.
#include "drivers/fdt/fdt.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/machines.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

class FdtTest : public ::testing::Test {
 protected:
  FdtTest()
      : blob_(TreeBuilder()
                  .text("model", {"A board"})
                  .text("compatible", {"maker,board-2", "maker,board"})
                  .begin("aliases")
                  .text("first", {"/bus/device@1000"})
                  .text("bus0", {"/bus"})
                  .text("nowhere", {"/bus/absent"})
                  .text("relative", {"bus"})
                  .text("circle", {"circle"})
                  .raw("endless", "/bus")
                  .end()
                  .begin("bus")
                  .text("compatible", {"simple-bus"})
                  .begin("device@1000")
                  .text("compatible", {"maker,device-b", "maker,device"})
                  .cells("phandle", {7})
                  .cells("one", {0x12345678})
                  .cells("two", {0x12345678, 0x9abcdef0})
                  .cells("three", {1, 2, 3})
                  .raw("odd", "abc")
                  .flag("nothing")
                  .text("list", {"a", "", "ccc"})
                  .raw("half-list", std::string_view("a\0b", 3))
                  .end()
                  .begin("device@2000")
                  .text("compatible", {"maker,device"})
                  .cells("linux,phandle", {8})
                  .text("status", {"disabled"})
                  .begin("inner")
                  .text("compatible", {"maker,inner"})
                  .end()
                  .end()
                  .begin("device@3000")
                  .text("compatible", {"maker,device"})
                  .text("status", {"ok"})
                  .end()
                  .end()
                  .begin("none")
                  .cells("phandle", {0})
                  .end()
                  .begin("all")
                  .cells("phandle", {0xffffffff})
                  .end()
                  .begin("last")
                  .text("compatible", {"maker,inner"})
                  .raw("status", "okay")  // does not end
                  .end()
                  .finish()),
        tree_(*Fdt::open(blob_.bytes())) {}

  Node at(std::string_view path) const {
    const auto node = tree_.find_path(path);
    EXPECT_TRUE(node) << path;
    return node.value_or(Node{});
  }

  Blob blob_;
  Fdt tree_;
};

TEST_F(FdtTest, BytesEndWhereTheTreeEnds) {
  std::vector<std::byte> longer(blob_.bytes().begin(), blob_.bytes().end());
  longer.resize(longer.size() + 64);
  const Blob window(longer);
  const auto tree = Fdt::open(window.bytes());
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->bytes().size(), blob_.bytes().size());
  EXPECT_EQ(tree->bytes().data(), window.bytes().data());
}

TEST_F(FdtTest, ModelAndCompatible) {
  EXPECT_EQ(tree_.model(), "A board");
  EXPECT_EQ(tree_.compatible(), "maker,board-2");
  EXPECT_EQ(tree_.compatible(1), "maker,board");
  EXPECT_EQ(tree_.compatible(2).error(), Error::kNotFound);
  EXPECT_TRUE(tree_.is_compatible(Node{}, "maker,board"));
  EXPECT_FALSE(tree_.is_compatible(Node{}, "maker,boar"));
  EXPECT_FALSE(tree_.is_compatible(Node{}, "maker,board-"));
  EXPECT_FALSE(tree_.is_compatible(Node{}, ""));
}

TEST_F(FdtTest, Paths) {
  EXPECT_EQ(tree_.find_path("/"), Node{});
  EXPECT_EQ(tree_.name(at("/bus/device@2000")), "device@2000");
  EXPECT_EQ(at("/bus/device"), at("/bus/device@1000"));  // the first that could be meant
  EXPECT_EQ(at("first"), at("/bus/device@1000"));
  EXPECT_EQ(at("bus0/device@3000"), at("/bus/device@3000"));
  for (const std::string_view path :
       {"", "/absent", "/bus/device@1000/x", "absent", "nowhere", "relative", "circle", "endless",
        "bus0/absent", "/bus/dev", "first/x", "endless/x"}) {
    EXPECT_EQ(tree_.find_path(path).error(), Error::kNotFound) << path;
  }
  EXPECT_EQ(tree_.find_path(std::string(1'000'000, '/')).error(), Error::kNotFound);
}

TEST_F(FdtTest, Phandles) {
  EXPECT_EQ(tree_.find_phandle(7), at("/bus/device@1000"));
  EXPECT_EQ(tree_.find_phandle(8), at("/bus/device@2000"));
  for (const std::uint32_t none : {0U, 9U, 0xffffffffU}) {
    EXPECT_EQ(tree_.find_phandle(none).error(), Error::kNotFound) << none;
  }
}

TEST_F(FdtTest, FindCompatibleSkipsWhatIsDisabled) {
  std::array<Node, 4> storage;
  const auto devices = tree_.find_compatible("maker,device", storage);
  ASSERT_EQ(devices.found, 2u);
  ASSERT_EQ(devices.items.size(), 2u);
  EXPECT_EQ(devices.items[0], at("/bus/device@1000"));
  EXPECT_EQ(devices.items[1], at("/bus/device@3000"));
  EXPECT_EQ(tree_.find_compatible("maker,device"), at("/bus/device@1000"));
  // One is below a disabled node, the status of the other is damaged.
  EXPECT_EQ(tree_.find_compatible("maker,inner").error(), Error::kNotFound);
  EXPECT_EQ(tree_.find_compatible("maker,none", storage).found, 0u);
}

TEST_F(FdtTest, FindCompatibleCountsWhatDoesNotFit) {
  std::array<Node, 1> one;
  const auto devices = tree_.find_compatible("maker,device", one);
  EXPECT_EQ(devices.found, 2u);
  ASSERT_EQ(devices.items.size(), 1u);
  EXPECT_EQ(devices.items[0], at("/bus/device@1000"));
  EXPECT_EQ(tree_.find_compatible("maker,device", std::span<Node>{}).found, 2u);
}

TEST_F(FdtTest, EnabledAndAvailable) {
  EXPECT_TRUE(tree_.is_enabled(Node{}));
  EXPECT_FALSE(tree_.is_enabled(at("/bus/device@2000")));
  EXPECT_TRUE(tree_.is_enabled(at("/bus/device@2000/inner")));
  EXPECT_FALSE(tree_.is_available(at("/bus/device@2000/inner")));
  EXPECT_TRUE(tree_.is_available(at("/bus/device@3000")));
  EXPECT_FALSE(tree_.is_enabled(at("/last")));
}

TEST_F(FdtTest, Relatives) {
  const auto way = tree_.ancestry(at("/bus/device@2000/inner"));
  ASSERT_TRUE(way);
  EXPECT_EQ(
      std::vector(way->path().begin(), way->path().end()),
      (std::vector{Node{}, at("/bus"), at("/bus/device@2000"), at("/bus/device@2000/inner")}));
  EXPECT_EQ(tree_.ancestry(Node{})->count, 1u);
  EXPECT_EQ(tree_.parent(at("/bus")), Node{});
  EXPECT_EQ(tree_.parent(at("/bus/device@3000")), at("/bus"));
  EXPECT_EQ(tree_.parent(Node{}).error(), Error::kNotFound);
  EXPECT_EQ(tree_.first_child(Node{}), at("/aliases"));
  EXPECT_EQ(tree_.next_sibling(at("/aliases")), at("/bus"));
  EXPECT_EQ(tree_.next_sibling(at("/all")), at("/last"));
  EXPECT_EQ(tree_.next_sibling(at("/last")), std::nullopt);
  EXPECT_EQ(tree_.first_child(at("/last")), std::nullopt);
  EXPECT_EQ(tree_.next_sibling(at("/bus/device@2000/inner")), std::nullopt);
  EXPECT_EQ(tree_.next_sibling(Node{}), std::nullopt);
  EXPECT_EQ(tree_.name(Node{}), "");
}

TEST_F(FdtTest, Numbers) {
  const Node device = at("/bus/device@1000");
  EXPECT_EQ(tree_.u32(device, "one"), 0x12345678u);
  EXPECT_EQ(tree_.u32(device, "two").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.u32(device, "odd").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.u32(device, "nothing").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.u32(device, "absent").error(), Error::kNotFound);
  EXPECT_EQ(tree_.number(device, "one"), 0x12345678u);
  EXPECT_EQ(tree_.number(device, "two"), 0x123456789abcdef0u);
  EXPECT_EQ(tree_.number(device, "three").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.number(device, "absent").error(), Error::kNotFound);
}

TEST_F(FdtTest, Properties) {
  const Node device = at("/bus/device@1000");
  EXPECT_EQ(tree_.property(device, "three")->size(), 12u);
  EXPECT_TRUE(tree_.property(device, "nothing")->empty());
  EXPECT_TRUE(tree_.has(device, "nothing"));
  EXPECT_FALSE(tree_.has(device, "noth"));
  EXPECT_FALSE(tree_.has(device, "nothing2"));
  EXPECT_FALSE(tree_.has(at("/bus"), "one"));
}

TEST_F(FdtTest, Strings) {
  const Node device = at("/bus/device@1000");
  EXPECT_EQ(tree_.text(device, "list", 0), "a");
  EXPECT_EQ(tree_.text(device, "list", 1), "");
  EXPECT_EQ(tree_.text(device, "list", 2), "ccc");
  EXPECT_EQ(tree_.text(device, "list", 3).error(), Error::kNotFound);
  EXPECT_EQ(tree_.text(device, "half-list", 0), "a");
  EXPECT_EQ(tree_.text(device, "half-list", 1).error(), Error::kCorrupt);
  EXPECT_EQ(tree_.text(device, "odd").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.text(device, "nothing").error(), Error::kCorrupt);
  EXPECT_EQ(tree_.text(device, "absent").error(), Error::kNotFound);
}

TEST(Fdt, LongListsEndAtTheSixtyFourthString) {
  const Blob blob = TreeBuilder().raw("list", std::string(100, '\0')).finish();
  const auto tree = Fdt::open(blob.bytes());
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->text(Node{}, "list", 63), "");
  EXPECT_EQ(tree->text(Node{}, "list", 64).error(), Error::kNotFound);
}

TEST(Fdt, ANodeOfAnotherTreeIsNotFound) {
  const Blob large = raspberry_pi_4();
  const Blob small = TreeBuilder().finish();
  const auto tree = Fdt::open(small.bytes());
  ASSERT_TRUE(tree);
  const auto stranger = Fdt::open(large.bytes())->find_path("/soc");
  ASSERT_TRUE(stranger);
  EXPECT_FALSE(tree->ancestry(*stranger));
  EXPECT_FALSE(tree->property(*stranger, "reg"));
  EXPECT_EQ(tree->name(*stranger), "");
  EXPECT_FALSE(tree->is_available(*stranger));
}

TEST(Fdt, OpenSaysWhatKindOfFailureItIs) {
  const Blob sound = TreeBuilder().finish();
  const auto error_with = [&](std::size_t field, std::uint32_t value) {
    Blob blob(sound.bytes());
    blob.put_cell(field, value);
    return Fdt::open(blob.bytes()).error();
  };
  EXPECT_EQ(error_with(0, 5), Error::kNotFound);
  EXPECT_EQ(error_with(20, 16), Error::kUnsupported);
  EXPECT_EQ(error_with(24, 18), Error::kUnsupported);
  EXPECT_EQ(error_with(4, kMaxTreeBytes + 1), Error::kUnsupported);
  EXPECT_EQ(error_with(4, 4096), Error::kCorrupt);
  EXPECT_EQ(error_with(8, 7), Error::kCorrupt);
  EXPECT_EQ(Fdt::open({}).error(), Error::kInvalidArgument);
  EXPECT_EQ(Fdt::open(sound.bytes().first(39)).error(), Error::kInvalidArgument);
  TreeBuilder deep;
  for (std::size_t i = 0; i < kMaxDepth; ++i) deep.begin("n");
  for (std::size_t i = 0; i < kMaxDepth; ++i) deep.end();
  EXPECT_EQ(Fdt::open(deep.finish().bytes()).error(), Error::kUnsupported);
}

}  // namespace
}  // namespace baton::drivers::fdt
