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

// An invalid entry's other bits are software's.
constexpr std::uint64_t kGuard = std::uint64_t{0xba7} << 12U;

// Relaxed: who reads an entry learns of the page only, and a table that is in use is never changed.
std::uint64_t read(const std::uint64_t& entry) { return __atomic_load_n(&entry, __ATOMIC_RELAXED); }

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
                             Attributes attributes, bool keep_existing, Blocks blocks) {
  if (bytes == 0 || ((virt | phys | bytes) & (kPage - 1)) != 0) {
    return fail(Error::kInvalidArgument);
  }
  const std::uint64_t low = virt & kVirtualMask;
  if (bytes > kVirtualMask + 1 - low || phys > (kAddressMask | (kPage - 1)) - (bytes - 1)) {
    return fail(Error::kOutOfRange);
  }
  return map_level(*root_, kFirstLevel, {.virt = low, .phys = phys, .bytes = bytes},
                   {.attributes = attributes.bits(),
                    .keep_existing = keep_existing,
                    .pages_only = blocks == Blocks::kPages});
}

// Recursion is three deep at most: one call per level.
// NOLINTNEXTLINE(misc-no-recursion)
Result<void> PageTables::map_level(Table& table, unsigned level, Step step, Manner manner) {
  const std::uint64_t span = block_bytes(level);
  while (step.bytes != 0) {
    const std::uint64_t in_this_entry = std::min(step.bytes, span - (step.virt & (span - 1)));
    std::uint64_t& entry = table.entries[(step.virt >> shift_of(level)) & 511U];
    const bool whole = in_this_entry == span && (step.phys & (span - 1)) == 0 && !manner.pages_only;

    if ((entry & kValid) != 0 && !is_table(entry, level)) {
      // A block or page is here: fine if it says the same.
      const std::uint64_t there = (entry & kAddressMask) + (step.virt & (span - 1));
      const std::uint64_t type = level == kLastLevel ? kValid | kTableOrPage : kValid;
      const bool same_attributes = (entry & ~kAddressMask) == (manner.attributes | type);
      if (there != step.phys || !(same_attributes || manner.keep_existing)) {
        return fail(Error::kInvalidArgument);
      }
    } else if (entry == kGuard) {
      return fail(Error::kInvalidArgument);
    } else if (level == kLastLevel) {
      entry = step.phys | manner.attributes | kValid | kTableOrPage;
    } else if (whole && (entry & kValid) == 0) {
      entry = step.phys | manner.attributes | kValid;
    } else {
      Result<Table*> next = descend(entry);
      if (!next) {
        return fail(next.error());
      }
      Result<void> done =
          map_level(**next, level + 1,
                    {.virt = step.virt, .phys = step.phys, .bytes = in_this_entry}, manner);
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

PageTables::Leaf PageTables::leaf_of(std::uint64_t virt) const {
  Table* table = root_;
  for (unsigned level = kFirstLevel;; ++level) {
    std::uint64_t& entry = table->entries[(virt >> shift_of(level)) & 511U];
    const std::uint64_t value = read(entry);
    if (!is_table(value, level)) {
      return {.entry = &entry, .level = level};
    }
    table = table_of(value);
  }
}

std::optional<Translation> PageTables::translate(std::uint64_t virt) const {
  const Leaf leaf = leaf_of(virt);
  const std::uint64_t entry = read(*leaf.entry);
  if ((entry & kValid) == 0 || (leaf.level == kLastLevel && (entry & kTableOrPage) == 0)) {
    return std::nullopt;
  }
  const std::uint64_t span = block_bytes(leaf.level);
  return Translation{.physical = (entry & kAddressMask) + (virt & (span - 1)),
                     .attributes = entry & ~kAddressMask & ~(kValid | kTableOrPage),
                     .block_bytes = span};
}

Result<void> PageTables::make_guard(std::uint64_t virt) {
  if ((virt & (kPage - 1)) != 0) {
    return fail(Error::kInvalidArgument);
  }
  const Leaf leaf = leaf_of(virt);
  const std::uint64_t entry = read(*leaf.entry);
  if (entry == kGuard) {
    return {};
  }
  if ((entry & kValid) == 0) {
    return fail(Error::kNotFound);
  }
  if (leaf.level != kLastLevel) {
    return fail(Error::kUnsupported);
  }
  // Relaxed: the caller's barriers order it against every core's walks; who reads the entry in
  // between finds the one or the other.
  __atomic_store_n(leaf.entry, kGuard, __ATOMIC_RELAXED);
  return {};
}

bool PageTables::is_guard(std::uint64_t virt) const { return read(*leaf_of(virt).entry) == kGuard; }

}  // namespace baton::arch
