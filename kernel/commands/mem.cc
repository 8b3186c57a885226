#include "arch/memory.h"
#include "kernel/commands/commands.h"
#include "kernel/machine.h"

namespace baton::kernel::commands {
namespace {

void print_range(shell::Context& context, std::uint64_t begin, std::uint64_t bytes,
                 std::string_view what) {
  context.print("{:#018x} - {:#018x} {:>10} KiB  {}\n", begin, begin + bytes - 1, bytes >> 10U,
                what);
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
  context.print("kernel image, at its virtual addresses:\n");
  for (const arch::Section& section : arch::image_sections()) {
    print_range(context, reinterpret_cast<std::uintptr_t>(section.begin),
                static_cast<std::uint64_t>(section.end - section.begin), section.name);
  }
  const arch::TableUse tables = arch::table_use();
  context.print("page tables: {} of {} used\n", tables.used, tables.total);
  context.print("total {} MiB\n", total >> 20U);
  return shell::Status::kOk;
}

}  // namespace baton::kernel::commands
