// The virtual file system: several file systems in one tree of names, for any number of threads.
//
//   BasicVfs<Mutex> vfs;                                 // of kernel/blocking/mutex.h
//   vfs.mount("/data", volume);                          // Result<void>
//   auto file = vfs.open("/data/a.txt", {.write = true, .create = true});   // Result<File>
//   file->write(bytes);  file->sync();  file->close();
//
// A FileSystem has one caller at a time.  Its mount has a mutex, which every call holds for as long
// as it lasts, the device's work included: threads that use one volume take turns, by priority and
// with inheritance, and those that use different ones do not meet.  One further mutex is held for a
// look at the table of mounts, and never while another is waited for.
//
// A mutex, and not a CombiningCell, where a caller's request would be run by whoever is inside: a
// request here waits for a device, and may not be run by a thread that has its own to wait for, let
// alone by a handler.
#ifndef BATON_KERNEL_FS_VFS_H_
#define BATON_KERNEL_FS_VFS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/annotations.h"
#include "base/result.h"
#include "kernel/fs/file_system.h"
#include "kernel/fs/path.h"

namespace baton::kernel {

/// Threads only; every call may wait.  Paths are absolute, as Path::parse() takes them.  Errors are
/// those of FileSystem and Path; kNotFound also where nothing is mounted.
template <class MutexType>
class BasicVfs {
 public:
  static constexpr unsigned kMaxMounts = 8;
  static constexpr std::size_t kMaxPointBytes = 64;

 private:
  class BATON_SCOPED_CAPABILITY Held {
   public:
    explicit Held(MutexType& mutex) BATON_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Held() BATON_RELEASE() { mutex_.unlock(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    MutexType& mutex_;
  };

  struct Mount {
    // The table's mutex guards these:
    FileSystem* system = nullptr;  // null: nothing is mounted here
    bool leaving = false;          // it is being unmounted
    unsigned users = 0;            // open files and directories, and calls under way
    std::array<char, kMaxPointBytes> point{};
    std::size_t point_length = 0;
    // And this one guards the file system, which is there as long as there are users.
    MutexType mutex;
  };

  // A mount that cannot go while this lives.
  class User {
   public:
    User() = default;
    User(BasicVfs& vfs, Mount& mount, FileSystem& system)
        : vfs_(&vfs), mount_(&mount), system_(&system) {}
    User(User&& other) noexcept
        : vfs_(other.vfs_), mount_(std::exchange(other.mount_, nullptr)), system_(other.system_) {}
    User& operator=(User&& other) noexcept {
      User old = std::move(*this);
      vfs_ = other.vfs_;
      mount_ = std::exchange(other.mount_, nullptr);
      system_ = other.system_;
      return *this;
    }
    ~User() {
      if (mount_ != nullptr) vfs_->leave(*mount_);
    }

    [[nodiscard]] explicit operator bool() const { return mount_ != nullptr; }
    [[nodiscard]] bool same(const User& other) const { return mount_ == other.mount_; }

    /// f(FileSystem&), alone with it.
    template <class F>
    auto with(F&& f) const {
      const Held held(mount_->mutex);
      return f(*system_);
    }

   private:
    BasicVfs* vfs_ = nullptr;
    Mount* mount_ = nullptr;
    FileSystem* system_ = nullptr;
  };

 public:
  constexpr BasicVfs() = default;
  BasicVfs(const BasicVfs&) = delete;
  BasicVfs& operator=(const BasicVfs&) = delete;

  /// An open file, and where one is in it.  One thread at a time; it may be passed on.  Dropping it
  /// closes it, and drops the answer: who wrote calls close() or sync().
  class [[nodiscard]] File {
   public:
    File(File&& other) noexcept = default;
    File& operator=(File&& other) noexcept {
      if (this != &other) {
        static_cast<void>(close());
        user_ = std::move(other.user_);
        file_ = other.file_;
        at_ = other.at_;
        writable_ = other.writable_;
      }
      return *this;
    }
    ~File() { static_cast<void>(close()); }

    /// As many bytes as there are and fit, from where one is; 0 at the end.
    Result<std::size_t> read(std::span<std::byte> into) {
      const auto got = on<std::size_t>([&](FileSystem& fs) { return fs.read(file_, at_, into); });
      if (got) at_ += *got;
      return got;
    }
    /// All of it, where one is.  kReadOnly: it was not opened for that.
    Result<void> write(std::span<const std::byte> from) {
      if (!writable_) return fail(Error::kReadOnly);
      const auto done = on<void>([&](FileSystem& fs) { return fs.write(file_, at_, from); });
      if (done) at_ += from.size();
      return done;
    }
    /// May be behind the end: what is written there has zeros before it.
    void seek(std::uint64_t at) { at_ = at; }
    [[nodiscard]] std::uint64_t tell() const { return at_; }
    Result<std::uint64_t> size() {
      return on<std::uint64_t>([&](FileSystem& fs) { return fs.size(file_); });
    }
    Result<void> truncate(std::uint64_t bytes) {
      if (!writable_) return fail(Error::kReadOnly);
      return on<void>([&](FileSystem& fs) { return fs.truncate(file_, bytes); });
    }
    /// Waits until everything that was done to the file, by anybody, lasts.
    Result<void> sync() {
      return on<void>([&](FileSystem& fs) { return fs.sync(file_); });
    }
    /// Everything afterwards answers kClosed.  What was written lasts after a sync() only.
    Result<void> close() {
      const auto done = on<void>([&](FileSystem& fs) { return fs.close(file_); });
      user_ = User();
      return done;
    }

   private:
    friend class BasicVfs;
    File(User user, FileId file, bool writable)
        : user_(std::move(user)), file_(file), writable_(writable) {}

    template <class T, class F>
    Result<T> on(F&& f) const {
      if (!user_) return fail(Error::kClosed);
      return user_.with(f);
    }

    User user_;
    FileId file_{};
    std::uint64_t at_ = 0;
    bool writable_ = false;
  };

  /// An open directory.  As File.
  class [[nodiscard]] Directory {
   public:
    Directory(Directory&& other) noexcept = default;
    Directory& operator=(Directory&& other) = delete;
    ~Directory() {
      if (user_) static_cast<void>(user_.with([&](FileSystem& fs) { return fs.close(file_); }));
    }

    /// The next name; false: there is none.
    Result<bool> next(DirectoryEntry& entry) {
      return user_.with([&](FileSystem& fs) { return fs.next(file_, position_, entry); });
    }

   private:
    friend class BasicVfs;
    Directory(User user, FileId file) : user_(std::move(user)), file_(file) {}

    User user_;
    FileId file_{};
    DirectoryPosition position_;
  };

  /// `system`, mounted by its owner already, is the VFS's until it is unmounted.  The mount point
  /// need not exist elsewhere; what is there is hidden.  kExists: something is mounted there;
  /// kFull: too many; kOutOfRange: a mount point of more than 64 bytes.
  Result<void> mount(std::string_view point, FileSystem& system) BATON_EXCLUDES(table_) {
    const auto path = Path::parse(point);
    if (!path) return fail(path.error());
    const std::string_view clean = path->view();
    if (clean.size() > kMaxPointBytes) return fail(Error::kOutOfRange);
    const Held held(table_);
    Mount* spare = nullptr;
    for (Mount& each : mounts_) {
      if (each.system == nullptr) {
        if (spare == nullptr) spare = &each;
      } else if (point_of(each) == clean) {
        return fail(Error::kExists);
      }
    }
    if (spare == nullptr) return fail(Error::kFull);
    std::ranges::copy(clean, spare->point.begin());
    spare->point_length = clean.size();
    spare->system = &system;
    return {};
  }

  /// Ends with the file system's own unmount().  kBusy: something is open there, or under way;
  /// kNotFound: it is no mount point.  After another error it is still mounted.
  Result<void> unmount(std::string_view point) BATON_EXCLUDES(table_) {
    const auto path = Path::parse(point);
    if (!path) return fail(path.error());
    Mount* mount = nullptr;
    FileSystem* system = nullptr;
    {
      const Held held(table_);
      for (Mount& each : mounts_) {
        if (each.system != nullptr && point_of(each) == path->view()) mount = &each;
      }
      if (mount == nullptr) return fail(Error::kNotFound);
      if (mount->users != 0 || mount->leaving) return fail(Error::kBusy);
      mount->leaving = true;
      system = mount->system;
    }
    const Result<void> done = [&] {
      const Held held(mount->mutex);
      return system->unmount();
    }();
    const Held held(table_);
    mount->leaving = false;
    if (done) mount->system = nullptr;
    return done;
  }

  Result<File> open(std::string_view path, const OpenOptions& options) {
    auto found = find(path);
    if (!found) return fail(found.error());
    const auto file =
        found->user.with([&](FileSystem& fs) { return fs.open(found->below(), options); });
    if (!file) return fail(file.error());
    return File(std::move(found->user), *file, options.write);
  }
  Result<Directory> open_directory(std::string_view path) {
    auto found = find(path);
    if (!found) return fail(found.error());
    const auto file =
        found->user.with([&](FileSystem& fs) { return fs.open_directory(found->below()); });
    if (!file) return fail(file.error());
    return Directory(std::move(found->user), *file);
  }
  Result<FileInfo> look(std::string_view path) {
    return on<FileInfo>(path, [](FileSystem& fs, std::string_view at) { return fs.look(at); });
  }
  Result<void> make_directory(std::string_view path) {
    return on<void>(path,
                    [](FileSystem& fs, std::string_view at) { return fs.make_directory(at); });
  }
  Result<void> remove_directory(std::string_view path) {
    return on<void>(path,
                    [](FileSystem& fs, std::string_view at) { return fs.remove_directory(at); });
  }
  Result<void> remove(std::string_view path) {
    return on<void>(path, [](FileSystem& fs, std::string_view at) { return fs.remove(at); });
  }
  /// kUnsupported: from one file system to another.
  Result<void> rename(std::string_view from, std::string_view to) {
    const auto source = find(from);
    if (!source) return fail(source.error());
    const auto target = find(to);
    if (!target) return fail(target.error());
    if (!source->user.same(target->user)) return fail(Error::kUnsupported);
    return source->user.with(
        [&](FileSystem& fs) { return fs.rename(source->below(), target->below()); });
  }
  /// Of the file system that the path is in.
  Result<Space> space(std::string_view path) {
    return on<Space>(path, [](FileSystem& fs, std::string_view) { return fs.space(); });
  }

  /// Waits until everything that was done on every file system lasts.  All are asked; the first
  /// error is the answer.
  Result<void> sync() {
    Result<void> answer;
    for (Mount& each : mounts_) {
      const User user = enter(each);
      if (!user) continue;
      const Result<void> done = user.with([](FileSystem& fs) { return fs.sync(); });
      if (answer) answer = done;
    }
    return answer;
  }

  /// visit(point, kind, Result<Space>) for each mount; the point begins with no '/'.
  template <class Visit>
  void for_each_mount(Visit&& visit) {
    for (Mount& each : mounts_) {
      // Its users keep the mount point as it is.
      const User user = enter(each);
      if (!user) continue;
      const auto [kind, space] =
          user.with([](FileSystem& fs) { return std::pair(fs.kind(), fs.space()); });
      visit(point_of(each), kind, space);
    }
  }

 private:
  struct Found {
    User user;
    Path path;
    std::size_t skip = 0;  // how much of the path is the mount point
    [[nodiscard]] std::string_view below() const { return path.view().substr(skip); }
  };

  static std::string_view point_of(const Mount& mount) {
    return {mount.point.data(), mount.point_length};
  }

  // Whether a clean path is at or below a mount point.
  static bool leads(std::string_view point, std::string_view path) {
    return point.empty() ||
           (path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/'));
  }

  User enter(Mount& mount) BATON_EXCLUDES(table_) {
    const Held held(table_);
    if (mount.system == nullptr || mount.leaving) return {};
    ++mount.users;
    return User(*this, mount, *mount.system);
  }

  void leave(Mount& mount) BATON_EXCLUDES(table_) {
    const Held held(table_);
    --mount.users;
  }

  // The mount whose point is the longest part of the path.
  Result<Found> find(std::string_view text) BATON_EXCLUDES(table_) {
    const auto path = Path::parse(text);
    if (!path) return fail(path.error());
    const Held held(table_);
    Mount* best = nullptr;
    for (Mount& each : mounts_) {
      if (each.system != nullptr && leads(point_of(each), path->view()) &&
          (best == nullptr || each.point_length > best->point_length)) {
        best = &each;
      }
    }
    if (best == nullptr) return fail(Error::kNotFound);
    if (best->leaving) return fail(Error::kBusy);
    ++best->users;
    const std::size_t slash =
        best->point_length != 0 && path->view().size() > best->point_length ? 1 : 0;
    return Found{User(*this, *best, *best->system), *path, best->point_length + slash};
  }

  template <class T, class F>
  Result<T> on(std::string_view path, F&& f) {
    const auto found = find(path);
    if (!found) return fail(found.error());
    return found->user.with([&](FileSystem& fs) { return f(fs, found->below()); });
  }

  MutexType table_;
  std::array<Mount, kMaxMounts> mounts_{};
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_FS_VFS_H_
