// A look at a FAT32 image that shares nothing with the library under test: is what can be reached
// sound?  Quick enough for every state of a power cut.
#ifndef BATON_KERNEL_FS_FAT_TESTING_INSPECT_H_
#define BATON_KERNEL_FS_FAT_TESTING_INSPECT_H_

#include <string>
#include <vector>

#include "kernel/fs/fat/testing/images.h"

namespace baton::kernel::fat::testing {

struct Findings {
  /// Chains that meet, or lead to what is free or not there, or are shorter than their file; wrong
  /// "." and ".."; names twice.
  std::vector<std::string> damage;
  /// Parts of long names without the rest.
  unsigned stray_parts = 0;
  /// Clusters in chains beyond their files' sizes, and in no chain.
  unsigned excess_clusters = 0;
  unsigned lost_clusters = 0;
};

Findings inspect(const Image& image);

}  // namespace baton::kernel::fat::testing

#endif  // BATON_KERNEL_FS_FAT_TESTING_INSPECT_H_
