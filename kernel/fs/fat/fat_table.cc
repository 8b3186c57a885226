#include "kernel/fs/fat/fat_table.h"

namespace baton::kernel::fat {

void FatTable::attach(const Geometry& geometry) {
  geometry_ = geometry;
  free_ = info::kUnknown;
  hint_ = kFirstCluster;
  loaded_ = kNone;
  changed_ = false;
}

Result<void> FatTable::write_back() {
  if (!changed_) return {};
  // The one that is read comes first: a cut in between leaves a second one that is older.
  for (std::uint32_t i = 0; i < geometry_.fats; ++i) {
    if (!geometry_.mirrored && i != geometry_.active_fat) continue;
    const std::uint32_t sector = geometry_.fat_first + i * geometry_.fat_sectors + loaded_;
    if (const auto written = disk_.write_metadata(sector, buffer_); !written) return written;
  }
  changed_ = false;
  return {};
}

Result<void> FatTable::load(std::uint32_t sector) {
  if (loaded_ == sector) return {};
  const Result<void> written = write_back();
  // If it failed the disk is read only, and what it holds is what counts.
  changed_ = false;
  loaded_ = kNone;
  if (!written) return written;
  Result<void> read = fail(Error::kIo);
  for (std::uint32_t i = 0; i < geometry_.fats; ++i) {
    if (!geometry_.mirrored && i != geometry_.active_fat) continue;
    read = disk_.read(geometry_.fat_first + i * geometry_.fat_sectors + sector, buffer_);
    if (read) {
      loaded_ = sector;
      break;
    }
  }
  return read;
}

Result<std::uint32_t> FatTable::get(std::uint32_t index) {
  if (const auto loaded = load(index / kEntriesPerSector); !loaded) return fail(loaded.error());
  return load32(buffer_, index % kEntriesPerSector * 4) & kEntryMask;
}

Result<void> FatTable::set(std::uint32_t index, std::uint32_t value) {
  if (disk_.read_only()) return fail(Error::kReadOnly);
  if (const auto loaded = load(index / kEntriesPerSector); !loaded) return loaded;
  const std::size_t at = index % kEntriesPerSector * 4;
  store32(buffer_, at, (load32(buffer_, at) & ~kEntryMask) | value);
  changed_ = true;
  return {};
}

Result<std::uint32_t> FatTable::next(std::uint32_t cluster) {
  const auto value = get(cluster);
  if (!value) return value;
  if (*value >= kFirstEnd) return kEnd;
  if (!geometry_.has_cluster(*value)) return fail(Error::kCorrupt);
  return value;
}

Result<std::uint32_t> FatTable::length_of(std::uint32_t first) {
  std::uint32_t count = 0;
  for (std::uint32_t cluster = first; cluster != kEnd;) {
    if (++count > geometry_.clusters) return fail(Error::kCorrupt);
    const auto following = next(cluster);
    if (!following) return following;
    cluster = *following;
  }
  return count;
}

Result<std::uint32_t> FatTable::allocate(std::uint32_t count) {
  if (count > geometry_.clusters || (free_ != info::kUnknown && count > free_)) {
    return fail(Error::kFull);
  }
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t cluster = hint_;
  Result<std::uint32_t> answer = fail(Error::kFull);
  for (std::uint32_t looked = 0; looked < geometry_.clusters; ++looked) {
    const auto value = get(cluster);
    if (!value) {
      answer = value;
      break;
    }
    if (*value == kFree) {
      auto taken = end_at(cluster);
      if (taken && last != 0) taken = link(last, cluster);
      if (first == 0) first = cluster;
      last = cluster;
      if (free_ != info::kUnknown) --free_;
      if (!taken) {
        answer = fail(taken.error());
        break;
      }
      if (--count == 0) {
        hint_ = cluster;
        return first;
      }
    }
    if (++cluster == kFirstCluster + geometry_.clusters) cluster = kFirstCluster;
  }
  if (first != 0) {
    if (const auto freed = free_chain(first); !freed) answer = fail(freed.error());
  }
  return answer;
}

Result<void> FatTable::free_chain(std::uint32_t first) {
  for (std::uint32_t cluster = first; cluster != kEnd;) {
    const auto value = get(cluster);
    if (!value) return fail(value.error());
    // So a loop comes to an end, too: where it meets itself it is free already.
    if (*value == kFree) return fail(Error::kCorrupt);
    if (const auto freed = set(cluster, kFree); !freed) return freed;
    if (free_ != info::kUnknown) ++free_;
    if (*value >= kFirstEnd) return {};
    if (!geometry_.has_cluster(*value)) return fail(Error::kCorrupt);
    cluster = *value;
  }
  return {};
}

Result<std::uint32_t> FatTable::free_clusters() {
  if (free_ != info::kUnknown) return free_;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < geometry_.clusters; ++i) {
    const auto value = get(kFirstCluster + i);
    if (!value) return value;
    if (*value == kFree) ++count;
  }
  free_ = count;
  return count;
}

Result<bool> FatTable::is_clean() {
  const auto value = get(1);
  if (!value) return fail(value.error());
  return (*value & kCleanBit) != 0 && (*value & kNoErrorBit) != 0;
}

Result<void> FatTable::set_clean(bool clean) {
  const auto value = get(1);
  if (!value) return fail(value.error());
  return set(1, clean ? *value | kCleanBit : *value & ~kCleanBit);
}

Result<void> FatTable::barrier() {
  if (const auto written = write_back(); !written) return written;
  return disk_.barrier();
}

}  // namespace baton::kernel::fat
