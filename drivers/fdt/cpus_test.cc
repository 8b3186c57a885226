// Processors, how they are started, and the firmware's power interface.
#include "drivers/fdt/cpus.h"

#include <array>
#include <string>
#include <vector>

#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

TreeBuilder with_cpus(std::uint32_t address_cells = 1) {
  TreeBuilder tree;
  tree.begin("cpus").cells("#address-cells", {address_cells}).cells("#size-cells", {0});
  return tree;
}

TreeBuilder& cpu(TreeBuilder& tree, const std::string& name, std::vector<std::uint32_t> reg) {
  return tree.begin(name).text("device_type", {"cpu"}).cells("reg", reg);
}

struct Answer {
  std::vector<std::uint64_t> mpidrs;
  std::size_t found = 0;
  std::size_t skipped = 0;
  friend bool operator==(const Answer&, const Answer&) = default;
};

// Closes /cpus as well.
Result<Answer> cpus_of(TreeBuilder& tree, std::size_t room = 8) {
  const Blob blob = tree.end().finish();
  const auto view = Fdt::open(blob.bytes());
  EXPECT_TRUE(view);
  std::vector<Cpu> storage(room);
  const auto found = cpus(*view, storage);
  if (!found) return fail(found.error());
  Answer answer = {.mpidrs = {}, .found = found->found, .skipped = found->skipped};
  for (const Cpu& each : found->items) answer.mpidrs.push_back(each.mpidr);
  return answer;
}

TEST(Cpus, InTheTreesOrder) {
  TreeBuilder tree = with_cpus();
  tree.begin("cpu-map").begin("cluster0").begin("core0").cells("cpu", {1}).end().end().end();
  cpu(tree, "cpu@100", {0x100}).end();
  cpu(tree, "cpu@0", {0}).end();
  tree.begin("cpu@1").cells("reg", {1}).end();  // known by its name
  tree.begin("l2-cache0").text("compatible", {"cache"}).end();
  EXPECT_EQ(cpus_of(tree), (Answer{.mpidrs = {0x100, 0, 1}, .found = 3, .skipped = 0}));
}

TEST(Cpus, AddressesOfTwoCells) {
  TreeBuilder tree = with_cpus(2);
  cpu(tree, "cpu@0", {0, 0x80}).end();
  cpu(tree, "cpu@1", {1, 0x81}).end();
  EXPECT_EQ(cpus_of(tree), (Answer{.mpidrs = {0x80, 0x1'0000'0081}, .found = 2, .skipped = 0}));
}

TEST(Cpus, OnlyThoseThatMayBeUsed) {
  TreeBuilder tree = with_cpus();
  cpu(tree, "cpu@0", {0}).text("status", {"okay"}).end();
  cpu(tree, "cpu@1", {1}).text("status", {"disabled"}).end();
  cpu(tree, "cpu@2", {2}).text("status", {"fail"}).end();
  EXPECT_EQ(cpus_of(tree), (Answer{.mpidrs = {0}, .found = 1, .skipped = 0}));
}

TEST(Cpus, WithoutAUsableAddressAreSkipped) {
  TreeBuilder tree = with_cpus();
  cpu(tree, "cpu@0", {0}).end();
  cpu(tree, "cpu@1", {1, 2}).end();                        // too long
  tree.begin("cpu@2").text("device_type", {"cpu"}).end();  // none
  cpu(tree, "cpu@3", {0x80000003}).end();                  // bits that are no affinity
  cpu(tree, "cpu@4", {0}).end();                           // the first one's
  cpu(tree, "cpu@5", {5}).end();
  EXPECT_EQ(cpus_of(tree), (Answer{.mpidrs = {0, 5}, .found = 2, .skipped = 4}));
}

TEST(Cpus, MoreThanRoomAreCounted) {
  TreeBuilder tree = with_cpus();
  for (std::uint32_t i = 0; i < 5; ++i) cpu(tree, "cpu@" + std::to_string(i), {i}).end();
  EXPECT_EQ(cpus_of(tree, 2), (Answer{.mpidrs = {0, 1}, .found = 5, .skipped = 0}));
}

TEST(Cpus, NoneAtAll) {
  TreeBuilder tree = with_cpus();
  EXPECT_EQ(cpus_of(tree).error(), Error::kNotFound);
  const Blob bare = TreeBuilder().finish();
  EXPECT_EQ(cpus(*Fdt::open(bare.bytes()), {}).error(), Error::kNotFound);
}

TEST(Cpus, AddressesOfOtherLengthsAreRefused) {
  for (const std::uint32_t cells : {0U, 3U, 0xffffffffU}) {
    TreeBuilder tree = with_cpus(cells);
    cpu(tree, "cpu@0", {0}).end();
    EXPECT_EQ(cpus_of(tree).error(), Error::kUnsupported) << cells;
  }
  TreeBuilder damaged;
  damaged.begin("cpus").raw("#address-cells", "x");
  EXPECT_EQ(cpus_of(damaged).error(), Error::kCorrupt);
}

TEST(Cpus, EnableMethods) {
  TreeBuilder tree = with_cpus();
  cpu(tree, "cpu@0", {0}).text("enable-method", {"psci"}).end();
  cpu(tree, "cpu@1", {1})
      .text("enable-method", {"spin-table"})
      .cells("cpu-release-addr", {0, 0xe0});
  tree.text("compatible", {"arm,cortex-a72", "arm,armv8"}).end();
  cpu(tree, "cpu@2", {2})
      .text("enable-method", {"spin-table"})
      .cells("cpu-release-addr", {0xe8})
      .end();
  cpu(tree, "cpu@3", {3}).text("enable-method", {"spin-table"}).end();
  cpu(tree, "cpu@4", {4}).text("enable-method", {"maker,special"}).end();
  cpu(tree, "cpu@5", {5}).raw("enable-method", "psci").end();
  cpu(tree, "cpu@6", {6}).end();
  const Blob blob = tree.end().finish();
  const auto view = Fdt::open(blob.bytes());
  std::array<Cpu, 8> storage;
  const auto found = cpus(*view, storage);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->items.size(), 7u);
  const std::array kMethods = {EnableMethod::kPsci,      EnableMethod::kSpinTable,
                               EnableMethod::kSpinTable, EnableMethod::kOther,
                               EnableMethod::kOther,     EnableMethod::kOther,
                               EnableMethod::kNone};
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    EXPECT_EQ(found->items[i].method, kMethods[i]) << i;
    EXPECT_EQ(view->name(found->items[i].node), "cpu@" + std::to_string(i));
  }
  EXPECT_EQ(found->items[1].release_address, 0xe0u);
  EXPECT_EQ(found->items[2].release_address, 0xe8u);
  EXPECT_EQ(found->items[3].release_address, 0u);
  EXPECT_EQ(found->items[1].compatible, "arm,cortex-a72");
  EXPECT_EQ(found->items[0].compatible, "");
}

TEST(Cpus, AMethodForAllThatOneOverrules) {
  TreeBuilder tree = with_cpus();
  tree.text("enable-method", {"psci"});
  cpu(tree, "cpu@0", {0}).end();
  cpu(tree, "cpu@1", {1})
      .text("enable-method", {"spin-table"})
      .cells("cpu-release-addr", {0, 8})
      .end();
  const Blob blob = tree.end().finish();
  std::array<Cpu, 2> storage;
  const auto found = cpus(*Fdt::open(blob.bytes()), storage);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->items[0].method, EnableMethod::kPsci);
  EXPECT_EQ(found->items[1].method, EnableMethod::kSpinTable);
}

Result<Psci> psci_of(TreeBuilder& tree) {
  const Blob blob = tree.end().finish();
  const auto view = Fdt::open(blob.bytes());
  EXPECT_TRUE(view);
  return psci(*view);
}

TEST(PsciNode, StandardNumbers) {
  for (const std::string_view version : {"arm,psci-1.0", "arm,psci-0.2"}) {
    TreeBuilder tree;
    tree.begin("psci").text("compatible", {version, "arm,psci"}).text("method", {"hvc"});
    tree.cells("cpu_on", {0x1234});
    const auto found = psci_of(tree);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->conduit, Psci::Conduit::kHvc);
    EXPECT_TRUE(found->standard);
    EXPECT_EQ(found->cpu_on, 0xc4000003u);
  }
}

TEST(PsciNode, OldVersionsSayTheirNumbers) {
  TreeBuilder tree;
  tree.begin("psci")
      .text("compatible", {"arm,psci"})
      .text("method", {"smc"})
      .cells("cpu_on", {0x95c1ba60});
  const auto found = psci_of(tree);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->conduit, Psci::Conduit::kSmc);
  EXPECT_FALSE(found->standard);
  EXPECT_EQ(found->cpu_on, 0x95c1ba60u);
  TreeBuilder silent;
  silent.begin("psci").text("compatible", {"arm,psci"}).text("method", {"smc"});
  EXPECT_EQ(psci_of(silent).error(), Error::kCorrupt);
}

TEST(PsciNode, AbsentOrWithoutAConduit) {
  TreeBuilder absent;
  absent.begin("psci");
  EXPECT_EQ(psci_of(absent).error(), Error::kNotFound);
  TreeBuilder disabled;
  disabled.begin("psci").text("compatible", {"arm,psci-1.0"}).text("status", {"disabled"});
  EXPECT_EQ(psci_of(disabled).error(), Error::kNotFound);
  TreeBuilder none;
  none.begin("psci").text("compatible", {"arm,psci-1.0"});
  EXPECT_EQ(psci_of(none).error(), Error::kCorrupt);
  TreeBuilder other;
  other.begin("psci").text("compatible", {"arm,psci-1.0"}).text("method", {"mail"});
  EXPECT_EQ(psci_of(other).error(), Error::kCorrupt);
}

}  // namespace
}  // namespace baton::drivers::fdt
