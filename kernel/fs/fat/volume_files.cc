// Open files: reading, writing, and what is written when.
#include <algorithm>

#include "kernel/fs/fat/volume.h"

namespace baton::kernel::fat {

Result<FatVolume::Node*> FatVolume::node_of(FileId file) {
  if (!disk_.attached()) return fail(Error::kClosed);
  const auto index = static_cast<std::uint32_t>(file);
  if (index >= kMaxOpen || nodes_[index].users == 0) return fail(Error::kInvalidArgument);
  return &nodes_[index];
}

Result<FatVolume::Node*> FatVolume::file_of(FileId file) {
  const auto node = node_of(file);
  if (node && (*node)->is_directory()) return fail(Error::kIsDirectory);
  return node;
}

FatVolume::Node* FatVolume::open_at(const Place& place) {
  const auto node = std::ranges::find_if(
      nodes_, [&](const Node& each) { return each.users != 0 && each.place == place; });
  return node == nodes_.end() ? nullptr : &*node;
}

Result<FatVolume::Node*> FatVolume::spare_node() {
  const auto node = std::ranges::find(nodes_, 0U, &Node::users);
  if (node == nodes_.end()) return fail(Error::kFull);
  return &*node;
}

Result<FileId> FatVolume::open_node(const Place& place, const EntryFields& fields) {
  if (Node* const node = open_at(place)) {
    ++node->users;
    return id_of(*node);
  }
  const auto spare = spare_node();
  if (!spare) return fail(spare.error());
  **spare = Node{};
  (*spare)->users = 1;
  (*spare)->place = place;
  (*spare)->fields = fields;
  return id_of(**spare);
}

Result<void> FatVolume::close(FileId file) noexcept {
  const auto node = node_of(file);
  if (!node) return fail(node.error());
  if (--(*node)->users != 0 || !(*node)->changed) return {};
  return write_fields(**node);
}

Result<std::uint64_t> FatVolume::size(FileId file) noexcept {
  const auto node = file_of(file);
  if (!node) return fail(node.error());
  return std::uint64_t{(*node)->fields.size};
}

// What the entry leads to lasts before the entry does.
Result<void> FatVolume::write_fields(Node& node) {
  if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  if (const auto updated = directories_.update(node.place, node.fields); !updated) return updated;
  node.changed = false;
  return {};
}

Result<void> FatVolume::sync(FileId file) noexcept {
  const auto node = node_of(file);
  if (!node) return fail(node.error());
  if ((*node)->changed) {
    if (const auto written = write_fields(**node); !written) return written;
  }
  return fat_.barrier();
}

Result<void> FatVolume::sync() noexcept {
  if (!disk_.attached()) return fail(Error::kClosed);
  for (Node& node : nodes_) {
    if (node.users == 0 || !node.changed) continue;
    if (const auto written = write_fields(node); !written) return written;
  }
  return fat_.barrier();
}

// The file's cluster with this number; FatTable::kEnd if it has not so many, and then `near` is its
// last one, if it has any.
Result<std::uint32_t> FatVolume::cluster_at(Node& node, std::uint32_t index) {
  if (node.fields.first_cluster == 0) return FatTable::kEnd;
  if (node.near_cluster == 0 || node.near_index > index) {
    node.near_index = 0;
    node.near_cluster = node.fields.first_cluster;
  }
  while (node.near_index < index) {
    const auto following = fat_.next(node.near_cluster);
    if (!following || *following == FatTable::kEnd) return following;
    node.near_cluster = *following;
    ++node.near_index;
  }
  return node.near_cluster;
}

Result<std::size_t> FatVolume::read(FileId file, std::uint64_t at,
                                    std::span<std::byte> into) noexcept {
  const auto opened = file_of(file);
  if (!opened) return fail(opened.error());
  Node& node = **opened;
  if (at >= node.fields.size) return std::size_t{0};
  into = into.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), node.fields.size - at)));
  const std::size_t wanted = into.size();
  const std::uint32_t cluster_bytes = geometry_.cluster_bytes();
  while (!into.empty()) {
    auto index = static_cast<std::uint32_t>(at / cluster_bytes);
    const auto cluster = cluster_at(node, index);
    if (!cluster) return fail(cluster.error());
    if (*cluster == FatTable::kEnd) return fail(Error::kCorrupt);
    const auto offset = static_cast<std::uint32_t>(at % cluster_bytes);
    const std::uint32_t sector = geometry_.sector_of(*cluster) + offset / kSectorBytes;
    const std::uint32_t skip = offset % kSectorBytes;
    std::size_t taken = 0;
    if (skip != 0 || into.size() < kSectorBytes) {
      if (const auto done = disk_.read(sector, data_); !done) return fail(done.error());
      taken = std::min<std::size_t>(into.size(), kSectorBytes - skip);
      std::ranges::copy(std::span(data_).subspan(skip, taken), into.begin());
    } else {
      // As many clusters as lie side by side.
      std::uint64_t run = cluster_bytes - offset;
      for (std::uint32_t last = *cluster; run < into.size(); run += cluster_bytes) {
        const auto following = cluster_at(node, ++index);
        if (!following) return fail(following.error());
        if (*following != last + 1) break;
        last = *following;
      }
      taken = static_cast<std::size_t>(std::min<std::uint64_t>(run, into.size()));
      taken -= taken % kSectorBytes;
      if (const auto done = disk_.read(sector, into.first(taken)); !done) {
        return fail(done.error());
      }
    }
    into = into.subspan(taken);
    at += taken;
  }
  return wanted;
}

// `used`: how much of the cluster holds what is to stay.
Result<void> FatVolume::write_in_cluster(std::uint32_t cluster, std::uint32_t offset,
                                         std::uint32_t bytes, const std::byte* from,
                                         std::uint32_t used) {
  while (bytes > 0) {
    const std::uint32_t sector = geometry_.sector_of(cluster) + offset / kSectorBytes;
    const std::uint32_t skip = offset % kSectorBytes;
    std::uint32_t taken = std::min(bytes, kSectorBytes - skip);
    Result<void> written;
    if (from != nullptr && taken == kSectorBytes) {
      taken = bytes - bytes % kSectorBytes;
      written = disk_.write_data(sector, {from, taken});
    } else {
      if (offset - skip < used && taken != kSectorBytes) {
        if (const auto read = disk_.read(sector, data_); !read) return read;
      } else {
        data_.fill(std::byte{0});
      }
      const auto part = std::span(data_).subspan(skip, taken);
      if (from != nullptr) {
        std::copy_n(from, taken, part.begin());
      } else {
        std::ranges::fill(part, std::byte{0});
      }
      written = disk_.write_data(sector, data_);
    }
    if (!written) return written;
    if (from != nullptr) from += taken;
    offset += taken;
    bytes -= taken;
  }
  return {};
}

// Writes to the file's clusters, `have` of which lead from its entry; the others are `loose`.
Result<void> FatVolume::fill_clusters(Node& node, std::uint64_t at, std::uint64_t bytes,
                                      const std::byte* from, std::uint32_t have,
                                      std::uint32_t loose) {
  const std::uint32_t cluster_bytes = geometry_.cluster_bytes();
  std::uint32_t loose_index = have;
  while (bytes > 0) {
    const auto index = static_cast<std::uint32_t>(at / cluster_bytes);
    std::uint32_t cluster = loose;
    if (index < have) {
      const auto found = cluster_at(node, index);
      if (!found) return fail(found.error());
      cluster = *found;
    } else {
      while (loose_index < index) {
        const auto following = fat_.next(loose);
        if (!following) return fail(following.error());
        loose = *following;
        ++loose_index;
      }
      cluster = loose;
    }
    const auto offset = static_cast<std::uint32_t>(at % cluster_bytes);
    const auto taken =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, cluster_bytes - offset));
    const std::uint64_t begin = at - offset;
    const std::uint64_t used = node.fields.size > begin ? node.fields.size - begin : 0;
    const auto written =
        write_in_cluster(cluster, offset, taken, from,
                         static_cast<std::uint32_t>(std::min<std::uint64_t>(used, cluster_bytes)));
    if (!written) return written;
    if (from != nullptr) from += taken;
    at += taken;
    bytes -= taken;
  }
  return {};
}

// `from` null: zeros.  `at` is not behind the file's end.
Result<void> FatVolume::write_file(Node& node, std::uint64_t at, std::uint64_t bytes,
                                   const std::byte* from) {
  if (bytes == 0) return {};
  const std::uint64_t end = at + bytes;
  const std::uint32_t needed = clusters_for(end);
  if (needed > geometry_.clusters) return fail(Error::kFull);
  std::uint32_t have = needed;
  const auto last = cluster_at(node, needed - 1);
  if (!last) return fail(last.error());
  if (*last == FatTable::kEnd) {
    have = node.fields.first_cluster == 0 ? 0 : node.near_index + 1;
    if (have < clusters_for(node.fields.size)) return fail(Error::kCorrupt);
  }
  const std::uint32_t tail = node.near_cluster;
  std::uint32_t loose = 0;
  if (have < needed) {
    const auto allocated = fat_.allocate(needed - have);
    if (!allocated) return fail(allocated.error());
    loose = *allocated;
  }
  Result<void> done = fill_clusters(node, at, bytes, from, have, loose);
  // The new clusters and what is in them last before anything leads to them.
  if (done && loose != 0) done = fat_.barrier();
  if (!done) {
    if (loose != 0 && !disk_.read_only()) static_cast<void>(fat_.free_chain(loose));
    return done;
  }
  if (loose != 0) {
    if (have == 0) {
      node.fields.first_cluster = loose;
    } else if (const auto linked = fat_.link(tail, loose); !linked) {
      return linked;
    }
  }
  node.fields.size = static_cast<std::uint32_t>(std::max<std::uint64_t>(node.fields.size, end));
  node.fields.attributes |= entry::kArchive;
  touch(node.fields);
  node.changed = true;
  return {};
}

Result<void> FatVolume::write(FileId file, std::uint64_t at,
                              std::span<const std::byte> from) noexcept {
  const auto opened = file_of(file);
  if (!opened) return fail(opened.error());
  Node& node = **opened;
  if (at > kMaxFileBytes || from.size() > kMaxFileBytes - at) return fail(Error::kOutOfRange);
  if (const auto begun = begin_change(); !begun) return begun;
  if (from.empty()) return {};
  if (at > node.fields.size) {
    // The gap's room and that behind it are there, or the file stays as it is.
    const std::uint32_t have = clusters_for(node.fields.size);
    const std::uint32_t needed = clusters_for(at + from.size());
    const auto free = fat_.free_clusters();
    if (!free) return fail(free.error());
    if (needed > have && needed - have > *free) return fail(Error::kFull);
    const std::uint64_t size = node.fields.size;
    const auto filled = write_file(node, size, at - size, nullptr);
    if (!filled) return filled;
  }
  return write_file(node, at, from.size(), from.data());
}

Result<void> FatVolume::truncate(FileId file, std::uint64_t bytes) noexcept {
  const auto opened = file_of(file);
  if (!opened) return fail(opened.error());
  Node& node = **opened;
  if (bytes > kMaxFileBytes) return fail(Error::kOutOfRange);
  if (const auto begun = begin_change(); !begun) return begun;
  const std::uint32_t size = node.fields.size;
  if (bytes > size) return write_file(node, size, bytes - size, nullptr);
  return shorten(node, static_cast<std::uint32_t>(bytes));
}

// First the entry says less, then the chain ends earlier, then the clusters behind it are free:
// each for good before the next.
Result<void> FatVolume::shorten(Node& node, std::uint32_t bytes) {
  const std::uint32_t keep = clusters_for(bytes);
  std::uint32_t tail = 0;
  std::uint32_t rest = node.fields.first_cluster;
  if (keep != 0) {
    const auto last = cluster_at(node, keep - 1);
    if (!last) return fail(last.error());
    if (*last == FatTable::kEnd) return fail(Error::kCorrupt);
    tail = *last;
    const auto following = fat_.next(tail);
    if (!following) return fail(following.error());
    rest = *following;
  }
  if (rest != 0) {
    if (const auto chain = fat_.length_of(rest); !chain) return fail(chain.error());
  }
  node.fields.size = bytes;
  if (keep == 0) node.fields.first_cluster = 0;
  node.near_cluster = tail;
  node.near_index = keep == 0 ? 0 : keep - 1;
  touch(node.fields);
  node.changed = true;
  if (const auto written = write_fields(node); !written) return written;
  if (rest == 0) return {};
  if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  if (tail != 0) {
    if (const auto ended = fat_.end_at(tail); !ended) return ended;
    if (const auto flushed = fat_.barrier(); !flushed) return flushed;
  }
  return fat_.free_chain(rest);
}

}  // namespace baton::kernel::fat
