#include "kernel/fs/fat/geometry.h"

#include <bit>

namespace baton::kernel::fat {

Result<Geometry> parse_boot_sector(ConstSectorView sector, std::uint64_t device_sectors) {
  if (load16(sector, boot::kSignature) != boot::kSignatureValue) return fail(Error::kNotFound);
  const std::uint32_t bytes_per_sector = load16(sector, boot::kBytesPerSector);
  const std::uint32_t per_cluster = load8(sector, boot::kSectorsPerCluster);
  const std::uint32_t reserved = load16(sector, boot::kReservedSectors);
  const std::uint32_t fats = load8(sector, boot::kFats);
  // A partition table carries the same signature, and code where these are.
  if (!std::has_single_bit(bytes_per_sector) || bytes_per_sector < 512 || bytes_per_sector > 4096 ||
      !std::has_single_bit(per_cluster) || reserved == 0 || fats == 0) {
    return fail(Error::kNotFound);
  }
  if (bytes_per_sector != kSectorBytes || load16(sector, boot::kFatSectors16) != 0 ||
      load16(sector, boot::kRootEntries) != 0 || load16(sector, boot::kVersion) != 0) {
    return fail(Error::kUnsupported);
  }

  const std::uint32_t total16 = load16(sector, boot::kTotalSectors16);
  const std::uint32_t total = total16 != 0 ? total16 : load32(sector, boot::kTotalSectors32);
  const std::uint32_t fat_sectors = load32(sector, boot::kFatSectors32);
  const std::uint64_t data_first = reserved + std::uint64_t{fats} * fat_sectors;
  if (fat_sectors == 0 || total > device_sectors || data_first >= total) {
    return fail(Error::kCorrupt);
  }
  const auto clusters = static_cast<std::uint32_t>((total - data_first) / per_cluster);
  if (clusters == 0 || clusters > kMaxClusters) return fail(Error::kCorrupt);
  if (std::uint64_t{fat_sectors} * kEntriesPerSector < std::uint64_t{clusters} + kFirstCluster) {
    return fail(Error::kCorrupt);
  }

  Geometry geometry;
  geometry.sectors_per_cluster = per_cluster;
  geometry.fat_first = reserved;
  geometry.fat_sectors = fat_sectors;
  geometry.fats = fats;
  const std::uint16_t flags = load16(sector, boot::kFlags);
  geometry.mirrored = (flags & 0x80U) == 0;
  geometry.active_fat = geometry.mirrored ? 0 : flags & 0x0fU;
  geometry.data_first = static_cast<std::uint32_t>(data_first);
  geometry.clusters = clusters;
  geometry.root_cluster = load32(sector, boot::kRootCluster) & kEntryMask;
  if (geometry.active_fat >= fats || !geometry.has_cluster(geometry.root_cluster)) {
    return fail(Error::kCorrupt);
  }
  // 0 and 0xffff are what those write who have none.
  const std::uint32_t info = load16(sector, boot::kInfoSector);
  if (info != 0 && info != 0xffff) {
    if (info >= reserved) return fail(Error::kCorrupt);
    geometry.info_sector = info;
  }
  return geometry;
}

}  // namespace baton::kernel::fat
