// A FAT32 volume against mtools and dosfstools, in both directions; and its answers.
#include "kernel/fs/fat/volume.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "drivers/block/testing/fault_disk.h"
#include "gtest/gtest.h"
#include "kernel/fs/fat/layout.h"
#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/fat/testing/inspect.h"

namespace baton::kernel::fat {
namespace {

using drivers::testing::FaultDisk;
using testing::complaints;
using testing::difference;
using testing::get_file;
using testing::Image;
using testing::make_image;
using testing::put_file;
using testing::random_bytes;
using testing::read_tree;
using testing::run;
using testing::scratch;
using testing::Tree;

// mtools takes nothing with fewer than 65,525 clusters for FAT32.
constexpr unsigned kMtoolsKib = 36 * 1024;

constexpr OpenOptions kNew = {.write = true, .create = true, .exclusive = true};
constexpr OpenOptions kChange = {.write = true};

struct Mounted {
  explicit Mounted(Image image) : disk(std::move(image)) {
    const auto mounted = volume.mount(disk, {});
    EXPECT_TRUE(mounted) << to_string(mounted.error());
  }
  explicit Mounted(unsigned kib, const std::string& options = "-s 1 -R 4")
      : Mounted(make_image(kib, options)) {}
  // Unmounts, and has it judged.
  void finish() {
    ASSERT_TRUE(volume.unmount());
    EXPECT_EQ(complaints(disk.image(), false), std::vector<std::string>{});
  }
  FaultDisk disk;
  FatVolume volume;
};

template <class T>
Error error_of(const Result<T>& result) {
  return result ? static_cast<Error>(255) : result.error();
}

std::string name_of(unsigned units, char letter) { return std::string(units, letter); }

TEST(FatVolume, MtoolsReadsWhatWeWrote) {
  for (const char* options : {"-s 1 -R 32", "-s 1 -R 7 -f 1"}) {
    if (testing::kSanitized && std::string_view(options).ends_with("-f 1")) continue;
    Mounted at(kMtoolsKib, options);
    FatVolume& v = at.volume;
    const std::string big = random_bytes(100'001, 1);
    const std::string umlauts = "\xc3\x84rger \xce\xa9 \xe2\x82\xac.text";
    v.set_time({2024, 2, 29, 23, 59, 58});
    ASSERT_TRUE(v.make_directory("sub"));
    ASSERT_TRUE(v.make_directory("sub/Deeper Than That"));
    ASSERT_TRUE(put_file(v, "README.TXT", "short\n"));
    ASSERT_TRUE(put_file(v, "a long name with spaces.text", "long\n"));
    ASSERT_TRUE(put_file(v, "sub/Deeper Than That/big.bin", big));
    ASSERT_TRUE(put_file(v, umlauts, "u"));
    ASSERT_TRUE(put_file(v, name_of(195, 'x'), "195"));
    ASSERT_TRUE(put_file(v, name_of(196, 'y'), "196"));
    ASSERT_TRUE(put_file(v, name_of(255, 'z'), "255"));
    ASSERT_TRUE(put_file(v, "empty", ""));
    at.finish();

    const std::string path = scratch("out.img");
    testing::save(at.disk.image(), path);
    const std::string folder = scratch("out");
    const auto copied = run(std::string("mkdir -p ")
                                .append(folder)
                                .append(" && mcopy -n -s -i ")
                                .append(path)
                                .append(" '::/*' ")
                                .append(folder));
    ASSERT_EQ(copied.status, 0) << copied.output;
    const auto contents = [&](const std::string& name) {
      const Image image = testing::load(testing::join(folder, name));
      return std::string(reinterpret_cast<const char*>(image.data()), image.size());
    };
    EXPECT_EQ(contents("README.TXT"), "short\n");
    EXPECT_EQ(contents("a long name with spaces.text"), "long\n");
    EXPECT_TRUE(contents("sub/Deeper Than That/big.bin") == big);
    EXPECT_EQ(contents(umlauts), "u");
    EXPECT_EQ(contents(name_of(195, 'x')), "195");
    EXPECT_EQ(contents(name_of(196, 'y')), "196");
    EXPECT_EQ(contents(name_of(255, 'z')), "255");
    const auto listed = run("mdir -i " + path + " ::/");
    EXPECT_NE(listed.output.find("2024-02-29  23:59"), std::string::npos) << listed.output;
    run("rm -rf " + folder);
    run("rm " + path);
  }
}

TEST(FatVolume, WeReadWhatMtoolsWrote) {
  const std::string path = scratch("in.img");
  testing::save(make_image(kMtoolsKib, "-s 1 -R 4 -n LABEL"), path);
  const std::string folder = scratch("in");
  const std::string big = random_bytes(300'000, 2);
  std::string make = "mkdir -p " + folder + "/tree/inner; cd " + folder;
  make +=
      "; printf short > SHORT.TXT; printf lower > lower.txt; printf long > 'A longer name.data'";
  make += "; printf n > " + name_of(255, 'n');
  for (int i = 0; i < 70; ++i)
    make += "; printf " + std::to_string(i) + " > tree/number" + std::to_string(i);
  make += "; printf u > '\xc3\xa9 and \xce\xa9 \xe2\x82\xac.x'";
  ASSERT_EQ(run(make).status, 0);
  testing::save({testing::bytes_of(big).begin(), testing::bytes_of(big).end()},
                folder + "/tree/inner/big");
  const auto copied = run("mcopy -s -i " + path + " " + folder + "/* ::/; mdel -i " + path +
                          " ::/tree/number33; mattrib -i " + path + " +r ::/SHORT.TXT");
  ASSERT_EQ(copied.status, 0) << copied.output;

  Mounted at(testing::load(path));
  FatVolume& v = at.volume;
  Tree expected = {{"SHORT.TXT", "short"},
                   {"lower.txt", "lower"},
                   {"A longer name.data", "long"},
                   {name_of(255, 'n'), "n"},
                   {"\xc3\xa9 and \xce\xa9 \xe2\x82\xac.x", "u"},
                   {"tree/", ""},
                   {"tree/inner/", ""},
                   {"tree/inner/big", big}};
  for (int i = 0; i < 70; ++i) {
    if (i != 33) expected["tree/number" + std::to_string(i)] = std::to_string(i);
  }
  EXPECT_EQ(difference(read_tree(v), expected), "");
  // Case does not count, and short names are names.
  EXPECT_EQ(get_file(v, "TREE/NuMbEr69"), std::string("69"));
  EXPECT_EQ(get_file(v, "\xc3\x89 AND \xce\xa9 \xe2\x82\xac.X"), std::string("u"));
  EXPECT_EQ(get_file(v, "ALONGE~1.DAT"), std::string("long"));
  EXPECT_EQ(error_of(v.open("SHORT.TXT", kChange)), Error::kReadOnly);
  EXPECT_EQ(error_of(v.remove("SHORT.TXT")), Error::kReadOnly);
  // What they wrote, we remove, whatever sectors it lies in.
  ASSERT_TRUE(v.remove(name_of(255, 'n')));
  for (int i = 0; i < 70; ++i) {
    if (i != 33) ASSERT_TRUE(v.remove("tree/number" + std::to_string(i))) << i;
  }
  ASSERT_TRUE(v.remove("tree/inner/big"));
  ASSERT_TRUE(v.remove_directory("tree/inner"));
  ASSERT_TRUE(v.remove_directory("tree"));
  at.finish();
  run("rm -rf " + folder);
  run("rm " + path);
}

TEST(FatVolume, Answers) {
  Mounted at(256);
  FatVolume& v = at.volume;
  ASSERT_TRUE(v.make_directory("d"));
  ASSERT_TRUE(put_file(v, "f", "contents"));
  ASSERT_TRUE(put_file(v, "d/g", "g"));

  EXPECT_EQ(error_of(v.open("nothing", {})), Error::kNotFound);
  EXPECT_EQ(error_of(v.open("nothing/at/all", {})), Error::kNotFound);
  EXPECT_EQ(error_of(v.open("f/below", {})), Error::kNotDirectory);
  EXPECT_EQ(error_of(v.open("d", {})), Error::kIsDirectory);
  EXPECT_EQ(error_of(v.open("", {})), Error::kIsDirectory);
  EXPECT_EQ(error_of(v.open("f", kNew)), Error::kExists);
  EXPECT_EQ(error_of(v.open("f", {.create = true})), Error::kInvalidArgument);
  EXPECT_EQ(error_of(v.open_directory("f")), Error::kNotDirectory);
  for (const char* name : {"a*b", "a?b", "a:b", "a\"b", "a<b", "a>b", "a|b", "a\\b", "a\nb", "a.",
                           "a ", "\xff", "\xc0\xaf", "\xed\xa0\x80"}) {
    EXPECT_EQ(error_of(v.open(name, kNew)), Error::kInvalidArgument) << name;
  }
  EXPECT_EQ(error_of(v.open(name_of(256, 'a'), kNew)), Error::kOutOfRange);
  EXPECT_EQ(error_of(v.make_directory("d")), Error::kExists);
  EXPECT_EQ(error_of(v.make_directory("")), Error::kExists);
  EXPECT_EQ(error_of(v.make_directory("F")), Error::kExists);
  EXPECT_EQ(error_of(v.remove("d")), Error::kIsDirectory);
  EXPECT_EQ(error_of(v.remove("")), Error::kIsDirectory);
  EXPECT_EQ(error_of(v.remove_directory("d")), Error::kNotEmpty);
  EXPECT_EQ(error_of(v.remove_directory("f")), Error::kNotDirectory);
  EXPECT_EQ(error_of(v.remove_directory("")), Error::kBusy);
  EXPECT_EQ(error_of(v.rename("f", "d/g")), Error::kExists);
  EXPECT_EQ(error_of(v.rename("f", "d")), Error::kExists);
  EXPECT_EQ(error_of(v.rename("f", "")), Error::kInvalidArgument);
  EXPECT_EQ(error_of(v.rename("x", "y")), Error::kNotFound);
  ASSERT_TRUE(v.make_directory("d/e"));
  EXPECT_EQ(error_of(v.rename("d", "d/e/d")), Error::kInvalidArgument);
  EXPECT_EQ(error_of(v.rename("d", "d/d")), Error::kInvalidArgument);

  const auto file = v.open("f", kChange);
  ASSERT_TRUE(file);
  EXPECT_EQ(error_of(v.remove("f")), Error::kBusy);
  EXPECT_EQ(error_of(v.rename("f", "h")), Error::kBusy);
  EXPECT_EQ(error_of(v.unmount()), Error::kBusy);
  EXPECT_EQ(error_of(v.write(*file, 0xffff'ffff, testing::bytes_of("x"))), Error::kOutOfRange);
  EXPECT_EQ(error_of(v.truncate(*file, 0x1'0000'0000)), Error::kOutOfRange);
  EXPECT_EQ(error_of(v.truncate(*file, 0xffff'ffff)), Error::kFull);
  EXPECT_EQ(error_of(v.write(*file, 0xffff'0000, testing::bytes_of("x"))), Error::kFull);
  EXPECT_EQ(v.size(*file), 8U);
  ASSERT_TRUE(v.close(*file));
  EXPECT_EQ(error_of(v.close(*file)), Error::kInvalidArgument);
  EXPECT_EQ(error_of(v.size(static_cast<FileId>(99))), Error::kInvalidArgument);

  const auto directory = v.open_directory("d/e");
  ASSERT_TRUE(directory);
  EXPECT_EQ(error_of(v.remove_directory("d/e")), Error::kBusy);
  EXPECT_EQ(error_of(v.size(*directory)), Error::kIsDirectory);
  ASSERT_TRUE(v.close(*directory));

  EXPECT_EQ(error_of(v.mount(at.disk, {})), Error::kBusy);
  at.finish();
  EXPECT_EQ(error_of(v.look("f")), Error::kClosed);
  EXPECT_EQ(error_of(v.sync()), Error::kClosed);
}

TEST(FatVolume, OneFileOpenTwiceIsOneFile) {
  Mounted at(256);
  FatVolume& v = at.volume;
  const auto one = v.open("file", kNew);
  const auto two = v.open("FILE", kChange);
  ASSERT_TRUE(one && two);
  ASSERT_TRUE(v.write(*one, 0, testing::bytes_of("hello")));
  EXPECT_EQ(v.size(*two), 5U);
  EXPECT_EQ(v.look("file")->bytes, 5U);
  ASSERT_TRUE(v.close(*one));
  ASSERT_TRUE(v.write(*two, 5, testing::bytes_of(" world")));
  ASSERT_TRUE(v.close(*two));
  EXPECT_EQ(get_file(v, "file"), std::string("hello world"));
  std::array<Result<FileId>, FatVolume::kMaxOpen + 1> all;
  for (unsigned i = 0; i <= FatVolume::kMaxOpen; ++i) {
    all[i] = v.open("n" + std::to_string(i), kNew);
    EXPECT_EQ(all[i].has_value(), i < FatVolume::kMaxOpen);
  }
  EXPECT_EQ(error_of(all[FatVolume::kMaxOpen]), Error::kFull);
  EXPECT_EQ(error_of(v.look("n16")), Error::kNotFound);
  for (unsigned i = 0; i < FatVolume::kMaxOpen; ++i) ASSERT_TRUE(v.close(*all[i]));
  at.finish();
}

TEST(FatVolume, Renames) {
  Mounted at(512);
  FatVolume& v = at.volume;
  ASSERT_TRUE(v.make_directory("one"));
  ASSERT_TRUE(v.make_directory("two"));
  ASSERT_TRUE(v.make_directory("one/child"));
  ASSERT_TRUE(put_file(v, "one/child/file", "inside"));
  ASSERT_TRUE(put_file(v, "one/file", "f"));
  ASSERT_TRUE(v.rename("one/child", "two/moved child"));
  ASSERT_TRUE(v.rename("two/moved child", "top level"));
  ASSERT_TRUE(v.rename("top level", "one/child"));
  ASSERT_TRUE(v.rename("one/file", "one/FILE"));
  ASSERT_TRUE(v.rename("one/FILE", name_of(255, 'q')));
  ASSERT_TRUE(v.rename(name_of(255, 'q'), name_of(254, 'Q')));
  ASSERT_TRUE(v.rename(name_of(254, 'Q'), "two/x"));
  ASSERT_TRUE(v.rename("two/x", "two/x"));
  const Tree expected = {
      {"one/", ""}, {"two/", ""}, {"one/child/", ""}, {"one/child/file", "inside"}, {"two/x", "f"}};
  EXPECT_EQ(difference(read_tree(v), expected), "");
  // ".." followed it.
  EXPECT_EQ(error_of(v.rename("one", "one/child/one")), Error::kInvalidArgument);
  at.finish();
}

TEST(FatVolume, FillsUpAndEmpties) {
  Mounted at(256);
  FatVolume& v = at.volume;
  const auto file = v.open("all", kNew);
  ASSERT_TRUE(file);
  // Before it has counted what is free, and afterwards.
  EXPECT_EQ(error_of(v.write(*file, 0, testing::bytes_of(random_bytes(499 * 512 + 1, 3)))),
            Error::kFull);
  const auto before = v.space();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->total, 500U * 512);
  EXPECT_EQ(before->free, 499U * 512);
  EXPECT_EQ(error_of(v.write(*file, 0, testing::bytes_of(random_bytes(499 * 512 + 1, 3)))),
            Error::kFull);
  EXPECT_EQ(v.space()->free, before->free);
  const std::string all = random_bytes(499 * 512, 4);
  ASSERT_TRUE(v.write(*file, 0, testing::bytes_of(all)));
  EXPECT_EQ(v.space()->free, 0U);
  EXPECT_EQ(error_of(v.write(*file, all.size(), testing::bytes_of("x"))), Error::kFull);
  EXPECT_EQ(error_of(v.make_directory("d")), Error::kFull);
  // The root's one cluster takes 16 entries, "all" has two, and there are no more clusters.
  int files = 1;
  while (put_file(v, "F" + std::to_string(files), "")) ++files;
  EXPECT_EQ(files, 15);
  ASSERT_TRUE(v.truncate(*file, 512));
  EXPECT_EQ(v.space()->free, 498U * 512);
  ASSERT_TRUE(v.truncate(*file, 1000));
  ASSERT_TRUE(v.write(*file, 2000, testing::bytes_of("end")));
  ASSERT_TRUE(v.close(*file));
  EXPECT_TRUE(*get_file(v, "all") == all.substr(0, 512) + std::string(2000 - 512, '\0') + "end");
  ASSERT_TRUE(v.remove("all"));
  EXPECT_EQ(v.space()->free, before->free);
  at.finish();
}

TEST(FatVolume, ManyNamesInOneDirectory) {
  Mounted at(1024);
  FatVolume& v = at.volume;
  ASSERT_TRUE(v.make_directory("d"));
  Tree expected = {{"d/", ""}};
  for (int i = 0; i < 150; ++i) {
    // Lengths of every number of parts, so that sectors are left with gaps of every kind.
    const std::string name = "d/similar names all of them " +
                             name_of(static_cast<unsigned>(i * 7 % 225), 'a') + std::to_string(i);
    ASSERT_TRUE(put_file(v, name, std::to_string(i))) << i;
    expected[name] = std::to_string(i);
    if (i % 3 == 2) {
      const std::string gone = std::next(expected.begin(), 1 + i % (i / 2))->first;
      ASSERT_TRUE(v.remove(gone));
      expected.erase(gone);
    }
  }
  EXPECT_EQ(difference(read_tree(v), expected), "");
  at.finish();
}

// Behind a directory's end there may be anything.
TEST(FatVolume, WhatIsBehindADirectorysEndStaysThere) {
  for (const unsigned length : {1U, 20U, 190U, 250U}) {
    Image image = make_image(1024, "-s 4 -R 4");
    const std::size_t root = (4 + 2 * load32(image, boot::kFatSectors32)) * kSectorBytes;
    for (std::size_t i = 0; i < 4 * kSectorBytes; ++i) {
      if (i % entry::kBytes == 0) {
        image[root + i] = i < 5 * entry::kBytes ? std::byte{entry::kDeleted} : std::byte{'X'};
      } else {
        image[root + i] = i % entry::kBytes < entry::kNameBytes ? std::byte{'Y'} : std::byte{0};
      }
    }
    image[root + 5 * entry::kBytes] = std::byte{entry::kEnd};
    Mounted at(image);
    FatVolume& v = at.volume;
    Tree expected;
    EXPECT_EQ(difference(read_tree(v), expected), "");
    for (int i = 0; i < 20; ++i) {
      const std::string name = name_of(length, 'n') + std::to_string(i);
      ASSERT_TRUE(put_file(v, name, "x"));
      expected[name] = "x";
      ASSERT_EQ(difference(read_tree(v), expected), "") << i;
    }
    // Not fsck.fat, which reads on behind the end.
    ASSERT_TRUE(v.unmount());
    EXPECT_EQ(testing::inspect(at.disk.image()).damage, std::vector<std::string>{});
  }
}

TEST(FatVolume, MarksItselfInUse) {
  Image image = make_image(256);
  Mounted at(image);
  EXPECT_TRUE(at.volume.was_clean());
  EXPECT_TRUE(at.disk.image() == image);
  // Looking changes nothing.
  EXPECT_TRUE(at.volume.look(""));
  ASSERT_TRUE(at.volume.unmount());
  EXPECT_TRUE(at.disk.image() == image);

  ASSERT_TRUE(at.volume.mount(at.disk, {}));
  ASSERT_TRUE(put_file(at.volume, "x", "y"));
  ASSERT_TRUE(at.volume.sync());
  {
    const Mounted other(at.disk.image());
    EXPECT_FALSE(other.volume.was_clean());
  }
  const auto said = complaints(at.disk.image(), false);
  EXPECT_NE(
      std::ranges::find_if(
          said, [](const std::string& line) { return line.starts_with("Dirty bit is set."); }),
      said.end());
  ASSERT_TRUE(at.volume.unmount());
  {
    Mounted other(at.disk.image());
    EXPECT_TRUE(other.volume.was_clean());
    // Either of the two marks is enough; and what was not in order stays marked so.
    other.disk.image()[2048 + 7] &= std::byte{0xf7};
    ASSERT_TRUE(other.volume.unmount());
    ASSERT_TRUE(other.volume.mount(other.disk, {}));
    EXPECT_FALSE(other.volume.was_clean());
    ASSERT_TRUE(put_file(other.volume, "x", "z"));
    ASSERT_TRUE(other.volume.unmount());
    ASSERT_TRUE(other.volume.mount(other.disk, {}));
    EXPECT_FALSE(other.volume.was_clean());
  }
}

TEST(FatVolume, ReadOnly) {
  Mounted at(256);
  ASSERT_TRUE(put_file(at.volume, "x", "y"));
  ASSERT_TRUE(at.volume.unmount());
  const Image image = at.disk.image();
  FaultDisk protected_disk(image, true);
  for (const bool by_device : {false, true}) {
    FatVolume v;
    FaultDisk& disk = by_device ? protected_disk : at.disk;
    ASSERT_TRUE(v.mount(disk, {.read_only = !by_device}));
    EXPECT_EQ(get_file(v, "x"), std::string("y"));
    EXPECT_EQ(error_of(v.open("x", kChange)), Error::kReadOnly);
    EXPECT_EQ(error_of(v.open("z", kNew)), Error::kReadOnly);
    EXPECT_EQ(error_of(v.remove("x")), Error::kReadOnly);
    EXPECT_EQ(error_of(v.make_directory("d")), Error::kReadOnly);
    EXPECT_EQ(error_of(v.rename("x", "z")), Error::kReadOnly);
    ASSERT_TRUE(v.unmount());
    EXPECT_TRUE(disk.image() == image);
  }
}

TEST(FatVolume, TheSecondFatServesWhereTheFirstCannotBeRead) {
  Mounted at(256);
  const std::string big = random_bytes(20'000, 5);
  ASSERT_TRUE(put_file(at.volume, "big", big));
  ASSERT_TRUE(at.volume.unmount());
  at.disk.spoil(4);
  ASSERT_TRUE(at.volume.mount(at.disk, {}));
  EXPECT_TRUE(*get_file(at.volume, "big") == big);
  ASSERT_TRUE(at.volume.unmount());
  at.disk.spoil(8);
  EXPECT_EQ(error_of(at.volume.mount(at.disk, {})), Error::kIo);
}

TEST(FatVolume, OneFatAloneWhereMirroringIsOff) {
  Image image = make_image(256);
  image[40] = std::byte{0x81};  // only FAT 1
  Mounted at(image);
  ASSERT_TRUE(put_file(at.volume, "x", random_bytes(3000, 6)));
  ASSERT_TRUE(at.volume.unmount());
  const auto fat = [&](unsigned number) {
    const auto first = at.disk.image().begin() + (4 + number * 4) * 512;
    return Image(first, first + 4 * 512);
  };
  EXPECT_TRUE(fat(0) == Image(image.begin() + 4 * 512, image.begin() + 8 * 512));
  EXPECT_TRUE(fat(1) != fat(0));
  ASSERT_TRUE(at.volume.mount(at.disk, {}));
  EXPECT_TRUE(*get_file(at.volume, "x") == random_bytes(3000, 6));
}

TEST(FatVolume, RefusesOtherThings) {
  const Image good = make_image(256);
  const auto mount = [](const Image& image) {
    FaultDisk disk(image);
    FatVolume v;
    return error_of(v.mount(disk, {}));
  };
  const auto changed = [&](std::size_t at, unsigned value) {
    Image image = good;
    image[at] = static_cast<std::byte>(value);
    return mount(image);
  };
  EXPECT_EQ(mount(Image(65'536)), Error::kNotFound);
  EXPECT_EQ(mount(Image()), Error::kOutOfRange);
  EXPECT_EQ(changed(510, 0), Error::kNotFound);
  EXPECT_EQ(changed(13, 0), Error::kNotFound);
  EXPECT_EQ(changed(13, 3), Error::kNotFound);
  EXPECT_EQ(changed(16, 0), Error::kNotFound);
  EXPECT_EQ(changed(12, 4), Error::kUnsupported);  // sectors of 1024 bytes
  EXPECT_EQ(changed(17, 16), Error::kUnsupported);
  EXPECT_EQ(changed(42, 1), Error::kUnsupported);
  EXPECT_EQ(changed(20, 4), Error::kCorrupt);  // more sectors than there are
  EXPECT_EQ(changed(36, 3), Error::kCorrupt);  // a FAT that is too small
  EXPECT_EQ(changed(36, 0), Error::kCorrupt);
  EXPECT_EQ(changed(38, 1), Error::kCorrupt);  // one that is larger than all
  EXPECT_EQ(changed(44, 0), Error::kCorrupt);
  EXPECT_EQ(changed(46, 1), Error::kCorrupt);
  EXPECT_EQ(changed(48, 9), Error::kCorrupt);
  EXPECT_EQ(changed(40, 0x82), Error::kCorrupt);
  EXPECT_EQ(mount(make_image(256)), static_cast<Error>(255));
  EXPECT_EQ(mount(Image(good.begin(), good.end() - 512)), Error::kCorrupt);
  FaultDisk large(good);
  large.pretend_sector_bytes(4096);
  FatVolume v;
  EXPECT_EQ(error_of(v.mount(large, {})), Error::kUnsupported);
}

}  // namespace
}  // namespace baton::kernel::fat
