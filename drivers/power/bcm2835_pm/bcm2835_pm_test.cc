#include "drivers/power/bcm2835_pm/bcm2835_pm.h"

#include <cstdint>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x3f100000;

// The block, with a countdown; what real hardware does and QEMU does not.
class FakePm : public arch::FakeDevice {
 public:
  enum class End { kNone, kReboot, kHalt };

  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x1c:
        return rstc_;
      case 0x20:
        return rsts;
      case 0x24:
        return wdog_;
      default:
        std::abort();
    }
  }
  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) override {
    const auto value = static_cast<std::uint32_t>(value64);
    if (value >> 24U != 0x5a) {
      return;
    }
    switch (offset) {
      case 0x1c:
        rstc_ = value & 0xffffffU;
        run(0);
        return;
      case 0x20:
        rsts = value & 0xffffffU;
        return;
      case 0x24:
        wdog_ = value & 0xfffffU;
        return;
      default:
        std::abort();
    }
  }
  /// `ticks` of 1/65536 s go by.
  void run(std::uint32_t ticks) {
    if ((rstc_ & 0x30U) != 0x20U) {
      return;
    }
    if (wdog_ <= ticks) {
      end = (rsts & 0x555U) == 0x555U ? End::kHalt : End::kReboot;
    } else {
      wdog_ -= ticks;
    }
  }
  std::uint32_t rstc() const { return rstc_; }

  End end = End::kNone;
  std::uint32_t rsts = 0x1000;

 private:
  std::uint32_t rstc_ = 0x102;
  std::uint32_t wdog_ = 0;
};

class PmTest : public testing::Test {
 protected:
  PmTest() { bus_.attach(kBase, 0x1000, device_); }
  FakePm device_;
  arch::FakeBus bus_;
  Bcm2835Pm pm_{arch::Mmio(kBase)};
};

TEST_F(PmTest, RebootReturnsWhenNothingHappensAndWasArmedRight) {
  pm_.reboot();
  EXPECT_EQ(device_.end, FakePm::End::kNone);
  device_.run(9);
  EXPECT_EQ(device_.end, FakePm::End::kNone) << "armed with an old countdown";
  device_.run(1);
  EXPECT_EQ(device_.end, FakePm::End::kReboot);
  EXPECT_EQ(device_.rsts, 0x1000U);
}

TEST_F(PmTest, PowerOffHalts) {
  pm_.power_off();
  device_.run(10);
  EXPECT_EQ(device_.end, FakePm::End::kHalt);
  EXPECT_EQ(device_.rsts, 0x1555U) << "what the last reset was is kept";
}

TEST_F(PmTest, RebootAfterAFailedPowerOffReboots) {
  pm_.power_off();
  pm_.reboot();
  device_.run(10);
  EXPECT_EQ(device_.end, FakePm::End::kReboot);
}

TEST_F(PmTest, TheOtherBitsOfTheControlStay) {
  ASSERT_TRUE(pm_.arm(Duration::seconds(1)).has_value());
  EXPECT_EQ(device_.rstc(), 0x122U);
}

TEST_F(PmTest, TheWatchdogBitesAtItsTime) {
  ASSERT_TRUE(pm_.arm(Duration::milliseconds(10)).has_value());
  device_.run(655);
  EXPECT_EQ(device_.end, FakePm::End::kNone) << "10 ms are 655.36 steps";
  device_.run(1);
  EXPECT_EQ(device_.end, FakePm::End::kReboot);
}

TEST_F(PmTest, AFedWatchdogDoesNot) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(pm_.arm(Duration::milliseconds(10)).has_value());
    device_.run(600);
  }
  EXPECT_EQ(device_.end, FakePm::End::kNone);
}

TEST_F(PmTest, ADisarmedWatchdogDoesNot) {
  ASSERT_TRUE(pm_.arm(Duration::milliseconds(10)).has_value());
  pm_.disarm();
  device_.run(0xfffff);
  EXPECT_EQ(device_.end, FakePm::End::kNone);
  EXPECT_EQ(device_.rstc(), 0x102U);
}

TEST_F(PmTest, LimitsOfTheCountdown) {
  EXPECT_EQ(pm_.arm(Duration{}).error(), Error::kInvalidArgument);
  EXPECT_EQ(pm_.arm(Duration::seconds(16)).error(), Error::kOutOfRange);
  EXPECT_EQ(pm_.arm(pm_.longest() + Duration::nanoseconds(1)).error(), Error::kOutOfRange);
  EXPECT_EQ(pm_.arm(Duration::nanoseconds(UINT64_MAX)).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.rstc(), 0x102U) << "a refused time arms nothing";
  ASSERT_TRUE(pm_.arm(pm_.longest()).has_value());
  device_.run(0xffffe);
  EXPECT_EQ(device_.end, FakePm::End::kNone);
  device_.run(1);
  EXPECT_EQ(device_.end, FakePm::End::kReboot);
}

TEST_F(PmTest, TheShortestIsOneStep) {
  ASSERT_TRUE(pm_.arm(Duration::nanoseconds(1)).has_value());
  EXPECT_EQ(device_.end, FakePm::End::kNone);
  device_.run(1);
  EXPECT_EQ(device_.end, FakePm::End::kReboot);
}

TEST_F(PmTest, TheTimeLeft) {
  EXPECT_EQ(pm_.remaining().error(), Error::kEmpty);
  ASSERT_TRUE(pm_.arm(Duration::seconds(10)).has_value());
  EXPECT_EQ(*pm_.remaining(), Duration::seconds(10));
  device_.run(65536);
  EXPECT_EQ(*pm_.remaining(), Duration::seconds(9));
  pm_.disarm();
  EXPECT_EQ(pm_.remaining().error(), Error::kEmpty);
}

}  // namespace
}  // namespace baton::drivers
