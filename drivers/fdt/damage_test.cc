// Trees damaged by the thousand.  Whatever the bytes: no crash, no read outside, no endless loop
// (the test's time limit is the detector), and either a refusal or answers that make sense.
#include <array>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/fdt/address.h"
#include "drivers/fdt/check.h"
#include "drivers/fdt/chosen.h"
#include "drivers/fdt/clocks.h"
#include "drivers/fdt/cpus.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/interrupts.h"
#include "drivers/fdt/memory.h"
#include "drivers/fdt/testing/blob.h"
#include "drivers/fdt/testing/machines.h"
#include "drivers/fdt/testing/tree_builder.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

// Sanitizers make each round several times as long; what they look for needs fewer of them.
#if __has_feature(address_sanitizer)
constexpr int kShare = 4;
#else
constexpr int kShare = 1;
#endif

constexpr std::uint64_t kTreeAddress = 0x1000'0000;

// Asks one tree everything and checks each answer against what the headers promise.
class Interrogation {
 public:
  explicit Interrogation(const Fdt& tree) : tree_(tree) {}

  void run() {
    ask_memory();
    ask_reserved();
    ask_cpus();
    ask_chosen();
    for (const std::string_view kind : {"arm,pl011", "virtio,mmio", "brcm,bcm2835-system-timer"}) {
      std::array<Node, 1> storage;
      const auto found = tree_.find_compatible(kind, storage);
      EXPECT_EQ(found.items.size(), std::min<std::size_t>(found.found, 1));
      for (const Node node : found.items) ask_device(node, kind);
    }
    if (const auto result = timer(tree_)) {
      for (const auto& each : {result->physical, result->virt}) {
        if (each) check(*each);
      }
    }
    if (const auto model = tree_.model()) check(*model);
    if (const auto board = tree_.compatible()) check(*board);
  }

 private:
  void check(std::string_view text) {
    EXPECT_EQ(text.find('\0'), text.npos);
    if (text.data() == nullptr) return;
    const auto bytes = std::as_bytes(std::span(text));
    EXPECT_GE(bytes.data(), tree_.bytes().data());
    // The string's end, a zero, is inside too.
    EXPECT_LT(bytes.data() + bytes.size(), tree_.bytes().data() + tree_.bytes().size());
  }

  static void check(const Range& range) {
    EXPECT_GT(range.size, 0u);
    EXPECT_GT(range.end(), range.base);
  }

  void check(const Interrupt& interrupt) {
    EXPECT_GE(interrupt.cell_count, 1);
    EXPECT_LE(interrupt.cell_count, 4);
    EXPECT_TRUE(tree_.has(interrupt.controller, "interrupt-controller"));
    if (const auto gic = gic_interrupt(interrupt)) {
      EXPECT_GE(gic->intid, 16u);
      EXPECT_LE(gic->intid, 1019u);
    }
  }

  void ask_memory() {
    std::array<Range, 8> storage;
    const auto banks = memory(tree_, storage);
    if (!banks) return;
    EXPECT_FALSE(banks->empty());
    for (std::size_t i = 0; i < banks->size(); ++i) {
      check((*banks)[i]);
      if (i > 0) EXPECT_GT((*banks)[i].base, (*banks)[i - 1].end());
    }
  }

  void ask_reserved() {
    std::array<Reserved, 8> storage;
    const auto taken = reserved(tree_, kTreeAddress, storage);
    if (!taken) return;
    std::size_t self = 0;
    for (const Reserved& each : *taken) {
      check(each.range);
      self += each.by == Reserved::By::kTree ? 1 : 0;
    }
    EXPECT_EQ(self, 1u);
  }

  void ask_cpus() {
    std::array<Cpu, 8> storage;
    if (const auto found = cpus(tree_, storage)) {
      EXPECT_GT(found->found, 0u);
      EXPECT_EQ(found->items.size(), std::min(found->found, storage.size()));
      for (std::size_t i = 0; i < found->items.size(); ++i) {
        check(found->items[i].compatible);
        EXPECT_EQ(found->items[i].mpidr & ~0xff'00ff'ffffULL, 0u);
        for (std::size_t j = 0; j < i; ++j) {
          EXPECT_NE(found->items[i].mpidr, found->items[j].mpidr);
        }
      }
    }
    if (const auto power = psci(tree_)) {
      EXPECT_TRUE(!power->standard || power->cpu_on == 0xc4000003);
    }
  }

  void ask_chosen() {
    if (const auto line = bootargs(tree_)) check(*line);
    if (const auto console = stdout_path(tree_)) {
      check(console->options);
      check(tree_.name(console->node));
    }
    if (const auto disk = initrd(tree_)) check(*disk);
  }

  void ask_device(Node node, std::string_view kind) {
    EXPECT_TRUE(tree_.is_compatible(node, kind));
    EXPECT_TRUE(tree_.is_available(node));
    if (const auto all = Registers::of(tree_, node)) {
      for (std::size_t i = 0; i < std::min<std::size_t>(all->count(), 4); ++i) {
        if (const auto range = all->at(i)) check(*range);
      }
    }
    if (const auto raised = interrupt(tree_, node)) check(*raised);
    if (const auto frequency = clock_frequency(tree_, node)) EXPECT_GT(*frequency, 0u);
  }

  const Fdt& tree_;
};

// True: taken for a sound tree.
bool examine(std::span<const std::byte> window) {
  const Finding finding = inspect(window);
  const auto tree = Fdt::open(window);
  EXPECT_EQ(tree.has_value(), finding.damage == Damage::kNone);
  EXPECT_EQ(tree.has_value(), explain(finding.damage).empty());
  EXPECT_LE(finding.offset, window.size());
  if (tree) Interrogation(*tree).run();
  return tree.has_value();
}

// False: something did not make sense, and there is no point in trying further.
bool makes_sense(std::span<const std::byte> window) {
  examine(window);
  return !::testing::Test::HasFailure();
}

struct Original {
  const char* name;
  Blob (*make)();
  std::vector<std::uint8_t> flips;  // what each byte in turn is changed by
  int rounds;                       // of random mutations
};

class DamagedTree : public ::testing::TestWithParam<Original> {
 protected:
  const Blob original_ = GetParam().make();
};

TEST_P(DamagedTree, CutOffAnywhere) {
  for (std::size_t length = 0; length < original_.bytes().size(); ++length) {
    const Blob cut(original_.bytes().first(length));
    ASSERT_FALSE(examine(cut.bytes())) << length;
  }
}

TEST_P(DamagedTree, BlocksCutOffAnywhere) {
  constexpr std::array<std::size_t, 2> kSizes = {32, 36};  // of strings, of structure
  for (const std::size_t field : kSizes) {
    Blob changed(original_.bytes());
    for (std::uint32_t size = 0; size < original_.bytes().size(); ++size) {
      changed.put_cell(field, size);
      ASSERT_TRUE(makes_sense(changed.bytes())) << "size at " << field << " is " << size;
    }
  }
}

TEST_P(DamagedTree, EveryByteChanged) {
  Blob changed(original_.bytes());
  for (std::size_t at = 0; at < changed.bytes().size(); ++at) {
    const std::byte saved = changed.bytes()[at];
    for (const std::uint8_t flip : GetParam().flips) {
      changed.bytes()[at] = saved ^ static_cast<std::byte>(flip);
      ASSERT_TRUE(makes_sense(changed.bytes())) << "byte " << at << " flipped by " << flip + 0;
    }
    changed.bytes()[at] = saved;
  }
}

TEST_P(DamagedTree, RandomMutations) {
  constexpr unsigned kSeed = 4711;
  const int rounds = GetParam().rounds / kShare;
  std::mt19937 random(kSeed);
  Blob changed(original_.bytes());
  const auto bytes = changed.bytes();
  int accepted = 0;
  for (int round = 0; round < rounds; ++round) {
    std::ranges::copy(original_.bytes(), bytes.begin());
    for (unsigned i = 0, changes = 1 + random() % 3; i < changes; ++i) {
      const std::size_t at = random() % bytes.size();
      const std::size_t cell = at / 4 * 4;
      switch (random() % 5) {
        case 0:
          bytes[at] = static_cast<std::byte>(random());
          break;
        case 1:
          bytes[at] ^= static_cast<std::byte>(1U << random() % 8);
          break;
        case 2:  // a number like those that trees are made of
          if (cell + 4 <= bytes.size()) changed.put_cell(cell, random() % 64);
          break;
        case 3:  // one part of the tree over another
          if (cell + 4 <= bytes.size()) {
            const std::size_t from = random() % (bytes.size() / 4) * 4;
            std::ranges::copy(bytes.subspan(from, 4), bytes.subspan(cell).begin());
          }
          break;
        default: {  // a run of the same
          const std::size_t length = std::min<std::size_t>(1 + random() % 32, bytes.size() - at);
          std::ranges::fill(bytes.subspan(at, length), static_cast<std::byte>(random() % 5));
        }
      }
    }
    accepted += examine(bytes) ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << "seed " << kSeed << ", round " << round;
  }
  // Both must be common, or the mutations try nothing.
  EXPECT_GT(accepted, rounds / 20);
  EXPECT_LT(accepted, rounds * 19 / 20);
}

// A larger tree costs more per question, so that it is asked less often.
INSTANTIATE_TEST_SUITE_P(
    Damage, DamagedTree,
    ::testing::Values(
        Original{"VirtGic3", [] { return load_tree("virt_gic3.dtb"); }, {0x01}, 10'000},
        Original{"RaspberryPi4", raspberry_pi_4, {0x01, 0x02, 0x08, 0x20, 0x80, 0xff}, 50'000},
        Original{"RaspberryPi3",
                 raspberry_pi_3,
                 {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x33, 0xff},
                 140'000}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(DamagedCells, EveryCellReplaced) {
  for (Blob (*make)() : {raspberry_pi_4, raspberry_pi_3}) {
    Blob changed = make();
    for (std::size_t at = 0; at + 4 <= changed.bytes().size(); at += 4) {
      const auto cell = changed.bytes().subspan(at, 4);
      const Blob saved(cell);
      for (const std::uint32_t value : {0U, 1U, 2U, 3U, 4U, 9U, 0x7fffffffU, 0xfffffff4U, ~0U}) {
        changed.put_cell(at, value);
        ASSERT_TRUE(makes_sense(changed.bytes())) << "cell at " << at << " set to " << value;
      }
      std::ranges::copy(saved.bytes(), cell.begin());
    }
  }
}

// Sound in form and as large as allowed, made to cost as much as possible.

TEST(HostileTree, AsManyNodesAsFit) {
  TreeBuilder tree;
  for (int i = 0; i < 40'000; ++i) {
    tree.begin("memory@1").cells("reg", {0, 1, 1}).end();
  }
  const Blob blob = tree.finish();
  EXPECT_TRUE(examine(blob.bytes()));
}

TEST(HostileTree, AsManyProcessorsAsFit) {
  TreeBuilder tree;
  tree.begin("cpus").cells("#address-cells", {1});
  for (std::uint32_t i = 0; i < 40'000; ++i) tree.begin("cpu@1").cells("reg", {i}).end();
  const Blob blob = tree.end().finish();
  EXPECT_TRUE(examine(blob.bytes()));
}

TEST(HostileTree, AsManyPropertiesAsFit) {
  TreeBuilder tree;
  for (int i = 0; i < 150'000; ++i) tree.flag("x");
  const Blob blob = tree.finish();
  EXPECT_TRUE(examine(blob.bytes()));
}

TEST(HostileTree, AsManyReservationsAsFit) {
  TreeBuilder tree;
  tree.begin("reserved-memory").cells("#address-cells", {1}).cells("#size-cells", {1});
  tree.cells("ranges", std::vector<std::uint32_t>(4 * 50'000, 1));
  for (int i = 0; i < 20'000; ++i) tree.begin("a").cells("reg", {0, 0, 2, 0}).end();
  const Blob blob = tree.end().finish();
  EXPECT_TRUE(examine(blob.bytes()));
}

TEST(HostileTree, AsManyInterruptsAsFit) {
  TreeBuilder tree;
  tree.cells("interrupt-parent", {1});
  tree.begin("gic")
      .cells("phandle", {1})
      .flag("interrupt-controller")
      .cells("#interrupt-cells", {1});
  tree.end();
  const std::vector<std::uint32_t> many(100'000, 1);
  for (int i = 0; i < 3; ++i) {
    tree.begin("device@" + std::to_string(i)).text("compatible", {"arm,pl011"});
    tree.cells(i == 0 ? "interrupts" : "interrupts-extended", many).cells("clocks", {1}).end();
  }
  const Blob blob = tree.finish();
  EXPECT_TRUE(examine(blob.bytes()));
  const auto view = Fdt::open(blob.bytes());
  for (const char* path : {"/device@0", "/device@1"}) {
    const Node node = *view->find_path(path);
    for (std::size_t i = 0; i < 32; ++i) EXPECT_TRUE(interrupt(*view, node, i)) << path << " " << i;
    EXPECT_EQ(interrupt(*view, node, 32).error(), Error::kNotFound);
  }
}

}  // namespace
}  // namespace baton::drivers::fdt
