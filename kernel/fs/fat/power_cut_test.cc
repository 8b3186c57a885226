// The power goes at every write of a random load, in the order of the writes and, within what no
// flush has ordered, in any other: what is left is sound, and what was confirmed is there.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "drivers/block/testing/fault_disk.h"
#include "gtest/gtest.h"
#include "kernel/fs/fat/layout.h"
#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/fat/testing/inspect.h"
#include "kernel/fs/fat/testing/workload.h"
#include "kernel/fs/fat/volume.h"

namespace baton::kernel::fat {
namespace {

using drivers::testing::Event;
using drivers::testing::FaultDisk;
using drivers::testing::PowerCuts;
using testing::complaints;
using testing::Image;
using testing::inspect;
using testing::make_image;
using testing::put_file;
using testing::read_tree;
using testing::Workload;

const unsigned kSeeds = std::getenv("BATON_SOAK") != nullptr ? 100 : testing::kSanitized ? 2 : 4;

// What was confirmed when an operation began, and which events are its.
struct Step {
  std::size_t end = 0;
  Workload::Lasting before;
  Workload::Lasting after;
};

struct Recording {
  Image before;
  std::vector<Event> events;
  std::vector<Step> steps;
};

// Leaves free only what is next to where a sector of the FAT ends: chains lead to and fro between
// sectors, and clusters are soon used again.
Image scattered() {
  Image image = make_image(768);
  const std::uint32_t sectors = load32(image, boot::kFatSectors32);
  for (std::uint32_t cluster = 3; cluster < sectors * kEntriesPerSector; ++cluster) {
    if ((cluster + 6) % kEntriesPerSector < 12) continue;
    for (std::uint32_t fat = 0; fat < 2; ++fat) {
      const std::size_t first = (4 + fat * sectors) * std::size_t{kSectorBytes};
      store32(image, first + std::size_t{cluster} * 4, kBadCluster);
    }
  }
  return image;
}

Recording record(unsigned seed, bool longest_names) {
  const unsigned per_cluster = 1U + seed / 2 % 2;
  FaultDisk disk(seed % 2 == 0
                     ? make_image(160 * per_cluster, "-R 4 -s " + std::to_string(per_cluster))
                     : scattered());
  FatVolume volume;
  EXPECT_TRUE(volume.mount(disk, {}));
  Workload load(volume, seed, longest_names);
  disk.record();
  Recording recording{disk.image(), {}, {}};
  for (int i = 0; i < 200; ++i) {
    Step step;
    step.before = load.lasting();
    const auto answer = load.step();
    EXPECT_EQ(answer.got, answer.expected) << answer.what;
    step.after = load.lasting();
    step.end = disk.events().size();
    recording.steps.push_back(step);
  }
  recording.events = disk.events();
  return recording;
}

// The first thing that is wrong with an image that a cut during `step` left; empty if nothing is.
std::string judge(const Image& image, const Step& step, bool stray_parts) {
  const auto found = inspect(image);
  if (!found.damage.empty()) return found.damage.front();
  if (found.stray_parts != 0 && !stray_parts) return "stray parts of long names";
  FaultDisk disk(image);
  FatVolume volume;
  if (const auto mounted = volume.mount(disk, {.read_only = true}); !mounted) {
    return "not to be mounted: " + std::string(to_string(mounted.error()));
  }
  const auto tree = read_tree(volume);
  for (const auto& [path, contents] : tree) {
    if (path.starts_with("!")) return std::string(path).append(": ").append(contents);
  }
  // What was confirmed before the step, and is not touched in it.
  for (const auto& [path, contents] : step.before.tree) {
    if (!step.before.covers(path)) continue;
    if (!step.after.covers(path)) continue;
    const auto there = tree.find(path);
    if (there == tree.end()) return "lost: " + path;
    if (there->second != contents) return "changed: " + path;
  }
  return "";
}

enum class Order : std::uint8_t { kWritten, kAny };

struct Verdict {
  std::size_t cuts = 0;
  std::size_t bad = 0;
  std::string first;
};

Verdict cut_everywhere(const Recording& recording, Order order, bool stray_parts,
                       std::size_t every_fsck) {
  Verdict verdict;
  std::mt19937 random(5);
  PowerCuts cuts(recording.before, recording.events);
  std::size_t step = 0;
  do {
    while (step + 1 < recording.steps.size() && recording.steps[step].end < cuts.count()) ++step;
    const Image image = order == Order::kWritten ? cuts.in_order() : cuts.in_any_order(random);
    std::string bad = judge(image, recording.steps[step], stray_parts);
    if (bad.empty() && every_fsck != 0 && verdict.cuts % every_fsck == 0 && !stray_parts) {
      const auto said = complaints(image, true);
      if (!said.empty()) bad = said.front();
    }
    ++verdict.cuts;
    if (!bad.empty() && verdict.bad++ == 0) {
      verdict.first = "after " + std::to_string(cuts.count()) + ": " + bad;
    }
  } while (cuts.step());
  return verdict;
}

TEST(PowerCut, LeavesNoDamageAndWhatWasConfirmed) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    // Names of more than 195 units lie in two sectors, and may leave parts of theirs.
    const bool longest = seed % 4 == 3;
    const Recording recording = record(seed, longest);
    for (const Order order : {Order::kWritten, Order::kAny}) {
      const Verdict verdict = cut_everywhere(recording, order, longest, 40);
      EXPECT_EQ(verdict.bad, 0U) << "seed " << seed << ", " << verdict.first;
      EXPECT_GT(verdict.cuts, 300U);
    }
  }
}

// Within a sector a name changes in one step: a file is there under the old or the new one.
TEST(PowerCut, ARenameWithinASectorIsWhole) {
  FaultDisk disk(make_image(128));
  FatVolume volume;
  ASSERT_TRUE(volume.mount(disk, {}));
  ASSERT_TRUE(put_file(volume, "a name of some length", "contents"));
  ASSERT_TRUE(volume.sync());
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"a name of some length", "B"},
           {"B", "C.TXT"},
           {"C.TXT", "another name, longer"},
           {"another name, longer", "ANOTHER name, longer"}}) {
    disk.record();
    ASSERT_TRUE(volume.rename(from, to));
    ASSERT_TRUE(volume.sync());
    std::mt19937 random(1);
    PowerCuts cuts(disk.before(), disk.events());
    do {
      FaultDisk left(cuts.in_any_order(random));
      FatVolume again;
      ASSERT_TRUE(again.mount(left, {}));
      const auto tree = read_tree(again);
      ASSERT_EQ(tree.size(), 1U) << to;
      EXPECT_TRUE(tree.begin()->first == from || tree.begin()->first == to);
      EXPECT_EQ(tree.begin()->second, "contents");
    } while (cuts.step());
    EXPECT_EQ(cuts.count(), 2U);  // a write and a flush
  }
}

// Controls: the test sees what it should.
TEST(PowerCut, FlushesThatDoNothingAreFound) {
  Recording recording = record(0, false);
  // The steps' ends count flushes; what was confirmed is not looked at here.
  recording.events = without_flushes(recording.events);
  recording.steps = {{recording.events.size(), {}, {}}};
  const Verdict verdict = cut_everywhere(recording, Order::kAny, false, 0);
  EXPECT_GT(verdict.bad, verdict.cuts / 10) << verdict.cuts;
}

TEST(PowerCut, TheWrongOrderIsFound) {
  Recording recording = record(0, false);
  recording.events = with_order_swapped(recording.events);
  recording.steps = {{recording.events.size(), {}, {}}};
  const Verdict verdict = cut_everywhere(recording, Order::kWritten, false, 0);
  EXPECT_GT(verdict.bad, verdict.cuts / 20) << verdict.cuts;
}

TEST(PowerCut, TheInspectorSeesWhatFsckSees) {
  // Each with one thing wrong.
  FaultDisk disk(make_image(128));
  FatVolume volume;
  ASSERT_TRUE(volume.mount(disk, {}));
  ASSERT_TRUE(put_file(volume, "A", testing::random_bytes(2000, 1)));
  ASSERT_TRUE(put_file(volume, "B", testing::random_bytes(2000, 2)));
  ASSERT_TRUE(volume.make_directory("D"));
  ASSERT_TRUE(volume.unmount());
  const Image good = disk.image();
  EXPECT_TRUE(inspect(good).damage.empty());
  const std::size_t fat = 4 * 512;
  const std::size_t root = 8 * 512;
  struct Change {
    std::size_t at;
    unsigned value;
  };
  for (const auto& [at, value] : std::vector<Change>{
           {fat + 3 * 4, 7},          // A goes on in B
           {fat + 3 * 4, 3},          // round in a circle
           {fat + 3 * 4, 0},          // into nothing
           {fat + 3 * 4, 1},          //
           {root + 32 + 26, 3},       // B is A
           {root + 29, 0x10},         // A is larger than its chain
           {root + 64 + 26, 9},       // D is B's
           {root + 9 * 512 + 26, 4},  // D's "." is another's
       }) {
    Image bad = good;
    bad[at] = static_cast<std::byte>(value);
    const bool ours = !inspect(bad).damage.empty();
    const bool theirs = !complaints(bad, true).empty();
    EXPECT_TRUE(ours) << at << " " << value;
    EXPECT_EQ(ours, theirs) << at << " " << value;
  }
}

}  // namespace
}  // namespace baton::kernel::fat
