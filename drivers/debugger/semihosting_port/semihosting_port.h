// A console by semihosting, for a board that has no UART yet: text goes to the console of the
// debugger or emulator that listens, and what somebody appends to a file there is read as if typed.
//
// A file, because a debugger that is asked for a key stops the processor until one is pressed; of a
// file it says at once that there is nothing new.  Every call stops the processor for as long as
// the debugger takes to answer, some milliseconds: text therefore goes out by the line, and the
// file is looked at ten times a second.
//
// Nothing interrupts: the machine is one whose console is polled (kernel/machine.h).  Where nobody
// listens, text is dropped.
#ifndef BATON_DRIVERS_DEBUGGER_SEMIHOSTING_PORT_SEMIHOSTING_PORT_H_
#define BATON_DRIVERS_DEBUGGER_SEMIHOSTING_PORT_SEMIHOSTING_PORT_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "drivers/iface/serial_port.h"
#include "sync/atomics.h"

namespace baton::drivers {

/// As the interface says; there is no hardware to initialise.
class SemihostingPort final : public iface::SerialPort {
 public:
  /// How often a file that has nothing new is asked again, at most.
  static constexpr Duration kEvery = Duration::milliseconds(100);

  /// `input`: the name of the file, ended by a zero, which outlives the driver; where the listener
  /// has no such file, or with none given, nothing is ever typed.
  explicit constexpr SemihostingPort(std::string_view input = {}) noexcept : input_(input) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "semihosting"; }
  /// False: the other half sends the unfinished line just now.
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool /*on*/) noexcept override {}
  [[nodiscard]] bool tx_idle() const noexcept override;
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool /*on*/) noexcept override {}
  /// Sends the unfinished line, a prompt for example.
  void acknowledge() noexcept override;

 private:
  void send() noexcept;
  bool open() noexcept;

  const std::string_view input_;
  // Who is inside the line: a half for as long as it takes.
  sync::Atomic<bool> line_busy_{false};
  std::array<char, 80> line_{};  // ended by a zero when it is sent
  sync::Atomic<std::size_t> line_size_{0};

  // The receive half's.
  enum class File : std::uint8_t { kUnknown, kOpen, kNone };
  File file_ = File::kUnknown;
  std::uintptr_t handle_ = 0;
  std::uint64_t asked_at_ = 0;  // ticks
  std::array<char, 32> typed_{};
  std::size_t typed_begin_ = 0;
  std::size_t typed_end_ = 0;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_DEBUGGER_SEMIHOSTING_PORT_SEMIHOSTING_PORT_H_
