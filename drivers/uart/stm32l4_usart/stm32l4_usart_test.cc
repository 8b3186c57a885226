#include "drivers/uart/stm32l4_usart/stm32l4_usart.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/stm32l4_usart/fake_stm32l4_usart.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x40013800;
constexpr std::uint32_t kOn = 0x0d;
constexpr std::uint32_t kRxInterrupt = 0x20;
constexpr std::uint32_t kTxInterrupt = 0x80;

class Stm32l4UsartTest : public testing::Test {
 protected:
  Stm32l4UsartTest() { bus_.attach(kBase, 0x400, device_); }
  void init() { ASSERT_TRUE(uart_.init({.clock_hz = 80'000'000}).has_value()); }

  FakeStm32l4Usart device_;
  arch::FakeBus bus_;
  Stm32l4Usart uart_{arch::Mmio(kBase), "USART1"};
};

TEST_F(Stm32l4UsartTest, InitProgramsTheLine) {
  init();
  EXPECT_EQ(device_.divisor(), 694U) << "80 MHz / 115200";
  EXPECT_EQ(device_.control(), kOn);
  EXPECT_FALSE(device_.irq());
  EXPECT_EQ(uart_.name(), "USART1");
  ASSERT_TRUE(uart_.init({.clock_hz = 16'000'000}).has_value());
  EXPECT_EQ(device_.divisor(), 139U) << "16 MHz / 115200";
}

TEST_F(Stm32l4UsartTest, InitRefusesWhatCannotBe) {
  EXPECT_EQ(uart_.init({.clock_hz = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 80'000'000, .baud = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 16'000'000, .baud = 1'100'000}).error(), Error::kOutOfRange)
      << "less than 16 samples per bit";
  EXPECT_EQ(uart_.init({.clock_hz = 80'000'000, .baud = 1200}).error(), Error::kOutOfRange);
  EXPECT_EQ(uart_.init({.clock_hz = 0xffff'ffff, .baud = 0xffff'ffff}).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.control(), 0U) << "nothing was touched";
}

TEST_F(Stm32l4UsartTest, InitLetsTheLastCharactersOut) {
  init();
  ASSERT_TRUE(uart_.try_write('a'));
  ASSERT_TRUE(uart_.try_write('b'));
  device_.drains_when_looked_at = true;
  init();
  EXPECT_EQ(device_.wire(), "ab");
}

TEST_F(Stm32l4UsartTest, InitTakesOverALineThatNeverFallsIdle) {
  init();
  ASSERT_TRUE(uart_.try_write('a'));
  init();
  EXPECT_EQ(device_.control(), kOn);
}

TEST_F(Stm32l4UsartTest, InitDiscardsWhatWasReceivedAndMasks) {
  init();
  uart_.set_rx_interrupt(true);
  device_.receive('x', FakeStm32l4Usart::kFraming);
  device_.receive('y');
  init();
  EXPECT_EQ(device_.control(), kOn);
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  device_.receive('z');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'z'})) << "no error of before";
}

TEST_F(Stm32l4UsartTest, InitDiscardsWhatAnEmulatorKeeps) {
  init();
  device_.keeps_flags_while_off = true;
  device_.receive('x', FakeStm32l4Usart::kFraming);
  device_.receive('y');
  init();
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  device_.receive('z');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'z'}));
}

TEST_F(Stm32l4UsartTest, WritesWhileThereIsRoom) {
  init();
  EXPECT_TRUE(uart_.tx_idle());
  EXPECT_TRUE(uart_.try_write('a')) << "to the wire";
  EXPECT_TRUE(uart_.try_write('b')) << "to the buffer";
  EXPECT_FALSE(uart_.try_write('c'));
  device_.shift_out();
  EXPECT_TRUE(uart_.try_write('c'));
  device_.shift_out();
  EXPECT_FALSE(uart_.tx_idle()) << "the last one is on the wire";
  device_.shift_out();
  EXPECT_TRUE(uart_.tx_idle());
  EXPECT_EQ(device_.wire(), "abc");
  EXPECT_EQ(device_.lost_tx(), 0U);
}

TEST_F(Stm32l4UsartTest, RoomInterruptsWhileWanted) {
  init();
  ASSERT_TRUE(uart_.try_write('a'));
  ASSERT_TRUE(uart_.try_write('b'));
  uart_.set_tx_interrupt(true);
  EXPECT_EQ(device_.control(), kOn | kTxInterrupt);
  EXPECT_FALSE(device_.irq());
  device_.shift_out();
  EXPECT_TRUE(device_.irq());
  uart_.set_tx_interrupt(false);
  EXPECT_FALSE(device_.irq());
}

TEST_F(Stm32l4UsartTest, BytesInterruptUntilTheyAreRead) {
  init();
  device_.receive('q');
  EXPECT_FALSE(device_.irq());
  uart_.set_rx_interrupt(true);
  EXPECT_TRUE(device_.irq());
  uart_.acknowledge();
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'q'})) << "the byte is not acknowledged away";
  EXPECT_FALSE(device_.irq());
  EXPECT_EQ(uart_.try_read(), std::nullopt);
}

TEST_F(Stm32l4UsartTest, ErrorsAreToldWithTheirByteAndOnce) {
  init();
  device_.receive('b', FakeStm32l4Usart::kFraming);
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'b', .framing = true}));
  device_.receive('c', FakeStm32l4Usart::kParity);
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'c', .parity = true}));
  device_.receive('\0', FakeStm32l4Usart::kFraming);
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = '\0', .framing = true, .break_ = true}));
  device_.receive('d');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'd'}));
}

TEST_F(Stm32l4UsartTest, AnOverrunIsToldOnce) {
  init();
  device_.receive('a');
  device_.receive('b');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a', .overrun = true}));
  device_.receive('c');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'c'}));
}

// The next character comes between the look at the flags and the byte's being taken.
TEST_F(Stm32l4UsartTest, AnOverrunWithoutAByteStopsInterruptingAndIsTold) {
  init();
  uart_.set_rx_interrupt(true);
  device_.receive('a');
  device_.after_status = [this] { device_.receive('b'); };
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a'}));
  EXPECT_TRUE(device_.irq()) << "no byte, but an overrun";
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  EXPECT_FALSE(device_.irq());
  device_.receive('c');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'c', .overrun = true}));
  device_.receive('d');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'd'}));
}

// The next character comes as soon as there is room for it.
TEST_F(Stm32l4UsartTest, TheNextBytesErrorsAreItsOwn) {
  init();
  device_.receive('a', FakeStm32l4Usart::kFraming);
  device_.after_data = [this] { device_.receive('b', FakeStm32l4Usart::kFraming); };
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a', .framing = true}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'b', .framing = true}));
}

TEST_F(Stm32l4UsartTest, NoiseIsForgottenWithItsByte) {
  init();
  device_.receive('n', FakeStm32l4Usart::kNoise);
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'n'}));
  EXPECT_EQ(device_.errors(), 0U);
}

// The control word is one for two owners.  The other half's whole call happens at the worst moment:
// after a call has computed its value, before the value arrives.
TEST_F(Stm32l4UsartTest, TheHalvesDoNotUndoEachOther) {
  for (const bool rx : {false, true}) {
    for (const bool tx_before : {false, true}) {
      init();
      uart_.set_tx_interrupt(tx_before);
      uart_.set_rx_interrupt(!rx);
      device_.before_write = [&](std::size_t) { uart_.set_tx_interrupt(!tx_before); };
      uart_.set_rx_interrupt(rx);
      EXPECT_EQ(device_.control(), kOn | (rx ? kRxInterrupt : 0U) | (tx_before ? 0U : kTxInterrupt))
          << rx << tx_before;
    }
  }
}

// Both halves at once, for real.
TEST_F(Stm32l4UsartTest, BothHalvesAtOnce) {
  init();
  constexpr int kBytes = 1000;
  std::atomic<bool> stop{false};
  std::string got;
  std::thread line([&] {
    while (!stop.load(std::memory_order_relaxed)) {  // relaxed: only a flag
      device_.shift_out();
      device_.receive('r');
      std::this_thread::yield();
    }
  });
  std::thread receiver([&] {
    for (int i = 0; i < kBytes; ++i) {
      if (const auto byte = uart_.try_read()) got.push_back(byte->byte);
      uart_.set_rx_interrupt(i % 2 == 0);
    }
    uart_.set_rx_interrupt(true);
  });
  std::string sent;
  while (sent.size() < kBytes) {
    const char byte = static_cast<char>('a' + static_cast<char>(sent.size() % 26));
    if (uart_.try_write(byte)) {
      sent.push_back(byte);
    } else {
      std::this_thread::yield();
    }
    uart_.set_tx_interrupt(sent.size() % 3 == 0);
  }
  uart_.set_tx_interrupt(true);
  receiver.join();
  stop.store(true, std::memory_order_relaxed);  // relaxed: join() below orders the rest
  line.join();
  device_.shift_out();
  device_.shift_out();
  EXPECT_EQ(device_.control(), kOn | kRxInterrupt | kTxInterrupt);
  EXPECT_EQ(device_.wire(), sent);
  EXPECT_EQ(device_.lost_tx(), 0U);
  EXPECT_EQ(got.find_first_not_of('r'), std::string::npos);
}

}  // namespace
}  // namespace baton::drivers
