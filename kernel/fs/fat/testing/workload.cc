#include "kernel/fs/fat/testing/workload.h"

#include <algorithm>
#include <array>

namespace baton::kernel::fat::testing {
namespace {

constexpr std::string_view kDone = "done";

template <class T>
std::string word(const Result<T>& result) {
  return std::string(result ? kDone : to_string(result.error()));
}
std::string word(std::optional<Error> error) {
  return std::string(error ? to_string(*error) : kDone);
}

const std::array<std::string, 9>& names() {
  static const std::array<std::string, 9> kNames = {"A",
                                                    "B.TXT",
                                                    "c",
                                                    "a name of some length.text",
                                                    "a name of some length.data",
                                                    "\xc3\xb6\xe2\x82\xac",
                                                    std::string(120, 'm'),
                                                    "d.e.f",
                                                    std::string(200, 'n')};
  return kNames;
}

}  // namespace

bool Workload::Lasting::covers(const std::string& path) const {
  return std::ranges::none_of(touched, [&](const std::string& each) {
    return path == each || path.starts_with(each + "/");
  });
}

std::string Workload::any_path() {
  std::string path;
  // Mostly what is there, so that directories fill and empty.
  if (!model_.empty() && below(3) == 0) {
    path = std::next(model_.begin(), below(static_cast<unsigned>(model_.size())))->first;
    if (path.ends_with('/')) path.pop_back();
    return path;
  }
  std::vector<std::string> folders = {""};
  for (const auto& [each, contents] : model_) {
    if (each.ends_with('/') && each.size() < 500) folders.push_back(each);
  }
  path = folders[below(static_cast<unsigned>(folders.size()))];
  path += names()[below(static_cast<unsigned>(names().size() - (longest_names_ ? 0 : 1)))];
  if (below(20) == 0) path += "/A";
  return path;
}

std::optional<Error> Workload::parent_error(const std::string& path) const {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (model_.contains(parent)) return Error::kNotDirectory;
    if (!is_directory(parent)) return Error::kNotFound;
  }
  return {};
}

bool Workload::is_open(const std::string& path) const {
  return std::ranges::find(open_, path, &Open::path) != open_.end();
}

bool Workload::close_all() {
  bool good = true;
  for (const Open& each : open_) good = volume_.close(each.file).has_value() && good;
  open_.clear();
  return good;
}

std::string Workload::change_open(std::string& what, std::string& expected) {
  const std::size_t which = below(static_cast<unsigned>(open_.size()));
  const auto [path, file] = open_[which];
  std::string& contents = model_[path];
  const auto size = static_cast<unsigned>(contents.size());
  expected = kDone;
  switch (below(8)) {
    case 0:
      what = "close " + path;
      lasting_.touched.insert(path);
      open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
      return word(volume_.close(file));
    case 1: {
      what = "sync " + path;
      const auto synced = volume_.sync(file);
      if (synced && !diverged_) {
        lasting_.tree[path] = contents;
        lasting_.touched.erase(path);
      }
      return word(synced);
    }
    case 2: {
      const unsigned length = below(size + size / 2 + 10);
      what = "truncate " + path + " from " + std::to_string(size) + " to " + std::to_string(length);
      lasting_.touched.insert(path);
      const auto cut = volume_.truncate(file, length);
      if (!cut && cut.error() == Error::kFull) {
        expected = word(cut);
      } else {
        contents.resize(length);
      }
      return word(cut);
    }
    case 3: {
      const unsigned at = below(size + 1);
      const unsigned count = below(size + 100);
      what = "read " + path;
      std::string got(count, '?');
      const auto read = volume_.read(file, at, std::as_writable_bytes(std::span(got)));
      if (!read) return word(read);
      got.resize(*read);
      return got == contents.substr(at, count) ? std::string(kDone) : "other contents";
    }
    default: {
      const unsigned at = below(6) == 0   ? below(size + 700)
                          : below(2) == 0 ? size
                                          : below(size + 1);
      const unsigned count = below(3) == 0 ? below(4000) : below(600);
      what = "write " + path + " at " + std::to_string(at) + " " + std::to_string(count);
      lasting_.touched.insert(path);
      const std::string bytes = random_bytes(count, below(1'000'000));
      const auto written = volume_.write(file, at, bytes_of(bytes));
      if (!written && written.error() == Error::kFull) {
        expected = word(written);
      } else if (count > 0) {
        if (contents.size() < at + count) contents.resize(at + count);
        contents.replace(at, count, bytes);
      }
      return word(written);
    }
  }
}

std::string Workload::rename(std::string& what, std::string& expected) {
  const std::string from = any_path();
  const std::string to = any_path();
  what = "rename " + from + " to " + to;
  lasting_.touched.insert(from);
  lasting_.touched.insert(to);
  std::optional<Error> error = parent_error(from);
  const bool directory = is_directory(from);
  if (!error && !directory && !model_.contains(from)) error = Error::kNotFound;
  if (!error && is_open(from)) error = Error::kBusy;
  if (!error) error = parent_error(to);
  if (!error && to != from && (is_directory(to) || model_.contains(to))) error = Error::kExists;
  if (!error && directory && to.starts_with(from + "/")) error = Error::kInvalidArgument;
  expected = word(error);
  const auto renamed = volume_.rename(from, to);
  if (!error && !renamed && renamed.error() == Error::kFull) return expected = word(renamed);
  if (error || from == to) return word(renamed);
  Tree moved;
  for (const auto& [path, contents] : model_) {
    const bool whole = path == from || path.starts_with(from + "/");
    moved[whole ? to + path.substr(from.size()) : path] = contents;
  }
  model_ = moved;
  for (Open& each : open_) {
    if (each.path.starts_with(from + "/")) each.path = to + each.path.substr(from.size());
  }
  return word(renamed);
}

std::string Workload::run(std::string& what, std::string& expected) {
  const unsigned kind = below(20);
  if (kind < 9 && !open_.empty()) return change_open(what, expected);
  if (kind == 9) {
    what = "sync";
    expected = kDone;
    const auto synced = volume_.sync();
    if (synced && !diverged_) lasting_ = {model_, {}};
    return word(synced);
  }
  if (kind < 12) return rename(what, expected);
  const std::string path = any_path();
  std::optional<Error> error = parent_error(path);
  const bool directory = is_directory(path);
  const bool file = model_.contains(path);
  lasting_.touched.insert(path);
  if (kind < 14) {
    what = "mkdir " + path;
    if (!error && (directory || file)) error = Error::kExists;
    expected = word(error);
    const auto made = volume_.make_directory(path);
    if (!error && !made && made.error() == Error::kFull) return expected = word(made);
    if (!error) model_[path + "/"] = "";
    return word(made);
  }
  if (kind == 14) {
    what = "rmdir " + path;
    const auto inside = std::ranges::count_if(
        model_, [&](const auto& each) { return each.first.starts_with(path + "/"); });
    if (!error && file) error = Error::kNotDirectory;
    if (!error && !directory) error = Error::kNotFound;
    if (!error && inside > 1) error = Error::kNotEmpty;
    expected = word(error);
    if (!error) model_.erase(path + "/");
    return word(volume_.remove_directory(path));
  }
  if (kind < 17) {
    what = "remove " + path;
    if (!error && directory) error = Error::kIsDirectory;
    if (!error && !file) error = Error::kNotFound;
    if (!error && is_open(path)) error = Error::kBusy;
    expected = word(error);
    if (!error) model_.erase(path);
    return word(volume_.remove(path));
  }
  what = "open " + path;
  if (open_.size() >= 6) {
    expected = kDone;
    what = "close the first";
    const FileId first = open_.front().file;
    open_.erase(open_.begin());
    return word(volume_.close(first));
  }
  const bool truncate = below(4) == 0;
  if (!error && directory) error = Error::kIsDirectory;
  expected = word(error);
  const auto opened =
      volume_.open(path, {.write = true, .create = true, .truncate = truncate && !is_open(path)});
  if (!error && !opened && opened.error() == Error::kFull) return expected = word(opened);
  if (!error) {
    if (!file || (truncate && !is_open(path))) model_[path] = "";
    if (opened) open_.push_back({path, *opened});
  }
  return word(opened);
}

Workload::Answer Workload::step() {
  Answer answer;
  answer.got = run(answer.what, answer.expected);
  diverged_ = diverged_ || answer.got != answer.expected;
  return answer;
}

}  // namespace baton::kernel::fat::testing
