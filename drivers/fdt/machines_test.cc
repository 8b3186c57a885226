// Whole machines: everything that boot asks, of the trees that it will meet.
#include "drivers/fdt/testing/machines.h"

#include <array>
#include <string>
#include <vector>

#include "drivers/fdt/address.h"
#include "drivers/fdt/chosen.h"
#include "drivers/fdt/clocks.h"
#include "drivers/fdt/cpus.h"
#include "drivers/fdt/fdt.h"
#include "drivers/fdt/interrupts.h"
#include "drivers/fdt/memory.h"
#include "drivers/fdt/testing/blob.h"
#include "gtest/gtest.h"

namespace baton::drivers::fdt {
namespace {

class Machine {
 public:
  explicit Machine(Blob blob) : blob_(std::move(blob)), tree_(*Fdt::open(blob_.bytes())) {}

  const Fdt& tree() const { return tree_; }
  std::vector<Range> memory() const {
    std::array<Range, 8> storage;
    const auto found = fdt::memory(tree_, storage);
    EXPECT_TRUE(found);
    return {found->begin(), found->end()};
  }
  std::vector<Range> registers(std::string_view compatible) const {
    const auto all = Registers::of(tree_, tree_.find_compatible(compatible).value_or(Node{}));
    EXPECT_TRUE(all) << compatible;
    std::vector<Range> result;
    for (std::size_t i = 0; all && i < all->count(); ++i) {
      EXPECT_TRUE(all->at(i)) << compatible << " " << i;
      result.push_back(all->at(i).value_or(Range{}));
    }
    return result;
  }
  GicInterrupt gic_interrupt(Node node, std::size_t index = 0) const {
    const auto raw = interrupt(tree_, node, index);
    EXPECT_TRUE(raw);
    const auto decoded = fdt::gic_interrupt(raw.value_or(Interrupt{}));
    EXPECT_TRUE(decoded);
    return decoded.value_or(GicInterrupt{});
  }

 private:
  Blob blob_;
  Fdt tree_;
};

class Virt : public ::testing::TestWithParam<const char*> {
 protected:
  Machine machine_{load_tree(GetParam())};
};

TEST_P(Virt, Board) {
  EXPECT_EQ(machine_.tree().model(), "linux,dummy-virt");
  EXPECT_TRUE(machine_.tree().is_compatible(Node{}, "linux,dummy-virt"));
}

TEST_P(Virt, Memory) {
  EXPECT_EQ(machine_.memory(), (std::vector<Range>{{.base = 0x40000000, .size = 0x40000000}}));
  std::array<Reserved, 4> storage;
  const auto taken = reserved(machine_.tree(), 0x48000000, storage);
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->size(), 1u);
  EXPECT_EQ((*taken)[0],
            (Reserved{.range = {.base = 0x48000000, .size = machine_.tree().bytes().size()},
                      .by = Reserved::By::kTree}));
}

TEST_P(Virt, Cpus) {
  std::array<Cpu, 8> storage;
  const auto found = cpus(machine_.tree(), storage);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->items.size(), 4u);
  EXPECT_EQ(found->found, 4u);
  EXPECT_EQ(found->skipped, 0u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found->items[i].mpidr, i);
    EXPECT_EQ(found->items[i].method, EnableMethod::kPsci);
    EXPECT_EQ(found->items[i].compatible, "arm,cortex-a53");
  }
  const auto power = psci(machine_.tree());
  ASSERT_TRUE(power);
  EXPECT_EQ(power->conduit, Psci::Conduit::kHvc);
  EXPECT_TRUE(power->standard);
}

TEST_P(Virt, Console) {
  const auto console = stdout_path(machine_.tree());
  ASSERT_TRUE(console);
  EXPECT_EQ(machine_.tree().name(console->node), "pl011@9000000");
  EXPECT_EQ(console->options, "");
  EXPECT_EQ(machine_.registers("arm,pl011"),
            (std::vector<Range>{{.base = 0x09000000, .size = 0x1000}}));
  EXPECT_EQ(machine_.gic_interrupt(console->node),
            (GicInterrupt{.intid = 33, .trigger = Trigger::kHighLevel}));
  EXPECT_EQ(clock_frequency(machine_.tree(), console->node), 24000000u);
  EXPECT_EQ(clock_frequency(machine_.tree(), console->node, 1), 24000000u);
  EXPECT_EQ(clock_frequency(machine_.tree(), console->node, 2).error(), Error::kNotFound);
  EXPECT_EQ(bootargs(machine_.tree()).error(), Error::kNotFound);
  EXPECT_EQ(initrd(machine_.tree()).error(), Error::kNotFound);
}

TEST_P(Virt, Timer) {
  const auto found = timer(machine_.tree());
  ASSERT_TRUE(found);
  const std::array kExpected = {29U, 30U, 27U, 26U};
  const std::array interrupts = {found->secure, found->physical, found->virt, found->hypervisor};
  for (std::size_t i = 0; i < kExpected.size(); ++i) {
    ASSERT_TRUE(interrupts[i]) << i;
    EXPECT_EQ(gic_interrupt(*interrupts[i])->intid, kExpected[i]);
    EXPECT_EQ(gic_interrupt(*interrupts[i])->trigger, Trigger::kHighLevel);
  }
  EXPECT_FALSE(found->frequency);
}

TEST_P(Virt, Virtio) {
  std::array<Node, 40> storage;
  const auto slots = machine_.tree().find_compatible("virtio,mmio", storage);
  ASSERT_EQ(slots.found, 32u);
  for (std::uint32_t i = 0; i < 32; ++i) {
    EXPECT_EQ(registers(machine_.tree(), slots.items[i]),
              (Range{.base = 0x0a000000 + 0x200 * i, .size = 0x200}));
    EXPECT_EQ(machine_.gic_interrupt(slots.items[i]),
              (GicInterrupt{.intid = 48 + i, .trigger = Trigger::kRisingEdge}));
  }
}

TEST_P(Virt, Flash) {
  EXPECT_EQ(
      machine_.registers("cfi-flash"),
      (std::vector<Range>{{.base = 0, .size = 0x4000000}, {.base = 0x4000000, .size = 0x4000000}}));
}

INSTANTIATE_TEST_SUITE_P(Machines, Virt, ::testing::Values("virt_gic2.dtb", "virt_gic3.dtb"),
                         [](const auto& test) { return std::string(test.param, 9); });

TEST(VirtGic2, Controller) {
  const Machine machine(load_tree("virt_gic2.dtb"));
  EXPECT_EQ(machine.registers("arm,cortex-a15-gic"),
            (std::vector<Range>{{.base = 0x08000000, .size = 0x10000},
                                {.base = 0x08010000, .size = 0x10000}}));
  EXPECT_EQ(machine.registers("arm,gic-v2m-frame"),
            (std::vector<Range>{{.base = 0x08020000, .size = 0x1000}}));
  EXPECT_EQ(machine.tree().find_compatible("arm,gic-v3").error(), Error::kNotFound);
}

TEST(VirtGic3, Controller) {
  const Machine machine(load_tree("virt_gic3.dtb"));
  EXPECT_EQ(machine.registers("arm,gic-v3"),
            (std::vector<Range>{{.base = 0x08000000, .size = 0x10000},
                                {.base = 0x080a0000, .size = 0xf60000}}));
  EXPECT_EQ(machine.registers("arm,gic-v3-its"),
            (std::vector<Range>{{.base = 0x08080000, .size = 0x20000}}));
}

TEST(RaspberryPi4, Memory) {
  const Machine machine(raspberry_pi_4());
  EXPECT_EQ(machine.memory(), (std::vector<Range>{{.base = 0, .size = 0x3b400000},
                                                  {.base = 0x40000000, .size = 0xbc000000},
                                                  {.base = 0x100000000, .size = 0x100000000}}));
  std::array<Reserved, 8> storage;
  const auto taken = reserved(machine.tree(), 0x2eff2b00, storage);
  ASSERT_TRUE(taken);
  using By = Reserved::By;
  EXPECT_EQ(
      std::vector(taken->begin(), taken->end()),
      (std::vector<Reserved>{
          {.range = {.base = 0, .size = 0x1000}, .by = By::kReserveList},
          {.range = {.base = 0x3ef64700, .size = 0xb0}, .by = By::kNode, .no_map = true},
          {.range = {.base = 0x2eff2b00, .size = machine.tree().bytes().size()}, .by = By::kTree},
          {.range = {.base = 0x2eff0000, .size = 0x10123}, .by = By::kInitrd}}));
}

void expect_spin_table(const Machine& machine, std::string_view kind) {
  std::array<Cpu, 4> storage;
  const auto found = cpus(machine.tree(), storage);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->items.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found->items[i].mpidr, i);
    EXPECT_EQ(found->items[i].method, EnableMethod::kSpinTable);
    EXPECT_EQ(found->items[i].release_address, 0xd8 + 8 * i);
    EXPECT_EQ(found->items[i].compatible, kind);
  }
  EXPECT_EQ(psci(machine.tree()).error(), Error::kNotFound);
}

TEST(RaspberryPi4, Cpus) { expect_spin_table(Machine(raspberry_pi_4()), "arm,cortex-a72"); }

TEST(RaspberryPi4, Devices) {
  const Machine machine(raspberry_pi_4());
  EXPECT_EQ(machine.tree().model(), "Raspberry Pi 4 Model B Rev 1.4");
  EXPECT_TRUE(machine.tree().is_compatible(Node{}, "brcm,bcm2711"));
  EXPECT_EQ(machine.registers("arm,gic-400"),
            (std::vector<Range>{{.base = 0xff841000, .size = 0x1000},
                                {.base = 0xff842000, .size = 0x2000},
                                {.base = 0xff844000, .size = 0x2000},
                                {.base = 0xff846000, .size = 0x2000}}));
  EXPECT_EQ(machine.registers("brcm,bcm2835-mbox"),
            (std::vector<Range>{{.base = 0xfe00b880, .size = 0x40}}));
  std::array<Node, 4> storage;
  const auto uarts = machine.tree().find_compatible("arm,pl011", storage);
  ASSERT_EQ(uarts.found, 1u);
  EXPECT_EQ(registers(machine.tree(), uarts.items[0]), (Range{.base = 0xfe201000, .size = 0x200}));
  EXPECT_EQ(machine.gic_interrupt(uarts.items[0]).intid, 153u);
  const Node ticker = *machine.tree().find_compatible("brcm,bcm2835-system-timer");
  EXPECT_EQ(machine.gic_interrupt(ticker, 3).intid, 99u);
  // The UART's clock is the firmware's to know; the crystal behind it is fixed.
  EXPECT_EQ(clock_frequency(machine.tree(), uarts.items[0]).error(), Error::kUnsupported);
  EXPECT_EQ(clock_frequency(machine.tree(), *machine.tree().find_compatible("brcm,bcm2711-cprman")),
            54000000u);
}

TEST(RaspberryPi4, Chosen) {
  const Machine machine(raspberry_pi_4());
  EXPECT_EQ(bootargs(machine.tree()), "console=ttyAMA0 quiet");
  const auto console = stdout_path(machine.tree());
  ASSERT_TRUE(console);
  EXPECT_EQ(machine.tree().name(console->node), "serial@7e201000");
  EXPECT_EQ(console->options, "115200n8");
}

TEST(RaspberryPi4, Timer) {
  const Machine machine(raspberry_pi_4());
  const auto found = timer(machine.tree());
  ASSERT_TRUE(found);
  EXPECT_EQ(gic_interrupt(*found->physical),
            (GicInterrupt{.intid = 30, .trigger = Trigger::kLowLevel}));
  EXPECT_EQ(gic_interrupt(*found->virt)->intid, 27u);
}

TEST(RaspberryPi3, Everything) {
  const Machine machine(raspberry_pi_3());
  const Fdt& tree = machine.tree();
  expect_spin_table(machine, "arm,cortex-a53");
  EXPECT_EQ(machine.memory(), (std::vector<Range>{{.base = 0, .size = 0x3b400000}}));
  EXPECT_EQ(machine.registers("arm,pl011"),
            (std::vector<Range>{{.base = 0x3f201000, .size = 0x200}}));
  EXPECT_EQ(machine.registers("brcm,bcm2836-l1-intc"),
            (std::vector<Range>{{.base = 0x40000000, .size = 0x100}}));
  EXPECT_EQ(bootargs(tree), "");
  // Both controllers speak of two cells, which are theirs to understand.
  const auto uart = interrupt(tree, *tree.find_compatible("arm,pl011"));
  ASSERT_TRUE(uart);
  EXPECT_TRUE(tree.is_compatible(uart->controller, "brcm,bcm2836-armctrl-ic"));
  EXPECT_EQ(std::vector(uart->specifier().begin(), uart->specifier().end()),
            (std::vector<std::uint32_t>{2, 25}));
  EXPECT_EQ(gic_interrupt(*uart).error(), Error::kUnsupported);
  const auto chained = interrupt(tree, uart->controller);
  ASSERT_TRUE(chained);
  EXPECT_TRUE(tree.is_compatible(chained->controller, "brcm,bcm2836-l1-intc"));
  EXPECT_EQ(chained->cells[0], 8u);
  const auto clock = timer(tree);
  ASSERT_TRUE(clock);
  EXPECT_EQ(clock->physical->cells[0], 1u);
  EXPECT_EQ(clock->virt->cells[0], 3u);
  EXPECT_EQ(clock->physical->controller, chained->controller);
}

}  // namespace
}  // namespace baton::drivers::fdt
