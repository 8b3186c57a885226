#include "drivers/gpio/stm32_exti/stm32_exti.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

using Edge = Stm32Exti::Edge;

constexpr std::uintptr_t kExti = 0x40010400;
constexpr std::uintptr_t kConfiguration = 0x40010000;
constexpr std::uint32_t kPortA = 0;
constexpr std::uint32_t kPortC = 2;

class FakeConfiguration : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    return words.at(word(offset));
  }
  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    words.at(word(offset)) = static_cast<std::uint32_t>(value);
  }
  std::uint32_t port_of(unsigned line) const { return words.at(line / 4) >> line % 4 * 4 & 0xfU; }
  std::array<std::uint32_t, 4> words{};

 private:
  static std::size_t word(std::size_t offset) { return (offset - 0x08) / 4; }
};

// The lines.  One that changes its port while edges count sees one, as happens where the two pins
// differ.
class FakeExti : public arch::FakeDevice {
 public:
  explicit FakeExti(FakeConfiguration& configuration) : configuration_(configuration) {}

  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    switch (offset) {
      case 0x00:
        return mask;
      case 0x08:
        return rising;
      case 0x0c:
        return falling;
      case 0x14:
        return pending;
      default:
        std::abort();
    }
  }
  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value) override {
    const auto word = static_cast<std::uint32_t>(value);
    switch (offset) {
      case 0x00:
        mask = word;
        interrupted = interrupted || (mask & pending) != 0;
        return;
      case 0x08:
      case 0x0c:
        (offset == 0x08 ? rising : falling) = word;
        pending |= word & glitches;
        interrupted = interrupted || (mask & pending) != 0;
        return;
      case 0x14:
        pending &= ~word;
        return;
      default:
        std::abort();
    }
  }
  void edge(std::uint32_t port, unsigned pin, bool up) {
    if (configuration_.port_of(pin) != port) return;
    pending |= (up ? rising : falling) & 1U << pin;
    interrupted = interrupted || (mask & pending) != 0;
  }

  std::uint32_t mask = 0;
  std::uint32_t rising = 0;
  std::uint32_t falling = 0;
  std::uint32_t pending = 0;
  std::uint32_t glitches = 0;
  bool interrupted = false;

 private:
  FakeConfiguration& configuration_;
};

class Stm32ExtiTest : public testing::Test {
 protected:
  Stm32ExtiTest() {
    bus_.attach(kExti, 0x400, device_);
    bus_.attach(kConfiguration, 0x400, configuration_);
  }
  FakeConfiguration configuration_;
  FakeExti device_{configuration_};
  arch::FakeBus bus_;
  Stm32Exti exti_{arch::Mmio(kExti), arch::Mmio(kConfiguration)};
};

TEST_F(Stm32ExtiTest, AnEdgeInterruptsAndIsTakenOnce) {
  ASSERT_TRUE(exti_.connect(kPortC, 13, Edge::kFalling).has_value());
  EXPECT_FALSE(exti_.take(13));
  device_.edge(kPortC, 13, true);
  device_.edge(kPortA, 13, false);
  EXPECT_FALSE(exti_.take(13)) << "the other edge, the other port";
  device_.edge(kPortC, 13, false);
  EXPECT_TRUE(device_.interrupted);
  EXPECT_TRUE(exti_.take(13));
  EXPECT_FALSE(exti_.take(13));
}

TEST_F(Stm32ExtiTest, EdgesAreChosen) {
  ASSERT_TRUE(exti_.connect(kPortC, 2, Edge::kBoth).has_value());
  device_.edge(kPortC, 2, true);
  EXPECT_TRUE(exti_.take(2));
  device_.edge(kPortC, 2, false);
  EXPECT_TRUE(exti_.take(2));
  ASSERT_TRUE(exti_.connect(kPortC, 2, Edge::kRising).has_value());
  device_.edge(kPortC, 2, false);
  EXPECT_FALSE(exti_.take(2));
}

TEST_F(Stm32ExtiTest, WhatWasBeforeIsForgotten) {
  device_.pending = 1U << 5U;
  device_.glitches = 1U << 5U;
  ASSERT_TRUE(exti_.connect(kPortA, 5, Edge::kRising).has_value());
  EXPECT_FALSE(device_.interrupted);
  EXPECT_FALSE(exti_.take(5));
  ASSERT_TRUE(exti_.connect(kPortC, 5, Edge::kRising).has_value());
  EXPECT_FALSE(device_.interrupted) << "masked while it changes";
}

TEST_F(Stm32ExtiTest, LinesDoNotDisturbEachOther) {
  ASSERT_TRUE(exti_.connect(kPortC, 12, Edge::kFalling).has_value());
  ASSERT_TRUE(exti_.connect(kPortC, 13, Edge::kFalling).has_value());
  ASSERT_TRUE(exti_.connect(kPortA, 14, Edge::kFalling).has_value());
  EXPECT_EQ(configuration_.words[3], 0x0022U);
  device_.edge(kPortC, 12, false);
  device_.edge(kPortC, 13, false);
  EXPECT_TRUE(exti_.take(13));
  EXPECT_TRUE(exti_.take(12)) << "taking one leaves the other";
  ASSERT_TRUE(exti_.disconnect(12).has_value());
  device_.edge(kPortC, 12, false);
  device_.edge(kPortC, 13, false);
  EXPECT_FALSE(exti_.take(12));
  EXPECT_TRUE(exti_.take(13));
  EXPECT_EQ(device_.mask, 0x6000U);
}

TEST_F(Stm32ExtiTest, WhatIsNotThereIsRefused) {
  EXPECT_EQ(exti_.connect(kPortA, 16, Edge::kBoth).error(), Error::kOutOfRange);
  EXPECT_EQ(exti_.connect(16, 0, Edge::kBoth).error(), Error::kOutOfRange);
  EXPECT_EQ(exti_.disconnect(16).error(), Error::kOutOfRange);
  EXPECT_FALSE(exti_.take(16));
  EXPECT_EQ(device_.mask, 0U);
}

}  // namespace
}  // namespace baton::drivers
