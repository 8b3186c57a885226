// The virtual machine's serial port: the kernel's half is drivers/iface's, the other half belongs
// to whoever is at the other end of the line.
//
// What the kernel sends goes through a FIFO as of a real port, which is full now and then, and
// interrupts when there is room again; the other end gets each byte as it is sent.  What the other
// end has typed waits here until the kernel reads it; while the kernel has asked for a pause (XOFF)
// it reads nothing.
#ifndef BATON_DRIVERS_VIRTUAL_SERIAL_PORT_H_
#define BATON_DRIVERS_VIRTUAL_SERIAL_PORT_H_

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>

#include "drivers/iface/serial_port.h"

namespace baton::drivers {

class VirtualSerialPort final : public iface::SerialPort {
 public:
  /// `line`: a device line of the machine.  `sent` gets every byte, on the core that sends it.
  VirtualSerialPort(unsigned line, std::function<void(char)> sent)
      : line_(line), sent_(std::move(sent)) {}

  /// The other end types.  Any OS thread; while a simulated machine runs, from inside it only.
  void type(std::string_view bytes);
  /// Bytes that the kernel has not read.
  std::size_t waiting();

  [[nodiscard]] std::string_view name() const noexcept override { return "virtual serial port"; }
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool on) noexcept override;
  [[nodiscard]] bool tx_idle() const noexcept override { return true; }
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool on) noexcept override;
  void acknowledge() noexcept override;

 private:
  static constexpr unsigned kFifo = 16;
  static constexpr unsigned kPatience = 8;

  void pause(bool on);

  const unsigned line_;
  const std::function<void(char)> sent_;
  // Bytes in the FIFO; above kFifo: attempts to write since it is full.
  // The transmit half is one holder's, the interrupt's handler another: relaxed, counts and flags
  // with nothing behind them.
  std::atomic<unsigned> in_fifo_{0};
  std::atomic<bool> tx_interrupt_{false};
  std::atomic<bool> rx_interrupt_{false};
  std::mutex mutex_;  // of what follows
  std::deque<char> typed_;
  bool paused_ = false;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_VIRTUAL_SERIAL_PORT_H_
