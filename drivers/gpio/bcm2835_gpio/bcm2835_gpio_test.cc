#include "drivers/gpio/bcm2835_gpio/bcm2835_gpio.h"

#include <array>
#include <atomic>
#include <chrono>
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

using Function = Bcm2835Gpio::Function;
using Pull = Bcm2835Gpio::Pull;
using Variant = Bcm2835Gpio::Variant;
using Clock = std::chrono::steady_clock;

constexpr std::uintptr_t kBase = 0x3f200000;

// The block of one variant; the other's pull registers do not exist.  An output's level is what it
// drives, any other pin's what its pull makes of it.
class FakeGpio : public arch::FakeDevice {
 public:
  explicit FakeGpio(Variant variant) : variant_(variant) {}

  std::uint64_t read(std::size_t offset, unsigned /*bytes*/) override {
    const std::lock_guard lock(mutex_);
    if (offset < 0x18) {
      return functions_.at(offset / 4);
    }
    if (offset == 0x34 || offset == 0x38) {
      std::uint32_t value = 0;
      for (unsigned bit = 0; bit < 32; ++bit) {
        const unsigned pin = static_cast<unsigned>(offset - 0x34) * 8 + bit;
        value |= level(pin) ? 1U << bit : 0U;
      }
      return value;
    }
    if (variant_ == Variant::kBcm2711 && offset >= 0xe4 && offset <= 0xf0) {
      std::uint32_t value = 0;
      for (unsigned i = 0; i < 16; ++i) {
        const auto pull = pulls.at((offset - 0xe4) * 4 + i);
        value |= (pull == Pull::kUp ? 1U : pull == Pull::kDown ? 2U : 0U) << (2 * i);
      }
      return value;
    }
    std::abort();
  }

  void write(std::size_t offset, unsigned /*bytes*/, std::uint64_t value64) override {
    const std::lock_guard lock(mutex_);
    const auto value = static_cast<std::uint32_t>(value64);
    if (offset < 0x18) {
      functions_.at(offset / 4) = value & 0x3fffffffU;
    } else if (offset == 0x1c || offset == 0x20) {
      driven_.at((offset - 0x1c) / 4) |= value;
    } else if (offset == 0x28 || offset == 0x2c) {
      driven_.at((offset - 0x28) / 4) &= ~value;
    } else if (variant_ == Variant::kBcm2711 && offset >= 0xe4 && offset <= 0xf0) {
      for (unsigned i = 0; i < 16; ++i) {
        const std::uint32_t code = value >> (2 * i) & 3U;
        pulls.at((offset - 0xe4) * 4 + i) = code == 1   ? Pull::kUp
                                            : code == 2 ? Pull::kDown
                                                        : Pull::kNone;
      }
    } else if (variant_ == Variant::kBcm2835 && offset == 0x94) {
      // Takes effect where the clock rises while the code has been there long enough.
      if (clocked_ && Clock::now() - clocked_since_ < kHold) {
        ++too_fast;
      }
      code_ = value;
      code_since_ = Clock::now();
    } else if (variant_ == Variant::kBcm2835 && (offset == 0x98 || offset == 0x9c)) {
      if (value != 0 && Clock::now() - code_since_ < kHold) {
        ++too_fast;
      }
      clocked_ = value != 0;
      clocked_since_ = Clock::now();
      for (unsigned bit = 0; bit < 32; ++bit) {
        if ((value >> bit & 1U) != 0) {
          pulls.at((offset - 0x98) * 8 + bit) = code_ == 1   ? Pull::kDown
                                                : code_ == 2 ? Pull::kUp
                                                             : Pull::kNone;
        }
      }
    } else {
      std::abort();
    }
  }

  std::array<Pull, 64> pulls{};
  unsigned too_fast = 0;
  std::uint32_t left_over() const { return code_ | (clocked_ ? 1U : 0U); }

 private:
  static constexpr auto kHold = std::chrono::microseconds(10);

  bool level(unsigned pin) const {
    if ((functions_.at(pin / 10) >> (pin % 10 * 3) & 7U) == 1) {
      return (driven_.at(pin / 32) >> (pin % 32) & 1U) != 0;
    }
    return pulls.at(pin) == Pull::kUp;
  }

  std::mutex mutex_;
  Variant variant_;
  std::array<std::uint32_t, 7> functions_{};
  std::array<std::uint32_t, 2> driven_{};
  std::uint32_t code_ = 0;
  bool clocked_ = false;
  Clock::time_point code_since_;
  Clock::time_point clocked_since_;
};

class GpioTest : public testing::TestWithParam<Variant> {
 protected:
  GpioTest() { bus_.attach(kBase, 0x1000, device_); }
  FakeGpio device_{GetParam()};
  arch::FakeBus bus_;
  Bcm2835Gpio gpio_{arch::Mmio(kBase), GetParam()};
};

TEST_P(GpioTest, EveryPinEveryFunctionAndItsNeighboursStay) {
  EXPECT_EQ(gpio_.pins(), GetParam() == Variant::kBcm2711 ? 58U : 54U);
  for (std::uint32_t pin = 0; pin < gpio_.pins(); ++pin) {
    ASSERT_TRUE(gpio_.set_function(pin, static_cast<Function>(pin % 8)).has_value());
  }
  for (std::uint32_t pin = 0; pin < gpio_.pins(); ++pin) {
    EXPECT_EQ(*gpio_.function(pin), static_cast<Function>(pin % 8)) << pin;
  }
}

TEST_P(GpioTest, TheConsolesPins) {
  for (const std::uint32_t pin : {14U, 15U}) {
    ASSERT_TRUE(gpio_.set_function(pin, Function::kAlt0).has_value());
  }
  EXPECT_EQ(device_.read(0x04, 4), 0x24000U);
  for (const std::uint32_t pin : {14U, 15U}) {
    ASSERT_TRUE(gpio_.set_function(pin, Function::kAlt5).has_value());
  }
  EXPECT_EQ(device_.read(0x04, 4), 0x12000U);
}

TEST_P(GpioTest, EveryPinEveryPullAndItsNeighboursStay) {
  const auto pull_of = [](std::uint32_t pin) { return static_cast<Pull>(pin % 3); };
  for (std::uint32_t pin = 0; pin < gpio_.pins(); ++pin) {
    ASSERT_TRUE(gpio_.set_pull(pin, pull_of(pin)).has_value());
  }
  for (std::uint32_t pin = 0; pin < gpio_.pins(); ++pin) {
    EXPECT_EQ(device_.pulls.at(pin), pull_of(pin)) << pin;
  }
  EXPECT_EQ(device_.too_fast, 0U);
  EXPECT_EQ(device_.left_over(), 0U) << "the next pull would go to this pin as well";
}

TEST_P(GpioTest, OutputsDriveAndLevelsAreRead) {
  for (const std::uint32_t pin : {0U, 31U, 32U, 53U}) {
    ASSERT_TRUE(gpio_.set_function(pin, Function::kOutput).has_value());
    EXPECT_FALSE(*gpio_.level(pin));
    ASSERT_TRUE(gpio_.write(pin, true).has_value());
    for (std::uint32_t other = 0; other < gpio_.pins(); ++other) {
      EXPECT_EQ(*gpio_.level(other), other == pin) << pin << " " << other;
    }
    ASSERT_TRUE(gpio_.write(pin, false).has_value());
    EXPECT_FALSE(*gpio_.level(pin));
  }
}

TEST_P(GpioTest, APinThatIsNotThere) {
  for (const std::uint32_t pin : {gpio_.pins(), 64U, 0xffffffffU}) {
    EXPECT_EQ(gpio_.set_function(pin, Function::kInput).error(), Error::kOutOfRange);
    EXPECT_EQ(gpio_.function(pin).error(), Error::kOutOfRange);
    EXPECT_EQ(gpio_.set_pull(pin, Pull::kUp).error(), Error::kOutOfRange);
    EXPECT_EQ(gpio_.write(pin, true).error(), Error::kOutOfRange);
    EXPECT_EQ(gpio_.level(pin).error(), Error::kOutOfRange);
  }
}

TEST_P(GpioTest, SeveralWritersOfOneRegister) {
  for (std::uint32_t pin = 0; pin < 4; ++pin) {
    ASSERT_TRUE(gpio_.set_function(pin, Function::kOutput).has_value());
  }
  std::vector<std::thread> writers;
  writers.reserve(4);
  std::atomic<unsigned> wrong{0};
  for (std::uint32_t pin = 0; pin < 4; ++pin) {
    writers.emplace_back([&, pin] {
      for (int i = 0; i < 1000; ++i) {
        const bool high = i % 2 == 0;
        const bool written = gpio_.write(pin, high).has_value();
        if (!written || *gpio_.level(pin) != high) {
          wrong.fetch_add(1, std::memory_order_relaxed);  // relaxed: read after join
        }
      }
    });
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(wrong.load(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Variants, GpioTest, testing::Values(Variant::kBcm2835, Variant::kBcm2711),
                         [](const testing::TestParamInfo<Variant>& variant) {
                           return variant.param == Variant::kBcm2711 ? "Bcm2711" : "Bcm2835";
                         });

}  // namespace
}  // namespace baton::drivers
