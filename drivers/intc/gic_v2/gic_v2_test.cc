#include "drivers/intc/gic_v2/gic_v2.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "arch/cpu.h"
#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/interrupt_controller.h"
#include "drivers/intc/gic_v2/fake_gic_v2.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using iface::Claim;
using iface::IrqNumber;
using Kind = Claim::Kind;

constexpr std::uintptr_t kGicd = 0xff841000;
constexpr std::uintptr_t kGicc = 0xff842000;
constexpr IrqNumber kUart{153};
constexpr IrqNumber kTimer{30};

class GicV2Test : public testing::Test {
 protected:
  GicV2Test() {
    // Not the identity, so that mixing up cores and interfaces shows.
    gic_.interface_of_core = {2, 0, 3, 1, 7, 6, 5, 4};
    bus_.attach(kGicd, 0x1000, gic_.distributor());
    bus_.attach(kGicc, 0x2000, gic_.cpu_interface());
  }
  void TearDown() override { be_core(0); }

  static void be_core(unsigned core) { arch::internal::hosted_core = core; }
  void start(unsigned cores = 4) {
    be_core(0);
    ASSERT_TRUE(driver_.init().has_value());
    for (unsigned core = 0; core < cores; ++core) {
      be_core(core);
      ASSERT_TRUE(driver_.init_core().has_value());
    }
    be_core(0);
  }

  FakeGicV2 gic_;
  arch::FakeBus bus_;
  GicV2 driver_{arch::Mmio(kGicd), arch::Mmio(kGicc)};
};

TEST_F(GicV2Test, StartLeavesEverythingQuietAndOn) {
  gic_.make_pending_sgi(0, 3, 1);
  gic_.make_pending_sgi(0, 12, 1);
  gic_.make_active(0, 153);
  gic_.make_active(1, 30);
  start();
  EXPECT_EQ(driver_.irq_count(), 224U);
  EXPECT_EQ(gic_.distributor_control(), 1U);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_FALSE(gic_.irq(core)) << core;
    EXPECT_EQ(gic_.interface_control(core), 0x1e1U) << "enabled, the firmware's bypass bits kept";
    be_core(core);
    EXPECT_EQ(driver_.claim().kind, Kind::kNone);
  }
  // What was active when we came can fire again.
  be_core(0);
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  gic_.set_line(153, true);
  EXPECT_TRUE(gic_.irq(0));
}

TEST_F(GicV2Test, InitRefusesWhatIsNoGicV2) {
  gic_.architecture = 0;
  EXPECT_EQ(driver_.init().error(), Error::kNotFound);
  gic_.architecture = 3;
  EXPECT_EQ(driver_.init().error(), Error::kUnsupported);
  EXPECT_EQ(driver_.irq_count(), 0U);
  EXPECT_EQ(driver_.enable(kUart, 0).error(), Error::kOutOfRange);
  gic_.architecture = 1;
  EXPECT_TRUE(driver_.init().has_value());
}

TEST_F(GicV2Test, TheInterfaceIsFoundWhereverItShows) {
  ASSERT_TRUE(driver_.init().has_value());
  gic_.shown_routes = 0x40000000;
  EXPECT_TRUE(driver_.init_core().has_value());
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  EXPECT_EQ(gic_.route(153), 1U << 2U);
}

TEST_F(GicV2Test, ASingleCoreShowsNoInterfaceAndHasTheFirst) {
  gic_.interface_of_core[0] = 0;
  gic_.shown_routes = 0;
  start(1);
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  EXPECT_EQ(gic_.route(153), 1U);
  driver_.send_ipi(1, 4);
  EXPECT_EQ(driver_.claim().number, 4U);
}

TEST_F(GicV2Test, ALineGoesToTheCoreAskedForAndOnlyThere) {
  start();
  ASSERT_TRUE(driver_.enable(kUart, 3).has_value());
  EXPECT_FALSE(gic_.irq(3));
  gic_.set_line(153, true);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(gic_.irq(core), core == 3) << core;
  }
  be_core(3);
  const Claim claim = driver_.claim();
  EXPECT_EQ(claim.kind, Kind::kIrq);
  EXPECT_EQ(claim.number, 153U);
  EXPECT_EQ(driver_.claim().kind, Kind::kNone) << "active: not twice";
  gic_.set_line(153, false);
  driver_.complete(claim);
  EXPECT_FALSE(gic_.irq(3));
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV2Test, ALineStillHighComesBackAfterComplete) {
  start();
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  gic_.set_line(153, true);
  driver_.complete(driver_.claim());
  EXPECT_TRUE(gic_.irq(0));
}

TEST_F(GicV2Test, TheRouteIsThereBeforeTheLineIsOn) {
  start();
  gic_.set_line(153, true);
  ASSERT_TRUE(driver_.enable(kUart, 1).has_value());
  ASSERT_TRUE(driver_.disable(kUart).has_value());
  bool seen_elsewhere = false;
  gic_.before_write = [&](std::size_t) { seen_elsewhere |= gic_.irq(1); };
  ASSERT_TRUE(driver_.enable(kUart, 2).has_value());
  gic_.before_write = nullptr;
  EXPECT_FALSE(seen_elsewhere) << "enabled with the old route";
  EXPECT_TRUE(gic_.irq(2));
}

TEST_F(GicV2Test, DisableMasks) {
  start();
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  gic_.set_line(153, true);
  EXPECT_TRUE(gic_.irq(0));
  ASSERT_TRUE(driver_.disable(kUart).has_value());
  EXPECT_FALSE(gic_.irq(0));
}

TEST_F(GicV2Test, EachCoreHasItsOwnTimerLine) {
  start();
  for (unsigned core = 0; core < 4; ++core) {
    gic_.set_line(30, true, core);
  }
  be_core(1);
  EXPECT_EQ(driver_.enable(kTimer, 2).error(), Error::kInvalidArgument)
      << "another core's own line";
  ASSERT_TRUE(driver_.enable(kTimer, 1).has_value());
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(gic_.irq(core), core == 1) << core;
  }
  const Claim claim = driver_.claim();
  EXPECT_EQ(claim.kind, Kind::kIrq);
  EXPECT_EQ(claim.number, 30U);
  gic_.set_line(30, false, 1);
  driver_.complete(claim);
  gic_.set_line(30, true, 1);
  be_core(2);
  ASSERT_TRUE(driver_.disable(kTimer).has_value());
  EXPECT_TRUE(gic_.irq(1)) << "another core's disable is another core's";
  be_core(1);
  ASSERT_TRUE(driver_.disable(kTimer).has_value());
  EXPECT_FALSE(gic_.irq(1));
}

TEST_F(GicV2Test, BadArgumentsAreRefused) {
  start(2);
  EXPECT_EQ(driver_.enable(IrqNumber{224}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(IrqNumber{0xffffffff}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(IrqNumber{5}, 0).error(), Error::kInvalidArgument) << "an IPI";
  EXPECT_EQ(driver_.enable(kUart, arch::kMaxCores).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(kUart, 2).error(), Error::kNotFound) << "a core that has not started";
  EXPECT_EQ(driver_.disable(IrqNumber{224}).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.disable(IrqNumber{0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(driver_.set_trigger(IrqNumber{224}, GicV2::Trigger::kEdge).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.set_trigger(kTimer, GicV2::Trigger::kEdge).error(), Error::kInvalidArgument);
  EXPECT_TRUE(driver_.enable(IrqNumber{223}, 1).has_value());
}

TEST_F(GicV2Test, AnEdgeIsRememberedAndALevelIsNot) {
  start();
  EXPECT_FALSE(gic_.edge(153));
  ASSERT_TRUE(driver_.set_trigger(kUart, GicV2::Trigger::kEdge).has_value());
  EXPECT_TRUE(gic_.edge(153));
  EXPECT_FALSE(gic_.edge(152));
  EXPECT_FALSE(gic_.edge(154));
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  gic_.set_line(153, true);
  gic_.set_line(153, false);
  EXPECT_EQ(driver_.claim().number, 153U);
  ASSERT_TRUE(driver_.disable(kUart).has_value());
  ASSERT_TRUE(driver_.set_trigger(kUart, GicV2::Trigger::kLevel).has_value());
  EXPECT_FALSE(gic_.edge(153));
}

TEST_F(GicV2Test, AnIpiReachesTheCoresInTheMaskTheSenderIncluded) {
  start();
  be_core(1);
  driver_.send_ipi(0b1010, 6);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(gic_.irq(core), core == 1 || core == 3) << core;
  }
  for (const unsigned core : {1U, 3U}) {
    be_core(core);
    const Claim claim = driver_.claim();
    EXPECT_EQ(claim.kind, Kind::kIpi);
    EXPECT_EQ(claim.number, 6U);
    driver_.complete(claim);
    EXPECT_FALSE(gic_.irq(core));
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV2Test, ThreeSendersAreEndedEachByItsOwnWord) {
  start();
  for (const unsigned core : {1U, 2U, 3U}) {
    be_core(core);
    driver_.send_ipi(1, 5);
  }
  be_core(0);
  unsigned claims = 0;
  for (Claim claim = driver_.claim(); claim.kind != Kind::kNone; claim = driver_.claim()) {
    EXPECT_EQ(claim.number, 5U);
    driver_.complete(claim);
    ++claims;
  }
  EXPECT_EQ(claims, 3U);
  EXPECT_EQ(gic_.wrong_ends(), 0U);
  EXPECT_FALSE(gic_.irq(0));
}

TEST_F(GicV2Test, CoresThatHaveNotStartedAreSkipped) {
  start(2);
  driver_.send_ipi(0xffffffff, 1);
  for (unsigned core = 0; core < FakeGicV2::kCores; ++core) {
    EXPECT_EQ(gic_.sgi_senders(core, 1), core < 2 ? 1U << 2U : 0U) << core;
    EXPECT_EQ(gic_.irq(core), core < 2) << core;
  }
  driver_.send_ipi(0b1100, 2);
  EXPECT_EQ(driver_.claim().number, 1U);
}

TEST_F(GicV2Test, AnIpiThatCannotBeIsABug) {
  start();
  EXPECT_DEBUG_DEATH(driver_.send_ipi(1, 8), "kIpis");
}

TEST_F(GicV2Test, ASpuriousClaimNeedsNoEnd) {
  start();
  const Claim claim = driver_.claim();
  EXPECT_EQ(claim.kind, Kind::kNone);
  driver_.complete(claim);
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV2Test, WhatIsMoreUrgentInterruptsAndNothingElseDoes) {
  start();
  EXPECT_TRUE(driver_.has_priorities());
  constexpr std::array kPriorities{iface::IrqPriority::kLow, iface::IrqPriority::kNormal,
                                   iface::IrqPriority::kHigh, iface::IrqPriority::kHighest};
  // Two lines of each priority; the first four interrupt each other, the others come afterwards.
  for (std::uint32_t i = 0; i < 8; ++i) {
    ASSERT_TRUE(driver_.set_priority(IrqNumber{80 + i}, kPriorities.at(i % 4)).has_value());
    ASSERT_TRUE(driver_.enable(IrqNumber{80 + i}, 0).has_value());
  }
  std::vector<Claim> nested;
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(driver_.raise(IrqNumber{80 + i}).has_value());
    ASSERT_TRUE(driver_.raise(IrqNumber{84 + i}).has_value());
    EXPECT_TRUE(gic_.irq(0)) << i;
    nested.push_back(driver_.claim());
    EXPECT_EQ(nested.back().number, 80 + i);
    EXPECT_FALSE(gic_.irq(0)) << "its equal";
    EXPECT_EQ(driver_.claim().kind, Kind::kNone);
  }
  for (std::uint32_t i = 4; i-- > 0;) {
    driver_.complete(nested.at(i));
    const Claim equal = driver_.claim();
    EXPECT_EQ(equal.number, 84 + i);
    driver_.complete(equal);
    EXPECT_EQ(driver_.claim().kind, Kind::kNone);
  }
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV2Test, OneIpiInterruptsWhateverRuns) {
  start();
  ASSERT_TRUE(driver_.set_priority(kUart, iface::IrqPriority::kHigh).has_value());
  ASSERT_TRUE(driver_.enable(kUart, 0).has_value());
  ASSERT_TRUE(driver_.raise(kUart).has_value());
  const Claim device = driver_.claim();
  driver_.send_ipi(1, 3);
  EXPECT_FALSE(gic_.irq(0)) << "a normal one waits";
  for (unsigned urgent = iface::InterruptController::kFirstUrgentIpi;
       urgent < iface::InterruptController::kIpis; ++urgent) {
    driver_.send_ipi(1, urgent);
    EXPECT_TRUE(gic_.irq(0)) << urgent;
    const Claim ipi = driver_.claim();
    EXPECT_EQ(ipi.number, urgent);
    driver_.complete(ipi);
  }
  driver_.complete(device);
  EXPECT_EQ(driver_.claim().number, 3U);
  EXPECT_EQ(gic_.wrong_ends(), 0U);
}

TEST_F(GicV2Test, ACoresOwnLineHasAPriorityOnEachCore) {
  start();
  be_core(1);
  ASSERT_TRUE(driver_.set_priority(kTimer, iface::IrqPriority::kHigh).has_value());
  for (const unsigned core : {0U, 1U}) {
    be_core(core);
    ASSERT_TRUE(driver_.enable(kTimer, core).has_value());
    driver_.send_ipi(1U << core, 2);
    const Claim ipi = driver_.claim();
    gic_.set_line(30, true, core);
    EXPECT_EQ(gic_.irq(core), core == 1) << "normal on core 0, as the IPI is";
    gic_.set_line(30, false, core);
    driver_.complete(ipi);
  }
}

TEST_F(GicV2Test, PrioritiesOfWhatThereIs) {
  start();
  const auto normal = iface::IrqPriority::kNormal;
  EXPECT_EQ(driver_.set_priority(IrqNumber{5}, normal).error(), Error::kInvalidArgument);
  EXPECT_EQ(driver_.set_priority(IrqNumber{2000}, normal).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.raise(IrqNumber{2000}).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.raise(kTimer).error(), Error::kInvalidArgument);
}

TEST_F(GicV2Test, EightCores) {
  start(8);
  driver_.send_ipi(0xff, 7);
  for (unsigned core = 0; core < 8; ++core) {
    be_core(core);
    EXPECT_EQ(driver_.claim().number, 7U) << core;
    ASSERT_TRUE(driver_.enable(kUart, core).has_value());
    EXPECT_EQ(gic_.route(153), 1U << gic_.interface_of_core.at(core));
  }
}

// Every core sends to every core, takes its own, and switches lines of its own on and off.
TEST_F(GicV2Test, AllCoresAtOnce) {
  start();
  constexpr unsigned kRounds = 200;
  std::array<std::atomic<unsigned>, 4> flags{};
  std::array<std::atomic<unsigned>, 4> seen{};
  std::atomic<unsigned> finished{0};
  const auto core_main = [&](unsigned core) {
    be_core(core);
    const auto take_all = [&] {
      for (Claim claim = driver_.claim(); claim.kind != Kind::kNone; claim = driver_.claim()) {
        ASSERT_EQ(claim.kind, Kind::kIpi);
        ASSERT_EQ(claim.number, 2U);
        // Acquire: pairs with the release of the sender's fetch_add.
        seen.at(core).fetch_add(flags.at(core).exchange(0, std::memory_order_acquire),
                                std::memory_order_relaxed);  // relaxed: read after join
        driver_.complete(claim);
      }
    };
    for (unsigned round = 0; round < kRounds; ++round) {
      for (unsigned to = 0; to < 4; ++to) {
        flags.at(to).fetch_add(1, std::memory_order_release);  // pairs with the acquire above
        driver_.send_ipi(1U << to, 2);
      }
      take_all();
      const IrqNumber line{64 + core};
      ASSERT_TRUE(driver_.enable(line, core).has_value());
      if (round + 1 != kRounds) {
        ASSERT_TRUE(driver_.disable(line).has_value());
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
