// What a file system offers to the VFS (kernel/fs/vfs.h): files and directories by path and number.
//
// Paths are clean: names with one '/' between them, none before or behind, no "." and ".."; "" is
// the root.  kernel/fs/path.h makes them so.
//
// Errors, beside those of the device (kIo, kTimedOut, kNotFound: the medium is gone): kNotFound: no
// such file or directory; kNotDirectory: a file on the way, or where a directory is needed;
// kIsDirectory; kExists; kNotEmpty; kReadOnly: the file, the volume or the medium; kBusy: it is
// open; kFull: no room on the disk, or no more files may be open; kOutOfRange: a name or a file too
// long; kInvalidArgument: no name, as this file system has them; kCorrupt: what is on the disk
// makes no sense.
#ifndef BATON_KERNEL_FS_FILE_SYSTEM_H_
#define BATON_KERNEL_FS_FILE_SYSTEM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace baton::kernel {

/// An open file or directory.  The file system's own number, good until close().
enum class FileId : std::uint32_t {};

/// Local time, in steps of two seconds where a file system has no finer ones.
struct FileTime {
  std::uint16_t year = 1980;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  friend bool operator==(const FileTime&, const FileTime&) = default;
};

struct FileInfo {
  bool directory = false;
  bool read_only = false;
  std::uint64_t bytes = 0;  ///< 0 for a directory
  FileTime changed;
};

/// A name in a directory, and what has it.  Nearly 800 bytes: think before it is on a stack.
struct DirectoryEntry {
  std::array<char, 768> text{};
  std::size_t length = 0;
  FileInfo info;
  [[nodiscard]] std::string_view name() const { return {text.data(), length}; }
};

/// Where one is in a directory; the file system's own words, all zero at the beginning.
struct DirectoryPosition {
  std::array<std::uint32_t, 4> words{};
  bool begun = false;
};

struct Space {
  std::uint64_t total = 0;  ///< bytes
  std::uint64_t free = 0;
};

/// How to open a file.
struct OpenOptions {
  bool write = false;      ///< it is to be changed: kReadOnly now if it may not
  bool create = false;     ///< if there is none; needs `write`
  bool exclusive = false;  ///< with `create`: kExists if there is one
  bool truncate = false;   ///< to nothing; needs `write`
};

/// One mounted file system.  Threads; one caller at a time, which is the owner's business: the
/// VFS's, who has a mutex for each.
///
/// A change lasts once sync() has answered that it does, or the file's sync(); a power cut before
/// leaves it whole, in part, or not at all, and never damages another file.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;

  [[nodiscard]] virtual std::string_view kind() const noexcept = 0;

  /// A file that is open already has the same number; each open() needs its close().
  virtual Result<FileId> open(std::string_view path, const OpenOptions& options) noexcept = 0;
  virtual Result<FileId> open_directory(std::string_view path) noexcept = 0;
  /// The number is given back, whatever the answer; an error tells that the file's length may not
  /// have been written.
  virtual Result<void> close(FileId file) noexcept = 0;

  virtual Result<std::uint64_t> size(FileId file) noexcept = 0;
  /// Up to the file's end; 0 there.
  virtual Result<std::size_t> read(FileId file, std::uint64_t at,
                                   std::span<std::byte> into) noexcept = 0;
  /// All of it, or an error, after which any part of it may have been written; a gap between the
  /// file's end and `at` is filled with zeros.  kFull: not enough room, and the file is as it was.
  virtual Result<void> write(FileId file, std::uint64_t at,
                             std::span<const std::byte> from) noexcept = 0;
  /// Shorter, or longer with zeros.
  virtual Result<void> truncate(FileId file, std::uint64_t bytes) noexcept = 0;
  /// Waits until everything that was done to the file lasts.
  virtual Result<void> sync(FileId file) noexcept = 0;

  /// The next name, "." and ".." left out; false: there is none.  What is created and removed
  /// meanwhile may be seen or not.
  virtual Result<bool> next(FileId directory, DirectoryPosition& position,
                            DirectoryEntry& entry) noexcept = 0;

  virtual Result<FileInfo> look(std::string_view path) noexcept = 0;
  virtual Result<void> make_directory(std::string_view path) noexcept = 0;
  /// An empty one.
  virtual Result<void> remove_directory(std::string_view path) noexcept = 0;
  virtual Result<void> remove(std::string_view path) noexcept = 0;
  /// kExists: there is something under the new name; kInvalidArgument: into itself.
  virtual Result<void> rename(std::string_view from, std::string_view to) noexcept = 0;

  virtual Result<Space> space() noexcept = 0;
  /// Waits until everything that was done lasts.
  virtual Result<void> sync() noexcept = 0;
  /// sync(), and leaves the volume marked as in order.  kBusy: something is open.  Afterwards every
  /// call answers kClosed.
  virtual Result<void> unmount() noexcept = 0;

 protected:
  ~FileSystem() = default;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_FS_FILE_SYSTEM_H_
