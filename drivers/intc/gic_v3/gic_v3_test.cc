#include "drivers/intc/gic_v3/gic_v3.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "arch/cpu.h"
#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/gic_v3/fake_gic_v3.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using iface::Claim;
using iface::IrqNumber;
using Kind = Claim::Kind;
using Region = GicV3::RedistributorRegion;

constexpr std::uintptr_t kGicd = 0x08000000;
constexpr std::uintptr_t kGicr = 0x080a0000;
constexpr std::uintptr_t kGicr2 = 0x090a0000;
constexpr IrqNumber kUart{33};
constexpr IrqNumber kTimer{30};

class GicV3Test : public testing::Test {
 protected:
  GicV3Test() {
    // Two clusters; redistributors in two regions, neither in the cores' order.
    gic_.mpidr = {0x80000000,   0x80000003,   0x80000100, 0x80000001,
                  0x0280050201, 0x0280050200, 0x8000010f, 0x81010000};
    bus_.attach(kGicd, 0x10000, gic_.distributor());
    bus_.attach(kGicr, first_.bytes(), first_);
    bus_.attach(kGicr2, second_.bytes(), second_);
  }
  void TearDown() override { be_core(0); }

  static void be_core(unsigned core) { arch::internal::hosted_core = core; }
  GicV3 driver_for(unsigned cores) {
    return GicV3(arch::Mmio(kGicd), regions_, std::span(gic_.mpidr).first(cores));
  }
  static void start(GicV3& driver, unsigned cores) {
    be_core(0);
    ASSERT_TRUE(driver.init().has_value());
    for (unsigned core = 0; core < cores; ++core) {
      be_core(core);
      ASSERT_TRUE(driver.init_core().has_value()) << core;
    }
    be_core(0);
  }

  FakeGicV3 gic_;
  FakeGicV3::Redistributors first_{gic_, {3, 0, 6, 2}};
  FakeGicV3::Redistributors second_{gic_, {5, 1, 7, 4}, 0x40000};
  std::array<Region, 2> regions_{
      {{.base = kGicr, .bytes = first_.bytes()}, {.base = kGicr2, .bytes = second_.bytes()}}};
  arch::FakeBus bus_;
};

TEST_F(GicV3Test, StartLeavesEverythingQuietAndOn) {
  for (unsigned core = 0; core < 8; ++core) {
    gic_.make_pending_own(core, 3);
    gic_.make_pending_own(core, 30);
    gic_.make_active(core, 27);
  }
  gic_.make_active(0, 33);
  GicV3 driver = driver_for(8);
  start(driver, 8);
  EXPECT_EQ(driver.name(), "GICv3");
  EXPECT_EQ(driver.irq_count(), 288U);
  EXPECT_EQ(gic_.distributor_control() & 0x1fU, 0x12U);
  for (unsigned core = 0; core < 8; ++core) {
    EXPECT_FALSE(gic_.irq(core)) << core;
    be_core(core);
    EXPECT_EQ(driver.claim().kind, Kind::kNone);
    // What was active when we came can fire again.
    ASSERT_TRUE(driver.enable(IrqNumber{27}, core).has_value());
    gic_.set_line(27, true, core);
    EXPECT_TRUE(gic_.irq(core)) << core;
  }
}

TEST_F(GicV3Test, EveryCoreIsReachedAtItsAffinity) {
  GicV3 driver = driver_for(8);
  start(driver, 8);
  for (unsigned core = 0; core < 8; ++core) {
    ASSERT_TRUE(driver.enable(kUart, core).has_value());
    gic_.set_line(33, true);
    for (unsigned other = 0; other < 8; ++other) {
      EXPECT_EQ(gic_.irq(other), other == core) << core << " " << other;
    }
    be_core(core);
    const Claim claim = driver.claim();
    EXPECT_EQ(claim.kind, Kind::kIrq);
    EXPECT_EQ(claim.number, 33U);
    EXPECT_EQ(driver.claim().kind, Kind::kNone) << "active: not twice";
    gic_.set_line(33, false);
    driver.complete(claim);
    EXPECT_FALSE(gic_.irq(core));
    be_core(0);
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV3Test, AStartingPointThatIsNoGicV3) {
  GicV3 driver = driver_for(1);
  gic_.architecture = 0;
  EXPECT_EQ(driver.init().error(), Error::kNotFound);
  gic_.architecture = 2;
  EXPECT_EQ(driver.init().error(), Error::kUnsupported);
  gic_.architecture = 4;
  EXPECT_TRUE(driver.init().has_value());
}

TEST_F(GicV3Test, CoresThatDoNotFitTheMachine) {
  GicV3 none = driver_for(0);
  EXPECT_EQ(none.init().error(), Error::kInvalidArgument);
  const std::array<std::uint64_t, arch::kMaxCores + 1> many{};
  GicV3 too_many(arch::Mmio(kGicd), regions_, many);
  EXPECT_EQ(too_many.init().error(), Error::kInvalidArgument);
  const std::array<std::uint64_t, 2> stranger{0x80000000, 0x80000007};
  GicV3 absent(arch::Mmio(kGicd), regions_, stranger);
  EXPECT_EQ(absent.init().error(), Error::kNotFound);
  EXPECT_EQ(absent.enable(kUart, 0).error(), Error::kOutOfRange) << "not started";
  const std::array<std::uint64_t, 1> high{0x80000010};
  GicV3 unreachable(arch::Mmio(kGicd), regions_, high);
  EXPECT_EQ(unreachable.init().error(), Error::kUnsupported);
}

TEST_F(GicV3Test, TheWalkEndsWithTheRegion) {
  const std::array<std::uint64_t, 1> stranger{0x80000007};
  first_.endless = true;
  second_.endless = true;
  GicV3 driver(arch::Mmio(kGicd), regions_, stranger);
  EXPECT_EQ(driver.init().error(), Error::kNotFound);

  // A region that ends inside its last redistributor, and one too small for any.
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{0x1ffff}, std::size_t{0x7ffff}}) {
    const std::array<Region, 1> cut{{{.base = kGicr2, .bytes = bytes}}};
    const std::array<std::uint64_t, 1> third{gic_.mpidr[7]};
    GicV3 shorter(arch::Mmio(kGicd), cut, third);
    EXPECT_EQ(shorter.init().error(), Error::kNotFound) << bytes;
  }
}

TEST_F(GicV3Test, TheLastRedistributorIsTheLast) {
  // Beyond the last one lies something that merely looks like the core sought.
  FakeGicV3::Redistributors real(gic_, {0, 1});
  FakeGicV3::Redistributors beyond(gic_, {7});
  constexpr std::uintptr_t kBase = 0xa0000000;
  bus_.attach(kBase, real.bytes(), real);
  bus_.attach(kBase + real.bytes(), beyond.bytes(), beyond);
  const std::array<Region, 1> region{{{.base = kBase, .bytes = 0x60000}}};
  const std::array<std::uint64_t, 1> sought{gic_.mpidr[7]};
  GicV3 driver(arch::Mmio(kGicd), region, sought);
  EXPECT_EQ(driver.init().error(), Error::kNotFound);
}

TEST_F(GicV3Test, ADistributorWithoutAffinityRouting) {
  gic_.has_affinity_routing = false;
  GicV3 driver = driver_for(1);
  EXPECT_EQ(driver.init().error(), Error::kUnsupported);
}

TEST_F(GicV3Test, WhatNeverSettlesIsReported) {
  GicV3 driver = driver_for(2);
  gic_.distributor_settle_reads = FakeGicV3::kStuck;
  EXPECT_EQ(driver.init().error(), Error::kTimedOut);
  EXPECT_EQ(driver.irq_count(), 0U);
  gic_.distributor_settle_reads = 1;
  ASSERT_TRUE(driver.init().has_value());

  gic_.wake_reads = FakeGicV3::kStuck;
  EXPECT_EQ(driver.init_core().error(), Error::kTimedOut);
  EXPECT_EQ(driver.enable(kUart, 0).error(), Error::kNotFound) << "that core has not started";
  be_core(1);
  gic_.wake_reads = 1;
  gic_.redistributor_settle_reads = FakeGicV3::kStuck;
  EXPECT_EQ(driver.init_core().error(), Error::kTimedOut);
}

TEST_F(GicV3Test, DisableReportsWhatNeverSettles) {
  GicV3 driver = driver_for(1);
  start(driver, 1);
  gic_.distributor_settle_reads = FakeGicV3::kStuck;
  gic_.redistributor_settle_reads = FakeGicV3::kStuck;
  EXPECT_EQ(driver.disable(kUart).error(), Error::kTimedOut);
  EXPECT_EQ(driver.disable(kTimer).error(), Error::kTimedOut);
}

TEST_F(GicV3Test, ACoreWithoutSystemRegisters) {
  GicV3 driver = driver_for(1);
  ASSERT_TRUE(driver.init().has_value());
  gic_.has_system_registers = false;
  EXPECT_EQ(driver.init_core().error(), Error::kUnsupported);
}

TEST_F(GicV3Test, ACoreThatInitWasNotTold) {
  GicV3 driver = driver_for(2);
  start(driver, 2);
  be_core(2);
  EXPECT_EQ(driver.init_core().error(), Error::kNotFound);
  EXPECT_EQ(driver.disable(kTimer).error(), Error::kNotFound);
}

TEST_F(GicV3Test, TheRouteIsThereBeforeTheLineIsOn) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  ASSERT_TRUE(driver.enable(kUart, 1).has_value());
  ASSERT_TRUE(driver.disable(kUart).has_value());
  gic_.set_line(33, true);
  bool seen_elsewhere = false;
  gic_.before_write = [&](std::size_t) { seen_elsewhere |= gic_.irq(1); };
  ASSERT_TRUE(driver.enable(kUart, 2).has_value());
  gic_.before_write = nullptr;
  EXPECT_FALSE(seen_elsewhere);
  EXPECT_TRUE(gic_.irq(2));
}

TEST_F(GicV3Test, ALevelStillHighComesBackAndDisableMasks) {
  GicV3 driver = driver_for(1);
  start(driver, 1);
  ASSERT_TRUE(driver.enable(kUart, 0).has_value());
  gic_.set_line(33, true);
  driver.complete(driver.claim());
  EXPECT_TRUE(gic_.irq(0));
  ASSERT_TRUE(driver.disable(kUart).has_value());
  EXPECT_FALSE(gic_.irq(0));
}

TEST_F(GicV3Test, EachCoreHasItsOwnTimerLine) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  for (unsigned core = 0; core < 4; ++core) {
    gic_.set_line(30, true, core);
  }
  be_core(1);
  EXPECT_EQ(driver.enable(kTimer, 2).error(), Error::kInvalidArgument) << "another core's own line";
  ASSERT_TRUE(driver.enable(kTimer, 1).has_value());
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(gic_.irq(core), core == 1) << core;
  }
  const Claim claim = driver.claim();
  EXPECT_EQ(claim.kind, Kind::kIrq);
  EXPECT_EQ(claim.number, 30U);
  driver.complete(claim);
  EXPECT_TRUE(gic_.irq(1));
  be_core(2);
  ASSERT_TRUE(driver.disable(kTimer).has_value());
  EXPECT_TRUE(gic_.irq(1)) << "another core's disable is another core's";
  be_core(1);
  ASSERT_TRUE(driver.disable(kTimer).has_value());
  EXPECT_FALSE(gic_.irq(1));
}

TEST_F(GicV3Test, BadArgumentsAreRefused) {
  GicV3 driver = driver_for(4);
  start(driver, 2);
  EXPECT_EQ(driver.enable(IrqNumber{288}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.enable(IrqNumber{0xffffffff}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.enable(IrqNumber{5}, 0).error(), Error::kInvalidArgument) << "an IPI";
  EXPECT_EQ(driver.enable(kUart, arch::kMaxCores).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.enable(kUart, 2).error(), Error::kNotFound) << "a core that has not started";
  EXPECT_EQ(driver.disable(IrqNumber{288}).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.disable(IrqNumber{0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(driver.set_trigger(IrqNumber{288}, GicV3::Trigger::kEdge).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.set_trigger(kTimer, GicV3::Trigger::kEdge).error(), Error::kInvalidArgument);
  EXPECT_TRUE(driver.enable(IrqNumber{287}, 1).has_value());
}

TEST_F(GicV3Test, AnEdgeIsRememberedAndALevelIsNot) {
  GicV3 driver = driver_for(1);
  start(driver, 1);
  EXPECT_FALSE(gic_.edge(48));
  ASSERT_TRUE(driver.set_trigger(IrqNumber{48}, GicV3::Trigger::kEdge).has_value());
  EXPECT_TRUE(gic_.edge(48));
  EXPECT_FALSE(gic_.edge(49));
  ASSERT_TRUE(driver.enable(IrqNumber{48}, 0).has_value());
  gic_.set_line(48, true);
  gic_.set_line(48, false);
  EXPECT_EQ(driver.claim().number, 48U);
  ASSERT_TRUE(driver.disable(IrqNumber{48}).has_value());
  ASSERT_TRUE(driver.set_trigger(IrqNumber{48}, GicV3::Trigger::kLevel).has_value());
  EXPECT_FALSE(gic_.edge(48));
}

TEST_F(GicV3Test, EveryMaskReachesItsCoresWithOneWritePerCluster) {
  GicV3 driver = driver_for(8);
  start(driver, 8);
  for (unsigned mask = 0; mask < 256; ++mask) {
    const unsigned writes = gic_.sgi_writes();
    driver.send_ipi(mask, mask % 8);
    // Clusters by construction: {0, 1, 3}, {2, 6}, {4, 5}, {7}.
    const unsigned clusters =
        ((mask & 0b00001011U) != 0 ? 1U : 0U) + ((mask & 0b01000100U) != 0 ? 1U : 0U) +
        ((mask & 0b00110000U) != 0 ? 1U : 0U) + ((mask & 0b10000000U) != 0 ? 1U : 0U);
    EXPECT_EQ(gic_.sgi_writes() - writes, clusters) << mask;
    for (unsigned core = 0; core < 8; ++core) {
      be_core(core);
      const Claim claim = driver.claim();
      ASSERT_EQ(claim.kind, (mask >> core & 1U) != 0 ? Kind::kIpi : Kind::kNone) << mask;
      if (claim.kind == Kind::kIpi) {
        ASSERT_EQ(claim.number, mask % 8);
      }
      driver.complete(claim);
    }
    be_core(0);
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV3Test, CoresThatHaveNotStartedAreSkipped) {
  GicV3 driver = driver_for(8);
  start(driver, 2);
  driver.send_ipi(0xffffffff, 1);
  for (unsigned core = 0; core < 8; ++core) {
    EXPECT_EQ(gic_.pending_own(core), core < 2 ? 0b10U : 0U) << core;
    EXPECT_EQ(gic_.irq(core), core < 2) << core;
  }
}

TEST_F(GicV3Test, AnIpiThatCannotBeIsABug) {
  GicV3 driver = driver_for(1);
  start(driver, 1);
  EXPECT_DEBUG_DEATH(driver.send_ipi(1, 8), "kIpis");
}

TEST_F(GicV3Test, WhatIsMoreUrgentInterruptsAndNothingElseDoes) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  EXPECT_TRUE(driver.has_priorities());
  constexpr std::array kPriorities{iface::IrqPriority::kLow, iface::IrqPriority::kNormal,
                                   iface::IrqPriority::kHigh, iface::IrqPriority::kHighest};
  // Two lines of each priority; the first four interrupt each other, the others come afterwards.
  for (std::uint32_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(driver.set_priority(IrqNumber{80 + i}, kPriorities.at(i % 4)).has_value());
    ASSERT_TRUE(driver.enable(IrqNumber{80 + i}, 0).has_value());
  }
  std::vector<Claim> nested;
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(driver.raise(IrqNumber{80 + i}).has_value());
    ASSERT_TRUE(driver.raise(IrqNumber{84 + i}).has_value());
    EXPECT_TRUE(gic_.irq(0)) << i;
    nested.push_back(driver.claim());
    EXPECT_EQ(nested.back().number, 80 + i);
    EXPECT_FALSE(gic_.irq(0)) << "its equal";
    EXPECT_EQ(driver.claim().kind, Kind::kNone);
  }
  for (std::uint32_t i = 4; i-- > 0;) {
    driver.complete(nested.at(i));
    const Claim equal = driver.claim();
    EXPECT_EQ(equal.number, 84 + i);
    driver.complete(equal);
    EXPECT_EQ(driver.claim().kind, Kind::kNone);
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV3Test, OneIpiInterruptsWhateverRuns) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  ASSERT_TRUE(driver.set_priority(kUart, iface::IrqPriority::kHigh).has_value());
  ASSERT_TRUE(driver.enable(kUart, 0).has_value());
  ASSERT_TRUE(driver.raise(kUart).has_value());
  const Claim device = driver.claim();
  driver.send_ipi(1, 3);
  EXPECT_FALSE(gic_.irq(0)) << "a normal one waits";
  for (unsigned urgent = iface::InterruptController::kFirstUrgentIpi;
       urgent < iface::InterruptController::kIpis; ++urgent) {
    driver.send_ipi(1, urgent);
    EXPECT_TRUE(gic_.irq(0)) << urgent;
    const Claim ipi = driver.claim();
    EXPECT_EQ(ipi.number, urgent);
    driver.complete(ipi);
  }
  driver.complete(device);
  EXPECT_EQ(driver.claim().number, 3U);
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV3Test, ACoresOwnLineHasAPriorityOnEachCore) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  be_core(1);
  ASSERT_TRUE(driver.set_priority(kTimer, iface::IrqPriority::kHigh).has_value());
  for (const unsigned core : {0U, 1U}) {
    be_core(core);
    ASSERT_TRUE(driver.enable(kTimer, core).has_value());
    driver.send_ipi(1U << core, 2);
    const Claim ipi = driver.claim();
    gic_.set_line(30, true, core);
    EXPECT_EQ(gic_.irq(core), core == 1) << "normal on core 0, as the IPI is";
    gic_.set_line(30, false, core);
    driver.complete(ipi);
  }
}

TEST_F(GicV3Test, PrioritiesOfWhatThereIs) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  const auto normal = iface::IrqPriority::kNormal;
  EXPECT_EQ(driver.set_priority(IrqNumber{5}, normal).error(), Error::kInvalidArgument);
  EXPECT_EQ(driver.set_priority(IrqNumber{2000}, normal).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.raise(IrqNumber{2000}).error(), Error::kOutOfRange);
  EXPECT_EQ(driver.raise(kTimer).error(), Error::kInvalidArgument);
}

TEST_F(GicV3Test, ASpuriousClaimNeedsNoEnd) {
  GicV3 driver = driver_for(1);
  start(driver, 1);
  driver.complete(driver.claim());
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

// Every core sends to every core, takes its own, and switches lines of its own on and off.
TEST_F(GicV3Test, AllCoresAtOnce) {
  GicV3 driver = driver_for(4);
  start(driver, 4);
  constexpr unsigned kRounds = 200;
  std::array<std::atomic<unsigned>, 4> flags{};
  std::array<std::atomic<unsigned>, 4> seen{};
  std::atomic<unsigned> finished{0};
  const auto core_main = [&](unsigned core) {
    be_core(core);
    const auto take_all = [&] {
      for (Claim claim = driver.claim(); claim.kind != Kind::kNone; claim = driver.claim()) {
        ASSERT_EQ(claim.kind, Kind::kIpi);
        ASSERT_EQ(claim.number, 2U);
        // Acquire: pairs with the release of the sender's fetch_add.
        seen.at(core).fetch_add(flags.at(core).exchange(0, std::memory_order_acquire),
                                std::memory_order_relaxed);  // relaxed: read after join
        driver.complete(claim);
      }
    };
    for (unsigned round = 0; round < kRounds; ++round) {
      for (unsigned to = 0; to < 4; ++to) {
        flags.at(to).fetch_add(1, std::memory_order_release);  // pairs with the acquire above
        driver.send_ipi(1U << to, 2);
      }
      take_all();
      const IrqNumber line{64 + core};
      ASSERT_TRUE(driver.enable(line, core).has_value());
      if (round + 1 != kRounds) {
        ASSERT_TRUE(driver.disable(line).has_value());
      }
    }
    finished.fetch_add(1, std::memory_order_release);  // pairs with the acquire below
    while (finished.load(std::memory_order_acquire) < 4 || gic_.irq(core)) {  // pairs with above
      take_all();
      std::this_thread::yield();
    }
  };
  std::vector<std::thread> cores;
  cores.reserve(4);
  for (unsigned core = 0; core < 4; ++core) {
    cores.emplace_back(core_main, core);
  }
  for (std::thread& core : cores) {
    core.join();
  }
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(seen.at(core).load(), 4U * kRounds) << "no hand-over was left behind";
    gic_.set_line(64 + core, true);
    EXPECT_TRUE(gic_.irq(core)) << "neighbours' switching left line " << 64 + core << " off";
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

}  // namespace
}  // namespace baton::drivers
