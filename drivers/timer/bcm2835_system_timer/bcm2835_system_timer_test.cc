#include "drivers/timer/bcm2835_system_timer/bcm2835_system_timer.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Alarm = Bcm2835SystemTimer::Alarm;

constexpr std::uintptr_t kBase = 0x3f003000;

// The timer: every access takes `step` ticks; a compare matches only on the very tick.
class FakeSystemTimer : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    run(step);
    switch (offset) {
      case 0x00:
        return status_;
      case 0x04:
        return counter & 0xffffffffU;
      case 0x08:
        return counter >> 32U;
      default:
        std::abort();
    }
  }
  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    run(step);
    if (offset == 0) {
      status_ &= ~static_cast<std::uint32_t>(value);
    } else if (offset == 0x10 || offset == 0x18) {
      compares_.at((offset - 0x0c) / 4) = static_cast<std::uint32_t>(value);
    } else {
      std::fprintf(stderr, "write of %#zx: the firmware's, or nobody's\n", offset);
      std::abort();
    }
  }
  void run(std::uint64_t ticks) {
    for (unsigned channel = 0; channel < 4; ++channel) {
      // Distance to the match, 1 .. 2^32.
      const std::uint32_t ahead =
          compares_.at(channel) - static_cast<std::uint32_t>(counter & 0xffffffffU);
      if ((ahead == 0 ? std::uint64_t{1} << 32U : ahead) <= ticks) {
        status_ |= 1U << channel;
      }
    }
    counter += ticks;
  }
  bool irq(unsigned channel) const { return (status_ >> channel & 1U) != 0; }

  std::uint64_t counter = 1000;
  std::uint64_t step = 0;

 private:
  std::uint32_t status_ = 0;
  std::array<std::uint32_t, 4> compares_{};
};

class SystemTimerTest : public testing::Test {
 protected:
  SystemTimerTest() { bus_.attach(kBase, 0x1000, device_); }
  FakeSystemTimer device_;
  arch::FakeBus bus_;
  Bcm2835SystemTimer timer_{arch::Mmio(kBase)};
};

TEST_F(SystemTimerTest, BothHalvesAreRead) {
  device_.counter = 0x1234'5678'9abc'def0;
  EXPECT_EQ(timer_.ticks(), 0x1234'5678'9abc'def0U);
  device_.counter = 5'000'000;
  EXPECT_EQ(timer_.now(), Duration::seconds(5));
}

TEST_F(SystemTimerTest, AWrapBetweenTheHalvesIsNoticed) {
  device_.step = 1;
  // Whichever access the low half goes round at.
  for (std::uint64_t before = 0; before < 8; ++before) {
    const std::uint64_t start = 0x7'0000'0000 - before;
    device_.counter = start;
    const std::uint64_t ticks = timer_.ticks();
    EXPECT_GE(ticks, start) << before;
    EXPECT_LE(ticks, device_.counter) << before;
  }
}

TEST_F(SystemTimerTest, AnAlarmRingsOnTimeAndOnce) {
  for (const Alarm alarm : {Alarm::k1, Alarm::k3}) {
    const unsigned channel = alarm == Alarm::k1 ? 1 : 3;
    ASSERT_TRUE(timer_.arm(alarm, Duration::microseconds(100)).has_value());
    device_.run(99);
    EXPECT_FALSE(timer_.due(alarm)) << "early";
    device_.run(2);
    EXPECT_TRUE(timer_.due(alarm));
    EXPECT_TRUE(device_.irq(channel));
    EXPECT_FALSE(device_.irq(4 - channel)) << "the other one";
    timer_.acknowledge(alarm);
    EXPECT_FALSE(device_.irq(channel));
    device_.run(1'000'000);
    EXPECT_FALSE(device_.irq(channel));
  }
}

TEST_F(SystemTimerTest, PartsOfAMicrosecondAreRoundedUp) {
  ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::nanoseconds(1001)).has_value());
  device_.run(2);
  EXPECT_FALSE(timer_.due(Alarm::k1));
  device_.run(1);
  EXPECT_TRUE(timer_.due(Alarm::k1));
}

TEST_F(SystemTimerTest, AnAlarmAcrossTheWrap) {
  device_.counter = 0xffff'fff0;
  ASSERT_TRUE(timer_.arm(Alarm::k3, Duration::microseconds(100)).has_value());
  device_.run(99);
  EXPECT_FALSE(timer_.due(Alarm::k3));
  device_.run(2);
  EXPECT_TRUE(timer_.due(Alarm::k3));
}

TEST_F(SystemTimerTest, TheLongestAndBeyond) {
  EXPECT_EQ(timer_.arm(Alarm::k1, Bcm2835SystemTimer::kLongest + Duration::nanoseconds(1)).error(),
            Error::kOutOfRange);
  ASSERT_TRUE(timer_.arm(Alarm::k1, Bcm2835SystemTimer::kLongest).has_value());
  device_.run(0x7ffffffe);
  EXPECT_FALSE(timer_.due(Alarm::k1));
  device_.run(1);
  EXPECT_TRUE(timer_.due(Alarm::k1));
}

TEST_F(SystemTimerTest, AMomentThatPassesDuringSetUpIsNotMissedForAnHour) {
  for (const std::uint64_t step : {1U, 2U, 5U, 100U, 5000U}) {
    for (const std::uint64_t after : {0U, 1U, 3U, 7U}) {
      device_.step = step;
      ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::microseconds(after)).has_value()) << step;
      device_.step = 0;
      device_.run(40 * step + after + 4);
      EXPECT_TRUE(timer_.due(Alarm::k1)) << "step " << step << " after " << after;
      timer_.acknowledge(Alarm::k1);
    }
  }
}

TEST_F(SystemTimerTest, ACounterThatRunsAwayIsReported) {
  device_.step = 0x1000'0000;
  EXPECT_EQ(timer_.arm(Alarm::k1, Duration::microseconds(1)).error(), Error::kTimedOut);
}

TEST_F(SystemTimerTest, AnOldMatchIsNotTakenForTheNewAlarm) {
  ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::microseconds(10)).has_value());
  device_.run(100);
  EXPECT_TRUE(timer_.due(Alarm::k1));
  ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::milliseconds(10)).has_value());
  EXPECT_FALSE(timer_.due(Alarm::k1));
  // Nor one that rings just now.
  for (std::uint64_t after = 0; after < 40; ++after) {
    device_.step = 0;
    ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::microseconds(after)).has_value());
    device_.step = 3;
    ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::milliseconds(10)).has_value());
    EXPECT_FALSE(timer_.due(Alarm::k1)) << after;
  }
}

TEST_F(SystemTimerTest, DisarmPutsOff) {
  ASSERT_TRUE(timer_.arm(Alarm::k1, Duration::microseconds(10)).has_value());
  timer_.disarm(Alarm::k1);
  device_.run(0xfffffff0);
  EXPECT_FALSE(timer_.due(Alarm::k1));
  ASSERT_TRUE(timer_.arm(Alarm::k3, Duration::microseconds(10)).has_value());
  device_.run(20);
  timer_.disarm(Alarm::k3);
  EXPECT_FALSE(timer_.due(Alarm::k3)) << "what had rung is silent too";
}

}  // namespace
}  // namespace baton::drivers
