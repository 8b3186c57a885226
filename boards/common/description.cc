#include "boards/common/description.h"

#include "arch/memory.h"

namespace baton::board {

Result<void> adopt(const Description& description, kernel::Machine& machine) {
  for (const kernel::MemoryRange& range : description.ram.all()) {
    if (Result<void> mapped = arch::map(range.begin, range.bytes, arch::MemoryKind::kRam);
        !mapped) {
      return mapped;
    }
  }
  machine.ram = description.ram.all();
  machine.reserved = description.reserved.all();
  machine.cores = description.cores.all();
  machine.boot_arguments = description.boot_arguments;
  machine.described_by = description.source;
  return {};
}

}  // namespace baton::board
