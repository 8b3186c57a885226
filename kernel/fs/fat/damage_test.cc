// Images damaged by the ten thousand (in a soak, the hundred thousand).  Whatever the bytes: no
// crash, no access outside, and every call comes back after a number of requests that the volume's
// size bounds.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "drivers/block/testing/fault_disk.h"
#include "gtest/gtest.h"
#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/fat/volume.h"

namespace baton::kernel::fat {
namespace {

using testing::Image;
using testing::make_image;
using testing::put_file;
using testing::random_bytes;

const int kRounds = std::getenv("BATON_SOAK") != nullptr ? 400'000 : 20'000;

// A disk that is as it was at a word's notice.
class UndoDisk final : public iface::BlockDevice {
 public:
  explicit UndoDisk(Image image) : good_(std::move(image)), now_(good_) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "undo"; }
  [[nodiscard]] std::uint32_t sector_bytes() const noexcept override { return 512; }
  [[nodiscard]] std::uint64_t sectors() const noexcept override { return now_.size() / 512; }
  Result<void> read(std::uint64_t first, std::span<std::byte> into) noexcept override {
    ++requests;
    if (const auto good = check(first, into.size()); !good) return good;
    std::copy_n(now_.begin() + at(first), into.size(), into.begin());
    return {};
  }
  Result<void> write(std::uint64_t first, std::span<const std::byte> from) noexcept override {
    ++requests;
    if (const auto good = check(first, from.size()); !good) return good;
    std::ranges::copy(from, now_.begin() + at(first));
    for (std::uint64_t i = 0; i < from.size() / 512; ++i) changed_.push_back(first + i);
    return {};
  }
  Result<void> flush() noexcept override { return {}; }

  void damage(std::size_t where, std::uint8_t value) {
    now_[where] = static_cast<std::byte>(value);
    changed_.push_back(where / 512);
  }
  [[nodiscard]] std::uint8_t byte(std::size_t where) const {
    return std::to_integer<std::uint8_t>(now_[where]);
  }
  void undo() {
    for (const std::uint64_t sector : changed_) {
      std::copy_n(good_.begin() + at(sector), 512, now_.begin() + at(sector));
    }
    changed_.clear();
    requests = 0;
  }

  std::uint64_t requests = 0;

 private:
  static std::ptrdiff_t at(std::uint64_t sector) {
    return static_cast<std::ptrdiff_t>(sector * 512);
  }
  Image good_;
  Image now_;
  std::vector<std::uint64_t> changed_;
};

// 4 reserved sectors, 2 FATs of 2, a root of some sectors, directories, files.
Image original() {
  drivers::testing::FaultDisk disk(make_image(128));
  FatVolume v;
  EXPECT_TRUE(v.mount(disk, {}));
  EXPECT_TRUE(v.make_directory("dir"));
  EXPECT_TRUE(v.make_directory("dir/a directory inside"));
  EXPECT_TRUE(put_file(v, "SHORT.TXT", "short"));
  EXPECT_TRUE(put_file(v, "a long name of a file.text", random_bytes(1500, 1)));
  EXPECT_TRUE(put_file(v, "dir/" + std::string(200, 'x'), random_bytes(5000, 2)));
  EXPECT_TRUE(put_file(v, "dir/a directory inside/file", random_bytes(900, 3)));
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(put_file(v, "dir/number " + std::to_string(i), "x"));
    if (i % 3 == 0) EXPECT_TRUE(v.remove("dir/number " + std::to_string(i)));
  }
  EXPECT_TRUE(v.unmount());
  return disk.image();
}

// Every kind of call, on what is there, and on what was there before the damage.  What it answers
// is the image's business.
class Exercise {
 public:
  explicit Exercise(FatVolume& volume) : v_(volume) {}

  void run() {
    walk("", 0);
    static std::array<std::byte, 700> buffer{};
    for (const char* path : {"SHORT.TXT", "a long name of a file.text",
                             "dir/a directory inside/file", "dir/number 1"}) {
      const auto file = v_.open(path, {.write = true});
      if (!file) continue;
      keep(v_.read(*file, 0, buffer));
      const auto size = v_.size(*file);
      if (size) keep(v_.read(*file, *size - std::min<std::uint64_t>(*size, 600), buffer));
      if (size) keep(v_.write(*file, *size, buffer));
      keep(v_.write(*file, 100, buffer));
      keep(v_.truncate(*file, 300));
      keep(v_.sync(*file));
      keep(v_.close(*file));
    }
    keep(put_file(v_, "dir/another name of some length", "new"));
    keep(v_.make_directory("dir/new"));
    keep(v_.rename("dir/a directory inside", "dir/new/moved"));
    keep(v_.rename("SHORT.TXT", "dir/new/a longer name than it had"));
    keep(v_.rename("dir", "other name for it"));
    keep(v_.remove("other name for it/" + std::string(200, 'x')));
    keep(v_.remove("a long name of a file.text"));
    keep(v_.remove_directory("dir/new"));
    keep(v_.space());
    keep(v_.sync());
    keep(v_.unmount());
  }

 private:
  template <class T>
  static void keep(const Result<T>& answer) {
    if (!answer) EXPECT_FALSE(to_string(answer.error()).empty());
  }

  // No deeper than a few levels, and not more than some: a damaged tree may be endless.
  void walk(const std::string& path, unsigned depth) {
    const auto directory = v_.open_directory(path);
    if (!directory) return;
    std::vector<std::string> inside;
    DirectoryPosition position;
    static DirectoryEntry entry;
    for (int i = 0; i < 40; ++i) {
      const auto more = v_.next(*directory, position, entry);
      if (!more || !*more) break;
      EXPECT_GT(entry.length, 0U);
      EXPECT_LE(entry.length, std::size_t{kMaxNameUnits} * 3);
      EXPECT_EQ(entry.name().find('/'), entry.name().npos);
      EXPECT_EQ(entry.name().find('\0'), entry.name().npos);
      if (entry.info.directory)
        inside.push_back(path.empty() ? std::string(entry.name())
                                      : path + "/" + std::string(entry.name()));
    }
    keep(v_.close(*directory));
    for (const std::string& each : inside) {
      if (depth < 3 && left_-- > 0) walk(each, depth + 1);
    }
  }

  FatVolume& v_;
  int left_ = 10;
};

TEST(FatDamage, NothingHangsOrStrays) {
  UndoDisk disk(original());
  ASSERT_EQ(disk.byte(14), 4);  // reserved sectors
  std::mt19937 random(11);
  // A loop in a directory is found after 65,536 entries; everything else is bounded by 248
  // clusters.
  constexpr std::uint64_t kMostRequests = 400'000;
  std::uint64_t most = 0;
  int mounted = 0;
  FatVolume volume;
  for (int round = 0; round < kRounds; ++round) {
    disk.undo();
    for (unsigned i = 0, changes = 1 + random() % 4; i < changes; ++i) {
      // Boot sector, FSInfo, FATs, and the directories and files that come first.
      const std::array<std::pair<std::size_t, std::size_t>, 5> areas = {
          {{11, 80}, {512 + 484, 24}, {4 * 512, 200}, {6 * 512, 200}, {8 * 512, 40 * 512}}};
      const auto [first, size] = areas[random() % 20 == 0 ? random() % 2 : 2 + random() % 3];
      const std::size_t where = first + random() % size;
      switch (random() % 4) {
        case 0:
          disk.damage(where, static_cast<std::uint8_t>(random()));
          break;
        case 1:
          disk.damage(where, disk.byte(where) ^ static_cast<std::uint8_t>(1U << random() % 8));
          break;
        case 2: {  // a word that may be a cluster of the volume
          const std::size_t word = where / 4 * 4;
          disk.damage(word, static_cast<std::uint8_t>(random() % 40));
          for (std::size_t j = 1; j < 4; ++j) disk.damage(word + j, 0);
          break;
        }
        default: {  // an entry elsewhere
          const std::size_t to = where / 32 * 32;
          const std::size_t from = 8 * 512 + random() % 500 * 32;
          for (std::size_t j = 0; j < 32; ++j) disk.damage(to + j, disk.byte(from + j));
        }
      }
    }
    if (volume.mount(disk, {})) {
      ++mounted;
      Exercise(volume).run();
      // Whatever is open still: nothing may be.
      ASSERT_EQ(volume.look("").error(), Error::kClosed) << round;
    }
    most = std::max(most, disk.requests);
    ASSERT_LT(disk.requests, kMostRequests) << round;
    ASSERT_FALSE(HasFailure()) << round;
  }
  EXPECT_GT(mounted, kRounds / 2);
  std::printf("%d images, %d mounted, at most %d requests\n", kRounds, mounted,
              static_cast<int>(most));
}

// What is found by name, so that a way of finding nothing is not taken for soundness.
struct Lie {
  const char* what;
  std::size_t at;
  std::uint32_t value;  // 32 bits
  const char* path;
  Error expected;
};

TEST(FatDamage, LiesAreToldAsSuch) {
  drivers::testing::FaultDisk made(make_image(128));
  FatVolume v;
  ASSERT_TRUE(v.mount(made, {}));
  ASSERT_TRUE(put_file(v, "A", random_bytes(2000, 1)));  // clusters 3 to 6
  ASSERT_TRUE(v.make_directory("D"));                    // 7
  ASSERT_TRUE(v.unmount());
  constexpr std::size_t kFat = 4 * 512;
  constexpr std::size_t kRoot = 8 * 512;
  const auto read = [&](const Lie& lie) -> Result<void> {
    Image image = made.image();
    store32(image, lie.at, lie.value);
    drivers::testing::FaultDisk disk(image);
    FatVolume volume;
    if (const auto mounted = volume.mount(disk, {}); !mounted) return mounted;
    if (lie.path[0] == 'D') {
      const auto directory = volume.open_directory(lie.path);
      if (!directory) return fail(directory.error());
      DirectoryPosition position;
      static DirectoryEntry entry;
      while (true) {
        const auto more = volume.next(*directory, position, entry);
        if (!more) return fail(more.error());
        if (!*more) return {};
      }
    }
    if (const auto got = testing::get_file(volume, lie.path); !got) return fail(got.error());
    return volume.remove(lie.path);
  };
  for (const Lie& lie : {
           Lie{"a loop in a file's chain", kFat + 6 * 4, 3, "A", Error::kCorrupt},
           Lie{"a chain into a free cluster", kFat + 4 * 4, 0, "A", Error::kCorrupt},
           Lie{"a chain out of the volume", kFat + 4 * 4, 250, "A", Error::kCorrupt},
           Lie{"a chain to cluster 1", kFat + 4 * 4, 1, "A", Error::kCorrupt},
           Lie{"a chain to a bad cluster", kFat + 4 * 4, kBadCluster, "A", Error::kCorrupt},
           Lie{"a chain too short", kFat + 4 * 4, kEndOfChain, "A", Error::kCorrupt},
           Lie{"a size larger than the disk", kRoot + 28, 0xffff'ffff, "A", Error::kCorrupt},
           Lie{"a size with no cluster", kRoot + 26, 2000U << 16U, "A", Error::kCorrupt},
           Lie{"a directory without cluster", kRoot + 32 + 26, 0, "D", Error::kCorrupt},
       }) {
    const auto answer = read(lie);
    ASSERT_FALSE(answer) << lie.what;
    EXPECT_EQ(answer.error(), lie.expected) << lie.what;
  }
  // A directory whose chain is a loop, and which has no end.
  Image image = made.image();
  store32(image, kFat + 7 * 4, 7);
  for (std::size_t i = 2; i < 16; ++i) image[(8 + 5) * 512 + i * 32] = std::byte{0xe5};
  drivers::testing::FaultDisk disk(image);
  ASSERT_TRUE(v.mount(disk, {}));
  EXPECT_EQ(v.look("D/nothing").error(), Error::kCorrupt);
  EXPECT_EQ(v.remove_directory("D").error(), Error::kCorrupt);
  EXPECT_LT(disk.requests(), 10'000U);
}

}  // namespace
}  // namespace baton::kernel::fat
