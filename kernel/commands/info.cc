#include "arch/image_info.h"
#include "kernel/clock.h"
#include "kernel/commands/commands.h"
#include "kernel/machine.h"
#include "kernel/version.h"

namespace baton::kernel::commands {

shell::Status uptime(shell::Context& context, shell::Words /*args*/) {
  const std::uint64_t seconds = now().since_start_ns() / kNanosecondsPerSecond;
  context.print("up {}:{:02}:{:02} ({})\n", seconds / 3600, seconds / 60 % 60, seconds % 60,
                Duration::nanoseconds(now().since_start_ns()));
  return shell::Status::kOk;
}

shell::Status version(shell::Context& context, shell::Words /*args*/) {
  context.print("Baton {}, {}, clang {}\nbuild-id ", kVersion, kBuildMode, __clang_version__);
  for (const std::byte b : arch::build_id()) {
    context.print("{:02x}", static_cast<unsigned>(b));
  }
  const Machine& m = machine();
  context.print("\non {} (described by {})\n", m.name, m.described_by);
  if (m.firmware == nullptr) {
    return shell::Status::kOk;
  }
  if (const auto identity = m.firmware->identity()) {
    context.print("board: {}, {}, revision {:#x}, {} MiB\n", identity->model, identity->soc,
                  identity->revision, identity->memory_bytes >> 20U);
  }
  if (const auto revision = m.firmware->firmware_revision()) {
    context.print("firmware: {:#x}\n", *revision);
  }
  if (const auto serial = m.firmware->serial_number()) {
    context.print("serial number: {:#018x}\n", *serial);
  }
  if (const auto clock = m.firmware->cpu_clock_hz()) {
    context.print("CPU clock: {} MHz\n", *clock / 1'000'000);
  }
  if (const auto temperature = m.firmware->temperature_millicelsius()) {
    context.print("temperature: {} millidegrees Celsius\n", *temperature);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
