// `Directories`: the entries of directories, one directory at a time.
//
// A file's entry is a *set*: the parts of its long name, last part first, and behind them the short
// entry, which is the file.  A set of up to 16 entries, as a name of up to 195 units needs, is put
// into one sector: it appears, changes and disappears in one write, and a power cut finds it whole
// or not at all.  Sets that others wrote, and those of longer names, may lie in up to three.
#ifndef BATON_KERNEL_FS_FAT_DIRECTORY_H_
#define BATON_KERNEL_FS_FAT_DIRECTORY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "kernel/fs/fat/disk.h"
#include "kernel/fs/fat/fat_table.h"
#include "kernel/fs/fat/geometry.h"
#include "kernel/fs/fat/layout.h"
#include "kernel/fs/fat/names.h"

namespace baton::kernel::fat {

/// Where an entry of 32 bytes lies.
struct Place {
  std::uint32_t sector = 0;
  std::uint32_t slot = 0;  ///< in the sector
  friend bool operator==(const Place&, const Place&) = default;
};

/// Where one is in a directory.
struct Position {
  std::uint32_t cluster = 0;  ///< 0: at its end
  std::uint32_t sector = 0;   ///< in the cluster
  std::uint32_t slot = 0;     ///< in the sector
  std::uint32_t entries = 0;  ///< that lie before
};

/// Consecutive entries in one sector.
struct Run {
  std::uint32_t sector = 0;
  std::uint32_t slot = 0;
  std::uint32_t count = 0;
};

/// What a short entry says, checked, and where its set lies.
struct Entry {
  static constexpr unsigned kMaxRuns = 3;

  Place place;                      ///< of the short entry
  std::array<Run, kMaxRuns> set{};  ///< the whole set; the last one holds the short entry
  unsigned runs = 0;
  ShortName name{};
  std::uint8_t attributes = 0;
  std::uint32_t first_cluster = 0;  ///< 0: none
  std::uint32_t size = 0;
  std::uint16_t date = 0;  ///< of the last change, as [FAT32 "Date and Time Formats"] has it
  std::uint16_t time = 0;

  [[nodiscard]] bool is_directory() const { return (attributes & entry::kDirectory) != 0; }
  [[nodiscard]] bool is_root() const { return place.sector == 0; }
  [[nodiscard]] bool is_dots() const { return name == kDot || name == kDotDot; }
};

/// What is to become of a place that prepare() has found.
struct NewSet {
  std::array<Run, 2> runs{};
  unsigned count = 0;
};

/// The fields that an entry is written with.
struct EntryFields {
  std::uint8_t attributes = 0;
  std::uint32_t first_cluster = 0;
  std::uint32_t size = 0;
  std::uint16_t date = 0;
  std::uint16_t time = 0;
};

/// A part of its volume.
class Directories {
 public:
  constexpr Directories(Disk& disk, FatTable& fat) : disk_(disk), fat_(fat) {}

  void attach(const Geometry& geometry) {
    geometry_ = geometry;
    loaded_ = kNone;
  }

  /// The beginning of the directory whose first cluster this is.
  static Position begin(std::uint32_t first_cluster) { return {first_cluster, 0, 0, 0}; }

  /// The entry behind `position`, "." and ".." included, and its name, which stays until the next
  /// call of anything here; false: there is none.  kCorrupt: the directory is longer than one can
  /// be, or its chain is damaged.
  Result<bool> next(Position& position, Entry& found);
  /// Of the entry that was found.
  [[nodiscard]] const LongName& name() const { return name_; }

  /// The entry with this name, its long or its short one.  kNotFound, kCorrupt.
  Result<Entry> find(std::uint32_t directory, const LongName& name);

  /// Whether it has no entries beside "." and "..".
  Result<bool> is_empty(std::uint32_t directory);

  /// A short name that no other entry has, and the parts that the long name needs (0: none).
  /// `replaced` is an entry that goes when the new one comes, or null.  kFull: none was found.
  Result<unsigned> choose_short(std::uint32_t directory, const LongName& name,
                                const Entry* replaced, ShortName& chosen);

  /// Makes room for a set of `entries`, longer by a cluster or two if need be, and changes nothing
  /// that a reader would see.  kFull: no room on the disk, or the directory is as long as one may
  /// be.
  Result<NewSet> prepare(std::uint32_t directory, unsigned entries);

  /// Writes a set into its place.  `parts` of `name`, then the short entry.  The place of the
  /// latter.
  Result<Place> put(const NewSet& set, const LongName& name, unsigned parts,
                    const ShortName& short_name, const EntryFields& fields);

  /// Takes a set out.  One that lies in several sectors goes short entry first.
  Result<void> erase(const Entry& found);

  /// Puts a set of the same file where `found` is, and in free room around it, in one write; false,
  /// and nothing is done, if there is not enough in that sector.
  Result<bool> replace(const Entry& found, const LongName& name, unsigned parts,
                       const ShortName& short_name, const EntryFields& fields);

  /// Changes the fields of a short entry.
  Result<void> update(const Place& place, const EntryFields& fields);

  /// Fills a new directory's first cluster.  `parent` is 0 for the root.
  Result<void> make(std::uint32_t cluster, std::uint32_t parent, const EntryFields& fields);

  /// The parent that ".." names; 0 for the root.  kCorrupt: there is no "..".
  Result<std::uint32_t> parent_of(std::uint32_t directory);
  Result<void> set_parent(std::uint32_t directory, std::uint32_t parent);

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  Result<void> load(std::uint32_t sector);
  Result<void> store(std::uint32_t sector);
  [[nodiscard]] std::span<std::byte> slot(std::uint32_t number) {
    return std::span(buffer_).subspan(number * entry::kBytes, entry::kBytes);
  }
  [[nodiscard]] std::uint32_t sector_at(const Position& position) const {
    return geometry_.sector_of(position.cluster) + position.sector;
  }
  Result<void> step_sector(Position& position);
  Result<void> clear_if_used(std::uint32_t sector);
  Result<void> pass_end(std::uint32_t sector, std::uint32_t end);
  Result<void> clear(std::uint32_t cluster);
  Result<NewSet> extend(std::uint32_t last_cluster, std::uint32_t entries_before, unsigned entries);
  Result<bool> has_short(std::uint32_t directory, const ShortName& name, const Entry* except);
  void fill(std::span<std::byte> bytes, const ShortName& name, const EntryFields& fields);
  void write_set(std::uint32_t first_slot, unsigned skip, unsigned count, const LongName& name,
                 unsigned parts, const ShortName& short_name, const EntryFields& fields);

  Disk& disk_;
  FatTable& fat_;
  Geometry geometry_;
  std::uint32_t loaded_ = kNone;
  SectorBuffer buffer_{};
  LongName name_;
  LongName other_;
};

/// The fields of an entry as they are.
[[nodiscard]] inline EntryFields fields_of(const Entry& found) {
  return {found.attributes, found.first_cluster, found.size, found.date, found.time};
}

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_DIRECTORY_H_
