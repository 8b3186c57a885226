#include "boards/raspi/memory.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "arch/memory.h"

namespace baton::board {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;
// Peripherals hide RAM from here to 4 GiB.  [BCM2711 1.2.4]
constexpr std::uint64_t kPeripheralsFrom = 0xfc000000;

Result<void> add_ram(Description& description, std::uint64_t begin, std::uint64_t end) {
  return begin < end ? description.ram.add({.begin = begin, .bytes = end - begin, .what = "RAM"})
                     : Result<void>{};
}

// The first bank, which the ARM shares with the VideoCore.
Result<std::uint64_t> first_bank(const std::optional<drivers::atags::Atags>& atags,
                                 iface::Firmware& firmware, Description& description) {
  if (atags && !atags->memory().empty()) {
    description.source = "ATAGs and board revision";
    std::uint64_t end = 0;
    for (const drivers::atags::Bank& bank : atags->memory()) {
      if (Result<void> added = add_ram(description, bank.base, bank.end()); !added) {
        return fail(added.error());
      }
      end = std::max(end, bank.end());
    }
    return end;
  }
  description.source = "firmware mailbox";
  const auto memory = firmware.cpu_memory();
  if (!memory) {
    return fail(Error::kNotFound);
  }
  if (Result<void> added = add_ram(description, memory->base, memory->base + memory->bytes);
      !added) {
    return fail(added.error());
  }
  return memory->base + memory->bytes;
}

}  // namespace

std::optional<drivers::atags::Atags> find_atags(std::uint64_t at) {
  // An address of 0 is a loader that has nothing to say.
  if (at == 0 || !arch::map(at, drivers::atags::kMaxListBytes, arch::MemoryKind::kRam)) {
    return std::nullopt;
  }
  const std::span window(reinterpret_cast<const std::byte*>(arch::to_virtual(at)),
                         drivers::atags::kMaxListBytes);
  if (auto atags = drivers::atags::Atags::parse(window)) {
    return *atags;
  }
  return std::nullopt;
}

Result<void> describe_memory(const std::optional<drivers::atags::Atags>& atags,
                             iface::Firmware& firmware, Description& description) {
  const auto first_end = first_bank(atags, firmware, description);
  if (!first_end) {
    return fail(first_end.error());
  }
  if (Result<void> added = description.reserved.add(
          {.begin = 0, .bytes = arch::kPageBytes, .what = "firmware: spin table"});
      !added) {
    return added;
  }
  const auto identity = firmware.identity();
  const std::uint64_t total = identity ? identity->memory_bytes : 0;
  if (*first_end < kGiB && total >= kGiB) {
    if (Result<void> added = description.reserved.add(
            {.begin = *first_end, .bytes = kGiB - *first_end, .what = "VideoCore and peripherals"});
        !added) {
      return added;
    }
  }
  // Only the Pi 4 has more than 1 GiB.
  if (Result<void> added = add_ram(description, kGiB, std::min(total, kPeripheralsFrom)); !added) {
    return added;
  }
  return add_ram(description, 4 * kGiB, total);
}

}  // namespace baton::board
