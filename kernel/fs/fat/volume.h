// `FatVolume`: a FAT32 file system on a block device.  docs/filesystem.md tells the order in which
// it writes, and what a power cut may leave.
//
//   constinit FatVolume volume;
//   volume.mount(disk, {});                                // Result<void>
//   const auto file = volume.open("logs/boot.txt", {.write = true, .create = true});
//
// About 4 KiB, buffers and open files included; no heap, no recursion, and a few hundred bytes of
// stack.  It believes nothing that it reads: every loop is bounded by the volume's clusters or a
// directory's 65,536 entries.  Names are kept in UTF-8 here and compared without their case (ASCII
// and Latin-1 letters).  Sectors have 512 bytes.
#ifndef BATON_KERNEL_FS_FAT_VOLUME_H_
#define BATON_KERNEL_FS_FAT_VOLUME_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "drivers/iface/block_device.h"
#include "kernel/fs/fat/directory.h"
#include "kernel/fs/fat/disk.h"
#include "kernel/fs/fat/fat_table.h"
#include "kernel/fs/fat/geometry.h"
#include "kernel/fs/fat/layout.h"
#include "kernel/fs/file_system.h"

namespace baton::kernel::fat {

struct MountOptions {
  bool read_only = false;
};

/// One owner at a time, and threads only, as FileSystem says.
class FatVolume final : public FileSystem {
 public:
  /// Files and directories that may be open at a time.
  static constexpr unsigned kMaxOpen = 16;

  constexpr FatVolume() = default;

  /// kNotFound: there is no FAT file system; kUnsupported, kCorrupt: see parse_boot_sector();
  /// kBusy: it is mounted.  The device is the volume's until it is unmounted.
  Result<void> mount(iface::BlockDevice& device, const MountOptions& options) noexcept;

  /// Whether it was in order when it was mounted: if not, lost clusters are likely, and it is left
  /// so marked.
  [[nodiscard]] bool was_clean() const noexcept { return was_clean_; }
  [[nodiscard]] bool read_only() const noexcept { return disk_.read_only(); }

  /// The time that changes are marked with from now on; there is no clock here.
  void set_time(const FileTime& now) noexcept;

  [[nodiscard]] std::string_view kind() const noexcept override { return "fat32"; }
  Result<FileId> open(std::string_view path, const OpenOptions& options) noexcept override;
  Result<FileId> open_directory(std::string_view path) noexcept override;
  Result<void> close(FileId file) noexcept override;
  Result<std::uint64_t> size(FileId file) noexcept override;
  Result<std::size_t> read(FileId file, std::uint64_t at,
                           std::span<std::byte> into) noexcept override;
  Result<void> write(FileId file, std::uint64_t at,
                     std::span<const std::byte> from) noexcept override;
  Result<void> truncate(FileId file, std::uint64_t bytes) noexcept override;
  Result<void> sync(FileId file) noexcept override;
  Result<bool> next(FileId directory, DirectoryPosition& position,
                    DirectoryEntry& entry) noexcept override;
  Result<FileInfo> look(std::string_view path) noexcept override;
  Result<void> make_directory(std::string_view path) noexcept override;
  Result<void> remove_directory(std::string_view path) noexcept override;
  Result<void> remove(std::string_view path) noexcept override;
  Result<void> rename(std::string_view from, std::string_view to) noexcept override;
  Result<Space> space() noexcept override;
  Result<void> sync() noexcept override;
  Result<void> unmount() noexcept override;

 private:
  // An open file or directory.
  struct Node {
    unsigned users = 0;  // 0: nothing is open here
    Place place;         // sector 0: the root
    EntryFields fields;
    bool changed = false;  // `fields` are not on the disk
    // The cluster with this number in the file was this one when it was last looked for.
    std::uint32_t near_index = 0;
    std::uint32_t near_cluster = 0;  // 0: none was
    [[nodiscard]] bool is_directory() const { return (fields.attributes & entry::kDirectory) != 0; }
  };

  // A path's last name, and the directory that it is in.
  struct Target {
    std::uint32_t directory = 0;
    std::string_view name;
  };

  Result<Node*> node_of(FileId file);
  Result<Node*> file_of(FileId file);
  [[nodiscard]] Node* open_at(const Place& place);
  Result<Node*> spare_node();
  Result<FileId> open_node(const Place& place, const EntryFields& fields);
  [[nodiscard]] FileId id_of(const Node& node) const {
    return static_cast<FileId>(&node - nodes_.data());
  }

  Result<void> check_entry(const Entry& found) const;
  Result<Entry> find(std::uint32_t directory, std::string_view name);
  Result<Target> walk(std::string_view path);
  Result<Entry> find_path(std::string_view path);
  Result<Place> add(const Target& target, const EntryFields& fields);
  Result<void> take_out(const Entry& found);
  Result<void> check_not_below(std::uint32_t directory, std::uint32_t moved);

  Result<void> begin_change();
  Result<void> mark(bool clean);
  Result<void> write_info(std::uint32_t free);

  Result<std::uint32_t> cluster_at(Node& node, std::uint32_t index);
  Result<void> write_file(Node& node, std::uint64_t at, std::uint64_t bytes, const std::byte* from);
  Result<void> fill_clusters(Node& node, std::uint64_t at, std::uint64_t bytes,
                             const std::byte* from, std::uint32_t have, std::uint32_t loose);
  Result<void> write_in_cluster(std::uint32_t cluster, std::uint32_t offset, std::uint32_t bytes,
                                const std::byte* from, std::uint32_t used);
  Result<void> shorten(Node& node, std::uint32_t bytes);
  Result<void> write_fields(Node& node);

  [[nodiscard]] std::uint32_t clusters_for(std::uint64_t bytes) const {
    return static_cast<std::uint32_t>((bytes + geometry_.cluster_bytes() - 1) /
                                      geometry_.cluster_bytes());
  }
  void touch(EntryFields& fields) const {
    fields.date = date_;
    fields.time = time_;
  }

  Disk disk_;
  Geometry geometry_;
  FatTable fat_{disk_};
  Directories directories_{disk_, fat_};
  std::array<Node, kMaxOpen> nodes_{};
  LongName wanted_;
  SectorBuffer data_{};
  bool was_clean_ = true;
  bool marked_ = false;        // as not in order, by us
  std::uint16_t date_ = 0x21;  // 1980-01-01
  std::uint16_t time_ = 0;
};

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_VOLUME_H_
