#include "drivers/uart/mini_uart/mini_uart.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/mini_uart/fake_mini_uart.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x3f215000;
constexpr std::uint32_t kIer = 0x44;
constexpr std::uint32_t kRxMask = 5;
constexpr std::uint32_t kTxMask = 2;

class MiniUartTest : public testing::Test {
 protected:
  MiniUartTest() { bus_.attach(kBase, 0x1000, device_); }

  void init() { ASSERT_TRUE(uart_.init({.clock_hz = 250'000'000, .baud = 115200}).has_value()); }
  std::string read_all() {
    std::string text;
    while (const std::optional<iface::RxByte> byte = uart_.try_read()) {
      text.push_back(byte->byte);
    }
    return text;
  }

  FakeMiniUart device_;
  arch::FakeBus bus_;
  MiniUart uart_{arch::Mmio(kBase), "uart1"};
};

TEST_F(MiniUartTest, InitProgramsTheLineAndLeavesTheBlocksOtherDevicesOn) {
  device_.set_block_enables(4);
  init();
  EXPECT_EQ(device_.block_enables(), 5U);
  EXPECT_EQ(device_.divisor(), 270U);
  EXPECT_EQ(device_.control(), 3U);
  EXPECT_EQ(device_.interrupt_enables(), 0U);
  EXPECT_EQ(device_.read(0x4c, 4), 3U) << "eight bits";
  EXPECT_EQ(uart_.name(), "uart1");
}

TEST_F(MiniUartTest, InitLetsTheFirmwaresLastCharactersOut) {
  init();
  for (char c = 'a'; c <= 'h'; ++c) {
    ASSERT_TRUE(uart_.try_write(c));
  }
  device_.drains_when_looked_at = true;
  init();
  EXPECT_EQ(device_.wire(), "abcdefgh");
}

TEST_F(MiniUartTest, InitTakesOverALineThatNeverFallsIdle) {
  init();
  ASSERT_TRUE(uart_.try_write('x'));
  init();
  EXPECT_TRUE(uart_.tx_idle()) << "flushed";
}

TEST_F(MiniUartTest, InitDiscardsWhatWasReceivedAndItsOverrun) {
  init();
  for (int i = 0; i < 12; ++i) {
    device_.receive('x');
  }
  init();
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  device_.receive('a');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a'}));
}

TEST_F(MiniUartTest, ImpossibleRatesTouchNothing) {
  EXPECT_EQ(uart_.init({.clock_hz = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 250'000'000, .baud = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 1'000'000, .baud = 115200}).error(), Error::kOutOfRange);
  EXPECT_EQ(uart_.init({.clock_hz = 4'000'000'000, .baud = 300}).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.block_enables(), 0U);
}

TEST(MiniUartDivisor, KnownValues) {
  EXPECT_EQ(*MiniUart::divisor_for(250'000'000, 115200), 270U);
  EXPECT_EQ(*MiniUart::divisor_for(500'000'000, 115200), 542U);
  EXPECT_EQ(*MiniUart::divisor_for(8, 1), 0U);
  EXPECT_EQ(*MiniUart::divisor_for(8 * 65536, 1), 65535U);
  EXPECT_EQ(MiniUart::divisor_for(8 * 65537, 1).error(), Error::kOutOfRange);
  EXPECT_EQ(MiniUart::divisor_for(3, 1).error(), Error::kOutOfRange);
  // Off by one part in 50 is the most: 2 MHz / 8 / 10 = 25 kHz.
  EXPECT_TRUE(MiniUart::divisor_for(2'000'000, 25'450).has_value());
  EXPECT_EQ(MiniUart::divisor_for(2'000'000, 25'600).error(), Error::kOutOfRange);
  EXPECT_EQ(MiniUart::divisor_for(2'000'000, 24'400).error(), Error::kOutOfRange);
}

TEST_F(MiniUartTest, AFullFifoRefusesAndLosesNothing) {
  init();
  std::string sent;
  for (int i = 0; i < 100; ++i) {
    const char c = static_cast<char>('!' + i % 90);
    if (uart_.try_write(c)) {
      sent.push_back(c);
    }
  }
  EXPECT_EQ(sent.size(), 8U);
  EXPECT_FALSE(uart_.tx_idle());
  device_.shift_out(100);
  EXPECT_TRUE(uart_.tx_idle());
  EXPECT_EQ(device_.wire(), sent);
  EXPECT_EQ(device_.lost_tx(), 0U);
}

TEST_F(MiniUartTest, EveryByteValuePassesBothWays) {
  init();
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    ASSERT_TRUE(uart_.try_write(c));
    device_.shift_out(1);
    EXPECT_EQ(device_.wire().back(), c);
    device_.receive(c);
    EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = c}));
  }
}

TEST_F(MiniUartTest, InterruptDrivenOutputLosesNothing) {
  init();
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text.push_back(static_cast<char>('a' + i % 26));
  }
  std::size_t next = 0;
  const auto fill = [&] {
    while (next < text.size() && uart_.try_write(text[next])) {
      ++next;
    }
    uart_.set_tx_interrupt(next < text.size());
  };
  fill();
  for (unsigned step = 0; device_.wire().size() < text.size(); ++step) {
    ASSERT_LT(step, 3000U) << "the interrupt never came; " << next << " of " << text.size();
    device_.shift_out(1 + step % 5);
    if (device_.irq()) {
      uart_.acknowledge();
      fill();
    }
  }
  EXPECT_EQ(device_.wire(), text);
  EXPECT_FALSE(device_.irq());
}

TEST_F(MiniUartTest, InterruptDrivenInputLosesNothing) {
  init();
  uart_.set_rx_interrupt(true);
  std::string sent;
  std::string got;
  while (sent.size() < 1000) {
    for (std::size_t i = 0; i < 1 + sent.size() % 8; ++i) {
      const char c = static_cast<char>('0' + sent.size() % 10);
      device_.receive(c);
      sent.push_back(c);
      if (sent.size() % 3 == 0 && device_.irq()) {
        uart_.acknowledge();
        got += read_all();
      }
    }
    ASSERT_TRUE(device_.irq() || device_.rx_level() == 0) << "bytes wait and nobody is told";
    if (device_.irq()) {
      uart_.acknowledge();
      got += read_all();
    }
  }
  EXPECT_EQ(got, sent);
}

TEST_F(MiniUartTest, NoInterruptWithoutAsking) {
  init();
  device_.receive('x');
  EXPECT_FALSE(device_.irq());
  uart_.set_tx_interrupt(true);
  EXPECT_TRUE(device_.irq());
  EXPECT_EQ(device_.interrupt_enables(), kTxMask);
  uart_.set_tx_interrupt(false);
  EXPECT_FALSE(device_.irq());
  uart_.set_rx_interrupt(true);
  EXPECT_TRUE(device_.irq());
  EXPECT_EQ(device_.interrupt_enables(), kRxMask);
  uart_.set_rx_interrupt(false);
  EXPECT_FALSE(device_.irq());
}

TEST_F(MiniUartTest, OverrunIsReportedOnceAndNotStolenByTheTransmitHalf) {
  init();
  for (char c = 'a'; c < 'a' + 12; ++c) {
    device_.receive(c);
  }
  ASSERT_TRUE(uart_.try_write('x'));
  EXPECT_FALSE(uart_.tx_idle());
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a', .overrun = true}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'b'}));
  EXPECT_EQ(read_all(), "cdefgh");
}

TEST_F(MiniUartTest, NeitherBreakNorFramingNorParityIsEverReported) {
  init();
  device_.receive('\0');  // All that a break leaves behind here.
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = '\0'}));
}

TEST_F(MiniUartTest, TheHalvesDoNotUndoEachOther) {
  for (const bool rx : {false, true}) {
    for (const bool tx_before : {false, true}) {
      init();
      uart_.set_tx_interrupt(tx_before);
      uart_.set_rx_interrupt(!rx);
      bool once = true;
      device_.before_write = [&](std::size_t offset, std::uint32_t) {
        if (offset == kIer && once) {
          once = false;
          uart_.set_tx_interrupt(!tx_before);
        }
      };
      uart_.set_rx_interrupt(rx);
      device_.before_write = nullptr;
      EXPECT_FALSE(once);
      EXPECT_EQ(device_.interrupt_enables(), (rx ? kRxMask : 0U) | (tx_before ? 0U : kTxMask))
          << rx << tx_before;
    }
  }
}

TEST_F(MiniUartTest, BothHalvesAtOnce) {
  init();
  constexpr int kBytes = 3000;
  std::atomic<bool> stop{false};
  std::string sent;
  std::string got;
  int received = 0;

  std::thread line([&] {
    while (!stop.load(std::memory_order_relaxed)) {  // relaxed: only a flag
      device_.shift_out(7);
      while (received < kBytes && device_.rx_level() < 7) {
        device_.receive(static_cast<char>(received++));
      }
      std::this_thread::yield();
    }
  });
  std::thread receiver([&] {
    while (got.size() < kBytes) {
      if (const auto byte = uart_.try_read()) {
        EXPECT_FALSE(byte->overrun);
        got.push_back(byte->byte);
      } else {
        std::this_thread::yield();
      }
      uart_.set_rx_interrupt(got.size() % 2 == 0);
      uart_.acknowledge();
    }
    uart_.set_rx_interrupt(true);
  });
  std::thread transmitter([&] {
    while (sent.size() < kBytes) {
      if (uart_.try_write(static_cast<char>(sent.size() * 7))) {
        sent.push_back(static_cast<char>(sent.size() * 7));
      } else {
        std::this_thread::yield();
      }
      uart_.set_tx_interrupt(sent.size() % 3 == 0);
    }
    uart_.set_tx_interrupt(true);
  });
  receiver.join();
  transmitter.join();
  stop.store(true, std::memory_order_relaxed);  // relaxed: join() below orders the rest
  line.join();
  device_.shift_out(100);

  EXPECT_EQ(device_.interrupt_enables(), kRxMask | kTxMask);
  EXPECT_EQ(device_.wire(), sent);
  for (int i = 0; i < kBytes; ++i) {
    ASSERT_EQ(got[static_cast<std::size_t>(i)], static_cast<char>(i));
  }
}

}  // namespace
}  // namespace baton::drivers
