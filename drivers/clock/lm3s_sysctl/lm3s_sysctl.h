// System control of Stellaris microcontrollers (LM3S6965 and its like): the core's clock, and whose
// clock is on.
//
// One caller at a time: the board, while it starts.
#ifndef BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_H_
#define BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_H_

#include <cstdint>

#include "arch/mmio.h"
#include "base/result.h"

namespace baton::drivers {

class Lm3sSysctl {
 public:
  static constexpr std::uint32_t kPllHz = 200'000'000;
  static constexpr std::uint32_t kCrystalHz = 8'000'000;

  /// `io`: the register window.
  explicit constexpr Lm3sSysctl(arch::Mmio io) noexcept : io_(io) {}
  Lm3sSysctl(const Lm3sSysctl&) = delete;
  Lm3sSysctl& operator=(const Lm3sSysctl&) = delete;

  /// Has the core run at kPllHz / `divisor`, from a crystal of kCrystalHz; the answer is the
  /// frequency.  kOutOfRange: a divisor that is not 4 to 16; then nothing was touched.  kTimedOut:
  /// the PLL did not lock within 50 ms; then the core runs at kCrystalHz.
  Result<std::uint32_t> start_pll(std::uint32_t divisor) noexcept;

  /// From here on the device's registers may be touched.  kOutOfRange: there is no such device.
  Result<void> enable_uart(unsigned number) noexcept;
  Result<void> enable_port(unsigned number) noexcept;  ///< 0 is port A

 private:
  void enable(std::size_t gate, unsigned bit) noexcept;

  arch::Mmio io_;
};

}  // namespace baton::drivers

#endif  // BATON_DRIVERS_CLOCK_LM3S_SYSCTL_LM3S_SYSCTL_H_
