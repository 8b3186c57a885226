// What a FAT32 boot sector says of its volume, once it has been found to make sense.
#ifndef BATON_KERNEL_FS_FAT_GEOMETRY_H_
#define BATON_KERNEL_FS_FAT_GEOMETRY_H_

#include <cstdint>

#include "base/result.h"
#include "kernel/fs/fat/layout.h"

namespace baton::kernel::fat {

/// Sectors are counted from the volume's first one.
struct Geometry {
  std::uint32_t sectors_per_cluster = 0;
  std::uint32_t fat_first = 0;    ///< of the first FAT
  std::uint32_t fat_sectors = 0;  ///< of each FAT
  std::uint32_t fats = 0;
  std::uint32_t active_fat = 0;  ///< the one to read
  bool mirrored = true;          ///< changes go to all FATs, not only to that one
  std::uint32_t data_first = 0;  ///< where cluster 2 begins
  std::uint32_t clusters = 0;
  std::uint32_t root_cluster = 0;
  std::uint32_t info_sector = 0;  ///< 0: there is none

  [[nodiscard]] constexpr bool has_cluster(std::uint32_t cluster) const {
    return cluster >= kFirstCluster && cluster - kFirstCluster < clusters;
  }
  /// Of a cluster that it has.
  [[nodiscard]] constexpr std::uint32_t sector_of(std::uint32_t cluster) const {
    return data_first + (cluster - kFirstCluster) * sectors_per_cluster;
  }
  [[nodiscard]] constexpr std::uint32_t cluster_bytes() const {
    return sectors_per_cluster * kSectorBytes;
  }
};

/// Reads sector 0 of a volume on a device of so many sectors.  kNotFound: it is no boot sector of a
/// FAT file system; kUnsupported: it is one of another kind (FAT12, FAT16, other sectors, a later
/// version); kCorrupt: its numbers contradict each other, or the device's size.
///
/// What makes it FAT32 is that it has no FAT12/16 fields, as it is for Linux and dosfstools; not
/// that it has 65,525 clusters, as [FAT32 "FAT Type Determination"] says: small ones would then be
/// read wrongly.
Result<Geometry> parse_boot_sector(ConstSectorView sector, std::uint64_t device_sectors);

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_GEOMETRY_H_
