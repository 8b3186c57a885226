// `FatTable`: which cluster follows which, and which are free; all copies of it.
//
// A chain that nothing leads to yet is *loose*: allocate() makes loose chains, and whoever asked
// writes what is to be in them, has a barrier, and only then links them to something.  A power cut
// before that loses clusters, and nothing else.
//
// Changes are gathered in one sector's buffer.  barrier() writes it, too.
#ifndef BATON_KERNEL_FS_FAT_FAT_TABLE_H_
#define BATON_KERNEL_FS_FAT_FAT_TABLE_H_

#include <cstdint>

#include "base/result.h"
#include "kernel/fs/fat/disk.h"
#include "kernel/fs/fat/geometry.h"
#include "kernel/fs/fat/layout.h"

namespace baton::kernel::fat {

/// A part of its volume.  Every cluster that is passed in is one that the volume has.
class FatTable {
 public:
  explicit constexpr FatTable(Disk& disk) : disk_(disk) {}

  /// Forgets everything, and works on the volume with this geometry.
  void attach(const Geometry& geometry);

  /// What next() says of a chain's last cluster.
  static constexpr std::uint32_t kEnd = 0;

  /// The cluster behind this one, or kEnd.  kCorrupt: the chain leads to a cluster that is free,
  /// bad, or not there; kIo and so on as the device says, if no copy of the FAT can be read.
  Result<std::uint32_t> next(std::uint32_t cluster);

  /// How many clusters a chain has.  kCorrupt: as next(), or it is a loop.  One step per cluster.
  Result<std::uint32_t> length_of(std::uint32_t first);

  /// A loose chain of `count` > 0 clusters; its first.  kFull: there are not so many, and nothing
  /// was taken.  Looks at each entry at most once.
  Result<std::uint32_t> allocate(std::uint32_t count);

  /// Lets `next` follow the last cluster of a chain.
  Result<void> link(std::uint32_t last, std::uint32_t next) { return set(last, next); }

  /// Makes `last` the end of its chain.
  Result<void> end_at(std::uint32_t last) { return set(last, kEndOfChain); }

  /// Frees a chain that nothing leads to, for certain: after a barrier.  Stops where the chain is
  /// damaged, saying kCorrupt.
  Result<void> free_chain(std::uint32_t first);

  /// How many clusters are free.  The first call looks at every entry; the disk's own number is not
  /// believed.
  Result<std::uint32_t> free_clusters();

  /// Where the next search for a free cluster begins; any value is good.
  void set_hint(std::uint32_t cluster) {
    if (geometry_.has_cluster(cluster)) hint_ = cluster;
  }
  [[nodiscard]] std::uint32_t hint() const { return hint_; }

  /// Entry 1 of the FAT says whether the volume was left in order.
  Result<bool> is_clean();
  Result<void> set_clean(bool clean);

  /// Writes the buffer, and then as Disk's.
  Result<void> barrier();

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  Result<std::uint32_t> get(std::uint32_t index);
  Result<void> set(std::uint32_t index, std::uint32_t value);
  Result<void> load(std::uint32_t sector);
  Result<void> write_back();

  Disk& disk_;
  Geometry geometry_;
  std::uint32_t free_ = info::kUnknown;
  std::uint32_t hint_ = kFirstCluster;
  std::uint32_t loaded_ = kNone;  // which sector of a FAT is in the buffer
  bool changed_ = false;          // the buffer is not on the disk
  SectorBuffer buffer_{};
};

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_FAT_TABLE_H_
