#include "drivers/gpio/stellaris_gpio/stellaris_gpio.h"

#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Mode = StellarisGpio::Mode;
using Pull = StellarisGpio::Pull;

constexpr std::uintptr_t kBase = 0x40025000;
constexpr std::uint32_t kNoPin = 8;

// A port.  An output's level is what it drives, any other pin's what its pull makes of it.
class FakePort : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    const std::lock_guard lock(mutex_);
    if (offset < 0x400) {
      const std::uint32_t levels = (driven & direction) | (up & ~direction);
      return levels & digital & static_cast<std::uint32_t>(offset / 4);
    }
    return word(offset);
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const std::lock_guard lock(mutex_);
    if (offset < 0x400) {
      const auto mask = static_cast<std::uint32_t>(offset / 4);
      driven = (driven & ~mask) | (static_cast<std::uint32_t>(value) & mask);
      return;
    }
    order.push_back(offset);
    word(offset) = static_cast<std::uint32_t>(value);
    if (offset == 0x510) down &= ~up;
    if (offset == 0x514) up &= ~down;
  }

  std::uint32_t driven = 0;
  std::uint32_t direction = 0;
  std::uint32_t alternate = 0;
  std::uint32_t up = 0;
  std::uint32_t down = 0;
  std::uint32_t digital = 0;
  std::vector<std::size_t> order;

 private:
  std::uint32_t& word(std::size_t offset) {
    switch (offset) {
      case 0x400:
        return direction;
      case 0x420:
        return alternate;
      case 0x510:
        return up;
      case 0x514:
        return down;
      case 0x51c:
        return digital;
      default:
        std::abort();
    }
  }

  std::mutex mutex_;
};

class StellarisGpioTest : public testing::Test {
 protected:
  StellarisGpioTest() { bus_.attach(kBase, 0x1000, port_); }
  FakePort port_;
  arch::FakeBus bus_;
  StellarisGpio gpio_{arch::Mmio(kBase)};
};

TEST_F(StellarisGpioTest, AnOutputIsDriven) {
  port_.direction = port_.digital = 0x80;
  ASSERT_TRUE(gpio_.set_mode(0, Mode::kOutput).has_value());
  EXPECT_EQ(port_.direction, 0x81U) << "the others stay";
  EXPECT_EQ(port_.digital, 0x81U);
  ASSERT_TRUE(gpio_.write(7, true).has_value());
  ASSERT_TRUE(gpio_.write(0, true).has_value());
  EXPECT_EQ(port_.driven, 0x81U);
  EXPECT_EQ(gpio_.level(0), true);
  ASSERT_TRUE(gpio_.write(0, false).has_value());
  EXPECT_EQ(port_.driven, 0x80U);
  EXPECT_EQ(gpio_.level(0), false);
  EXPECT_EQ(gpio_.level(7), true);
}

TEST_F(StellarisGpioTest, AnInputHasItsPullsLevel) {
  ASSERT_TRUE(gpio_.set_mode(1, Mode::kInput).has_value());
  ASSERT_TRUE(gpio_.set_pull(1, Pull::kUp).has_value());
  EXPECT_EQ(gpio_.level(1), true);
  ASSERT_TRUE(gpio_.set_pull(1, Pull::kDown).has_value());
  EXPECT_EQ(gpio_.level(1), false);
  EXPECT_EQ(port_.down, 2U);
  ASSERT_TRUE(gpio_.set_pull(1, Pull::kUp).has_value());
  EXPECT_EQ(gpio_.level(1), true);
  ASSERT_TRUE(gpio_.set_pull(1, Pull::kNone).has_value());
  EXPECT_EQ(port_.up | port_.down, 0U);
}

TEST_F(StellarisGpioTest, ADeviceGetsThePinBeforeItIsConnected) {
  ASSERT_TRUE(gpio_.set_mode(1, Mode::kDevice).has_value());
  EXPECT_EQ(port_.alternate, 2U);
  EXPECT_EQ(port_.digital, 2U);
  EXPECT_EQ(port_.order.back(), 0x51cU);
  port_.order.clear();
  ASSERT_TRUE(gpio_.set_mode(1, Mode::kOff).has_value());
  EXPECT_EQ(port_.alternate | port_.digital, 0U);
  EXPECT_EQ(port_.order.front(), 0x51cU) << "and is let go before it loses it";
}

TEST_F(StellarisGpioTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(gpio_.set_mode(kNoPin, Mode::kOutput).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.set_pull(kNoPin, Pull::kUp).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.write(kNoPin, true).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.level(kNoPin).error(), Error::kOutOfRange);
  EXPECT_TRUE(port_.order.empty()) << "nothing was touched";
}

TEST_F(StellarisGpioTest, WritersOfDifferentPinsDoNotUndoEachOther) {
  const auto blink = [this](std::uint32_t pin) {
    for (int i = 0; i <= 1000; ++i) EXPECT_TRUE(gpio_.write(pin, i % 2 == 0).has_value());
  };
  std::thread other(blink, 1U);
  blink(2);
  other.join();
  EXPECT_EQ(port_.driven, 6U);
}

}  // namespace
}  // namespace baton::drivers
