#include "drivers/clock/stm32f4_rcc/stm32f4_rcc.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kRcc = 0x40023800;
constexpr std::uintptr_t kFlash = 0x40023c00;

constexpr std::uint32_t kInternalOn = 1U << 0U;
constexpr std::uint32_t kCrystalOn = 1U << 16U;
constexpr std::uint32_t kPllOn = 1U << 24U;
constexpr std::uint32_t kCrystalReady = 1U << 17U;
constexpr std::uint32_t kPllReady = 1U << 25U;

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "FakeRcc: %s\n", what);
  std::abort();
}

class FakeFlash : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t /*offset*/, unsigned /*bytes*/) override { return control; }
  void write(std::size_t /*offset*/, unsigned /*bytes*/, std::uint64_t value) override {
    control = static_cast<std::uint32_t>(value);
    if (stuck) control &= ~7U;
  }
  std::uint32_t control = 0;
  bool stuck = false;
};

// The clocks, which refuses what would stop or overrun the core: a source that is not ready, the
// PLL changed while on, 168 MHz from memory or to buses that are too slow for it.
class FakeRcc : public arch::FakeDevice {
 public:
  explicit FakeRcc(FakeFlash& flash) : flash_(flash) {}

  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00: {
        if (!models_clocks) return control;
        std::uint32_t ready = (control & kInternalOn) != 0 ? 2U : 0U;
        if ((control & kCrystalOn) != 0 && crystal_works) ready |= kCrystalReady;
        if ((control & kPllOn) != 0 && pll_works) ready |= kPllReady;
        return control | ready;
      }
      case 0x04:
        return pll;
      case 0x08:
        return config | (changes_over ? (config & 3U) << 2U : 0U);
      case 0x30:
        return ahb1;
      case 0x40:
        return apb1;
      case 0x44:
        return apb2;
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    ++writes;
    switch (offset) {
      case 0x00:
        if ((config & 3U) == 2 && (word & kPllOn) == 0) refuse("the core's source is off");
        if ((config & 3U) == 0 && (word & kInternalOn) == 0) refuse("the core's source is off");
        control = word & (kInternalOn | kCrystalOn | kPllOn);
        return;
      case 0x04:
        if ((control & kPllOn) != 0) refuse("the PLL set up while on");
        pll = word;
        return;
      case 0x08:
        if ((word & 3U) == 2) {
          if ((read(0, 4) & kPllReady) == 0) refuse("the PLL is not ready");
          if ((flash_.control & 7U) < 5) refuse("too few wait states");
          if ((word & 0xfcf0U) != 0x9400U) refuse("a bus runs too fast");
        }
        config = word & ~0xcU;
        return;
      case 0x30:
        ahb1 = word;
        return;
      case 0x40:
        apb1 = word;
        return;
      case 0x44:
        apb2 = word;
        return;
      default:
        std::abort();
    }
  }

  std::uint32_t control = kInternalOn;
  std::uint32_t pll = 0x2400'3010;  // as after reset
  std::uint32_t config = 0;
  std::uint32_t ahb1 = 0x0010'0000;
  std::uint32_t apb1 = 0;
  std::uint32_t apb2 = 0;
  int writes = 0;
  bool models_clocks = true;
  bool crystal_works = true;
  bool pll_works = true;
  bool changes_over = true;

 private:
  FakeFlash& flash_;
};

class Stm32f4RccTest : public testing::Test {
 protected:
  Stm32f4RccTest() {
    bus_.attach(kRcc, 0x400, device_);
    bus_.attach(kFlash, 0x400, flash_);
  }
  FakeFlash flash_;
  FakeRcc device_{flash_};
  arch::FakeBus bus_;
  Stm32f4Rcc rcc_{arch::Mmio(kRcc), arch::Mmio(kFlash)};
};

constexpr Stm32f4Rcc::Clocks kFast{
    .core_hz = 168'000'000, .bus1_hz = 42'000'000, .bus2_hz = 84'000'000, .from_crystal = true};

TEST_F(Stm32f4RccTest, FromACrystal) {
  EXPECT_EQ(rcc_.start(8'000'000), kFast);
  EXPECT_EQ(device_.pll, 0x2740'5408U) << "/ 8 * 336 / 2, and / 7 for USB";
  EXPECT_EQ(device_.config & 3U, 2U);
  EXPECT_EQ(flash_.control, 0x705U);
}

TEST_F(Stm32f4RccTest, FromAnotherCrystal) {
  EXPECT_EQ(rcc_.start(25'000'000), kFast);
  EXPECT_EQ(device_.pll & 0x7fffU, 336U << 6U | 25U);
}

TEST_F(Stm32f4RccTest, OnceMoreWhileTheCoreRunsFromThePll) {
  ASSERT_EQ(rcc_.start(8'000'000), kFast);
  EXPECT_EQ(rcc_.start(8'000'000), kFast);
}

TEST_F(Stm32f4RccTest, WithoutACrystalFromTheChipsOwnOscillator) {
  device_.crystal_works = false;
  Stm32f4Rcc::Clocks own = kFast;
  own.from_crystal = false;
  EXPECT_EQ(rcc_.start(8'000'000), own);
  EXPECT_EQ(device_.pll & 0x0040'7fffU, 336U << 6U | 16U);
  EXPECT_EQ(device_.control & kCrystalOn, 0U);
}

TEST_F(Stm32f4RccTest, WithoutAPllAsAfterReset) {
  device_.pll_works = false;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kTimedOut);
  EXPECT_EQ(device_.config & 3U, 0U);
  EXPECT_EQ(device_.control & kPllOn, 0U);
}

TEST_F(Stm32f4RccTest, WithoutWaitStatesAsAfterReset) {
  flash_.stuck = true;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kTimedOut);
  EXPECT_EQ(device_.config, 0U);
}

TEST_F(Stm32f4RccTest, ACoreThatDoesNotChangeOverKeepsItsBuses) {
  device_.changes_over = false;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kTimedOut);
  EXPECT_EQ(device_.config, 0U);
}

TEST_F(Stm32f4RccTest, AnEmulatorWithoutClocksIsToldApart) {
  device_.models_clocks = false;
  device_.control = 0;
  EXPECT_EQ(rcc_.start(8'000'000).error(), Error::kUnsupported);
  EXPECT_EQ(device_.writes, 0);
}

TEST_F(Stm32f4RccTest, CrystalsThatCannotBeTouchNothing) {
  for (const std::uint32_t hz : {0U, 3'000'000U, 27'000'000U, 8'000'001U}) {
    EXPECT_EQ(rcc_.start(hz).error(), Error::kOutOfRange) << hz;
  }
  EXPECT_EQ(device_.writes, 0);
}

TEST_F(Stm32f4RccTest, ADevicesClock) {
  ASSERT_TRUE(rcc_.enable(Stm32f4Rcc::Bus::kAhb1, 1).has_value());
  EXPECT_EQ(device_.ahb1, 0x0010'0002U) << "the others stay";
  ASSERT_TRUE(rcc_.enable(Stm32f4Rcc::Bus::kApb1, 17).has_value());
  EXPECT_EQ(device_.apb1, 0x2'0000U);
  ASSERT_TRUE(rcc_.enable(Stm32f4Rcc::Bus::kApb2, 4).has_value());
  EXPECT_EQ(device_.apb2, 0x10U);
  EXPECT_EQ(rcc_.enable(Stm32f4Rcc::Bus::kApb2, 32).error(), Error::kOutOfRange);
}

}  // namespace
}  // namespace baton::drivers
