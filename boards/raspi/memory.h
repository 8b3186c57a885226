// How much memory a Raspberry Pi has, where no device tree tells.
#ifndef BATON_BOARDS_RASPI_MEMORY_H_
#define BATON_BOARDS_RASPI_MEMORY_H_

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "boards/common/description.h"
#include "drivers/atags/atags.h"
#include "drivers/iface/firmware.h"

namespace baton::board {

/// The list that the loader left at physical address `at`, if there is one.
std::optional<drivers::atags::Atags> find_atags(std::uint64_t at);

/// Memory by the loader's list, else by the firmware; what lies above the first GiB by the board's
/// revision.  kNotFound: neither knows.
Result<void> describe_memory(const std::optional<drivers::atags::Atags>& atags,
                             iface::Firmware& firmware, Description& description);

}  // namespace baton::board

#endif  // BATON_BOARDS_RASPI_MEMORY_H_
