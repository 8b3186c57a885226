#include "arch/aarch64/page_table.h"

#include <algorithm>

namespace baton::arch {
namespace {

constexpr std::uint64_t kValid = 1;
constexpr std::uint64_t kTableOrPage = 2;  // at levels 1 and 2: table; at level 3: page
constexpr std::uint64_t kAddressMask = bit_mask<std::uint64_t, 47, 12>();
constexpr unsigned kFirstLevel = 1;
constexpr unsigned kLastLevel = 3;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kVirtualMask = (std::uint64_t{1} << 39U) - 1;

constexpr unsigned shift_of(unsigned level) { return 12U + 9U * (kLastLevel - level); }
constexpr std::uint64_t block_bytes(unsigned level) { return std::uint64_t{1} << shift_of(level); }

bool is_table(std::uint64_t entry, unsigned level) {
  return level < kLastLevel && (entry & (kValid | kTableOrPage)) == (kValid | kTableOrPage);
}

}  // namespace

Table* PageTables::table_of(std::uint64_t entry) const {
  return reinterpret_cast<Table*>((entry & kAddressMask) + physical_offset_);
}

Result<Table*> PageTables::descend(std::uint64_t& entry) {
  if ((entry & kValid) != 0) {
    return table_of(entry);
  }
  if (used_ == pool_.size()) {
    return fail(Error::kFull);
  }
  Table& table = pool_[used_++];
  const std::uint64_t physical = reinterpret_cast<std::uintptr_t>(&table) - physical_offset_;
  entry = physical | kValid | kTableOrPage;
  return &table;
}

Result<void> PageTables::map(std::uint64_t virt, std::uint64_t phys, std::uint64_t bytes,
                             Attributes attributes, bool keep_existing) {
  if (bytes == 0 || ((virt | phys | bytes) & (kPage - 1)) != 0) {
    return fail(Error::kInvalidArgument);
  }
  const std::uint64_t low = virt & kVirtualMask;
  if (bytes > kVirtualMask + 1 - low || phys > (kAddressMask | (kPage - 1)) - (bytes - 1)) {
    return fail(Error::kOutOfRange);
  }
  return map_level(*root_, kFirstLevel, {.virt = low, .phys = phys, .bytes = bytes},
                   attributes.bits(), keep_existing);
}

// Recursion is three deep at most: one call per level.
// NOLINTNEXTLINE(misc-no-recursion)
Result<void> PageTables::map_level(Table& table, unsigned level, Step step,
                                   std::uint64_t attributes, bool keep_existing) {
  const std::uint64_t span = block_bytes(level);
  while (step.bytes != 0) {
    const std::uint64_t in_this_entry = std::min(step.bytes, span - (step.virt & (span - 1)));
    std::uint64_t& entry = table.entries[(step.virt >> shift_of(level)) & 511U];
    const bool whole = in_this_entry == span && (step.phys & (span - 1)) == 0;

    if ((entry & kValid) != 0 && !is_table(entry, level)) {
      // A block or page is here: fine if it says the same.
      const std::uint64_t there = (entry & kAddressMask) + (step.virt & (span - 1));
      const std::uint64_t type = level == kLastLevel ? kValid | kTableOrPage : kValid;
      const bool same_attributes = (entry & ~kAddressMask) == (attributes | type);
      if (there != step.phys || !(same_attributes || keep_existing)) {
        return fail(Error::kInvalidArgument);
      }
    } else if (level == kLastLevel) {
      entry = step.phys | attributes | kValid | kTableOrPage;
    } else if (whole && (entry & kValid) == 0) {
      entry = step.phys | attributes | kValid;
    } else {
      Result<Table*> next = descend(entry);
      if (!next) {
        return fail(next.error());
      }
      Result<void> done = map_level(**next, level + 1,
                                    {.virt = step.virt, .phys = step.phys, .bytes = in_this_entry},
                                    attributes, keep_existing);
      if (!done) {
        return done;
      }
    }
    step.virt += in_this_entry;
    step.phys += in_this_entry;
    step.bytes -= in_this_entry;
  }
  return {};
}

std::optional<Translation> PageTables::translate(std::uint64_t virt) const {
  const Table* table = root_;
  for (unsigned level = kFirstLevel; level <= kLastLevel; ++level) {
    const std::uint64_t entry = table->entries[(virt >> shift_of(level)) & 511U];
    if ((entry & kValid) == 0 || (level == kLastLevel && (entry & kTableOrPage) == 0)) {
      return std::nullopt;
    }
    if (is_table(entry, level)) {
      table = table_of(entry);
      continue;
    }
    const std::uint64_t span = block_bytes(level);
    return Translation{.physical = (entry & kAddressMask) + (virt & (span - 1)),
                       .attributes = entry & ~kAddressMask & ~(kValid | kTableOrPage),
                       .block_bytes = span};
  }
  return std::nullopt;
}

}  // namespace baton::arch
