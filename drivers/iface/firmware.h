// What a board's firmware knows about the board: identity, clocks, temperature.
//
// A board without such firmware has no object of this class; one whose firmware does not know an
// answer returns kUnsupported for it.
#ifndef BATON_DRIVERS_IFACE_FIRMWARE_H_
#define BATON_DRIVERS_IFACE_FIRMWARE_H_

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace baton::iface {

/// A physical address range.
struct MemoryRange {
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const MemoryRange&, const MemoryRange&) = default;
};

/// Who the board says it is.
struct BoardIdentity {
  std::uint32_t revision = 0;  ///< the code as the firmware gave it
  std::string_view model;      ///< in words; "unknown model" where the code is newer than we are
  std::string_view soc;        ///< in words
  std::uint64_t memory_bytes = 0;  ///< all of the board's memory, the firmware's share included
};

/// Questions to the firmware.  Thread context of any core (each waits for the answer, within a
/// limit of the driver's choice): kBusy when another caller is inside, kTimedOut when no answer
/// came, kUnsupported when the firmware does not know, kCorrupt when the answer makes no sense, kIo
/// when the firmware refused.
class Firmware {
 public:
  Firmware() = default;
  Firmware(const Firmware&) = delete;
  Firmware& operator=(const Firmware&) = delete;

  virtual Result<std::uint32_t> firmware_revision() noexcept = 0;
  virtual Result<BoardIdentity> identity() noexcept = 0;
  virtual Result<std::uint64_t> serial_number() noexcept = 0;
  /// The memory that belongs to the CPU's first bank.
  virtual Result<MemoryRange> cpu_memory() noexcept = 0;
  /// The CPU's clock, in Hz.
  virtual Result<std::uint32_t> cpu_clock_hz() noexcept = 0;
  /// The SoC's temperature, in thousandths of a degree Celsius.
  virtual Result<std::int32_t> temperature_millicelsius() noexcept = 0;

 protected:
  ~Firmware() = default;
};

}  // namespace baton::iface

#endif  // BATON_DRIVERS_IFACE_FIRMWARE_H_
