#include "drivers/gpio/stm32_gpio/stm32_gpio.h"

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

using Mode = Stm32Gpio::Mode;
using Pull = Stm32Gpio::Pull;

constexpr std::uintptr_t kBase = 0x40020000;
constexpr std::uint32_t kNoPin = 16;

// A port.  An output's level is what it drives, any other pin's what its pull makes of it.
class FakePort : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00:
        return mode;
      case 0x0c:
        return pull;
      case 0x10: {
        const std::lock_guard lock(mutex_);
        std::uint32_t levels = 0;
        for (unsigned pin = 0; pin < 16; ++pin) {
          const bool output = (mode >> (2 * pin) & 3U) == 1;
          const bool high = output ? (driven >> pin & 1U) != 0 : (pull >> (2 * pin) & 3U) == 1;
          levels |= high ? 1U << pin : 0U;
        }
        return levels;
      }
      case 0x20:
        return alternate_low;
      case 0x24:
        return alternate_high;
      default:
        std::abort();
    }
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    // That one is for several writers at once.
    if (offset != 0x18) order.push_back(offset);
    switch (offset) {
      case 0x00:
        mode = word;
        return;
      case 0x0c:
        pull = word;
        return;
      case 0x18: {
        const std::lock_guard lock(mutex_);
        driven = (driven & ~(word >> 16U)) | (word & 0xffffU);
        return;
      }
      case 0x20:
        alternate_low = word;
        return;
      case 0x24:
        alternate_high = word;
        return;
      default:
        std::abort();
    }
  }

  std::uint32_t mode = 0xa800'0000;  // port A after reset: the debugger's pins
  std::uint32_t pull = 0x6400'0000;
  std::uint32_t driven = 0;
  std::uint32_t alternate_low = 0;
  std::uint32_t alternate_high = 0;
  std::vector<std::size_t> order;

 private:
  std::mutex mutex_;
};

class Stm32GpioTest : public testing::Test {
 protected:
  Stm32GpioTest() { bus_.attach(kBase, 0x400, port_); }
  FakePort port_;
  arch::FakeBus bus_;
  Stm32Gpio gpio_{arch::Mmio(kBase)};
};

TEST_F(Stm32GpioTest, AnOutputIsDriven) {
  ASSERT_TRUE(gpio_.set_mode(12, Mode::kOutput).has_value());
  EXPECT_EQ(port_.mode, 0xa900'0000U) << "the others stay";
  ASSERT_TRUE(gpio_.write(12, true).has_value());
  EXPECT_EQ(port_.driven, 0x1000U);
  EXPECT_EQ(gpio_.level(12), true);
  ASSERT_TRUE(gpio_.write(3, true).has_value());
  ASSERT_TRUE(gpio_.write(12, false).has_value());
  EXPECT_EQ(port_.driven, 0x8U);
  EXPECT_EQ(gpio_.level(12), false);
}

TEST_F(Stm32GpioTest, AnInputHasItsPullsLevel) {
  ASSERT_TRUE(gpio_.set_pull(0, Pull::kUp).has_value());
  EXPECT_EQ(gpio_.level(0), true);
  ASSERT_TRUE(gpio_.set_pull(0, Pull::kDown).has_value());
  EXPECT_EQ(gpio_.level(0), false);
  EXPECT_EQ(port_.pull, 0x6400'0002U);
  ASSERT_TRUE(gpio_.set_pull(0, Pull::kNone).has_value());
  EXPECT_EQ(port_.pull, 0x6400'0000U);
}

TEST_F(Stm32GpioTest, ADeviceIsChosenBeforeItIsConnected) {
  ASSERT_TRUE(gpio_.set_alternate(7, 7).has_value());
  EXPECT_EQ(port_.alternate_low, 0x7000'0000U);
  EXPECT_EQ(port_.mode, 0xa800'8000U);
  EXPECT_EQ(port_.order, (std::vector<std::size_t>{0x20, 0x00}));
  ASSERT_TRUE(gpio_.set_alternate(9, 15).has_value());
  EXPECT_EQ(port_.alternate_high, 0xf0U);
  ASSERT_TRUE(gpio_.set_alternate(8, 7).has_value());
  EXPECT_EQ(port_.alternate_high, 0xf7U);
  EXPECT_EQ(port_.alternate_low, 0x7000'0000U);
  ASSERT_TRUE(gpio_.set_mode(9, Mode::kAnalog).has_value());
  EXPECT_EQ(port_.mode, 0xa80e'8000U);
}

TEST_F(Stm32GpioTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(gpio_.set_mode(kNoPin, Mode::kOutput).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.set_alternate(kNoPin, 0).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.set_alternate(0, 16).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.set_pull(kNoPin, Pull::kUp).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.write(kNoPin, true).error(), Error::kOutOfRange);
  EXPECT_EQ(gpio_.level(kNoPin).error(), Error::kOutOfRange);
  EXPECT_TRUE(port_.order.empty()) << "nothing was touched";
  EXPECT_EQ(port_.driven, 0U);
}

TEST_F(Stm32GpioTest, WritersOfDifferentPinsDoNotUndoEachOther) {
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
