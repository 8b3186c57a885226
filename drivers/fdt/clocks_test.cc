// Fixed clocks, found through lists whose entries differ in length.
#include "drivers/fdt/clocks.h"

#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint32_t kFixed = 1;
constexpr std::uint32_t kManaged = 2;
constexpr std::uint32_t kSilent = 3;
constexpr std::uint32_t kStopped = 4;
constexpr std::uint32_t kNoClock = 5;
constexpr std::uint32_t kGreedy = 6;

Result<std::uint32_t> frequency(const std::vector<std::uint32_t>& clocks, std::size_t index = 0) {
  TreeBuilder tree;
  const auto clock = [&](const char* name, std::uint32_t phandle, std::uint32_t cells,
                         const char* kind) -> TreeBuilder& {
    return tree.begin(name)
        .cells("phandle", {phandle})
        .cells("#clock-cells", {cells})
        .text("compatible", {kind});
  };
  clock("fixed", kFixed, 0, "fixed-clock").cells("clock-frequency", {24000000}).end();
  clock("managed", kManaged, 2, "maker,clocks").end();
  clock("silent", kSilent, 0, "fixed-clock").end();
  clock("stopped", kStopped, 0, "fixed-clock").cells("clock-frequency", {0}).end();
  clock("greedy", kGreedy, 0xffffffff, "fixed-clock").end();
  tree.begin("no-clock").cells("phandle", {kNoClock}).end();
  tree.begin("device").cells("clocks", clocks).end();
  const Blob blob = tree.finish();
  const auto view = Fdt::open(blob.bytes());
  EXPECT_TRUE(view);
  return clock_frequency(*view, *view->find_path("/device"), index);
}

TEST(Clocks, Fixed) {
  EXPECT_EQ(frequency({kFixed}), 24000000u);
  EXPECT_EQ(frequency({kManaged, 8, 9, kFixed}, 1), 24000000u);
  EXPECT_EQ(frequency({kFixed}, 1).error(), Error::kNotFound);
  EXPECT_EQ(frequency({}).error(), Error::kNotFound);
  EXPECT_EQ(frequency(std::vector<std::uint32_t>(40, kFixed), 31), 24000000u);
  EXPECT_EQ(frequency(std::vector<std::uint32_t>(40, kFixed), 32).error(), Error::kNotFound);
}

TEST(Clocks, ThatSomebodyElseKnows) {
  EXPECT_EQ(frequency({kManaged, 8, 9}).error(), Error::kUnsupported);
}

TEST(Clocks, Damaged) {
  EXPECT_EQ(frequency({kSilent}).error(), Error::kCorrupt);
  EXPECT_EQ(frequency({kStopped}).error(), Error::kCorrupt);
  EXPECT_EQ(frequency({kNoClock}).error(), Error::kCorrupt);
  EXPECT_EQ(frequency({99}).error(), Error::kCorrupt);
  EXPECT_EQ(frequency({kManaged, 8}).error(), Error::kCorrupt);
  EXPECT_EQ(frequency({kGreedy, 1, 2}).error(), Error::kCorrupt);
}

TEST(Clocks, NodesWithoutAny) {
  const Blob blob =
      TreeBuilder().begin("device").end().begin("odd").raw("clocks", "abc").end().finish();
  const auto tree = Fdt::open(blob.bytes());
  EXPECT_EQ(clock_frequency(*tree, *tree->find_path("/device")).error(), Error::kNotFound);
  EXPECT_EQ(clock_frequency(*tree, *tree->find_path("/odd")).error(), Error::kCorrupt);
}

}  // namespace
}  // namespace baton::drivers::fdt
