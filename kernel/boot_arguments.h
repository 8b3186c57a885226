// The words that the loader passes to the kernel: `jitter=42 name=value flag`.
#ifndef BATON_KERNEL_BOOT_ARGUMENTS_H_
#define BATON_KERNEL_BOOT_ARGUMENTS_H_

#include <cstdint>
#include <string_view>

#include "base/format.h"
#include "base/time.h"

namespace baton::kernel {

/// What can be asked for at boot.
struct BootOptions {
  /// `jitter=SEED`: delays every core's start-up by pseudo-random times, so that their order and
  /// overlap differ from seed to seed.  0: no delays.
  std::uint64_t jitter_seed = 0;
  /// `late=MASK`: bit n set: core n is left off until the shell's `start`, or start_core(), starts
  /// it.  Never the boot core.
  std::uint32_t late = 0;
  /// `patience=MILLISECONDS`: how long a core may take to come before it is done without.
  Duration patience = Duration::seconds(10);
  /// `uart=NAME`: which of its serial ports the board makes the console.  Empty: the board's
  /// choice.
  std::string_view uart;
};

/// Reads the words; each one that is unknown or malformed is told to `complaints`, one line with
/// what is understood, and skipped: a kernel that boots with a warning beats one that does not
/// boot. Words that loaders add for other kernels (`console=`, `root=`, ...) are passed over in
/// silence.
BootOptions parse_boot_arguments(std::string_view arguments, TextSink& complaints);

/// A delay for step `step` of core `core`'s start-up: 0 without a seed, else up to 20 ms.
std::uint64_t jitter_us(std::uint64_t seed, unsigned core, unsigned step);

}  // namespace baton::kernel

#endif  // BATON_KERNEL_BOOT_ARGUMENTS_H_
