#include "drivers/intc/bcm2836/bcm2836.h"

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
#include "drivers/intc/bcm2836/fake_bcm2836.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using iface::Claim;
using iface::IrqNumber;
using Kind = Claim::Kind;

constexpr std::uintptr_t kLocal = 0x40000000;
constexpr std::uintptr_t kBehind = 0x3f00b200;
constexpr IrqNumber kTimer{3};
constexpr IrqNumber kUart{32 + 57};

class Bcm2836Test : public testing::Test {
 protected:
  Bcm2836Test() {
    bus_.attach(kLocal, 0x100, chip_.local());
    bus_.attach(kBehind, 0x28, chip_.behind());
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

  FakeBcm2836 chip_;
  arch::FakeBus bus_;
  Bcm2836Interrupts driver_{arch::Mmio(kLocal), arch::Mmio(kBehind), 0};
};

TEST_F(Bcm2836Test, StartLeavesEverythingQuiet) {
  for (unsigned core = 0; core < 4; ++core) {
    for (unsigned m = 0; m < 4; ++m) {
      chip_.set_mailbox(core, m, 0x8000ffff);
    }
    for (const unsigned line : {0U, 1U, 2U, 3U, 9U}) {
      chip_.set_own_line(core, line, true);
    }
  }
  for (unsigned n = 0; n < 72; ++n) {
    chip_.set_gpu_line(n, true);
  }
  start();
  EXPECT_EQ(driver_.irq_count(), 104U);
  EXPECT_EQ(driver_.name(), "BCM2836");
  EXPECT_EQ(chip_.fiq_control(), 0U);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_FALSE(chip_.irq(core)) << core;
    be_core(core);
    EXPECT_EQ(driver_.claim().kind, Kind::kNone);
  }
}

TEST_F(Bcm2836Test, ImpossibleCores) {
  Bcm2836Interrupts nowhere(arch::Mmio(kLocal), arch::Mmio(kBehind), 4);
  EXPECT_EQ(nowhere.init().error(), Error::kInvalidArgument);
  be_core(4);
  EXPECT_EQ(driver_.init_core().error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.disable(kTimer).error(), Error::kOutOfRange);
}

TEST_F(Bcm2836Test, EachCoreHasItsOwnTimer) {
  start();
  for (unsigned core = 0; core < 4; ++core) {
    chip_.set_own_line(core, 3, true);
  }
  be_core(2);
  EXPECT_EQ(driver_.enable(kTimer, 1).error(), Error::kInvalidArgument);
  ASSERT_TRUE(driver_.enable(kTimer, 2).has_value());
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(chip_.irq(core), core == 2) << core;
  }
  const Claim claim = driver_.claim();
  EXPECT_EQ(claim.kind, Kind::kIrq);
  EXPECT_EQ(claim.number, 3U);
  chip_.set_own_line(2, 3, false);
  driver_.complete(claim);
  EXPECT_EQ(driver_.claim().kind, Kind::kNone);
  chip_.set_own_line(2, 3, true);
  ASSERT_TRUE(driver_.disable(kTimer).has_value());
  EXPECT_FALSE(chip_.irq(2));
}

TEST_F(Bcm2836Test, EveryOwnLine) {
  start();
  be_core(1);
  for (std::uint32_t id = 0; id < 32; ++id) {
    const bool offered = id < 4 || id == 9;
    const Result<void> result = driver_.enable(IrqNumber{id}, 1);
    if (!offered) {
      const Error error = id == 4 || id == 8 ? Error::kInvalidArgument : Error::kUnsupported;
      EXPECT_EQ(result.error(), error) << id;
      EXPECT_EQ(driver_.disable(IrqNumber{id}).error(), error) << id;
      continue;
    }
    ASSERT_TRUE(result.has_value()) << id;
    chip_.set_own_line(1, id, true);
    const Claim claim = driver_.claim();
    EXPECT_EQ(claim.kind, Kind::kIrq);
    EXPECT_EQ(claim.number, id);
    ASSERT_TRUE(driver_.disable(IrqNumber{id}).has_value());
    EXPECT_FALSE(chip_.irq(1)) << id;
    chip_.set_own_line(1, id, false);
  }
  EXPECT_EQ(chip_.timer_control(1), 0U);
}

TEST_F(Bcm2836Test, EveryLineBehindHasItsNumber) {
  start();
  for (std::uint32_t id = 32; id < 104; ++id) {
    ASSERT_TRUE(driver_.enable(IrqNumber{id}, 0).has_value()) << id;
  }
  for (std::uint32_t n = 0; n < 72; ++n) {
    chip_.set_gpu_line(n, true);
    EXPECT_TRUE(chip_.irq(0)) << n;
    const Claim claim = driver_.claim();
    EXPECT_EQ(claim.kind, Kind::kIrq) << n;
    EXPECT_EQ(claim.number, 32U + n);
    driver_.complete(claim);
    ASSERT_TRUE(driver_.disable(IrqNumber{32 + n}).has_value());
    EXPECT_EQ(driver_.claim().kind, Kind::kNone) << n;
    chip_.set_gpu_line(n, false);
    ASSERT_TRUE(driver_.enable(IrqNumber{32 + n}, 0).has_value());
  }
}

TEST_F(Bcm2836Test, AllThatWaitsIsClaimedInTurn) {
  start();
  std::vector<std::uint32_t> ids{3, 32 + 2, 32 + 19, 32 + 29, 32 + 40, 32 + 57, 96 + 1};
  for (const std::uint32_t id : ids) {
    ASSERT_TRUE(driver_.enable(IrqNumber{id}, 0).has_value());
    if (id < 32) {
      chip_.set_own_line(0, id, true);
    } else {
      chip_.set_gpu_line(id - 32, true);
    }
  }
  std::vector<std::uint32_t> got;
  for (Claim claim = driver_.claim(); claim.kind != Kind::kNone; claim = driver_.claim()) {
    ASSERT_LT(got.size(), ids.size());
    got.push_back(claim.number);
    if (claim.number < 32) {
      chip_.set_own_line(0, claim.number, false);
    } else {
      chip_.set_gpu_line(claim.number - 32, false);
    }
    driver_.complete(claim);
  }
  EXPECT_EQ(got, ids);
}

TEST_F(Bcm2836Test, WhatIsBehindGoesToOneCoreOnly) {
  Bcm2836Interrupts other(arch::Mmio(kLocal), arch::Mmio(kBehind), 2);
  ASSERT_TRUE(other.init().has_value());
  for (unsigned core = 0; core < 4; ++core) {
    be_core(core);
    ASSERT_TRUE(other.init_core().has_value());
  }
  be_core(0);
  EXPECT_EQ(other.enable(kUart, 0).error(), Error::kUnsupported);
  ASSERT_TRUE(other.enable(kUart, 2).has_value());
  chip_.set_gpu_line(57, true);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(chip_.irq(core), core == 2) << core;
  }
  be_core(2);
  EXPECT_EQ(other.claim().number, 32U + 57U);
}

TEST_F(Bcm2836Test, BadArgumentsAreRefused) {
  start(2);
  EXPECT_EQ(driver_.enable(IrqNumber{104}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(IrqNumber{0xffffffff}, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(kUart, 4).error(), Error::kOutOfRange);
  EXPECT_EQ(driver_.enable(kTimer, 3).error(), Error::kNotFound) << "a core that has not started";
  EXPECT_EQ(driver_.disable(IrqNumber{104}).error(), Error::kOutOfRange);
}

TEST_F(Bcm2836Test, EveryIpiToEveryMask) {
  start();
  for (unsigned mask = 0; mask < 16; ++mask) {
    const unsigned ipi = mask % 8;
    driver_.send_ipi(mask, ipi);
    for (unsigned core = 0; core < 4; ++core) {
      be_core(core);
      const Claim claim = driver_.claim();
      ASSERT_EQ(claim.kind, (mask >> core & 1U) != 0 ? Kind::kIpi : Kind::kNone) << mask;
      if (claim.kind == Kind::kIpi) {
        EXPECT_EQ(claim.number, ipi);
      }
      driver_.complete(claim);
      EXPECT_FALSE(chip_.irq(core));
    }
    be_core(0);
  }
}

TEST_F(Bcm2836Test, OneClaimTakesOneIpiAndLeavesTheOthers) {
  start();
  driver_.send_ipi(1, 6);
  driver_.send_ipi(1, 1);
  driver_.send_ipi(1, 6);
  EXPECT_EQ(driver_.claim().number, 1U);
  EXPECT_TRUE(chip_.irq(0));
  EXPECT_EQ(driver_.claim().number, 6U);
  EXPECT_EQ(driver_.claim().kind, Kind::kNone) << "sends of the same one merge";
}

TEST_F(Bcm2836Test, ASendThatComesDuringTheClaimIsNotLost) {
  start();
  driver_.send_ipi(1, 5);
  bool once = true;
  chip_.before_local_write = [&](std::size_t offset) {
    if (offset == 0xc0 && once) {
      once = false;
      chip_.set_mailbox(0, 0, 1U << 3U);
    }
  };
  EXPECT_EQ(driver_.claim().number, 5U);
  chip_.before_local_write = nullptr;
  EXPECT_EQ(driver_.claim().number, 3U);
}

TEST_F(Bcm2836Test, ForeignMailboxBitsAreDroppedAndDoNotHideTheRest) {
  start();
  ASSERT_TRUE(driver_.enable(kTimer, 0).has_value());
  chip_.set_mailbox(0, 0, 1U << 20U);
  chip_.set_own_line(0, 3, true);
  const Claim claim = driver_.claim();
  EXPECT_EQ(claim.kind, Kind::kIrq);
  EXPECT_EQ(claim.number, 3U);
  EXPECT_EQ(chip_.mailbox(0, 0), 0U);
}

TEST_F(Bcm2836Test, CoresThatHaveNotStartedAreSkipped) {
  start(2);
  driver_.send_ipi(0xffffffff, 2);
  for (unsigned core = 0; core < 4; ++core) {
    EXPECT_EQ(chip_.mailbox(core, 0), core < 2 ? 4U : 0U) << core;
  }
}

TEST_F(Bcm2836Test, AnIpiThatCannotBeIsABug) {
  start();
  EXPECT_DEBUG_DEATH(driver_.send_ipi(1, 8), "kIpis");
}

// A core's timer enables are one word for its threads and its handlers: the handler's whole call
// comes between the thread's computing a value and its arrival.
TEST_F(Bcm2836Test, AHandlerDoesNotUndoItsThread) {
  start();
  bool once = true;
  chip_.before_local_write = [&](std::size_t offset) {
    if (offset == 0x40 && once) {
      once = false;
      ASSERT_TRUE(driver_.enable(IrqNumber{1}, 0).has_value());
    }
  };
  ASSERT_TRUE(driver_.enable(kTimer, 0).has_value());
  chip_.before_local_write = nullptr;
  EXPECT_EQ(chip_.timer_control(0), 0b1010U);
}

TEST_F(Bcm2836Test, AllCoresAtOnce) {
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
      const IrqNumber line{32 + core};
      ASSERT_TRUE(driver_.enable(line, 0).has_value());
      if (round + 1 != kRounds) {
        ASSERT_TRUE(driver_.disable(line).has_value());
      }
    }
    finished.fetch_add(1, std::memory_order_release);  // pairs with the acquire below
    while (finished.load(std::memory_order_acquire) < 4 || chip_.irq(core)) {  // pairs with above
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
    chip_.set_gpu_line(core, true);
    EXPECT_EQ(driver_.claim().number, 32U + core) << "neighbours' switching left a line off";
    chip_.set_gpu_line(core, false);
  }
}

}  // namespace
}  // namespace baton::drivers
