// `Path`: where a file is, cleaned: names with one '/' between them, and nothing else.
//
//   Path::parse("/data//logs/./old/../boot.txt")->view()   "data/logs/boot.txt"
//   Path::parse("notes", "/data")->view()                   "data/notes"
//
// ".." takes back the name before it, without asking what that is: there are no symbolic links.  It
// does nothing at the root.
#ifndef BATON_KERNEL_FS_PATH_H_
#define BATON_KERNEL_FS_PATH_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace baton::kernel {

/// 512 bytes and a few.  Any context.
class Path {
 public:
  static constexpr std::size_t kMaxBytes = 512;

  /// The root.
  constexpr Path() = default;

  /// What `text` says, seen from `base` if it does not begin with '/'.  kOutOfRange: it is longer
  /// than 512 bytes when it is clean, or was so on the way; kInvalidArgument: it holds a zero.
  static Result<Path> parse(std::string_view text, std::string_view base = "/") {
    Path path;
    if (!text.starts_with('/')) {
      if (const auto added = path.add(base); !added) return fail(added.error());
    }
    if (const auto added = path.add(text); !added) return fail(added.error());
    return path;
  }

  /// Clean, and without '/' in front: "" is the root.
  [[nodiscard]] constexpr std::string_view view() const { return {text_.data(), length_}; }

 private:
  Result<void> add(std::string_view text) {
    while (!text.empty()) {
      const std::size_t slash = text.find('/');
      const std::string_view name = text.substr(0, slash);
      text.remove_prefix(slash == text.npos ? text.size() : slash + 1);
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        const std::size_t before = view().rfind('/');
        length_ = before == std::string_view::npos ? 0 : before;
        continue;
      }
      if (name.find('\0') != name.npos) return fail(Error::kInvalidArgument);
      const std::size_t between = length_ == 0 ? 0 : 1;
      if (name.size() + between > kMaxBytes - length_) return fail(Error::kOutOfRange);
      if (between != 0) text_[length_++] = '/';
      for (const char c : name) text_[length_++] = c;
    }
    return {};
  }

  std::array<char, kMaxBytes> text_{};
  std::size_t length_ = 0;
};

}  // namespace baton::kernel

#endif  // BATON_KERNEL_FS_PATH_H_
