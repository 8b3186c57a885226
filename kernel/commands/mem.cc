#include "arch/memory.h"
#include "kernel/commands/commands.h"
#include "kernel/machine.h"

namespace baton::kernel::commands {
namespace {

constexpr std::uint64_t kKib = 1024;
constexpr std::uint64_t kMib = 1024 * kKib;

void print_range(shell::Context& context, std::uint64_t begin, std::uint64_t bytes,
                 std::string_view what) {
  // As wide as an address is.
  if constexpr (sizeof(arch::PhysAddr) == sizeof(std::uint32_t)) {
    context.print("{:#010x} - {:#010x} {:>10} bytes  {}\n", begin, begin + bytes - 1, bytes, what);
  } else {
    context.print("{:#018x} - {:#018x} {:>10} KiB  {}\n", begin, begin + bytes - 1, bytes / kKib,
                  what);
  }
}

}  // namespace

shell::Status mem(shell::Context& context, shell::Words /*args*/) {
  const Machine& m = machine();
  std::uint64_t total = 0;
  context.print("physical, from {}:\n", m.described_by);
  for (const MemoryRange& range : m.ram) {
    print_range(context, range.begin, range.bytes, range.what);
    total += range.bytes;
  }
  for (const MemoryRange& range : m.reserved) {
    print_range(context, range.begin, range.bytes, range.what);
  }
  context.print("kernel image{}:\n", arch::to_virtual(0) == 0 ? "" : ", at its virtual addresses");
  for (const arch::Section& section : arch::image_sections()) {
    print_range(context, reinterpret_cast<std::uintptr_t>(section.begin),
                static_cast<std::uint64_t>(section.end - section.begin), section.name);
  }
  const arch::ProtectionUse protection = arch::protection_use();
  if (protection.total != 0) {
    context.print("{}: {} of {} used\n", protection.what, protection.used, protection.total);
  } else {
    context.print("no memory protection of the kernel's own\n");
  }
  if (total < kMib) {
    context.print("total {} KiB\n", total / kKib);
  } else {
    context.print("total {} MiB\n", total / kMib);
  }
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
