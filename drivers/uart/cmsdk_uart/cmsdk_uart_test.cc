#include "drivers/uart/cmsdk_uart/cmsdk_uart.h"

#include <cstdint>
#include <optional>

#include "arch/host/fake_bus.h"
#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/common/wait.h"
#include "drivers/iface/serial_port.h"
#include "drivers/uart/cmsdk_uart/fake_cmsdk_uart.h"
#include "gtest/gtest.h"

namespace baton::drivers {
namespace {

constexpr std::uintptr_t kBase = 0x40004000;

class CmsdkUartTest : public testing::Test {
 protected:
  CmsdkUartTest() { bus_.attach(kBase, 0x1000, device_); }
  void init() { ASSERT_TRUE(uart_.init({.clock_hz = 25'000'000}).has_value()); }

  FakeCmsdkUart device_;
  arch::FakeBus bus_;
  CmsdkUart uart_{arch::Mmio(kBase), "uart0"};
};

TEST_F(CmsdkUartTest, InitProgramsTheLine) {
  init();
  EXPECT_EQ(device_.divisor(), 217U) << "25 MHz / 115200, to the nearest";
  EXPECT_EQ(device_.control(), 0xfU) << "both ways on, both told of";
  EXPECT_FALSE(device_.tx_irq() || device_.rx_irq());
  EXPECT_EQ(uart_.name(), "uart0");
}

TEST_F(CmsdkUartTest, InitRefusesWhatCannotBe) {
  EXPECT_EQ(uart_.init({.clock_hz = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 25'000'000, .baud = 0}).error(), Error::kInvalidArgument);
  EXPECT_EQ(uart_.init({.clock_hz = 1'000'000, .baud = 115200}).error(), Error::kOutOfRange)
      << "less than 16 cycles per bit";
  EXPECT_EQ(uart_.init({.clock_hz = 4'000'000'000, .baud = 300}).error(), Error::kOutOfRange);
  EXPECT_EQ(device_.control(), 0U) << "nothing was touched";
}

TEST_F(CmsdkUartTest, InitLetsTheLastCharacterOut) {
  init();
  ASSERT_TRUE(uart_.try_write('a'));
  device_.drains_when_looked_at = true;
  init();
  EXPECT_EQ(device_.wire(), "a");
}

TEST_F(CmsdkUartTest, InitDiscardsWhatWasReceived) {
  init();
  device_.receive('x');
  device_.receive('y');
  init();
  EXPECT_FALSE(device_.rx_irq());
  EXPECT_EQ(uart_.try_read(), std::nullopt);
  device_.receive('z');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'z'})) << "no overrun of before";
}

TEST_F(CmsdkUartTest, WritesWhileThereIsRoom) {
  init();
  EXPECT_TRUE(uart_.try_write('a'));
  EXPECT_FALSE(uart_.try_write('b'));
  device_.shift_out();
  EXPECT_TRUE(uart_.try_write('b'));
  device_.shift_out();
  EXPECT_EQ(device_.wire(), "ab");
  EXPECT_EQ(device_.lost_tx(), 0U);
}

TEST_F(CmsdkUartTest, RoomThatCameBeforeTheInterruptWasWantedIsToldAllTheSame) {
  init();
  ASSERT_TRUE(uart_.try_write('a'));
  ASSERT_FALSE(uart_.try_write('b'));
  device_.shift_out();
  uart_.set_tx_interrupt(true);
  EXPECT_TRUE(device_.tx_irq());
  uart_.acknowledge();
  EXPECT_FALSE(device_.tx_irq());
}

TEST_F(CmsdkUartTest, AByteThatCameBeforeTheInterruptWasWantedIsToldAllTheSame) {
  init();
  device_.receive('q');
  uart_.set_rx_interrupt(true);
  EXPECT_TRUE(device_.rx_irq());
  uart_.acknowledge();
  EXPECT_FALSE(device_.rx_irq());
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'q'})) << "the byte is not acknowledged away";
  EXPECT_EQ(uart_.try_read(), std::nullopt);
}

TEST_F(CmsdkUartTest, AnOverrunIsToldOnce) {
  init();
  device_.receive('a');
  device_.receive('b');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'a', .overrun = true}));
  device_.receive('c');
  EXPECT_EQ(uart_.try_read(), (iface::RxByte{.byte = 'c'}));
}

TEST_F(CmsdkUartTest, IsIdleWhenTheLastCharacterHasHadItsTime) {
  init();
  EXPECT_TRUE(uart_.tx_idle());
  ASSERT_TRUE(uart_.try_write('a'));
  EXPECT_FALSE(uart_.tx_idle()) << "in the buffer";
  device_.shift_out();
  EXPECT_FALSE(uart_.tx_idle()) << "on the wire";
  pause(Duration::microseconds(200));  // two characters at 115200 take 174
  EXPECT_TRUE(uart_.tx_idle());
}

}  // namespace
}  // namespace baton::drivers
