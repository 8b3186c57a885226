#include "drivers/clock/stm32f1_rcc/stm32f1_rcc.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kRcc = 0x40021000;

constexpr std::uint32_t kInternalOn = 1U << 0U;
constexpr std::uint32_t kCrystalOn = 1U << 16U;
constexpr std::uint32_t kPllOn = 1U << 24U;
constexpr std::uint32_t kInternalReady = 1U << 1U;
constexpr std::uint32_t kCrystalReady = 1U << 17U;
constexpr std::uint32_t kPllReady = 1U << 25U;
constexpr std::uint32_t kSwitches = 0x3;
constexpr std::uint32_t kFromPll = 2;
constexpr std::uint32_t kOfPll = 0x3f'0000;

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "FakeRcc: %s\n", what);
  std::abort();
}

// The clocks, which refuse what would stop or overrun the core: a source that is not ready, the PLL
// changed while on, more than 24 MHz.
class FakeRcc : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00: {
        if (!models_clocks) return control;
        std::uint32_t ready = (control & kInternalOn) != 0 ? kInternalReady : 0U;
        if ((control & kCrystalOn) != 0 && crystal_works) ready |= kCrystalReady;
        if ((control & kPllOn) != 0 && pll_works) ready |= kPllReady;
        return control | ready;
      }
      case 0x04:
        return config | used << 2U;
      case 0x14:
        return ahb;
      case 0x18:
        return apb2;
      case 0x1c:
        return apb1;
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    ++writes;
    switch (offset) {
      case 0x00:
        if (used == kFromPll && (word & kPllOn) == 0) refuse("the core's source is off");
        if (used == 0 && (word & kInternalOn) == 0) refuse("the core's source is off");
        control = word & (kInternalOn | kCrystalOn | kPllOn);
        return;
      case 0x04:
        if ((control & kPllOn) != 0 && ((word ^ config) & kOfPll) != 0) {
          refuse("the PLL set up while on");
        }
        if ((word & kSwitches) == kFromPll) {
          if ((read(0, 4) & kPllReady) == 0) refuse("the PLL is not ready");
          const bool crystal = (word & 1U << 16U) != 0;
          if (crystal && (read(0, 4) & kCrystalReady) == 0) refuse("the crystal is not ready");
          const std::uint32_t hz = (crystal ? crystal_hz : 4'000'000U) * ((word >> 18U & 0xfU) + 2);
          if (hz > 24'000'000) refuse("faster than the chip can");
          core_hz = hz;
        }
        config = word & ~0xcU;
        if (changes_over || (word & kSwitches) == 0) used = word & kSwitches;
        return;
      case 0x14:
        ahb = word;
        return;
      case 0x18:
        apb2 = word;
        return;
      case 0x1c:
        apb1 = word;
        return;
      case 0x2c:
        if ((control & kPllOn) != 0) refuse("the PLL set up while on");
        config2 = word;
        return;
      default:
        std::abort();
    }
  }

  std::uint32_t control = kInternalOn;
  std::uint32_t config = 0;
  std::uint32_t config2 = 0xf;
  std::uint32_t ahb = 0x14;
  std::uint32_t apb1 = 0;
  std::uint32_t apb2 = 0;
  std::uint32_t used = 0;
  std::uint32_t core_hz = 0;
  std::uint32_t crystal_hz = 8'000'000;
  int writes = 0;
  bool models_clocks = true;
  bool crystal_works = true;
  bool pll_works = true;
  bool changes_over = true;
};

class Stm32f1RccTest : public testing::Test {
 protected:
  Stm32f1RccTest() { bus_.attach(kRcc, 0x400, device_); }
  FakeRcc device_;
  arch::FakeBus bus_;
  Stm32f1Rcc rcc_{arch::Mmio(kRcc)};
};

TEST_F(Stm32f1RccTest, FromACrystal) {
  ASSERT_TRUE(rcc_.start(8'000'000).has_value());
  EXPECT_EQ(device_.core_hz, 24'000'000U);
  EXPECT_EQ(device_.used, kFromPll);
  EXPECT_EQ(device_.config, 0x5'0002U) << "the crystal, times 3";
  EXPECT_EQ(device_.config2, 0U) << "the whole crystal";
}

TEST_F(Stm32f1RccTest, FromAnotherCrystal) {
  device_.crystal_hz = 4'000'000;
  ASSERT_TRUE(rcc_.start(4'000'000).has_value());
  EXPECT_EQ(device_.core_hz, 24'000'000U);
}

TEST_F(Stm32f1RccTest, OnceMoreWhileTheCoreRunsFromThePll) {
  ASSERT_TRUE(rcc_.start(8'000'000).has_value());
  EXPECT_TRUE(rcc_.start(8'000'000).has_value());
}

TEST_F(Stm32f1RccTest, DividersOfALoaderAreUndone) {
  device_.config = 0x2480;
  ASSERT_TRUE(rcc_.start(8'000'000).has_value());
  EXPECT_EQ(device_.config, 0x5'0002U);
}

TEST_F(Stm32f1RccTest, WithoutACrystalFromTheChipsOwnOscillator) {
  device_.crystal_works = false;
  ASSERT_TRUE(rcc_.start(8'000'000).has_value());
  EXPECT_EQ(device_.core_hz, 24'000'000U);
  EXPECT_EQ(device_.config, 0x10'0002U) << "half of 8 MHz, times 6";
  EXPECT_EQ(device_.control & kCrystalOn, 0U);
}

TEST_F(Stm32f1RccTest, WithoutAPllAsAfterReset) {
  device_.pll_works = false;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kTimedOut);
  EXPECT_EQ(device_.used, 0U);
  EXPECT_EQ(device_.control & kPllOn, 0U);
}

TEST_F(Stm32f1RccTest, ACoreThatDoesNotChangeOver) {
  device_.changes_over = false;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kTimedOut);
  EXPECT_EQ(device_.config & kSwitches, 0U);
}

TEST_F(Stm32f1RccTest, AnEmulatorWithoutClocksIsToldApart) {
  device_.models_clocks = false;
  device_.control = 0;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kUnsupported);
  EXPECT_EQ(device_.writes, 0);
}

TEST_F(Stm32f1RccTest, CrystalsThatCannotBeTouchNothing) {
  for (const std::uint32_t hz : {0U, 1U, 3'000'000U, 7'000'000U, 16'000'000U, 24'000'000U}) {
    EXPECT_EQ(rcc_.start(hz).error(), Error::kOutOfRange) << hz;
  }
  EXPECT_EQ(device_.writes, 0);
}

TEST_F(Stm32f1RccTest, ADevicesClock) {
  ASSERT_TRUE(rcc_.enable(Stm32f1Rcc::Bus::kApb2, 2).has_value());
  ASSERT_TRUE(rcc_.enable(Stm32f1Rcc::Bus::kApb2, 14).has_value());
  EXPECT_EQ(device_.apb2, 0x4004U) << "the others stay";
  ASSERT_TRUE(rcc_.enable(Stm32f1Rcc::Bus::kApb1, 17).has_value());
  EXPECT_EQ(device_.apb1, 0x2'0000U);
  ASSERT_TRUE(rcc_.enable(Stm32f1Rcc::Bus::kAhb, 0).has_value());
  EXPECT_EQ(device_.ahb, 0x15U);
  EXPECT_EQ(rcc_.enable(Stm32f1Rcc::Bus::kApb2, 32).error(), Error::kOutOfRange);
}

}  // namespace
}  // namespace baton::drivers
