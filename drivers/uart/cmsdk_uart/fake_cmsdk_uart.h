// A model of the CMSDK's UART: one byte each way, interrupts that only changes raise.  For tests on
// the host.
#ifndef BATON_DRIVERS_UART_CMSDK_UART_FAKE_CMSDK_UART_H_
#define BATON_DRIVERS_UART_CMSDK_UART_FAKE_CMSDK_UART_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "arch/host/fake_bus.h"

namespace baton::drivers {

class FakeCmsdkUart : public arch::FakeDevice {
 public:
  std::uint64_t read(std::size_t offset, unsigned bytes) override;
  void write(std::size_t offset, unsigned bytes, std::uint64_t value) override;

  // The wire's side.
  /// A character arrives; overruns when one waits.
  void receive(char byte);
  /// The buffered character goes on to the wire, if there is one.
  void shift_out();
  const std::string& wire() const { return wire_; }

  // What a test wants to know.
  bool tx_irq() const { return (interrupts_ & 1U) != 0; }
  bool rx_irq() const { return (interrupts_ & 2U) != 0; }
  std::uint32_t divisor() const { return divisor_; }
  std::uint32_t control() const { return control_; }
  unsigned lost_tx() const { return lost_tx_; }  ///< written while off, or into a full buffer
  /// The buffer empties just before its flags are read.
  bool drains_when_looked_at = false;

 private:
  std::optional<char> tx_;
  std::optional<char> rx_;
  std::string wire_;
  std::uint32_t overruns_ = 0;
  std::uint32_t control_ = 0;
  std::uint32_t interrupts_ = 0;
  std::uint32_t divisor_ = 0;
  unsigned lost_tx_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_UART_CMSDK_UART_FAKE_CMSDK_UART_H_
