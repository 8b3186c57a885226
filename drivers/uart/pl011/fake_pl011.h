// A model of the PL011 with behaviour: FIFOs of finite depth, interrupts that depend on how a FIFO
// came to its filling, receive timeout, error flags, an interrupt line.  For tests on the host; any
// number of threads may use it at once.
//
// It is as strict as the manual, where QEMU is not: data written while the UART is off is lost and
// counted, the transmit interrupt comes from passing the mark on the way down and not from being
// below it, and the divisor counts only once the line control register is written.
#ifndef BATON_DRIVERS_UART_PL011_FAKE_PL011_H_
#define BATON_DRIVERS_UART_PL011_FAKE_PL011_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakePl011 : public arch::FakeDevice {
 public:
  static constexpr std::uint32_t kFraming = 1U << 8U;
  static constexpr std::uint32_t kParity = 1U << 9U;
  static constexpr std::uint32_t kBreak = 1U << 10U;
  static constexpr std::uint32_t kOverrun = 1U << 11U;

  explicit FakePl011(std::size_t depth = 16) : depth_(depth) {}

  /// Made without the modem's wires: their bits are reserved, and writing a 1 there ends the test.
  bool has_modem_lines = true;

  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  // The wire's side.
  /// A character arrives, with the given error flags; overruns when the FIFO is full.
  void receive(char byte, std::uint32_t flags = 0);
  /// The line has been quiet for 32 bit times.
  void receive_timeout();
  /// Up to `count` characters leave the transmitter.
  void shift_out(std::size_t count);
  /// All that has left the transmitter.
  std::string wire() const;

  // What a test wants to know.
  bool irq() const;              ///< the interrupt line
  std::uint32_t mask() const;    ///< UARTIMSC
  std::size_t tx_level() const;  ///< characters in the transmit FIFO
  std::size_t rx_level() const;
  std::size_t lost_tx() const;  ///< written while off, or into a full FIFO
  std::uint32_t control() const;
  std::uint32_t line_control() const;
  std::uint32_t divisor_in_use() const;  ///< in sixty-fourths
  /// Everything leaves the transmitter just before its flags are read.
  bool drains_when_looked_at = false;
  /// Called before each write takes effect, outside the model's lock: a test puts there what shall
  /// happen between a driver's computing a value and its arrival.
  std::function<void(std::size_t offset, std::uint32_t value)> before_write;

 private:
  std::size_t depth() const { return (lcrh_ & 0x10U) != 0 ? depth_ : 1; }
  std::size_t rx_mark() const;
  std::size_t tx_mark() const;
  void take_tx();

  mutable std::mutex mutex_;
  const std::size_t depth_;
  std::deque<std::uint32_t> rx_;
  std::deque<char> tx_;
  std::string wire_;
  std::size_t lost_tx_ = 0;
  std::uint32_t ibrd_ = 0;
  std::uint32_t fbrd_ = 0;
  std::uint32_t divisor_in_use_ = 0;
  std::uint32_t lcrh_ = 0;
  std::uint32_t cr_ = 0x300;
  std::uint32_t ifls_ = 0x12;
  std::uint32_t imsc_ = 0;
  std::uint32_t ris_ = 0;
  std::uint32_t overrun_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_PL011_FAKE_PL011_H_
