#include "kernel/fs/fat/testing/images.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>
#include <sstream>

namespace baton::kernel::fat::testing {

Ran run(const std::string& command) {
  // Images with few clusters are no FAT32 to mtools' taste, which this turns off.
  const std::string line = "export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8; { " + command + "; } 2>&1";
  std::FILE* const pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  Ran result;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

std::string scratch(std::string_view name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/" + std::to_string(::getpid()) + "-" +
         std::string(name);
}

void save(const Image& image, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(image.data()),
             static_cast<std::streamsize>(image.size()));
}

Image load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto view = std::as_bytes(std::span(bytes));
  return {view.begin(), view.end()};
}

Image make_image(unsigned kib, const std::string& options) {
  const std::string path = scratch("new.img");
  const Ran made = run("rm -f " + path + "; /usr/sbin/mkfs.fat -F 32 " + options + " -C " + path +
                       " " + std::to_string(kib));
  if (made.status != 0) std::fprintf(stderr, "mkfs.fat: %s\n", made.output.c_str());
  Image image = load(path);
  std::remove(path.c_str());
  return image;
}

std::vector<std::string> complaints(const Image& image, bool cut) {
  const std::string path = scratch("check.img");
  save(image, path);
  const Ran checked = run("/usr/sbin/fsck.fat -n " + path);
  std::remove(path.c_str());
  // What dosfstools 4.2 says of a sound volume.
  static const std::regex kSound(
      "fsck.fat .*|Warning: Filesystem is FAT32 according to .*|  but has only .*|"
      "  This may lead to problems on some systems\\.|.*: [0-9]+ files, [0-9]+/[0-9]+ clusters|");
  // And of one whose power was cut; docs/filesystem.md, "What a power cut leaves".
  static const std::regex kCut(
      "There are differences between boot sector and its backup\\.|"
      "This is mostly harmless\\. Differences: \\(offset:original/backup\\)|  65:01/00|"
      "  Not automatically fixing this\\.| *Automatically removing dirty bit\\.|"
      "Dirty bit is set\\. Fs was not properly unmounted and some data may be corrupt\\.|"
      "FATs differ - using first FAT\\.|FATs differ but appear to be intact\\.|"
      " *Using first FAT\\.|"
      "Reclaimed [0-9]+ unused clusters? \\([0-9]+ bytes\\)\\.|"
      "Free cluster summary uninitialized \\(should be [0-9]+\\)|"
      "Free cluster summary wrong \\([0-9]+ vs\\. really [0-9]+\\)|"
      " *Auto-setting\\.|  Auto-correcting\\.|Leaving filesystem unchanged\\.|"
      "/.*|  File size is [0-9]+ bytes, cluster chain length is > [0-9]+ bytes\\.|"
      "  Truncating file to [0-9]+ bytes\\.|");
  std::vector<std::string> found;
  std::istringstream lines(checked.output);
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, kSound) || (cut && std::regex_match(line, kCut))) continue;
    found.push_back(line);
  }
  if (checked.status != 0 && !cut && found.empty()) found.push_back("status not zero");
  return found;
}

namespace {

bool read_directory(FileSystem& volume, const std::string& path, Tree& tree) {
  const auto directory = volume.open_directory(path);
  if (!directory) {
    tree["!" + path] = to_string(directory.error());
    return false;
  }
  std::vector<std::pair<std::string, bool>> names;
  DirectoryPosition position;
  DirectoryEntry entry;
  while (true) {
    const auto more = volume.next(*directory, position, entry);
    if (!more) {
      tree["!" + path] = to_string(more.error());
      static_cast<void>(volume.close(*directory));
      return false;
    }
    if (!*more) break;
    names.emplace_back(entry.name(), entry.info.directory);
  }
  if (const auto closed = volume.close(*directory); !closed) return false;
  for (const auto& [name, is_directory] : names) {
    const std::string full = join(path, name);
    if (is_directory) {
      tree[full + "/"] = "";
      if (!read_directory(volume, full, tree)) return false;
      continue;
    }
    const auto contents = get_file(volume, full);
    if (!contents) {
      tree["!" + full] = to_string(contents.error());
      return false;
    }
    tree[full] = *contents;
  }
  return true;
}

}  // namespace

Tree read_tree(FileSystem& volume) {
  Tree tree;
  read_directory(volume, "", tree);
  return tree;
}

std::string difference(const Tree& got, const Tree& expected) {
  std::string text;
  const auto brief = [](const std::string& name) {
    return name.size() < 60 ? name : name.substr(0, 57) + "...";
  };
  for (const auto& [name, contents] : expected) {
    const auto found = got.find(name);
    if (found == got.end()) {
      text += "without " + brief(name) + "; ";
    } else if (found->second != contents) {
      text += "other contents in " + brief(name) + ", " + std::to_string(found->second.size()) +
              " bytes for " + std::to_string(contents.size()) + "; ";
    }
  }
  for (const auto& [name, contents] : got) {
    if (!expected.contains(name)) {
      text += "with " + brief(name) + (name.starts_with("!") ? ": " + contents : "") + "; ";
    }
  }
  return text;
}

std::string random_bytes(std::size_t count, unsigned seed) {
  std::minstd_rand random(seed + 1);
  std::string bytes(count, '\0');
  std::ranges::generate(bytes, [&] { return static_cast<char>(random() >> 8U); });
  return bytes;
}

std::string join(std::string path, std::string_view name) {
  if (!path.empty()) path += '/';
  return path.append(name);
}

Result<void> put_file(FileSystem& volume, std::string_view path, std::string_view contents) {
  const auto file = volume.open(path, {.write = true, .create = true, .truncate = true});
  if (!file) return fail(file.error());
  const auto written = volume.write(*file, 0, bytes_of(contents));
  const auto closed = volume.close(*file);
  return written ? closed : written;
}

Result<std::string> get_file(FileSystem& volume, std::string_view path) {
  const auto file = volume.open(path, {});
  if (!file) return fail(file.error());
  Result<std::string> answer = std::string();
  const auto size = volume.size(*file);
  if (size) {
    answer->resize(static_cast<std::size_t>(*size));
    const auto got = volume.read(*file, 0, std::as_writable_bytes(std::span(*answer)));
    if (!got) {
      answer = fail(got.error());
    } else if (*got != *size) {
      answer = fail(Error::kCorrupt);
    }
  }
  static_cast<void>(volume.close(*file));
  return answer;
}

}  // namespace baton::kernel::fat::testing
