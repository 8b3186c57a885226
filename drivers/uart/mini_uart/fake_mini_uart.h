// A model of the auxiliary block's mini-UART with behaviour: FIFOs of eight, a line status that
// forgets its overrun when read, no answer at all before the block's enable bit is set, an
// interrupt line.  For tests on the host; any number of threads may use it at once.
//
// It follows the errata, not the manual: interrupt enables swapped, receive interrupts only with
// bit 2, eight data bits only with both size bits (else the top bit of every byte is lost).
#ifndef BATON_DRIVERS_UART_MINI_UART_FAKE_MINI_UART_H_
#define BATON_DRIVERS_UART_MINI_UART_FAKE_MINI_UART_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeMiniUart : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  // The wire's side.
  void receive(char byte);
  void shift_out(std::size_t count);
  std::string wire() const;

  // What a test wants to know.
  bool irq() const;
  std::uint32_t interrupt_enables() const;
  std::uint32_t block_enables() const;
  std::uint32_t control() const;
  std::uint32_t divisor() const;
  std::size_t rx_level() const;
  std::size_t lost_tx() const;
  /// The block's other devices' enable bits.
  void set_block_enables(std::uint32_t bits) { enables_ = bits; }
  /// Everything leaves the transmitter just before its status is read.
  bool drains_when_looked_at = false;
  /// Called before each write takes effect, outside the model's lock.
  std::function<void(std::size_t offset, std::uint32_t value)> before_write;

 private:
  static constexpr std::size_t kDepth = 8;
  void need_clock(std::size_t offset) const;
  char through_line(char byte) const;
  void take_tx();

  mutable std::mutex mutex_;
  std::deque<char> rx_;
  std::deque<char> tx_;
  std::string wire_;
  std::size_t lost_tx_ = 0;
  std::uint32_t enables_ = 0;
  std::uint32_t ier_ = 0;
  std::uint32_t lcr_ = 0;
  std::uint32_t cntl_ = 3;
  std::uint32_t baud_ = 0;
  bool overrun_ = false;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_MINI_UART_FAKE_MINI_UART_H_
