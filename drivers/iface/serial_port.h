// A serial line: bytes in, bytes out, two interrupt switches.  What a UART driver offers upwards.
//
// A port has two halves, and each half has one owner at a time:
//
//   half      calls                                         a typical owner
//   receive   try_read, set_rx_interrupt, acknowledge       the interrupt handler
//   transmit  try_write, set_tx_interrupt, tx_idle          whoever drains the console's queue
//
// Owners of different halves may be in the port at the same moment, on different cores or one
// interrupting the other; two owners of the same half may not.  Nothing here waits, except where a
// call says so.
#ifndef BATON_DRIVERS_IFACE_SERIAL_PORT_H_
#define BATON_DRIVERS_IFACE_SERIAL_PORT_H_

#include <optional>
#include <string_view>

namespace baton::iface {

/// One received character and what the receiver noticed about it.  A device that cannot see a kind
/// of error never reports it.
struct RxByte {
  char byte = 0;
  bool overrun = false;  ///< the receiver was full: characters next to this one were lost
  bool framing = false;  ///< no stop bit where one belongs; set together with `break_` on a break
  bool parity = false;   ///< wrong parity bit
  bool break_ = false;   ///< the line was held low for a whole character; `byte` is 0
  friend bool operator==(const RxByte&, const RxByte&) = default;
};

/// A UART, initialised.  Any context may call, within the rule of halves above.
class SerialPort {
 public:
  SerialPort() = default;
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;

  /// What to call the port in a log.  Constant; any context, any number of callers.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Transmit half.  Hands one byte to the device; false: its FIFO is full and nothing was taken.
  [[nodiscard]] virtual bool try_write(char byte) noexcept = 0;

  /// Transmit half.  While on, the port interrupts when there is room again.  Turn it on *after*
  /// try_write() has answered false: then, and only then, is the interrupt certain to come (a PL011
  /// signals the FIFO's passing of a mark on its way down, so a FIFO that never rose above it is
  /// silent).  It may come at once.  Turn it off when there is nothing left to send.
  virtual void set_tx_interrupt(bool on) noexcept = 0;

  /// Transmit half.  True when every byte handed over has left, its stop bit included.
  [[nodiscard]] virtual bool tx_idle() const noexcept = 0;

  /// Receive half.  The oldest received byte, if there is one.
  [[nodiscard]] virtual std::optional<RxByte> try_read() noexcept = 0;

  /// Receive half.  While on, the port interrupts as long as received bytes wait: at once, or a few
  /// character times after the last one of a burst.  The handler empties the port with try_read().
  virtual void set_rx_interrupt(bool on) noexcept = 0;

  /// Receive half, from the interrupt handler before it reads.  Clears causes that the device keeps
  /// until told, beyond what reading and writing bytes clears.  Loses neither bytes nor their
  /// flags.
  virtual void acknowledge() noexcept = 0;

 protected:
  ~SerialPort() = default;
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_SERIAL_PORT_H_
