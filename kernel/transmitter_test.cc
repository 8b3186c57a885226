// The transmitter against a port with a small FIFO and an interrupt like a PL011's: what comes out
// is what was put in, whole lines, whenever the port has room.
#include "kernel/transmitter.h"

#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "drivers/iface/serial_port.h"
#include "gtest/gtest.h"
#include "kernel/line.h"
#include "sync/pool.h"

namespace baton::kernel {

// The test has no cell: requests are not run.
void Line::run(sync::Owned<Line> /*self*/, Transmitter& /*transmitter*/) { std::abort(); }

namespace {

class SmallPort final : public iface::SerialPort {
 public:
  static constexpr std::size_t kFifo = 4;
  std::string_view name() const noexcept override { return "small"; }
  bool try_write(char byte) noexcept override {
    if (fifo_.size() == kFifo) {
      return false;
    }
    fifo_.push_back(byte);
    return true;
  }
  void set_tx_interrupt(bool on) noexcept override { interrupt_on = on; }
  bool tx_idle() const noexcept override { return fifo_.empty(); }
  std::optional<iface::RxByte> try_read() noexcept override { return std::nullopt; }
  void set_rx_interrupt(bool /*on*/) noexcept override {}
  void acknowledge() noexcept override {}

  // The line takes `n` bytes away.
  void shift_out(std::size_t n) {
    for (; n != 0 && !fifo_.empty(); --n) {
      wire += fifo_.front();
      fifo_.pop_front();
    }
  }
  std::string wire;
  bool interrupt_on = false;

 private:
  std::deque<char> fifo_;
};

class TransmitterTest : public ::testing::Test {
 protected:
  TransmitterTest() {
    signals_.port.store(&port_, std::memory_order_release);
    signals_.use_interrupts.store(true, std::memory_order_relaxed);
  }
  void put(const std::string& text, Line::Kind kind = Line::Kind::kLine) {
    std::optional<sync::Owned<Line>> line = pool_->make(kind);
    ASSERT_TRUE(line);
    for (const char c : text) {
      (*line)->text[(*line)->size++] = c;
    }
    transmitter_.enqueue(std::move(*line));
  }
  // Runs the port and its interrupt until nothing is left; the rounds that took.
  int run_dry() {
    int rounds = 0;
    while (!transmitter_.idle()) {
      port_.shift_out(1);
      if (port_.interrupt_on) {
        transmitter_.pump();
      }
      EXPECT_LT(++rounds, 100000) << "the transmitter waits for an interrupt that is off";
      if (rounds >= 100000) {
        break;
      }
    }
    return rounds;
  }

  SmallPort port_;
  TransmitSignals signals_;
  std::unique_ptr<sync::Pool<Line, Transmitter::kLines>> pool_ =
      std::make_unique<sync::Pool<Line, Transmitter::kLines>>();
  Transmitter transmitter_{signals_};
};

TEST_F(TransmitterTest, NewlinesBecomeCrLfEvenAtAFullFifo) {
  put("abc\nde\n");
  run_dry();
  EXPECT_EQ(port_.wire, "abc\r\nde\r\n");
}

TEST_F(TransmitterTest, InterruptIsOnExactlyWhileSomethingWaits) {
  put("abc");
  EXPECT_FALSE(port_.interrupt_on);
  put("defgh");
  EXPECT_TRUE(port_.interrupt_on);
  run_dry();
  EXPECT_FALSE(port_.interrupt_on);
  EXPECT_EQ(port_.wire, "abcdefgh");
}

TEST_F(TransmitterTest, ALineOfOthersGoesAboveTheShellsOwn) {
  put("baton> cp", Line::Kind::kRaw);
  put("core 2 says hello\n");
  put("baton> cp", Line::Kind::kRaw);
  run_dry();
  EXPECT_EQ(port_.wire, "baton> cp\r\x1b[Jcore 2 says hello\r\nbaton> cp");
  EXPECT_TRUE(signals_.disturbed.load(std::memory_order_relaxed));
}

TEST_F(TransmitterTest, AfterAFinishedRawLineNothingIsErased) {
  put("done\n", Line::Kind::kRaw);
  put("hello\n");
  run_dry();
  EXPECT_EQ(port_.wire, "done\r\nhello\r\n");
  EXPECT_FALSE(signals_.disturbed.load(std::memory_order_relaxed));
}

TEST_F(TransmitterTest, UrgentByteOvertakesButIsNotLostAtAFullFifo) {
  put("0123456789");
  signals_.urgent.store('!', std::memory_order_relaxed);
  transmitter_.pump();  // the FIFO is full
  run_dry();
  EXPECT_EQ(port_.wire, "0123!456789");
}

TEST_F(TransmitterTest, LinesGoHome) {
  for (int i = 0; i < 1000; ++i) {
    put("line\n");
    if (pool_->available() < 3) {
      run_dry();
    }
  }
  run_dry();
  EXPECT_EQ(pool_->available(), Transmitter::kLines);
}

TEST_F(TransmitterTest, RandomLinesAtRandomSpeed) {
  std::mt19937 random(7);
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    std::string text(random() % 20, static_cast<char>('a' + i % 26));
    text += '\n';
    put(text);
    expected += text;
    expected.insert(expected.size() - 1, "\r");
    for (unsigned n = random() % 30; n != 0 || pool_->available() == 0; n -= n != 0 ? 1 : 0) {
      port_.shift_out(1);
      if (port_.interrupt_on) {
        transmitter_.pump();
      }
    }
  }
  run_dry();
  EXPECT_EQ(port_.wire, expected);
}

}  // namespace
}  // namespace baton::kernel
