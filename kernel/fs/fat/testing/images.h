// FAT32 images for tests, made, filled and judged by mtools and dosfstools.
#ifndef BATON_KERNEL_FS_FAT_TESTING_IMAGES_H_
#define BATON_KERNEL_FS_FAT_TESTING_IMAGES_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/block/testing/fault_disk.h"
#include "kernel/fs/file_system.h"

namespace baton::kernel::fat::testing {

using drivers::testing::Image;

/// Under a sanitizer everything takes several times as long: there is less of what it does not look
/// for.
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

struct Ran {
  int status = 0;
  std::string output;
};
/// A command line for the shell, both its outputs together.
Ran run(const std::string& command);

/// A path in the test's own folder.
std::string scratch(std::string_view name);
void save(const Image& image, const std::string& path);
Image load(const std::string& path);

/// An empty FAT32 image of so many KiB by mkfs.fat, with further options.
Image make_image(unsigned kib, const std::string& options = "-s 1 -R 4");

/// fsck.fat on an image: what it says that is not among what a power cut may leave, a line each.
/// `cut`: the volume was in use.  Otherwise nothing at all is to be wrong.
std::vector<std::string> complaints(const Image& image, bool cut);

/// What a volume holds: every file's path with its contents, every directory's with a '/' behind
/// it.  An error ends it, and is an entry "!" with the error's words.
using Tree = std::map<std::string, std::string>;
Tree read_tree(FileSystem& volume);

/// In words; empty if there is none.
std::string difference(const Tree& got, const Tree& expected);

std::string random_bytes(std::size_t count, unsigned seed);
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// One path in another.
std::string join(std::string path, std::string_view name);

/// Whole files, for tests' sake.
Result<void> put_file(FileSystem& volume, std::string_view path, std::string_view contents);
Result<std::string> get_file(FileSystem& volume, std::string_view path);

}  // namespace baton::kernel::fat::testing

#endif  // BATON_KERNEL_FS_FAT_TESTING_IMAGES_H_
