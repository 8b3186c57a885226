// From a device to its controller, on every path that trees take and some that lead in circles.
#include "drivers/fdt/interrupts.h"

#include <string>
#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint32_t kGic = 1;
constexpr std::uint32_t kSmall = 2;
constexpr std::uint32_t kNexus = 3;
constexpr std::uint32_t kWide = 4;
constexpr std::uint32_t kNoCells = 5;
constexpr std::uint32_t kPlain = 6;
constexpr std::uint32_t kSelf = 7;
constexpr std::uint32_t kLoopA = 8;
constexpr std::uint32_t kLoopB = 9;

TreeBuilder& controller(TreeBuilder& tree, const std::string& name, std::uint32_t phandle,
                        std::uint32_t cells) {
  return tree.begin(name)
      .cells("phandle", {phandle})
      .flag("interrupt-controller")
      .cells("#interrupt-cells", {cells});
}

// A tree with all kinds of controllers, whose root's interrupt parent is the GIC.
TreeBuilder with_controllers() {
  TreeBuilder tree;
  tree.cells("interrupt-parent", {kGic});
  controller(tree, "gic", kGic, 3).end();
  controller(tree, "small", kSmall, 1).end();
  controller(tree, "wide", kWide, 5).end();
  controller(tree, "no-cells", kNoCells, 0).end();
  tree.begin("nexus").cells("phandle", {kNexus}).cells("#interrupt-cells", {1});
  tree.cells("interrupt-map", {1, 2, 3}).end();
  tree.begin("plain").cells("phandle", {kPlain}).end();
  return tree;
}

class Machine {
 public:
  explicit Machine(TreeBuilder& builder)
      : blob_(builder.finish()), tree_(*Fdt::open(blob_.bytes())) {}

  const Fdt& tree() const { return tree_; }
  Node at(std::string_view path) const {
    const auto node = tree_.find_path(path);
    EXPECT_TRUE(node) << path;
    return node.value_or(Node{});
  }
  Result<Interrupt> of(std::string_view path, std::size_t index = 0) const {
    return interrupt(tree_, at(path), index);
  }

 private:
  Blob blob_;
  Fdt tree_;
};

TEST(Interrupts, ByInheritedParent) {
  TreeBuilder tree = with_controllers();
  tree.begin("bus").begin("device").cells("interrupts", {0, 33, 4, 1, 14, 0xf08}).end().end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/bus/device"),
            (Interrupt{.controller = machine.at("/gic"), .cells = {0, 33, 4}, .cell_count = 3}));
  EXPECT_EQ(
      machine.of("/bus/device", 1),
      (Interrupt{.controller = machine.at("/gic"), .cells = {1, 14, 0xf08}, .cell_count = 3}));
  EXPECT_EQ(machine.of("/bus/device", 2).error(), Error::kNotFound);
  EXPECT_EQ(machine.of("/bus/device", 32).error(), Error::kNotFound);
  EXPECT_EQ(machine.of("/bus/device", ~std::size_t{0}).error(), Error::kNotFound);
  EXPECT_EQ(machine.of("/bus").error(), Error::kNotFound);
}

TEST(Interrupts, ByTheNearestParent) {
  TreeBuilder tree = with_controllers();
  tree.begin("bus").cells("interrupt-parent", {kSmall});
  tree.begin("inner").begin("device").cells("interrupts", {5}).end().end();
  tree.begin("own").cells("interrupt-parent", {kGic}).cells("interrupts", {0, 1, 4}).end();
  tree.end();
  controller(tree, "cascade", 20, 2);
  tree.begin("child").cells("interrupts", {3, 4}).end().end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/bus/inner/device"),
            (Interrupt{.controller = machine.at("/small"), .cells = {5}, .cell_count = 1}));
  EXPECT_EQ(machine.of("/bus/own")->controller, machine.at("/gic"));
  // A device below a controller raises its interrupts there unless it says otherwise.
  EXPECT_EQ(machine.of("/cascade/child"),
            (Interrupt{.controller = machine.at("/cascade"), .cells = {3, 4}, .cell_count = 2}));
}

TEST(Interrupts, ExtendedOnesGoFirstAndNameTheirControllers) {
  TreeBuilder tree = with_controllers();
  tree.begin("device")
      .cells("interrupts", {9, 9, 9})
      .cells("interrupts-extended", {kSmall, 7, kGic, 0, 8, 1, kSmall, 6})
      .end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/device"),
            (Interrupt{.controller = machine.at("/small"), .cells = {7}, .cell_count = 1}));
  EXPECT_EQ(machine.of("/device", 1),
            (Interrupt{.controller = machine.at("/gic"), .cells = {0, 8, 1}, .cell_count = 3}));
  EXPECT_EQ(machine.of("/device", 2)->cells[0], 6u);
  EXPECT_EQ(machine.of("/device", 3).error(), Error::kNotFound);
}

TEST(Interrupts, DamagedExtendedOnes) {
  const auto error_of = [](const std::vector<std::uint32_t>& list) {
    TreeBuilder tree = with_controllers();
    tree.begin("device").cells("interrupts-extended", list).end();
    return Machine(tree).of("/device").error();
  };
  EXPECT_EQ(error_of({}), Error::kNotFound);
  EXPECT_EQ(error_of({99, 1}), Error::kCorrupt);
  EXPECT_EQ(error_of({0, 1}), Error::kCorrupt);
  EXPECT_EQ(error_of({kGic, 1, 2}), Error::kCorrupt);
  EXPECT_EQ(error_of({kPlain, 1}), Error::kCorrupt);
  EXPECT_EQ(error_of({kNexus, 1}), Error::kUnsupported);
  TreeBuilder odd = with_controllers();
  odd.begin("device").raw("interrupts-extended", "abc").end();
  EXPECT_EQ(Machine(odd).of("/device").error(), Error::kCorrupt);
}

TEST(Interrupts, ControllersThatAreNone) {
  const auto error_of = [](std::uint32_t parent) {
    TreeBuilder tree = with_controllers();
    tree.begin("device")
        .cells("interrupt-parent", {parent})
        .cells("interrupts", {1, 2, 3, 4, 5})
        .end();
    return Machine(tree).of("/device").error();
  };
  EXPECT_EQ(error_of(99), Error::kCorrupt);    // no such node
  EXPECT_EQ(error_of(0), Error::kCorrupt);     // no such number
  EXPECT_EQ(error_of(kGic), Error::kCorrupt);  // 5 cells are no multiple of 3
  EXPECT_EQ(error_of(kNexus), Error::kUnsupported);
  EXPECT_EQ(error_of(kWide), Error::kUnsupported);
  EXPECT_EQ(error_of(kNoCells), Error::kCorrupt);
  // A node that is no controller passes on to its own parent, here the GIC.
  EXPECT_EQ(error_of(kPlain), Error::kCorrupt);
  TreeBuilder tree = with_controllers();
  tree.begin("device").cells("interrupt-parent", {kPlain}).cells("interrupts", {0, 1, 4}).end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/device")->controller, machine.at("/gic"));
}

TEST(Interrupts, DamagedParents) {
  TreeBuilder tree = with_controllers();
  tree.begin("odd").raw("interrupt-parent", "abc").cells("interrupts", {0, 1, 4}).end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/odd").error(), Error::kCorrupt);
  TreeBuilder bare;
  bare.begin("device").cells("interrupts", {1}).end();
  const Machine orphan(bare);
  EXPECT_EQ(orphan.of("/device").error(), Error::kCorrupt);
  EXPECT_EQ(interrupt_parent(orphan.tree(), orphan.at("/device")).error(), Error::kNotFound);
}

TEST(Interrupts, CirclesEnd) {
  TreeBuilder tree = with_controllers();
  tree.begin("self").cells("phandle", {kSelf}).cells("interrupt-parent", {kSelf});
  tree.cells("interrupts", {1}).end();
  tree.begin("a").cells("phandle", {kLoopA}).cells("interrupt-parent", {kLoopB});
  tree.cells("interrupts", {1}).end();
  tree.begin("b").cells("phandle", {kLoopB}).cells("interrupt-parent", {kLoopA}).end();
  // A controller may well be its own parent: the root of all interrupts often is.
  controller(tree, "root-controller", 21, 3).cells("interrupt-parent", {21});
  tree.cells("interrupts", {1, 9, 4}).end();
  const Machine machine(tree);
  EXPECT_EQ(machine.of("/self").error(), Error::kCorrupt);
  EXPECT_EQ(machine.of("/a").error(), Error::kCorrupt);
  EXPECT_EQ(machine.of("/root-controller")->controller, machine.at("/root-controller"));
}

Result<GicInterrupt> gic(std::initializer_list<std::uint32_t> cells) {
  Interrupt raw;
  for (const std::uint32_t cell : cells) raw.cells[raw.cell_count++] = cell;
  return gic_interrupt(raw);
}

TEST(GicInterrupts, Numbers) {
  EXPECT_EQ(gic({0, 0, 4}), (GicInterrupt{.intid = 32, .trigger = Trigger::kHighLevel}));
  EXPECT_EQ(gic({0, 121, 4})->intid, 153u);
  EXPECT_EQ(gic({0, 987, 4})->intid, 1019u);
  EXPECT_EQ(gic({0, 988, 4}).error(), Error::kCorrupt);
  EXPECT_EQ(gic({0, 0xffffffff, 4}).error(), Error::kCorrupt);
  EXPECT_EQ(gic({1, 0, 4})->intid, 16u);
  EXPECT_EQ(gic({1, 14, 0xf08}), (GicInterrupt{.intid = 30, .trigger = Trigger::kLowLevel}));
  EXPECT_EQ(gic({1, 15, 4})->intid, 31u);
  EXPECT_EQ(gic({1, 16, 4}).error(), Error::kCorrupt);
  EXPECT_EQ(gic({2, 0, 4}).error(), Error::kUnsupported);
  EXPECT_EQ(gic({3, 0, 4}).error(), Error::kUnsupported);
  EXPECT_TRUE(gic({1, 15, 4})->is_private());
  EXPECT_FALSE(gic({0, 0, 4})->is_private());
}

TEST(GicInterrupts, Triggers) {
  EXPECT_EQ(gic({0, 1, 0})->trigger, Trigger::kUnspecified);
  EXPECT_EQ(gic({0, 1, 1})->trigger, Trigger::kRisingEdge);
  EXPECT_EQ(gic({0, 1, 2})->trigger, Trigger::kFallingEdge);
  EXPECT_EQ(gic({0, 1, 4})->trigger, Trigger::kHighLevel);
  EXPECT_EQ(gic({0, 1, 8})->trigger, Trigger::kLowLevel);
  EXPECT_EQ(gic({0, 1, 3}).error(), Error::kCorrupt);
  EXPECT_EQ(gic({0, 1, 15}).error(), Error::kCorrupt);
}

TEST(GicInterrupts, CountsOfCells) {
  EXPECT_EQ(gic({0, 1, 4, 0})->intid, 33u);  // GICv3 may have a fourth, for partitions
  EXPECT_EQ(gic({0, 1}).error(), Error::kUnsupported);
  EXPECT_EQ(gic({}).error(), Error::kUnsupported);
}

TEST(Timers, ByPlace) {
  TreeBuilder tree = with_controllers();
  tree.begin("timer").text("compatible", {"arm,armv8-timer"});
  tree.cells("interrupts", {1, 13, 4, 1, 14, 4, 1, 11, 4})
      .cells("clock-frequency", {54000000})
      .end();
  const Machine machine(tree);
  const auto found = timer(machine.tree());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->node, machine.at("/timer"));
  EXPECT_EQ(found->secure->cells[1], 13u);
  EXPECT_EQ(found->physical->cells[1], 14u);
  EXPECT_EQ(found->virt->cells[1], 11u);
  EXPECT_FALSE(found->hypervisor);
  EXPECT_EQ(found->frequency, 54000000u);
}

TEST(Timers, ByName) {
  TreeBuilder tree = with_controllers();
  tree.begin("timer").text("compatible", {"arm,armv7-timer"});
  tree.cells("interrupts", {1, 11, 4, 1, 14, 4}).text("interrupt-names", {"virt", "phys"}).end();
  const Machine machine(tree);
  const auto found = timer(machine.tree());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->secure);
  EXPECT_EQ(found->physical->cells[1], 14u);
  EXPECT_EQ(found->virt->cells[1], 11u);
  EXPECT_FALSE(found->hypervisor);
  EXPECT_FALSE(found->frequency);
}

TEST(Timers, AbsentOrOfNoUse) {
  TreeBuilder none = with_controllers();
  EXPECT_EQ(timer(Machine(none).tree()).error(), Error::kNotFound);
  TreeBuilder tree = with_controllers();
  tree.begin("timer").text("compatible", {"arm,armv8-timer"}).cells("clock-frequency", {0}).end();
  const Machine machine(tree);
  const auto found = timer(machine.tree());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->physical);
  EXPECT_FALSE(found->frequency);
}

}  // namespace
}  // namespace baton::drivers::fdt
