#include "drivers/uart/pl011/pl011.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/pl011/fake_pl011.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x3f201000;
constexpr std::uint32_t kImsc = 0x38;
constexpr std::uint32_t kRxMask = 0x50;
constexpr std::uint32_t kTxMask = 0x20;

class Pl011Test : public testing::Test {
 protected:
  Pl011Test() { bus_.attach(kBase, 0x1000, device_); }

  void init() { ASSERT_TRUE(uart_.init({.clock_hz = 48'000'000, .baud = 115200}).has_value()); }
  std::string read_all() {
    std::string text;
    while (const std::optional<iface::RxByte> byte = uart_.try_read()) {
      text.push_back(byte->byte);
    }
    return text;
  }

  FakePl011 device_;
  arch::FakeBus bus_;
  Pl011 uart_{arch::Mmio(kBase), "uart0"};
};

TEST_F(Pl011Test, InitProgramsTheLine) {
  init();
  // 48 MHz / (16 * 115200) = 26 + 3/64.
  EXPECT_EQ(device_.divisor_in_use(), 26U * 64U + 3U);
  EXPECT_EQ(device_.line_control(), 0x70U) << "eight bits, FIFOs on";
  EXPECT_EQ(device_.control(), 0xb01U) << "on, both ways, RTS held, no flow control";
  EXPECT_EQ(device_.mask(), 0U);
  EXPECT_EQ(uart_.name(), "uart0");
}

TEST_F(Pl011Test, FlowControlIsTheHardwares) {
  ASSERT_TRUE(uart_.init({.clock_hz = 48'000'000, .flow_control = true}).has_value());
  EXPECT_EQ(device_.control() & 0xc000U, 0xc000U);
}

TEST_F(Pl011Test, WithoutModemLinesNoReservedBitIsWritten) {
  device_.has_modem_lines = false;
  ASSERT_TRUE(uart_.init({.clock_hz = 50'000'000, .modem_lines = false}).has_value());
  // 50 MHz / (16 * 115200) = 27 + 8/64.
  EXPECT_EQ(device_.divisor_in_use(), 27U * 64U + 8U);
  EXPECT_EQ(device_.control(), 0x301U) << "on, both ways";
  uart_.set_rx_interrupt(true);
  uart_.set_tx_interrupt(true);
  EXPECT_EQ(device_.mask(), kRxMask | kTxMask);
  for (int i = 0; i < 20; ++i) device_.receive('x', FakePl011::kFraming);
  uart_.acknowledge();
  EXPECT_EQ(device_.read(0x3c, 4), 0x10U) << "the errors are cleared, what waits is not";
}

TEST_F(Pl011Test, NoFlowControlWithoutWires) {
  const Pl011::Config config{.clock_hz = 50'000'000, .flow_control = true, .modem_lines = false};
  const std::uint32_t control = device_.control();
  EXPECT_EQ(uart_.init(config).error(), Error::kInvalidArgument);
  EXPECT_EQ(device_.control(), control) << "nothing was touched";
}

TEST_F(Pl011Test, InitLetsTheFirmwaresLastCharactersOut) {
  init();
  for (char c = 'a'; c <= 'h'; ++c) {
    ASSERT_TRUE(uart_.try_write(c));
  }
  device_.drains_when_looked_at = true;
  init();
  EXPECT_EQ(device_.wire(), "abcdefgh");
}

TEST_F(Pl011Test, InitTakesOverALineThatNeverFallsIdle) {
  init();
  ASSERT_TRUE(uart_.try_write('x'));
  init();
  EXPECT_EQ(device_.tx_level(), 0U) << "flushed";
  EXPECT_TRUE(uart_.tx_idle());
}

TEST_F(Pl011Test, InitDiscardsWhatWasReceivedAndMasksAndClears) {
  init();
  uart_.set_rx_interrupt(true);
  device_.receive('x', FakePl011::kFraming);
  device_.receive_timeout();
  init();
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  EXPECT_EQ(device_.mask(), 0U);
  EXPECT_EQ(device_.read(0x3c, 4), 0U);
}

TEST_F(Pl011Test, ImpossibleRatesTouchNothing) {
  const std::uint32_t control = device_.control();
  EXPECT_EQ(uart_.init({.clock_hz = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 48'000'000, .baud = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 3'000'000, .baud = 921600}).error(), Error::kOutOfRange);
  EXPECT_EQ(uart_.init({.clock_hz = 4'000'000'000, .baud = 300}).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.control(), control);
  EXPECT_EQ(device_.divisor_in_use(), 0U);
}

TEST(Pl011Divisor, KnownValues) {
  EXPECT_EQ(*Pl011::divisor_for(3'000'000, 115200), (Pl011::Divisor{1, 40}));
  EXPECT_EQ(*Pl011::divisor_for(48'000'000, 115200), (Pl011::Divisor{26, 3}));
  EXPECT_EQ(*Pl011::divisor_for(24'000'000, 115200), (Pl011::Divisor{13, 1}));
  EXPECT_EQ(*Pl011::divisor_for(16, 1), (Pl011::Divisor{1, 0}));
  // The largest: 65535 and no sixty-fourths.
  EXPECT_EQ(*Pl011::divisor_for(16 * 65535, 1), (Pl011::Divisor{65535, 0}));
  EXPECT_EQ(Pl011::divisor_for(16 * 65536, 1).error(), Error::kOutOfRange);
  EXPECT_EQ(Pl011::divisor_for(15, 1).error(), Error::kOutOfRange);
  EXPECT_EQ(Pl011::divisor_for(0xffffffff, 0xffffffff).error(), Error::kOutOfRange);
}

TEST(Pl011Divisor, EveryAcceptedRateIsNear) {
  int accepted = 0;
  for (const std::uint32_t clock :
       {1'843'200U, 3'000'000U, 14'745'600U, 48'000'000U, 62'500'000U}) {
    for (std::uint32_t baud = 50; baud < 4'000'000; baud = baud * 11 / 10 + 1) {
      const auto divisor = Pl011::divisor_for(clock, baud);
      if (!divisor) {
        continue;
      }
      ++accepted;
      const double actual = clock * 4.0 / (divisor->whole * 64.0 + divisor->sixtyfourths);
      EXPECT_NEAR(actual / baud, 1.0, 0.008) << clock << " " << baud;
    }
  }
  EXPECT_GT(accepted, 200);
}

TEST_F(Pl011Test, AFullFifoRefusesAndLosesNothing) {
  init();
  std::string sent;
  for (int i = 0; i < 100; ++i) {
    const char c = static_cast<char>('!' + i % 90);
    if (uart_.try_write(c)) {
      sent.push_back(c);
    }
  }
  EXPECT_EQ(sent.size(), 16U);
  EXPECT_FALSE(uart_.tx_idle());
  device_.shift_out(100);
  EXPECT_TRUE(uart_.tx_idle());
  EXPECT_EQ(device_.wire(), sent);
  EXPECT_EQ(device_.lost_tx(), 0U);
}

TEST_F(Pl011Test, EveryByteValuePassesBothWays) {
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

// What the interface promises: enable after a refusal, and the interrupt comes.
TEST_F(Pl011Test, InterruptDrivenOutputLosesNothing) {
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

TEST_F(Pl011Test, AnInterruptThatCameBeforeItWasEnabledIsNotForgotten) {
  init();
  while (uart_.try_write('x')) {
  }
  device_.shift_out(16);
  uart_.acknowledge();
  EXPECT_FALSE(device_.irq());
  uart_.set_tx_interrupt(true);
  EXPECT_TRUE(device_.irq());
}

// Reads only when interrupted: the tail of a burst, below the FIFO's mark, needs the timeout.
TEST_F(Pl011Test, InterruptDrivenInputLosesNothing) {
  init();
  uart_.set_rx_interrupt(true);
  std::string sent;
  std::string got;
  unsigned burst = 1;
  while (sent.size() < 1000) {
    for (unsigned i = 0; i < burst; ++i) {
      const char c = static_cast<char>('0' + sent.size() % 10);
      device_.receive(c);
      sent.push_back(c);
      if (i % 7 == 6 && device_.irq()) {
        uart_.acknowledge();
        got += read_all();
      }
    }
    device_.receive_timeout();
    ASSERT_TRUE(device_.irq() || device_.rx_level() == 0) << "bytes wait and nobody is told";
    if (device_.irq()) {
      uart_.acknowledge();
      got += read_all();
    }
    burst = burst % 13 + 1;
  }
  EXPECT_EQ(got, sent);
}

TEST_F(Pl011Test, NoInterruptWithoutAsking) {
  init();
  for (int i = 0; i < 8; ++i) {
    device_.receive('x');
  }
  device_.receive_timeout();
  while (uart_.try_write('x')) {
  }
  device_.shift_out(16);
  EXPECT_FALSE(device_.irq());
  uart_.set_rx_interrupt(true);
  EXPECT_TRUE(device_.irq());
  uart_.set_rx_interrupt(false);
  EXPECT_FALSE(device_.irq());
}

TEST_F(Pl011Test, ErrorsAreReportedWithTheirByte) {
  init();
  device_.receive('a');
  device_.receive('b', FakePl011::kFraming);
  device_.receive('c', FakePl011::kParity);
  device_.receive('\0', FakePl011::kBreak | FakePl011::kFraming);
  device_.receive('d');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a'}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'b', .framing = true}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'c', .parity = true}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = '\0', .framing = true, .break_ = true}));
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'd'}));
  EXPECT_EQ(uart_.try_read(), std::nullopt);
}

TEST_F(Pl011Test, OverrunIsReportedAndWhatFitWasKept) {
  init();
  for (int i = 0; i < 20; ++i) {
    device_.receive(static_cast<char>('a' + i));
  }
  EXPECT_EQ(read_all(), "abcdefghijklmnop");
  device_.receive('z');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'z', .overrun = true}));
  device_.receive('y');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'y'}));
}

TEST_F(Pl011Test, AcknowledgeClearsLatchedCausesAndOnlyThose) {
  init();
  for (int i = 0; i < 20; ++i) {
    device_.receive('x', FakePl011::kFraming | FakePl011::kParity | FakePl011::kBreak);
  }
  device_.receive_timeout();
  while (uart_.try_write('x')) {
  }
  device_.shift_out(16);
  EXPECT_EQ(device_.read(0x3c, 4), 0x7f0U);
  std::uint32_t cleared = 0;
  device_.before_write = [&](std::size_t, std::uint32_t value) { cleared = value; };
  uart_.acknowledge();
  EXPECT_EQ(device_.read(0x3c, 4), 0x070U) << "receive, transmit and timeout stay";
  EXPECT_EQ(cleared, 0x78fU) << "the modem's, too, which the model never raises";
}

// The mask register is one word for two owners.  The other half's whole call happens at the worst
// moment: after a call has computed its value, before the value arrives.
TEST_F(Pl011Test, TheHalvesDoNotUndoEachOther) {
  for (const bool rx : {false, true}) {
    for (const bool tx_before : {false, true}) {
      init();
      uart_.set_tx_interrupt(tx_before);
      uart_.set_rx_interrupt(!rx);
      bool once = true;
      device_.before_write = [&](std::size_t offset, std::uint32_t) {
        if (offset == kImsc && once) {
          once = false;
          uart_.set_tx_interrupt(!tx_before);
        }
      };
      uart_.set_rx_interrupt(rx);
      device_.before_write = nullptr;
      EXPECT_FALSE(once);
      EXPECT_EQ(device_.mask(), (rx ? kRxMask : 0U) | (tx_before ? 0U : kTxMask))
          << rx << tx_before;
    }
  }
}

// Both halves at once, for real: bytes both ways and the mask switched all the time.
TEST_F(Pl011Test, BothHalvesAtOnce) {
  init();
  constexpr int kBytes = 3000;
  std::atomic<bool> stop{false};
  std::string sent;
  std::string got;
  int received = 0;

  std::thread line([&] {
    while (!stop.load(std::memory_order_relaxed)) {  // relaxed: only a flag
      device_.shift_out(7);
      while (received < kBytes && device_.rx_level() < 15) {
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

  EXPECT_EQ(device_.mask(), kRxMask | kTxMask);
  EXPECT_EQ(device_.wire(), sent);
  for (int i = 0; i < kBytes; ++i) {
    ASSERT_EQ(got[static_cast<std::size_t>(i)], static_cast<char>(i));
  }
}

// The mask alone, hammered: after every round the register is what the last calls said.
TEST_F(Pl011Test, TheMaskEndsUpRight) {
  init();
  std::atomic<int> round{0};
  std::atomic<int> done{0};
  constexpr int kRounds = 200;
  const auto half = [&](bool rx) {
    for (int r = 1; r <= kRounds; ++r) {
      while (round.load(std::memory_order_acquire) < r) {  // pairs with the release below
        std::this_thread::yield();
      }
      const bool last = (r % (rx ? 2 : 3)) == 0;
      for (int i = 20; i >= 0; --i) {
        const bool on = i == 0 ? last : i % 2 != 0;
        if (rx) {
          uart_.set_rx_interrupt(on);
        } else {
          uart_.set_tx_interrupt(on);
        }
      }
      done.fetch_add(1, std::memory_order_release);  // pairs with the acquire below
    }
  };
  std::thread a(half, true);
  std::thread b(half, false);
  for (int r = 1; r <= kRounds; ++r) {
    round.store(r, std::memory_order_release);              // pairs with the acquire in half()
    while (done.load(std::memory_order_acquire) < 2 * r) {  // pairs with the release in half()
      std::this_thread::yield();
    }
    EXPECT_EQ(device_.mask(), (r % 2 == 0 ? kRxMask : 0U) | (r % 3 == 0 ? kTxMask : 0U)) << r;
  }
  a.join();
  b.join();
}

}  // namespace
}  // namespace baton::drivers
