#include "drivers/clock/stm32l4_rcc/stm32l4_rcc.h"

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
constexpr std::uintptr_t kFlash = 0x40022000;

constexpr std::uint32_t kInternalOn = 1U << 8U;
constexpr std::uint32_t kInternalReady = 1U << 10U;
constexpr std::uint32_t kPllOn = 1U << 24U;
constexpr std::uint32_t kPllReady = 1U << 25U;
constexpr std::uint32_t kFromInternal = 1;
constexpr std::uint32_t kFromPll = 3;

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "FakeRcc: %s\n", what);
  std::abort();
}

class FakeFlash : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t /*offset*/, unsigned /*bytes*/) override { return control; }
  void write(std::size_t /*offset*/, unsigned /*bytes*/, std::uint64_t value) override {
    if (!stuck) control = static_cast<std::uint32_t>(value);
  }
  std::uint32_t control = 0x600;  // as after reset
  bool stuck = false;
};

// The clocks, which refuse what would stop or overrun the core: a source that is not ready or is
// put off while it is used, the PLL changed while on, a pace that the memory does not stand.
class FakeRcc : public arch::FakeDevice {
 public:
  explicit FakeRcc(FakeFlash& flash) : flash_(flash) {}

  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00: {
        std::uint32_t ready = 0;
        if ((control & kInternalOn) != 0 && internal_works) ready |= kInternalReady;
        if ((control & kPllOn) != 0 && pll_works) ready |= kPllReady;
        return control | ready;
      }
      case 0x08:
        return config | used << 2U;
      case 0x0c:
        return pll;
      case 0x4c:
        return ahb2;
      case 0x58:
        return apb1;
      case 0x60:
        return apb2;
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    switch (offset) {
      case 0x00:
        if (used == kFromPll && (word & kPllOn) == 0) refuse("the core's source is off");
        if (used == kFromInternal && (word & kInternalOn) == 0) refuse("the core's source is off");
        control = word & ~(kInternalReady | kPllReady);
        return;
      case 0x08:
        if ((word & 3U) == kFromInternal && (read(0, 4) & kInternalReady) == 0) {
          refuse("the oscillator is not ready");
        }
        if ((word & 3U) == kFromPll) {
          if ((read(0, 4) & kPllReady) == 0) refuse("the PLL is not ready");
          if ((flash_.control & 7U) < 4) refuse("too few wait states");
        }
        config = word & ~0xcU;
        if ((word & 3U) != never_used) used = word & 3U;
        return;
      case 0x0c:
        if ((control & kPllOn) != 0) refuse("the PLL set up while on");
        pll = word;
        return;
      case 0x4c:
        ahb2 = word;
        return;
      case 0x58:
        apb1 = word;
        return;
      case 0x60:
        apb2 = word;
        return;
      default:
        std::abort();
    }
  }

  std::uint32_t control = 0x63;  // as after reset: from the oscillator of 4 MHz
  std::uint32_t config = 0;
  std::uint32_t pll = 0x1000;
  std::uint32_t ahb2 = 0;
  std::uint32_t apb1 = 0;
  std::uint32_t apb2 = 0;
  std::uint32_t used = 0;
  std::uint32_t never_used = 4;  // a source that the core does not change over to
  bool internal_works = true;
  bool pll_works = true;

 private:
  FakeFlash& flash_;
};

class Stm32l4RccTest : public testing::Test {
 protected:
  Stm32l4RccTest() {
    bus_.attach(kRcc, 0x400, device_);
    bus_.attach(kFlash, 0x400, flash_);
  }
  FakeFlash flash_;
  FakeRcc device_{flash_};
  arch::FakeBus bus_;
  Stm32l4Rcc rcc_{arch::Mmio(kRcc), arch::Mmio(kFlash)};
};

TEST_F(Stm32l4RccTest, AsFastAsItGoes) {
  EXPECT_EQ(rcc_.start(), 80'000'000U);
  EXPECT_EQ(device_.used, kFromPll);
  EXPECT_EQ(device_.pll & 0x0700'7f73U, 0x0100'0a02U) << "16 MHz / 1 * 10 / 2";
  EXPECT_EQ(flash_.control, 0x704U);
}

TEST_F(Stm32l4RccTest, DividersOfALoaderAreUndone) {
  device_.config = 0x2480;
  EXPECT_EQ(rcc_.start(), 80'000'000U);
  EXPECT_EQ(device_.config, 3U);
}

TEST_F(Stm32l4RccTest, OnceMoreWhileTheCoreRunsFromThePll) {
  ASSERT_EQ(rcc_.start(), 80'000'000U);
  EXPECT_EQ(rcc_.start(), 80'000'000U);
}

TEST_F(Stm32l4RccTest, WithoutWaitStatesNoFasterThanTheMemory) {
  flash_.stuck = true;
  EXPECT_EQ(rcc_.start(), 16'000'000U);
  EXPECT_EQ(device_.used, kFromInternal);
  EXPECT_EQ(device_.control & kPllOn, 0U);
}

TEST_F(Stm32l4RccTest, AnEmulatorIsToldFromAChip) {
  EXPECT_TRUE(rcc_.has_flash_interface());
  flash_.stuck = true;
  ASSERT_EQ(rcc_.start(), 16'000'000U);
  EXPECT_TRUE(rcc_.has_flash_interface()) << "only broken";
  flash_.control = 0;
  ASSERT_EQ(rcc_.start(), 16'000'000U);
  EXPECT_FALSE(rcc_.has_flash_interface());
}

TEST_F(Stm32l4RccTest, WithoutAPllFromTheOscillator) {
  device_.pll_works = false;
  EXPECT_EQ(rcc_.start(), 16'000'000U);
  EXPECT_EQ(device_.used, kFromInternal);
  EXPECT_EQ(device_.control & kPllOn, 0U);
}

TEST_F(Stm32l4RccTest, ACoreThatDoesNotChangeOverToThePll) {
  device_.never_used = kFromPll;
  EXPECT_EQ(rcc_.start(), 16'000'000U);
  EXPECT_EQ(device_.config & 3U, kFromInternal);
  EXPECT_EQ(device_.control & kPllOn, 0U);
}

TEST_F(Stm32l4RccTest, WithoutAnOscillatorAsBefore) {
  device_.internal_works = false;
  EXPECT_EQ(rcc_.start().error(), Error::kTimedOut);
  EXPECT_EQ(device_.used, 0U);
  EXPECT_EQ(flash_.control, 0x600U);
}

TEST_F(Stm32l4RccTest, ACoreThatDoesNotChangeOverAtAll) {
  device_.never_used = kFromInternal;
  EXPECT_EQ(rcc_.start().error(), Error::kTimedOut);
  EXPECT_EQ(device_.config & 3U, 0U);
}

TEST_F(Stm32l4RccTest, ADevicesClock) {
  ASSERT_TRUE(rcc_.enable(Stm32l4Rcc::Bus::kAhb2, 1).has_value());
  ASSERT_TRUE(rcc_.enable(Stm32l4Rcc::Bus::kAhb2, 2).has_value());
  EXPECT_EQ(device_.ahb2, 6U) << "the others stay";
  ASSERT_TRUE(rcc_.enable(Stm32l4Rcc::Bus::kApb1, 17).has_value());
  EXPECT_EQ(device_.apb1, 0x2'0000U);
  ASSERT_TRUE(rcc_.enable(Stm32l4Rcc::Bus::kApb2, 14).has_value());
  EXPECT_EQ(device_.apb2, 0x4000U);
  EXPECT_EQ(rcc_.enable(Stm32l4Rcc::Bus::kApb2, 32).error(), Error::kOutOfRange);
}

}  // namespace
}  // namespace baton::drivers
