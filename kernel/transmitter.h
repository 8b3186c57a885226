// The console port's transmit half and the lines that wait for it: what the console's cell holds.
//
// Whoever is inside the cell may call it; so it has no locking of its own.  The few words that
// others need are atomics of their own, in TransmitSignals.
#ifndef BATON_KERNEL_TRANSMITTER_H_
#define BATON_KERNEL_TRANSMITTER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>

#include "drivers/iface/serial_port.h"
#include "kernel/line.h"
#include "kernel/sizes.h"
#include "sync/atomics.h"
#include "sync/owned.h"

namespace baton::kernel {

/// Between the transmitter and those who are not inside its cell.  All relaxed: each word says
/// something by itself, and a pump after setting one makes the transmitter look.
struct TransmitSignals {
  sync::Atomic<iface::SerialPort*> port{nullptr};  ///< to it: where to send
  sync::Atomic<bool> use_interrupts{false};        ///< to it: the port may interrupt
  sync::Atomic<char> urgent{'\0'};      ///< to it: send this byte before all others (XON, XOFF)
  sync::Atomic<bool> disturbed{false};  ///< from it: a line has come into the shell's
};

class Transmitter {
 public:
  /// Lines that may wait; no more exist (console.cc), so the queue never overflows.
  static constexpr std::size_t kLines = sizes::kConsoleLines;

  explicit constexpr Transmitter(TransmitSignals& signals) : signals_(signals) {}

  /// Takes the line, and sends what fits.
  void enqueue(sync::Owned<Line> line);
  /// Sends what fits.
  void pump();
  /// True when nothing waits here or in the port.
  bool idle() const;

 private:
  bool send_urgent();
  bool send(const Line& line);
  void begin(const Line& line);
  void set_interrupt(bool on);

  TransmitSignals& signals_;
  iface::SerialPort* port_ = nullptr;
  std::array<std::optional<sync::Owned<Line>>, kLines> queue_{};
  std::size_t head_ = 0;
  std::size_t count_ = 0;

  std::size_t sent_ = 0;    // bytes of the line at the head
  const char* extra_ = "";  // to be sent before the next of them
  bool begun_ = false;      // the line at the head
  bool raw_open_ = false;   // the shell's text ended inside a line
  bool interrupt_on_ = false;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_TRANSMITTER_H_
