// Random operations on a volume and on a model of it: a map from paths to contents.  Judged by
// fsck.fat at every mount, and again when every request of the disk fails in turn.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "drivers/block/testing/fault_disk.h"
#include "gtest/gtest.h"
#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/fat/testing/inspect.h"
#include "kernel/fs/fat/testing/workload.h"
#include "kernel/fs/fat/volume.h"

namespace baton::kernel::fat {
namespace {

using drivers::testing::FaultDisk;
using testing::complaints;
using testing::difference;
using testing::make_image;
using testing::read_tree;
using testing::Workload;

const bool kSoak = std::getenv("BATON_SOAK") != nullptr;

TEST(FatRandom, DoesWhatTheModelDoes) {
  const unsigned rounds = kSoak ? 200 : testing::kSanitized ? 2 : 6;
  for (unsigned round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const unsigned per_cluster = 1U << round % 4;
    FaultDisk disk(make_image(256 * per_cluster, "-R 4 -s " + std::to_string(per_cluster)));
    FatVolume volume;
    Workload load(volume, round);
    for (int mounts = 0; mounts < 5; ++mounts) {
      ASSERT_TRUE(volume.mount(disk, {}));
      ASSERT_EQ(difference(read_tree(volume), load.model()), "");
      for (int step = 0; step < 150; ++step) {
        const auto answer = load.step();
        ASSERT_EQ(answer.got, answer.expected) << step << ": " << answer.what;
      }
      ASSERT_EQ(difference(read_tree(volume), load.model()), "");
      const auto free = volume.space();
      ASSERT_TRUE(load.close_all());
      ASSERT_TRUE(volume.unmount());
      ASSERT_EQ(complaints(disk.image(), false), std::vector<std::string>{});
      ASSERT_TRUE(volume.mount(disk, {}));
      ASSERT_EQ(volume.space()->free, free->free);
      ASSERT_TRUE(volume.unmount());
    }
  }
}

// Whatever request fails, what is on the disk is what a power cut leaves, the volume goes on
// answering, and what a successful sync() confirmed before is there.
TEST(FatRandom, EveryRequestFailsOnce) {
  const auto image = make_image(128);
  constexpr std::uint64_t kNever = UINT64_MAX;
  std::uint64_t requests = 0;
  // The first time none does, to see how many there are.
  for (std::uint64_t at = kNever; at == kNever || at < requests; at += kSoak                 ? 1
                                                                       : testing::kSanitized ? 15
                                                                                             : 3) {
    SCOPED_TRACE(at);
    // Every other time for good: the card was pulled.
    FaultDisk disk(image);
    disk.fail_at(at, at % 2 == 0 ? 1 : UINT64_MAX);
    FatVolume volume;
    if (!volume.mount(disk, {})) continue;
    Workload load(volume, 7);
    for (int step = 0; step < 150; ++step) {
      const auto answer = load.step();
      if (answer.got != answer.expected) break;
    }
    // Of what was under way when it failed, anything goes; what was confirmed and not touched since
    // does not.
    for (int step = 0; step < 20; ++step) static_cast<void>(load.step());
    static_cast<void>(load.close_all());
    if (at == kNever) requests = disk.requests();
    const auto findings = testing::inspect(disk.image());
    ASSERT_EQ(findings.damage, std::vector<std::string>{});
    if (at % 20 == 0 && findings.stray_parts == 0) {
      ASSERT_EQ(complaints(disk.image(), true), std::vector<std::string>{});
    }
    FatVolume again;
    FaultDisk after(disk.image());
    ASSERT_TRUE(again.mount(after, {}));
    const auto tree = read_tree(again);
    for (const auto& [path, contents] : load.lasting().tree) {
      if (!load.lasting().covers(path)) continue;
      const auto found = tree.find(path);
      ASSERT_NE(found, tree.end()) << path;
      ASSERT_TRUE(found->second == contents) << path;
    }
  }
  EXPECT_GT(requests, 400U);
}

}  // namespace
}  // namespace baton::kernel::fat
