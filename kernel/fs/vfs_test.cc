#include "kernel/fs/vfs.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/annotations.h"
#include "drivers/block/testing/fault_disk.h"
#include "gtest/gtest.h"
#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/fat/volume.h"
#include "kernel/fs/path.h"

namespace baton::kernel {
namespace {

using drivers::testing::FaultDisk;
using fat::FatVolume;
using fat::testing::bytes_of;
using fat::testing::complaints;
using fat::testing::make_image;
using fat::testing::random_bytes;

class BATON_CAPABILITY("mutex") HostMutex {
 public:
  void lock() BATON_ACQUIRE() { mutex_.lock(); }
  void unlock() BATON_RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};
using Vfs = BasicVfs<HostMutex>;

template <class T>
Error error_of(const Result<T>& result) {
  return result ? static_cast<Error>(255) : result.error();
}

struct Disk {
  Disk() : disk(make_image(256)) { EXPECT_TRUE(volume.mount(disk, {})); }
  FaultDisk disk;
  FatVolume volume;
};

std::string clean(std::string_view text, std::string_view base = "/") {
  const auto path = Path::parse(text, base);
  return path ? std::string(path->view()) : "! " + std::string(to_string(path.error()));
}

TEST(Path, IsCleaned) {
  EXPECT_EQ(clean(""), "");
  EXPECT_EQ(clean("/"), "");
  EXPECT_EQ(clean("///"), "");
  EXPECT_EQ(clean("/a/b"), "a/b");
  EXPECT_EQ(clean("/a//b/"), "a/b");
  EXPECT_EQ(clean("/a/./b/."), "a/b");
  EXPECT_EQ(clean("/a/../b"), "b");
  EXPECT_EQ(clean("/a/b/../../.."), "");
  EXPECT_EQ(clean("/../../a"), "a");
  EXPECT_EQ(clean("/..a/...b"), "..a/...b");
  EXPECT_EQ(clean("x", "/data/now"), "data/now/x");
  EXPECT_EQ(clean("../x", "/data/now"), "data/x");
  EXPECT_EQ(clean("/x", "/data/now"), "x");
  EXPECT_EQ(clean(std::string_view("a\0b", 3)), "! invalid argument");
}

TEST(Path, HasABound) {
  const std::string full(Path::kMaxBytes, 'x');
  EXPECT_EQ(clean(full), full);
  EXPECT_EQ(clean(full + "x"), "! out of range");
  EXPECT_EQ(clean(full + "/x"), "! out of range");
  EXPECT_EQ(clean(full + "/../y"), "y");
  EXPECT_EQ(clean("x", full), "! out of range");
}

TEST(Vfs, ThePathSaysWhichFileSystem) {
  Disk root;
  Disk data;
  Disk inner;
  Vfs vfs;
  EXPECT_EQ(error_of(vfs.look("/")), Error::kNotFound);
  ASSERT_TRUE(vfs.mount("/data", data.volume));
  EXPECT_EQ(error_of(vfs.look("/")), Error::kNotFound);
  ASSERT_TRUE(vfs.mount("/", root.volume));
  ASSERT_TRUE(vfs.mount("/data/inner/", inner.volume));
  EXPECT_EQ(error_of(vfs.mount("data", root.volume)), Error::kExists);
  EXPECT_EQ(error_of(vfs.mount(std::string(65, 'x'), root.volume)), Error::kOutOfRange);

  for (const char* path : {"/file", "/data/file", "/data/inner/file", "/database"}) {
    auto file = vfs.open(path, {.write = true, .create = true});
    ASSERT_TRUE(file) << path;
    ASSERT_TRUE(file->write(bytes_of(path)));
    ASSERT_TRUE(file->close());
    EXPECT_EQ(error_of(file->size()), Error::kClosed);
  }
  EXPECT_EQ(root.volume.look("file")->bytes, 5U);
  EXPECT_EQ(root.volume.look("database")->bytes, 9U);
  EXPECT_EQ(data.volume.look("file")->bytes, 10U);
  EXPECT_EQ(inner.volume.look("file")->bytes, 16U);
  EXPECT_TRUE(vfs.look("/data")->directory);
  EXPECT_EQ(error_of(vfs.rename("/file", "/data/file2")), Error::kUnsupported);
  EXPECT_TRUE(vfs.rename("/file", "/file2"));
  EXPECT_TRUE(vfs.make_directory("/data/d"));
  EXPECT_EQ(error_of(vfs.remove("/data/d")), Error::kIsDirectory);
  EXPECT_TRUE(vfs.remove_directory("/data/d"));
  EXPECT_TRUE(vfs.remove("/data/file"));
  EXPECT_EQ(vfs.space("/data")->free, 499U * 512);
  std::set<std::string> points;
  vfs.for_each_mount([&](std::string_view point, std::string_view kind, const auto& space) {
    points.insert(std::string(point));
    EXPECT_EQ(kind, "fat32");
    EXPECT_TRUE(space);
  });
  EXPECT_EQ(points, (std::set<std::string>{"", "data", "data/inner"}));

  EXPECT_EQ(error_of(vfs.unmount("/nowhere")), Error::kNotFound);
  for (const char* point : {"/data", "/", "/data/inner"}) EXPECT_TRUE(vfs.unmount(point));
  EXPECT_EQ(error_of(vfs.look("/data")), Error::kNotFound);
  for (Disk* disk : {&root, &data, &inner}) {
    EXPECT_EQ(complaints(disk->disk.image(), false), std::vector<std::string>{});
  }
}

TEST(Vfs, FilesKeepTheirPlace) {
  Disk disk;
  Vfs vfs;
  ASSERT_TRUE(vfs.mount("/", disk.volume));
  auto file = vfs.open("/f", {.write = true, .create = true});
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write(bytes_of("hello ")));
  ASSERT_TRUE(file->write(bytes_of("world")));
  EXPECT_EQ(file->tell(), 11U);
  file->seek(4);
  std::array<std::byte, 4> buffer;
  EXPECT_EQ(file->read(buffer), 4U);
  EXPECT_EQ(file->tell(), 8U);
  EXPECT_EQ(std::to_integer<char>(buffer[2]), 'w');
  ASSERT_TRUE(file->truncate(9));
  EXPECT_EQ(file->size(), 9U);
  ASSERT_TRUE(file->sync());
  file->seek(20);
  EXPECT_EQ(file->read(buffer), 0U);

  auto reader = vfs.open("/f", {});
  ASSERT_TRUE(reader);
  EXPECT_EQ(error_of(reader->write(bytes_of("x"))), Error::kReadOnly);
  EXPECT_EQ(error_of(reader->truncate(0)), Error::kReadOnly);
  EXPECT_EQ(reader->read(buffer), 4U);
  EXPECT_EQ(error_of(vfs.unmount("/")), Error::kBusy);
  // What is assigned to closes what it had.
  *reader = std::move(*file);
  EXPECT_EQ(reader->tell(), 20U);
  ASSERT_TRUE(reader->close());
  {
    auto directory = vfs.open_directory("/");
    ASSERT_TRUE(directory);
    static DirectoryEntry entry;
    EXPECT_EQ(directory->next(entry), true);
    EXPECT_EQ(entry.name(), "f");
    EXPECT_EQ(entry.info.bytes, 9U);
    EXPECT_EQ(directory->next(entry), false);
    EXPECT_EQ(error_of(vfs.unmount("/")), Error::kBusy);
  }
  // What fails leaves it mounted.
  auto again = vfs.open("/f", {.write = true});
  ASSERT_TRUE(again && again->write(bytes_of("x")) && again->close());
  disk.disk.fail_at(0, UINT64_MAX);
  EXPECT_EQ(error_of(vfs.unmount("/")), Error::kIo);
  EXPECT_TRUE(vfs.look("/f"));
  disk.disk.fail_never();
  EXPECT_TRUE(vfs.unmount("/"));
}

TEST(Vfs, ThereIsRoomForSoMany) {
  std::vector<std::unique_ptr<Disk>> disks;
  Vfs vfs;
  for (unsigned i = 0; i <= Vfs::kMaxMounts; ++i) {
    disks.push_back(std::make_unique<Disk>());
    const auto mounted = vfs.mount("/" + std::to_string(i), disks.back()->volume);
    EXPECT_EQ(error_of(mounted), i < Vfs::kMaxMounts ? static_cast<Error>(255) : Error::kFull);
  }
  EXPECT_TRUE(vfs.sync());
  disks[3]->disk.fail_at(0, UINT64_MAX);
  EXPECT_TRUE(vfs.make_directory("/2/d"));
  EXPECT_EQ(error_of(vfs.make_directory("/3/d")), Error::kIo);
  EXPECT_TRUE(vfs.make_directory("/4/d"));
}

// Threads on two volumes, one of which comes and goes.
TEST(Vfs, ThreadsTakeTurns) {
  Disk one;
  Disk two;
  Vfs vfs;
  ASSERT_TRUE(vfs.mount("/one", one.volume));
  ASSERT_TRUE(vfs.mount("/two", two.volume));
  std::atomic<int> done{0};
  std::atomic<unsigned> remounts{0};
  constexpr int kThreads = 3;
  const auto work = [&](int number) {
    const std::string name = "file " + std::to_string(number);
    for (int round = 0; round < 40; ++round) {
      for (const std::string folder : {"/one/", "/two/"}) {
        auto file = vfs.open(folder + name, {.write = true, .create = true});
        if (!file) {
          // It is on its way out, or was.
          EXPECT_EQ(folder, "/two/");
          EXPECT_TRUE(file.error() == Error::kBusy || file.error() == Error::kNotFound);
          continue;
        }
        const std::string contents = random_bytes(700, static_cast<unsigned>(round));
        EXPECT_TRUE(file->write(bytes_of(contents)));
        file->seek(0);
        std::string got(700, '\0');
        EXPECT_EQ(file->read(std::as_writable_bytes(std::span(got))), 700U);
        EXPECT_TRUE(got == contents);
        EXPECT_TRUE(file->close());
      }
    }
    ++done;
  };
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  while (done < kThreads) {
    EXPECT_TRUE(vfs.sync());
    const auto unmounted = vfs.unmount("/two");
    if (unmounted) {
      ASSERT_TRUE(two.volume.mount(two.disk, {}));
      ASSERT_TRUE(vfs.mount("/two", two.volume));
      ++remounts;
    } else {
      EXPECT_EQ(unmounted.error(), Error::kBusy);
    }
    std::this_thread::yield();
  }
  for (std::thread& each : threads) each.join();
  EXPECT_GT(remounts, 0U);
  ASSERT_TRUE(vfs.unmount("/one"));
  ASSERT_TRUE(vfs.unmount("/two"));
  EXPECT_EQ(complaints(one.disk.image(), false), std::vector<std::string>{});
  EXPECT_EQ(complaints(two.disk.image(), false), std::vector<std::string>{});
}

}  // namespace
}  // namespace baton::kernel
