// A console in RAM, for a board that has no UART yet: what is written stays in a ring that a
// debugger reads, and what the debugger puts into a second ring is read as if typed.
//
// The rings are described as SEGGER's Real Time Transfer has it, so that OpenOCD, probe-rs and
// J-Link's tools find them by themselves and carry both ways while the processor runs [RTT].  Any
// other debugger can read the memory: the newest text is what there is between `read_at` and
// `write_at`.
//
// Nothing interrupts: the machine is one whose console is polled (kernel/machine.h).
#ifndef BATON_DRIVERS_DEBUGGER_RAM_LOG_RAM_LOG_H_
#define BATON_DRIVERS_DEBUGGER_RAM_LOG_RAM_LOG_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "drivers/iface/serial_port.h"

namespace baton::drivers {

/// How a debugger finds the rings: it looks for `id` in RAM, at multiples of a word.  One ring each
/// way.  Each index has one writer: the one who is named beside it.  [RTT]
struct RamLogBlock {
  struct Ring {
    const char* name = "";
    char* bytes = nullptr;
    std::uint32_t size = 0;                  ///< of which one is never used: full is not empty
    std::atomic<std::uint32_t> write_at{0};  ///< up: ours; down: the debugger's
    std::atomic<std::uint32_t> read_at{0};   ///< up: the debugger's; down: ours
    std::uint32_t flags = 0;                 ///< for the debugger: what is full is skipped
  };
  std::array<char, 16> id{};
  std::int32_t rings_up = 1;
  std::int32_t rings_down = 1;
  Ring up;
  Ring down;
};

/// Each half, as the interface has them, has one owner; there is no hardware to initialise.
class RamLog final : public iface::SerialPort {
 public:
  /// A debugger that has read, and then has taken nothing from a full ring for so long, has gone:
  /// new text takes the place of the oldest again, as before it came.
  static constexpr Duration kPatience = Duration::milliseconds(100);

  /// `up`: for text, the last up.size() - 1 bytes of which are kept while nobody reads.  `down`:
  /// for what is typed.  Each at least 2 bytes; both outlive the driver.
  constexpr RamLog(std::span<char> up, std::span<char> down) noexcept
      : block_{.id = {'S', 'E', 'G', 'G', 'E', 'R', ' ', 'R', 'T', 'T'},
               .up = {.name = "Terminal",
                      .bytes = up.data(),
                      .size = static_cast<std::uint32_t>(up.size())},
               .down = {.name = "Terminal",
                        .bytes = down.data(),
                        .size = static_cast<std::uint32_t>(down.size())}} {}

  [[nodiscard]] std::string_view name() const noexcept override { return "RAM log"; }
  /// False only while a debugger that reads has yet to make room.
  [[nodiscard]] bool try_write(char byte) noexcept override;
  void set_tx_interrupt(bool /*on*/) noexcept override {}
  [[nodiscard]] bool tx_idle() const noexcept override { return true; }
  [[nodiscard]] std::optional<iface::RxByte> try_read() noexcept override;
  void set_rx_interrupt(bool /*on*/) noexcept override {}
  void acknowledge() noexcept override {}

  /// What a debugger sees.
  RamLogBlock& block() noexcept { return block_; }

 private:
  bool make_room(std::uint32_t read_at) noexcept;

  RamLogBlock block_;
  std::uint32_t read_before_ = 0;  // up.read_at, when somebody looked last
  std::uint64_t read_since_ = 0;   // ticks: that a debugger read
  bool has_reader_ = false;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_DEBUGGER_RAM_LOG_RAM_LOG_H_
