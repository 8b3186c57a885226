// Mounting, and everything that goes by path.  Open files: volume_files.cc.
#include "kernel/fs/fat/volume.h"

#include <algorithm>

namespace baton::kernel::fat {
namespace {

// [FAT32 "Date and Time Formats"]
FileTime time_from(std::uint16_t date, std::uint16_t time) {
  FileTime result;
  result.year = static_cast<std::uint16_t>(1980 + (date >> 9U));
  result.month = static_cast<std::uint8_t>((date >> 5U) & 0xfU);
  result.day = static_cast<std::uint8_t>(date & 0x1fU);
  result.hour = static_cast<std::uint8_t>(time >> 11U);
  result.minute = static_cast<std::uint8_t>((time >> 5U) & 0x3fU);
  result.second = static_cast<std::uint8_t>((time & 0x1fU) * 2);
  return result;
}

FileInfo info_from(const EntryFields& fields) {
  const bool directory = (fields.attributes & entry::kDirectory) != 0;
  return {directory, (fields.attributes & entry::kReadOnly) != 0, directory ? 0 : fields.size,
          time_from(fields.date, fields.time)};
}

// A directory tree deeper than this goes round in circles.
constexpr unsigned kMaxDepth = 4096;

}  // namespace

Result<void> FatVolume::mount(iface::BlockDevice& device, const MountOptions& options) noexcept {
  if (disk_.attached()) return fail(Error::kBusy);
  if (device.sector_bytes() != kSectorBytes) return fail(Error::kUnsupported);
  disk_.attach(device, options.read_only);
  const auto prepare = [&]() -> Result<void> {
    if (const auto read = disk_.read(0, data_); !read) return read;
    const auto geometry = parse_boot_sector(data_, device.sectors());
    if (!geometry) return fail(geometry.error());
    was_clean_ = (load8(data_, boot::kState) & boot::kStateDirty) == 0;
    geometry_ = *geometry;
    fat_.attach(geometry_);
    directories_.attach(geometry_);
    const auto clean = fat_.is_clean();
    if (!clean) return fail(clean.error());
    was_clean_ = was_clean_ && *clean;
    if (geometry_.info_sector == 0) return {};
    if (const auto read = disk_.read(geometry_.info_sector, data_); !read) return read;
    if (load32(data_, info::kLead) == info::kLeadValue &&
        load32(data_, info::kStruct) == info::kStructValue &&
        load32(data_, info::kTrail) == info::kTrailValue) {
      fat_.set_hint(load32(data_, info::kNext));
    } else {
      // It is advice, and whatever that sector holds is not ours to write.
      geometry_.info_sector = 0;
    }
    return {};
  };
  const Result<void> prepared = prepare();
  marked_ = false;
  nodes_.fill({});
  if (!prepared) disk_.detach();
  return prepared;
}

void FatVolume::set_time(const FileTime& now) noexcept {
  const unsigned year = std::clamp<unsigned>(now.year, 1980, 2107) - 1980;
  date_ = static_cast<std::uint16_t>((year << 9U) | ((now.month & 0xfU) << 5U) | (now.day & 0x1fU));
  time_ = static_cast<std::uint16_t>(((now.hour & 0x1fU) << 11U) | ((now.minute & 0x3fU) << 5U) |
                                     ((now.second / 2U) & 0x1fU));
}

// Before the first change: the volume is marked as not in order, and its number of free clusters as
// not known, and both last before anything else is written.
Result<void> FatVolume::begin_change() {
  if (disk_.read_only()) return fail(Error::kReadOnly);
  if (marked_) return {};
  if (const auto marked = mark(false); !marked) return marked;
  if (const auto written = write_info(info::kUnknown); !written) return written;
  if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  marked_ = true;
  return {};
}

// Both marks: that of [FAT32 "FAT Data Structure"], and that of Linux and dosfstools.
Result<void> FatVolume::mark(bool clean) {
  if (const auto set = fat_.set_clean(clean); !set) return set;
  if (const auto read = disk_.read(0, data_); !read) return read;
  const auto state = static_cast<std::uint8_t>(load8(data_, boot::kState) & ~boot::kStateDirty);
  store8(data_, boot::kState, static_cast<std::uint8_t>(state | (clean ? 0U : boot::kStateDirty)));
  return disk_.write_metadata(0, data_);
}

Result<void> FatVolume::write_info(std::uint32_t free) {
  if (geometry_.info_sector == 0) return {};
  if (const auto read = disk_.read(geometry_.info_sector, data_); !read) return read;
  store32(data_, info::kFree, free);
  store32(data_, info::kNext, fat_.hint());
  return disk_.write_metadata(geometry_.info_sector, data_);
}

Result<void> FatVolume::unmount() noexcept {
  if (!disk_.attached()) return fail(Error::kClosed);
  if (std::ranges::any_of(nodes_, [](const Node& node) { return node.users != 0; })) {
    return fail(Error::kBusy);
  }
  if (marked_ && !disk_.read_only()) {
    const auto free = fat_.free_clusters();
    if (!free) return fail(free.error());
    if (const auto written = write_info(*free); !written) return written;
    if (const auto flushed = fat_.barrier(); !flushed) return flushed;
    if (was_clean_) {
      if (const auto cleaned = mark(true); !cleaned) return cleaned;
      if (const auto flushed = fat_.barrier(); !flushed) return flushed;
    }
  }
  disk_.detach();
  return {};
}

// What an entry says about its clusters is within what there is.
Result<void> FatVolume::check_entry(const Entry& found) const {
  const bool has_cluster = geometry_.has_cluster(found.first_cluster);
  if (found.is_directory()) {
    if (!has_cluster) return fail(Error::kCorrupt);
  } else if (found.first_cluster == 0
                 ? found.size != 0
                 : !has_cluster || clusters_for(found.size) > geometry_.clusters) {
    return fail(Error::kCorrupt);
  }
  return {};
}

// Leaves the name in wanted_.
Result<Entry> FatVolume::find(std::uint32_t directory, std::string_view name) {
  if (const auto good = wanted_.set(name); !good) return fail(good.error());
  auto found = directories_.find(directory, wanted_);
  if (!found) return found;
  if (const auto good = check_entry(*found); !good) return fail(good.error());
  return found;
}

Result<FatVolume::Target> FatVolume::walk(std::string_view path) {
  if (!disk_.attached()) return fail(Error::kClosed);
  Target target{geometry_.root_cluster, path};
  while (true) {
    const std::size_t slash = target.name.find('/');
    if (slash == target.name.npos) return target;
    const auto found = find(target.directory, target.name.substr(0, slash));
    if (!found) return fail(found.error());
    if (!found->is_directory()) return fail(Error::kNotDirectory);
    target.directory = found->first_cluster;
    target.name.remove_prefix(slash + 1);
  }
}

Result<Entry> FatVolume::find_path(std::string_view path) {
  const auto target = walk(path);
  if (!target) return fail(target.error());
  if (!target->name.empty()) return find(target->directory, target->name);
  Entry root;
  root.attributes = entry::kDirectory;
  root.first_cluster = geometry_.root_cluster;
  return root;
}

// An entry with the name in wanted_.
Result<Place> FatVolume::add(const Target& target, const EntryFields& fields) {
  ShortName short_name;
  const auto parts = directories_.choose_short(target.directory, wanted_, nullptr, short_name);
  if (!parts) return fail(parts.error());
  const auto set = directories_.prepare(target.directory, *parts + 1);
  if (!set) return fail(set.error());
  return directories_.put(*set, wanted_, *parts, short_name, fields);
}

// The entry goes first, for good, and then the clusters, which nothing leads to any more.
Result<void> FatVolume::take_out(const Entry& found) {
  if (const auto erased = directories_.erase(found); !erased) return erased;
  if (found.first_cluster == 0) return {};
  if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  return fat_.free_chain(found.first_cluster);
}

Result<FileId> FatVolume::open(std::string_view path, const OpenOptions& options) noexcept {
  if ((options.create || options.truncate) && !options.write) {
    return fail(Error::kInvalidArgument);
  }
  const auto target = walk(path);
  if (!target) return fail(target.error());
  if (target->name.empty()) return fail(Error::kIsDirectory);
  const auto found = find(target->directory, target->name);
  if (!found && (found.error() != Error::kNotFound || !options.create)) {
    return fail(found.error());
  }
  if (options.write && disk_.read_only()) return fail(Error::kReadOnly);
  if (found) {
    if (options.create && options.exclusive) return fail(Error::kExists);
    if (found->is_directory()) return fail(Error::kIsDirectory);
    if (options.write && (found->attributes & entry::kReadOnly) != 0) {
      return fail(Error::kReadOnly);
    }
    const auto file = open_node(found->place, fields_of(*found));
    if (!file || !options.truncate) return file;
    if (const auto cut = truncate(*file, 0); !cut) {
      static_cast<void>(close(*file));  // what went wrong first is what counts
      return fail(cut.error());
    }
    return file;
  }
  if (const auto spare = spare_node(); !spare) return fail(spare.error());
  if (const auto begun = begin_change(); !begun) return fail(begun.error());
  EntryFields fields;
  fields.attributes = entry::kArchive;
  touch(fields);
  const auto place = add(*target, fields);
  if (!place) return fail(place.error());
  return open_node(*place, fields);
}

Result<FileId> FatVolume::open_directory(std::string_view path) noexcept {
  const auto found = find_path(path);
  if (!found) return fail(found.error());
  if (!found->is_directory()) return fail(Error::kNotDirectory);
  return open_node(found->place, fields_of(*found));
}

Result<bool> FatVolume::next(FileId directory, DirectoryPosition& position,
                             DirectoryEntry& entry) noexcept {
  const auto node = node_of(directory);
  if (!node) return fail(node.error());
  if (!(*node)->is_directory()) return fail(Error::kNotDirectory);
  auto& words = position.words;
  Position at = position.begun ? Position{words[0], words[1], words[2], words[3]}
                               : Directories::begin((*node)->fields.first_cluster);
  position.begun = true;
  Entry found;
  while (true) {
    const auto more = directories_.next(at, found);
    words = {at.cluster, at.sector, at.slot, at.entries};
    if (!more || !*more) return more;
    if (!found.is_dots()) break;
  }
  entry.length =
      directories_.name().to_utf8(std::span(entry.text).first<std::size_t{kMaxNameUnits} * 3>());
  entry.info = info_from(fields_of(found));
  return true;
}

Result<FileInfo> FatVolume::look(std::string_view path) noexcept {
  const auto found = find_path(path);
  if (!found) return fail(found.error());
  const Node* const node = open_at(found->place);
  return info_from(node != nullptr ? node->fields : fields_of(*found));
}

Result<void> FatVolume::make_directory(std::string_view path) noexcept {
  const auto target = walk(path);
  if (!target) return fail(target.error());
  if (target->name.empty()) return fail(Error::kExists);
  const auto found = find(target->directory, target->name);
  if (found) return fail(Error::kExists);
  if (found.error() != Error::kNotFound) return fail(found.error());
  if (const auto begun = begin_change(); !begun) return begun;
  const auto cluster = fat_.allocate(1);
  if (!cluster) return fail(cluster.error());
  EntryFields fields;
  fields.attributes = entry::kDirectory;
  fields.first_cluster = *cluster;
  touch(fields);
  const bool in_root = target->directory == geometry_.root_cluster;
  Result<void> made = directories_.make(*cluster, in_root ? 0 : target->directory, fields);
  // The entry leads to something whole, or there is none.
  if (made) made = fat_.barrier();
  if (made) {
    const auto place = add(*target, fields);
    if (place) return {};
    made = fail(place.error());
  }
  if (!disk_.read_only()) static_cast<void>(fat_.free_chain(*cluster));
  return made;
}

Result<void> FatVolume::remove_directory(std::string_view path) noexcept {
  const auto found = find_path(path);
  if (!found) return fail(found.error());
  if (!found->is_directory()) return fail(Error::kNotDirectory);
  if (found->is_root() || open_at(found->place) != nullptr) return fail(Error::kBusy);
  const auto empty = directories_.is_empty(found->first_cluster);
  if (!empty) return fail(empty.error());
  if (!*empty) return fail(Error::kNotEmpty);
  if (const auto chain = fat_.length_of(found->first_cluster); !chain) return fail(chain.error());
  if (const auto begun = begin_change(); !begun) return begun;
  return take_out(*found);
}

Result<void> FatVolume::remove(std::string_view path) noexcept {
  const auto found = find_path(path);
  if (!found) return fail(found.error());
  if (found->is_directory()) return fail(Error::kIsDirectory);
  if ((found->attributes & entry::kReadOnly) != 0) return fail(Error::kReadOnly);
  if (open_at(found->place) != nullptr) return fail(Error::kBusy);
  if (found->first_cluster != 0) {
    if (const auto chain = fat_.length_of(found->first_cluster); !chain) return fail(chain.error());
  }
  if (const auto begun = begin_change(); !begun) return begun;
  return take_out(*found);
}

// Goes up from `directory`, and is not to come by what is moved there.
Result<void> FatVolume::check_not_below(std::uint32_t directory, std::uint32_t moved) {
  for (unsigned depth = 0; depth < kMaxDepth; ++depth) {
    if (directory == moved) return fail(Error::kInvalidArgument);
    if (directory == geometry_.root_cluster) return {};
    const auto parent = directories_.parent_of(directory);
    if (!parent) return fail(parent.error());
    directory = *parent == 0 ? geometry_.root_cluster : *parent;
    if (!geometry_.has_cluster(directory)) return fail(Error::kCorrupt);
  }
  return fail(Error::kCorrupt);
}

Result<void> FatVolume::rename(std::string_view from, std::string_view to) noexcept {
  const auto source = walk(from);
  if (!source) return fail(source.error());
  if (source->name.empty() || to.empty()) return fail(Error::kInvalidArgument);
  const auto found = find(source->directory, source->name);
  if (!found) return fail(found.error());
  if (open_at(found->place) != nullptr) return fail(Error::kBusy);
  const auto target = walk(to);
  if (!target) return fail(target.error());
  const auto there = find(target->directory, target->name);
  if (there && there->place != found->place) return fail(Error::kExists);
  if (!there && there.error() != Error::kNotFound) return fail(there.error());
  const bool moves = source->directory != target->directory;
  if (found->is_directory() && moves) {
    const auto good = check_not_below(target->directory, found->first_cluster);
    if (!good) return good;
  }
  if (const auto begun = begin_change(); !begun) return begun;

  ShortName short_name;
  const auto parts = directories_.choose_short(target->directory, wanted_, &*found, short_name);
  if (!parts) return fail(parts.error());
  const EntryFields fields = fields_of(*found);
  if (!moves) {
    const auto replaced = directories_.replace(*found, wanted_, *parts, short_name, fields);
    if (!replaced) return fail(replaced.error());
    if (*replaced) return {};
  }
  const auto set = directories_.prepare(target->directory, *parts + 1);
  if (!set) return fail(set.error());
  // Two entries never lead to one chain: between the old one and the new one there is none.
  if (const auto erased = directories_.erase(*found); !erased) return erased;
  if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  if (found->is_directory() && moves) {
    const bool to_root = target->directory == geometry_.root_cluster;
    const auto moved =
        directories_.set_parent(found->first_cluster, to_root ? 0 : target->directory);
    if (!moved) return moved;
    if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  }
  const auto place = directories_.put(*set, wanted_, *parts, short_name, fields);
  if (!place) return fail(place.error());
  return {};
}

Result<Space> FatVolume::space() noexcept {
  if (!disk_.attached()) return fail(Error::kClosed);
  const auto free = fat_.free_clusters();
  if (!free) return fail(free.error());
  return Space{std::uint64_t{geometry_.clusters} * geometry_.cluster_bytes(),
               std::uint64_t{*free} * geometry_.cluster_bytes()};
}

}  // namespace baton::kernel::fat
