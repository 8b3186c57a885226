#include "drivers/clock/lm3s_sysctl/lm3s_sysctl.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x400fe000;
constexpr std::uint32_t kBypass = 1U << 11U;
constexpr std::uint32_t kPllOff = 1U << 13U;
constexpr std::uint32_t kUseDivisor = 1U << 22U;
constexpr std::uint32_t kLocked = 0x40;

// The clocks, which refuses what the manual forbids: to change the PLL while the core runs from it,
// and to run from it before it is locked.
class FakeSysctl : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x000:
        return identity;
      case 0x050:
        if (looks_until_locked != 0 && (clock & kPllOff) == 0) {
          --looks_until_locked;
          if (looks_until_locked == 0) events |= kLocked;
        }
        return events;
      case 0x060:
        return clock;
      case 0x104:
      case 0x108:
        ++gate_looks;
        return offset == 0x104 ? uarts : ports;
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    switch (offset) {
      case 0x034:
        voltage = word;
        return;
      case 0x058:
        events &= ~word;
        return;
      case 0x060:
        if ((clock & kBypass) == 0 && ((clock ^ word) & (kPllOff | 0x3f0U)) != 0) {
          refuse("the PLL changed while the core runs from it");
        }
        if ((word & kBypass) == 0 && (events & kLocked) == 0) refuse("the PLL is not locked");
        if ((word & kBypass) == 0 && (word & kUseDivisor) == 0) refuse("200 MHz");
        clock = word;
        return;
      case 0x104:
        gate_looks = 0;
        uarts = word;
        return;
      case 0x108:
        gate_looks = 0;
        ports = word;
        return;
      default:
        std::abort();
    }
  }

  std::uint32_t identity = 0x1001'0002;
  std::uint32_t voltage = 0;
  std::uint32_t clock = 0x078e'3ad1;  // as after reset
  std::uint32_t events = kLocked;     // of before
  std::uint32_t uarts = 0;
  std::uint32_t ports = 0;
  int gate_looks = 0;
  int looks_until_locked = 3;

 private:
  [[noreturn]] static void refuse(const char* what) {
    std::fprintf(stderr, "FakeSysctl: %s\n", what);
    std::abort();
  }
};

class Lm3sSysctlTest : public testing::Test {
 protected:
  Lm3sSysctlTest() { bus_.attach(kBase, 0x1000, device_); }
  FakeSysctl device_;
  arch::FakeBus bus_;
  Lm3sSysctl sysctl_{arch::Mmio(kBase)};
};

TEST_F(Lm3sSysctlTest, TheCoreRunsFromThePll) {
  EXPECT_EQ(sysctl_.start_pll(4), 50'000'000U);
  EXPECT_EQ(device_.clock & (kBypass | kPllOff | kUseDivisor), kUseDivisor);
  EXPECT_EQ(device_.clock >> 23U & 0xfU, 3U);
  EXPECT_EQ(device_.clock & 0x3f0U, 0x380U) << "the main oscillator, of 8 MHz";
  EXPECT_EQ(device_.clock & 1U, 0U) << "which is on";
  EXPECT_EQ(device_.looks_until_locked, 0) << "a lock of before does not count";
  EXPECT_EQ(device_.voltage, 0x1bU);
}

TEST_F(Lm3sSysctlTest, OnceMore) {
  ASSERT_EQ(sysctl_.start_pll(4), 50'000'000U);
  device_.looks_until_locked = 3;
  EXPECT_EQ(sysctl_.start_pll(16), 12'500'000U);
  EXPECT_EQ(device_.clock >> 23U & 0xfU, 15U);
}

TEST_F(Lm3sSysctlTest, LaterSiliconNeedsNoMoreVoltage) {
  device_.identity = 0x1001'0102;
  ASSERT_TRUE(sysctl_.start_pll(4).has_value());
  EXPECT_EQ(device_.voltage, 0U);
}

TEST_F(Lm3sSysctlTest, WithoutALockTheCoreRunsFromTheCrystal) {
  // A divisor of before does not count either.
  ASSERT_TRUE(sysctl_.start_pll(16).has_value());
  device_.looks_until_locked = 0;
  EXPECT_EQ(sysctl_.start_pll(4).error(), Error::kTimedOut);
  EXPECT_EQ(device_.clock & (kBypass | kUseDivisor | 0x3f1U), kBypass | 0x380U);
}

TEST_F(Lm3sSysctlTest, TooFastOrTooSlowTouchesNothing) {
  EXPECT_EQ(sysctl_.start_pll(3).error(), Error::kOutOfRange);
  EXPECT_EQ(sysctl_.start_pll(17).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.clock, 0x078e'3ad1U);
}

TEST_F(Lm3sSysctlTest, ADevicesClockIsOnBeforeItIsTouched) {
  ASSERT_TRUE(sysctl_.enable_port(5).has_value());
  EXPECT_EQ(device_.ports, 0x20U);
  EXPECT_GE(device_.gate_looks, 3);
  ASSERT_TRUE(sysctl_.enable_port(0).has_value());
  EXPECT_EQ(device_.ports, 0x21U) << "the others stay";
  ASSERT_TRUE(sysctl_.enable_uart(0).has_value());
  EXPECT_EQ(device_.uarts, 1U);
  EXPECT_GE(device_.gate_looks, 3);
}

TEST_F(Lm3sSysctlTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(sysctl_.enable_uart(3).error(), Error::kOutOfRange);
  EXPECT_EQ(sysctl_.enable_port(7).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.uarts | device_.ports, 0U);
}

}  // namespace
}  // namespace baton::drivers
