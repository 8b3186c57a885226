// A model of the USART of ST's STM32L4: one byte each way, error flags that a register of their own
// clears, two interrupt switches.  For tests on the host; any number of threads may use it at once.
//
// It is as strict as the manual: data written while the transmitter is off or full is lost and
// counted, what has not left when the USART is put off is gone, and the divisor does not change
// while it is on.
#ifndef BATON_DRIVERS_UART_STM32L4_USART_FAKE_STM32L4_USART_H_
#define BATON_DRIVERS_UART_STM32L4_USART_FAKE_STM32L4_USART_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeStm32l4Usart : public arch::FakeDevice {
 public:
  static constexpr std::uint32_t kParity = 1;
  static constexpr std::uint32_t kFraming = 2;
  static constexpr std::uint32_t kNoise = 4;
  static constexpr std::uint32_t kOverrun = 8;

  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  // The wire's side.
  /// A character arrives, with these error flags; overruns when one waits.
  void receive(char byte, std::uint32_t flags = 0);
  /// The character on the wire has left, and the buffered one goes there.
  void shift_out();
  std::string wire() const;

  // What a test wants to know.
  bool irq() const;
  std::uint32_t control() const;
  std::uint32_t divisor() const;
  std::uint32_t errors() const;
  unsigned lost_tx() const;  ///< written while off, or into a full buffer
  /// All leaves just before the flags are read.
  bool drains_when_looked_at = false;
  /// What an emulator does: the flags stay when the USART is put off.
  bool keeps_flags_while_off = false;
  /// Called, once each, after the flags were read, after a byte was taken, and before a write has
  /// its effect; outside the model's lock.
  std::function<void()> after_status;
  std::function<void()> after_data;
  std::function<void(std::size_t offset)> before_write;

 private:
  std::uint32_t status() const;
  void shift();

  mutable std::mutex mutex_;
  std::optional<char> buffered_;
  std::optional<char> leaving_;
  std::optional<char> received_;
  std::string wire_;
  std::uint32_t errors_ = 0;
  std::uint32_t control_ = 0;
  std::uint32_t divisor_ = 0;
  unsigned lost_tx_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_STM32L4_USART_FAKE_STM32L4_USART_H_
