#include "kernel/fs/fat/directory.h"

#include <algorithm>

namespace baton::kernel::fat {
namespace {

void set_fields(std::span<std::byte> bytes, const EntryFields& fields) {
  store8(bytes, entry::kAttributes, fields.attributes);
  store16(bytes, entry::kClusterHigh, static_cast<std::uint16_t>(fields.first_cluster >> 16U));
  store16(bytes, entry::kClusterLow, static_cast<std::uint16_t>(fields.first_cluster));
  store32(bytes, entry::kSize, fields.size);
  store16(bytes, entry::kWrittenDate, fields.date);
  store16(bytes, entry::kWrittenTime, fields.time);
  store16(bytes, entry::kAccessedDate, fields.date);
}

bool is_free(std::span<const std::byte> bytes) {
  const std::uint8_t first = load8(bytes, 0);
  return first == entry::kDeleted || first == entry::kEnd;
}

// The parts of a long name as they come, and where they lie.
struct Assembly {
  unsigned expected = 0;  // the part that is to come next, from 1; 0: none
  bool whole = false;
  std::uint8_t checksum = 0;
  std::array<Run, Entry::kMaxRuns> set{};
  unsigned runs = 0;

  void reset() {
    expected = 0;
    whole = false;
    runs = 0;
  }
  void add(std::uint32_t sector, std::uint32_t slot) {
    if (runs != 0 && set[runs - 1].sector == sector) {
      ++set[runs - 1].count;
    } else if (runs < Entry::kMaxRuns) {
      set[runs++] = {sector, slot, 1};
    }
  }
};

}  // namespace

Result<void> Directories::load(std::uint32_t sector) {
  if (loaded_ == sector) return {};
  loaded_ = kNone;
  const Result<void> read = disk_.read(sector, buffer_);
  if (read) loaded_ = sector;
  return read;
}

Result<void> Directories::store(std::uint32_t sector) {
  const Result<void> written = disk_.write_metadata(sector, buffer_);
  // What is on the disk now is not known.
  loaded_ = written ? sector : kNone;
  return written;
}

// To the first slot of the next sector; at the end of the chain, to the end.
Result<void> Directories::step_sector(Position& position) {
  position.slot = 0;
  if (++position.sector < geometry_.sectors_per_cluster) return {};
  const auto following = fat_.next(position.cluster);
  if (!following) return fail(following.error());
  position.sector = 0;
  position.cluster = *following;
  return {};
}

Result<bool> Directories::next(Position& position, Entry& found) {
  Assembly assembly;
  while (position.cluster != 0) {
    if (position.entries >= kMaxDirectoryEntries) return fail(Error::kCorrupt);
    const std::uint32_t sector = sector_at(position);
    if (const auto loaded = load(sector); !loaded) return fail(loaded.error());
    const std::span<const std::byte> bytes = slot(position.slot);
    const std::uint8_t first = load8(bytes, 0);
    if (first == entry::kEnd) {
      position.cluster = 0;
      break;
    }
    const Place place{sector, position.slot};
    const std::uint8_t attributes = load8(bytes, entry::kAttributes) & entry::kAttributeMask;
    bool is_entry = false;
    if (first == entry::kDeleted) {
      assembly.reset();
    } else if (attributes == entry::kLongName) {
      const unsigned part = first & entry::kPartMask;
      const bool last = (first & entry::kLastPart) != 0;
      const std::uint8_t checksum = load8(bytes, entry::kChecksum);
      if (last) {
        assembly.reset();
        assembly.expected = part;
        assembly.checksum = checksum;
      }
      if (part != 0 && part == assembly.expected && checksum == assembly.checksum &&
          name_.set_part(part - 1, last, bytes)) {
        assembly.add(place.sector, place.slot);
        --assembly.expected;
        assembly.whole = assembly.expected == 0;
      } else {
        assembly.reset();
      }
    } else if ((attributes & entry::kVolumeId) != 0) {
      assembly.reset();
    } else {
      is_entry = true;
      std::ranges::transform(bytes.first(entry::kNameBytes), found.name.begin(),
                             [](std::byte byte) { return static_cast<std::uint8_t>(byte); });
      const bool is_long =
          assembly.whole && assembly.checksum == checksum_of(found.name) && name_.is_good();
      if (!is_long) {
        assembly.reset();
        name_.set(found.name, load8(bytes, entry::kCase));
      }
      assembly.add(place.sector, place.slot);
      found.place = place;
      found.set = assembly.set;
      found.runs = assembly.runs;
      found.attributes = attributes;
      found.first_cluster =
          (load16(bytes, entry::kClusterLow) |
           (static_cast<std::uint32_t>(load16(bytes, entry::kClusterHigh)) << 16U)) &
          kEntryMask;
      found.size = load32(bytes, entry::kSize);
      found.date = load16(bytes, entry::kWrittenDate);
      found.time = load16(bytes, entry::kWrittenTime);
    }
    ++position.entries;
    if (++position.slot == entry::kPerSector) {
      if (const auto stepped = step_sector(position); !stepped) return fail(stepped.error());
    }
    if (is_entry) return true;
  }
  return false;
}

Result<Entry> Directories::find(std::uint32_t directory, const LongName& name) {
  ShortName wanted;
  const bool has_short_form = is_short(name.view(), wanted);
  Position position = begin(directory);
  Entry found;
  while (true) {
    const auto more = next(position, found);
    if (!more) return fail(more.error());
    if (!*more) return fail(Error::kNotFound);
    if (found.is_dots()) continue;
    if (same_name(name_.view(), name.view())) return found;
    if (has_short_form ? found.name == wanted : false) return found;
    other_.set(found.name, 0);
    if (same_name(other_.view(), name.view())) return found;
  }
}

Result<bool> Directories::is_empty(std::uint32_t directory) {
  Position position = begin(directory);
  Entry found;
  while (true) {
    const auto more = next(position, found);
    if (!more) return more;
    if (!*more) return true;
    if (!found.is_dots()) return false;
  }
}

Result<bool> Directories::has_short(std::uint32_t directory, const ShortName& name,
                                    const Entry* except) {
  Position position = begin(directory);
  Entry found;
  while (true) {
    const auto more = next(position, found);
    if (!more || !*more) return more;
    if (except != nullptr && found.place == except->place) continue;
    if (found.name == name) return true;
  }
}

Result<unsigned> Directories::choose_short(std::uint32_t directory, const LongName& name,
                                           const Entry* replaced, ShortName& chosen) {
  // Nobody has it: whoever had it would have been found under this name.
  if (is_short(name.view(), chosen)) return 0U;
  for (unsigned n = 1; n <= kShortNames; ++n) {
    chosen = short_name_for(name.view(), n);
    const auto taken = has_short(directory, chosen, replaced);
    if (!taken) return fail(taken.error());
    if (!*taken) return name.parts();
  }
  return fail(Error::kFull);
}

// A directory's end may have anything behind it: before the end moves on, what it moves to is made
// to be one.
Result<void> Directories::clear_if_used(std::uint32_t sector) {
  if (const auto loaded = load(sector); !loaded) return loaded;
  if (load8(buffer_, 0) == entry::kEnd) return {};
  buffer_.fill(std::byte{0});
  if (const auto stored = store(sector); !stored) return stored;
  return fat_.barrier();
}

// Marks the slots from `end` on as deleted.
Result<void> Directories::pass_end(std::uint32_t sector, std::uint32_t end) {
  if (const auto loaded = load(sector); !loaded) return loaded;
  for (std::uint32_t i = end; i < entry::kPerSector; ++i) {
    std::ranges::fill(slot(i), std::byte{0});
    store8(slot(i), 0, entry::kDeleted);
  }
  if (const auto stored = store(sector); !stored) return stored;
  return fat_.barrier();
}

Result<void> Directories::clear(std::uint32_t cluster) {
  buffer_.fill(std::byte{0});
  for (std::uint32_t i = 0; i < geometry_.sectors_per_cluster; ++i) {
    if (const auto stored = store(geometry_.sector_of(cluster) + i); !stored) return stored;
  }
  return {};
}

Result<NewSet> Directories::extend(std::uint32_t last_cluster, std::uint32_t entries_before,
                                   unsigned entries) {
  const std::uint32_t per_cluster = geometry_.sectors_per_cluster * entry::kPerSector;
  const std::uint32_t count = (entries + per_cluster - 1) / per_cluster;
  if (entries_before + count * per_cluster > kMaxDirectoryEntries) return fail(Error::kFull);
  const auto first = fat_.allocate(count);
  if (!first) return fail(first.error());
  NewSet set;
  std::uint32_t cluster = *first;
  std::uint32_t sectors = 0;
  Result<void> done;
  while (done && cluster != FatTable::kEnd) {
    done = clear(cluster);
    for (std::uint32_t i = 0; i < geometry_.sectors_per_cluster && entries > 0; ++i) {
      const std::uint32_t here = std::min<std::uint32_t>(entries, entry::kPerSector);
      set.runs[sectors++] = {geometry_.sector_of(cluster) + i, 0, here};
      entries -= here;
    }
    if (!done) break;
    const auto following = fat_.next(cluster);
    if (!following) {
      done = fail(following.error());
      break;
    }
    cluster = *following;
  }
  set.count = sectors;
  if (done) done = fat_.barrier();
  if (done) done = fat_.link(last_cluster, *first);
  if (!done) {
    // The disk is read only by now, or cannot be read: either way the clusters are lost.
    return fail(done.error());
  }
  return set;
}

Result<NewSet> Directories::prepare(std::uint32_t directory, unsigned entries) {
  // Of a set that needs two sectors, the first is one that is free as a whole.
  const unsigned in_last = entries <= entry::kPerSector ? entries : entries - entry::kPerSector;
  const bool two = entries > entry::kPerSector;
  Position position = begin(directory);
  std::uint32_t last_cluster = directory;
  bool ended = false;
  std::uint32_t whole_before = 0;  // the sector before this one, if all of it is free
  std::uint32_t end_before = 0;    // the same, if the directory's end is at its beginning
  while (position.cluster != 0) {
    if (position.entries >= kMaxDirectoryEntries) return fail(Error::kFull);
    last_cluster = position.cluster;
    const std::uint32_t sector = sector_at(position);
    if (ended) {
      if (const auto cleared = clear_if_used(sector); !cleared) return fail(cleared.error());
    } else if (const auto loaded = load(sector); !loaded) {
      return fail(loaded.error());
    }
    // The first run of free slots that is long enough, and where the end is.
    std::uint32_t end = entry::kPerSector;
    std::uint32_t run = 0;
    std::uint32_t found = entry::kPerSector;
    std::uint32_t leading = 0;
    for (std::uint32_t i = 0; i < entry::kPerSector; ++i) {
      if (load8(slot(i), 0) == entry::kEnd) end = std::min(end, i);
      run = i >= end || is_free(slot(i)) ? run + 1 : 0;
      if (run == i + 1) leading = run;
      if (run == in_last && found == entry::kPerSector) found = i + 1 - in_last;
    }
    const bool here = two ? whole_before != 0 && leading >= in_last : found != entry::kPerSector;
    Position following = position;
    following.entries += entry::kPerSector;
    if (const auto stepped = step_sector(following); !stepped) return fail(stepped.error());
    if (here) {
      const std::uint32_t first = two ? 0 : found;
      if (first + in_last > end) {
        // The end moves to behind the set: there is one there, too.
        if (first + in_last == entry::kPerSector) {
          if (following.cluster != 0) {
            const auto cleared = clear_if_used(sector_at(following));
            if (!cleared) return fail(cleared.error());
          }
        } else {
          if (const auto loaded = load(sector); !loaded) return fail(loaded.error());
          if (load8(slot(first + in_last), 0) != entry::kEnd) {
            std::ranges::fill(std::span(buffer_).subspan((first + in_last) * entry::kBytes),
                              std::byte{0});
            if (const auto stored = store(sector); !stored) return fail(stored.error());
          }
        }
      }
      NewSet set;
      if (two) set.runs[set.count++] = {whole_before, 0, entry::kPerSector};
      set.runs[set.count++] = {sector, first, in_last};
      return set;
    }
    const bool whole = leading == entry::kPerSector;
    end_before = two && whole && end == 0 ? sector : 0;
    if (end < entry::kPerSector && end_before == 0) {
      // What is left here is too short: readers are to go on to the next sector, which is the end
      // from then on.
      if (following.cluster != 0) {
        const auto cleared = clear_if_used(sector_at(following));
        if (!cleared) return fail(cleared.error());
      }
      if (const auto passed = pass_end(sector, end); !passed) return fail(passed.error());
    }
    ended = ended || end < entry::kPerSector;
    whole_before = whole ? sector : 0;
    position = following;
  }
  if (end_before != 0) {
    if (const auto passed = pass_end(end_before, 0); !passed) return fail(passed.error());
  }
  return extend(last_cluster, position.entries, entries);
}

void Directories::fill(std::span<std::byte> bytes, const ShortName& name,
                       const EntryFields& fields) {
  std::ranges::fill(bytes, std::byte{0});
  for (std::size_t i = 0; i < name.size(); ++i) store8(bytes, i, name[i]);
  set_fields(bytes, fields);
  store16(bytes, entry::kCreatedDate, fields.date);
  store16(bytes, entry::kCreatedTime, fields.time);
}

// `count` entries of a set, from the `skip`-th on, into the buffer.
void Directories::write_set(std::uint32_t first_slot, unsigned skip, unsigned count,
                            const LongName& name, unsigned parts, const ShortName& short_name,
                            const EntryFields& fields) {
  const std::uint8_t checksum = checksum_of(short_name);
  for (unsigned i = 0; i < count; ++i) {
    const unsigned number = skip + i;
    if (number < parts) {
      name.store_part(parts - 1 - number, checksum, slot(first_slot + i));
    } else {
      fill(slot(first_slot + i), short_name, fields);
    }
  }
}

Result<Place> Directories::put(const NewSet& set, const LongName& name, unsigned parts,
                               const ShortName& short_name, const EntryFields& fields) {
  unsigned skip = 0;
  Place place;
  for (unsigned i = 0; i < set.count; ++i) {
    const Run& run = set.runs[i];
    if (const auto loaded = load(run.sector); !loaded) return fail(loaded.error());
    write_set(run.slot, skip, run.count, name, parts, short_name, fields);
    if (const auto stored = store(run.sector); !stored) return fail(stored.error());
    if (i + 1 < set.count) {
      if (const auto flushed = fat_.barrier(); !flushed) return fail(flushed.error());
    }
    skip += run.count;
    place = {run.sector, run.slot + run.count - 1};
  }
  return place;
}

Result<void> Directories::erase(const Entry& found) {
  for (unsigned i = found.runs; i-- > 0;) {
    const Run& run = found.set[i];
    if (const auto loaded = load(run.sector); !loaded) return loaded;
    for (std::uint32_t j = 0; j < run.count; ++j) store8(slot(run.slot + j), 0, entry::kDeleted);
    if (const auto stored = store(run.sector); !stored) return stored;
    if (i > 0) {
      if (const auto flushed = fat_.barrier(); !flushed) return flushed;
    }
  }
  return {};
}

Result<bool> Directories::replace(const Entry& found, const LongName& name, unsigned parts,
                                  const ShortName& short_name, const EntryFields& fields) {
  const unsigned needed = parts + 1;
  if (found.runs != 1 || needed > entry::kPerSector) return false;
  const Run& run = found.set[0];
  if (const auto loaded = load(run.sector); !loaded) return fail(loaded.error());
  // Free room around it; what is behind the directory's end is not touched.
  std::uint32_t first = run.slot;
  std::uint32_t end = run.slot + run.count;
  while (first > 0 && load8(slot(first - 1), 0) == entry::kDeleted) --first;
  while (end < entry::kPerSector && load8(slot(end), 0) == entry::kDeleted) ++end;
  if (end - first < needed) return false;
  // A file's time of creation, and what else a new entry would not have, stays.
  std::array<std::byte, entry::kBytes> before;
  std::ranges::copy(slot(found.place.slot), before.begin());
  for (std::uint32_t i = run.slot; i < run.slot + run.count; ++i) {
    store8(slot(i), 0, entry::kDeleted);
  }
  write_set(first, 0, needed, name, parts, short_name, fields);
  const std::span<std::byte> after = slot(first + parts);
  std::ranges::copy(std::span(before).subspan(entry::kCreatedTime - 1, 5),
                    after.subspan(entry::kCreatedTime - 1).begin());
  if (const auto stored = store(run.sector); !stored) return fail(stored.error());
  return true;
}

Result<void> Directories::update(const Place& place, const EntryFields& fields) {
  if (const auto loaded = load(place.sector); !loaded) return loaded;
  set_fields(slot(place.slot), fields);
  return store(place.sector);
}

Result<void> Directories::make(std::uint32_t cluster, std::uint32_t parent,
                               const EntryFields& fields) {
  if (const auto cleared = clear(cluster); !cleared) return cleared;
  const std::uint32_t sector = geometry_.sector_of(cluster);
  if (const auto loaded = load(sector); !loaded) return loaded;
  EntryFields dots = fields;
  dots.first_cluster = cluster;
  fill(slot(0), kDot, dots);
  dots.first_cluster = parent;
  fill(slot(1), kDotDot, dots);
  return store(sector);
}

Result<std::uint32_t> Directories::parent_of(std::uint32_t directory) {
  Position position = begin(directory);
  Entry found;
  for (int i = 0; i < 2; ++i) {
    const auto more = next(position, found);
    if (!more) return fail(more.error());
    if (*more && found.name == kDotDot && found.is_directory()) return found.first_cluster;
  }
  return fail(Error::kCorrupt);
}

Result<void> Directories::set_parent(std::uint32_t directory, std::uint32_t parent) {
  Position position = begin(directory);
  Entry found;
  for (int i = 0; i < 2; ++i) {
    const auto more = next(position, found);
    if (!more) return fail(more.error());
    if (*more && found.name == kDotDot && found.is_directory()) {
      EntryFields fields = fields_of(found);
      fields.first_cluster = parent;
      return update(found.place, fields);
    }
  }
  return fail(Error::kCorrupt);
}

}  // namespace baton::kernel::fat
