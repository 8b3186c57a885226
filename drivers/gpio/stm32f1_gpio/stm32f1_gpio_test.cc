#include "drivers/gpio/stm32f1_gpio/stm32f1_gpio.h"

#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Mode = Stm32f1Gpio::Mode;

constexpr std::uintptr_t kBase = 0x40010800;
constexpr std::uint32_t kNoPin = 16;

// A port.  The level of an output is what it drives, of a pulled input the same, of others low.
class FakePort : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00:
        return low;
      case 0x04:
        return high;
      case 0x08: {
        const std::lock_guard lock(mutex_);
        std::uint32_t levels = 0;
        for (unsigned pin = 0; pin < 16; ++pin) {
          const std::uint32_t code = (pin < 8 ? low : high) >> (pin % 8 * 4) & 0xfU;
          const bool driven_here = (code & 3U) != 0 ? (code & 8U) == 0 : code == 8;
          if (driven_here) levels |= driven & 1U << pin;
        }
        return levels;
      }
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    switch (offset) {
      case 0x00:
        low = word;
        return;
      case 0x04:
        high = word;
        return;
      case 0x10: {
        const std::lock_guard lock(mutex_);
        driven = (driven & ~(word >> 16U)) | (word & 0xffffU);
        return;
      }
      default:
        std::abort();
    }
  }

  std::uint32_t low = 0x4444'4444;  // after reset: inputs
  std::uint32_t high = 0x4444'4444;
  std::uint32_t driven = 0;

 private:
  std::mutex mutex_;
};

class Stm32f1GpioTest : public testing::Test {
 protected:
  Stm32f1GpioTest() { bus_.attach(kBase, 0x400, port_); }
  FakePort port_;
  arch::FakeBus bus_;
  Stm32f1Gpio gpio_{arch::Mmio(kBase)};
};

TEST_F(Stm32f1GpioTest, AnOutputIsDriven) {
  ASSERT_TRUE(gpio_.write(9, true).has_value());
  EXPECT_EQ(gpio_.level(9), false) << "not yet one";
  ASSERT_TRUE(gpio_.set_mode(9, Mode::kOutput).has_value());
  EXPECT_EQ(port_.high, 0x4444'4424U) << "the others stay";
  EXPECT_EQ(port_.low, 0x4444'4444U);
  EXPECT_EQ(gpio_.level(9), true);
  ASSERT_TRUE(gpio_.write(3, true).has_value());
  ASSERT_TRUE(gpio_.write(9, false).has_value());
  EXPECT_EQ(port_.driven, 0x8U);
  EXPECT_EQ(gpio_.level(9), false);
}

TEST_F(Stm32f1GpioTest, AnInputIsPulled) {
  ASSERT_TRUE(gpio_.write(7, true).has_value());
  ASSERT_TRUE(gpio_.set_mode(7, Mode::kPulled).has_value());
  EXPECT_EQ(port_.low, 0x8444'4444U);
  EXPECT_EQ(gpio_.level(7), true);
  ASSERT_TRUE(gpio_.write(7, false).has_value());
  EXPECT_EQ(gpio_.level(7), false);
}

TEST_F(Stm32f1GpioTest, OtherModes) {
  ASSERT_TRUE(gpio_.set_mode(0, Mode::kAlternate).has_value());
  EXPECT_EQ(port_.low, 0x4444'444aU);
  ASSERT_TRUE(gpio_.set_mode(0, Mode::kAnalog).has_value());
  EXPECT_EQ(port_.low, 0x4444'4440U);
  ASSERT_TRUE(gpio_.set_mode(0, Mode::kInput).has_value());
  EXPECT_EQ(port_.low, 0x4444'4444U);
}

TEST_F(Stm32f1GpioTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(gpio_.set_mode(kNoPin, Mode::kOutput).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.write(kNoPin, true).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.level(kNoPin).error(), Error::kOutOfRange);
  EXPECT_EQ(port_.low & port_.high, 0x4444'4444U) << "nothing was touched";
  EXPECT_EQ(port_.driven, 0U);
}

TEST_F(Stm32f1GpioTest, WritersOfDifferentPinsDoNotUndoEachOther) {
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
