// Questions to the VideoCore's firmware, over the mailbox's property channel.
//
// Thread context of any core; one question at a time, a second caller gets kBusy.  Each waits, with
// a limit, for an answer that takes microseconds to milliseconds.  Words of other channels that
// arrive meanwhile are skipped and counted: nobody here uses another channel.
//
// The question and its answer lie in a buffer that the firmware reads and writes behind the caches'
// back.  The board gives the buffer and two functions: the address under which the firmware sees
// it, and the maintenance that its caches need.
//
// An answer that comes too late would be taken for the answer to the next question, and the
// firmware may write into the buffer until then.  So after a time-out nothing more is asked before
// the late answer has come; until it has, callers get kTimedOut.
#ifndef BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_H_
#define BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/mmio.h"
#include "base/result.h"
#include "base/time.h"
#include "drivers/firmware/bcm2835_mailbox/property_message.h"
#include "drivers/iface/firmware.h"

namespace baton::drivers {

/// Clocks that the firmware knows, by its numbers.                                [RPI-MAILBOX]
enum class FirmwareClock : std::uint32_t {
  kEmmc = 1,
  kUart = 2,
  kArm = 3,
  kCore = 4,
  kV3d = 5,
  kH264 = 6,
  kIsp = 7,
  kSdram = 8,
  kPixel = 9,
  kPwm = 10,
  kHevc = 11,
  kEmmc2 = 12,
  kM2mc = 13,
  kPixelBvb = 14,
};

/// Devices whose power the firmware switches, by its numbers.                     [RPI-MAILBOX]
enum class FirmwareDevice : std::uint32_t {
  kSdCard = 0,
  kUart0 = 1,
  kUart1 = 2,
  kUsb = 3,
  kI2c0 = 4,
  kI2c1 = 5,
  kI2c2 = 6,
  kSpi = 7,
  kCcp2Tx = 8,
};

/// The mailbox and what can be asked.  Errors as drivers/iface/firmware.h says, and
/// kInvalidArgument: the buffer's address is none that the firmware can use.
class Bcm2835Mailbox final : public iface::Firmware {
 public:
  /// Where messages lie.  Shares no cache line with anything else.
  struct alignas(64) Buffer {
    std::array<std::uint32_t, 64> words{};
  };

  /// How the firmware gets at the buffer.
  struct Memory {
    /// The buffer's address on the VideoCore's bus.
    std::uint32_t (*bus_address)(const void* buffer) noexcept;
    /// Writes this memory's lines back and drops them.  Called before the firmware is told, so that
    /// it sees the question, and before the answer is read, so that nothing stale is.
    void (*clean_and_invalidate)(const void* address, std::size_t bytes) noexcept;
  };

  struct ClockRates {
    std::uint32_t now_hz = 0;
    std::uint32_t least_hz = 0;
    std::uint32_t most_hz = 0;
  };

  static constexpr Duration kDefaultLimit = Duration::seconds(1);

  /// `io`: the register window, from mailbox 0's read register on.  `buffer` outlives the driver
  /// and is its own.  `limit`: how long to wait for an answer.
  constexpr Bcm2835Mailbox(arch::Mmio io, Buffer& buffer, const Memory& memory,
                           Duration limit = kDefaultLimit) noexcept
      : io_(io), buffer_(buffer), memory_(memory), limit_(limit) {}

  /// Asks all of `tags` in one message.  The answer is in each tag's `answered` and `response`.
  /// kFull: the message is larger than the buffer.
  Result<void> ask(std::span<PropertyTag> tags) noexcept;

  Result<std::uint32_t> firmware_revision() noexcept override;
  Result<std::uint32_t> board_model() noexcept;
  Result<std::uint32_t> board_revision() noexcept;
  Result<iface::BoardIdentity> identity() noexcept override;
  Result<std::array<std::uint8_t, 6>> mac_address() noexcept;
  Result<std::uint64_t> serial_number() noexcept override;
  Result<iface::MemoryRange> cpu_memory() noexcept override;
  Result<iface::MemoryRange> videocore_memory() noexcept;

  /// In Hz.  kNotFound: there is no such clock, or it stands still.
  Result<std::uint32_t> clock_rate(FirmwareClock clock) noexcept;
  Result<ClockRates> clock_rates(FirmwareClock clock) noexcept;
  /// Asks for a rate; the answer is the rate that was set.  `keep_turbo`: leave the other clocks of
  /// the turbo setting alone.
  Result<std::uint32_t> set_clock_rate(FirmwareClock clock, std::uint32_t hz,
                                       bool keep_turbo = false) noexcept;
  Result<std::uint32_t> cpu_clock_hz() noexcept override { return clock_rate(FirmwareClock::kArm); }

  Result<std::int32_t> temperature_millicelsius() noexcept override;
  /// From here on, the firmware slows the SoC down.
  Result<std::int32_t> temperature_limit_millicelsius() noexcept;
  /// Bits 0-3: now too low a voltage, ARM's frequency capped, throttled, soft temperature limit;
  /// bits 16-19: the same, ever since the start.
  Result<std::uint32_t> throttled() noexcept;
  /// Bit n: DMA channel n is the ARM's to use.
  Result<std::uint32_t> dma_channels() noexcept;

  /// Whether it is on.  kNotFound: there is no such device.
  Result<bool> powered(FirmwareDevice device) noexcept;
  /// Switches it and waits until it is stable; the answer is whether it is on now.
  Result<bool> set_power(FirmwareDevice device, bool on) noexcept;

  /// Words of other channels that were skipped.  Any context.
  [[nodiscard]] std::uint32_t skipped() const noexcept {
    // Relaxed: a count, of nothing else.
    return skipped_.load(std::memory_order_relaxed);
  }

 private:
  Result<void> exchange(std::span<PropertyTag> tags) noexcept;
  bool await_answer(std::uint32_t address) noexcept;
  Result<void> ask_words(std::uint32_t id, std::span<const std::uint32_t> request,
                         std::span<std::uint32_t> response) noexcept;
  Result<std::uint32_t> ask_word(std::uint32_t id) noexcept;
  Result<iface::MemoryRange> ask_memory(std::uint32_t id) noexcept;
  Result<std::uint32_t> ask_about(std::uint32_t id,
                                  std::span<const std::uint32_t> request) noexcept;

  arch::Mmio io_;
  Buffer& buffer_;
  Memory memory_;
  Duration limit_;
  // True while a caller is inside; the fields below and the buffer are that caller's.
  std::atomic<bool> busy_{false};
  bool answer_owed_ = false;
  std::atomic<std::uint32_t> skipped_{0};
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_FIRMWARE_BCM2835_MAILBOX_BCM2835_MAILBOX_H_
