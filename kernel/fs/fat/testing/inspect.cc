#include "kernel/fs/fat/testing/inspect.h"

#include <cstdint>
#include <set>

namespace baton::kernel::fat::testing {
namespace {

class Inspector {
 public:
  explicit Inspector(const Image& image) : image_(image) {
    per_cluster_ = byte(13);
    fat_ = word(14) * 512;
    data_ = fat_ + std::size_t{byte(16)} * number(36) * 512;
    const std::size_t sectors = word(19) != 0 ? word(19) : number(32);
    clusters_ = static_cast<std::uint32_t>((sectors * 512 - data_) / (per_cluster_ * 512));
    owner_.resize(clusters_ + 2);
  }

  Findings run() {
    directory("", number(44), 0);
    for (std::uint32_t cluster = 2; cluster < clusters_ + 2; ++cluster) {
      if (owner_[cluster].empty() && next(cluster) != 0) ++findings_.lost_clusters;
    }
    return findings_;
  }

 private:
  std::uint32_t byte(std::size_t at) const { return std::to_integer<std::uint32_t>(image_.at(at)); }
  std::uint32_t word(std::size_t at) const { return byte(at) | byte(at + 1) << 8; }
  std::uint32_t number(std::size_t at) const { return word(at) | word(at + 2) << 16; }
  std::uint32_t next(std::uint32_t cluster) const {
    return number(fat_ + std::size_t{cluster} * 4) & 0x0fffffff;
  }
  void complain(const std::string& what) { findings_.damage.push_back(what); }

  // The clusters of a chain, each of which is then taken.
  std::vector<std::uint32_t> chain(const std::string& path, std::uint32_t first) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t cluster = first; cluster < 0x0ffffff8; cluster = next(cluster)) {
      if (cluster < 2 || cluster >= clusters_ + 2) {
        complain(path + " leads to " + std::to_string(cluster));
        break;
      }
      if (!owner_[cluster].empty()) {
        complain(path + " meets " + owner_[cluster]);
        break;
      }
      if (next(cluster) == 0) {
        complain(path + " leads to a free cluster");
        break;
      }
      owner_[cluster] = path + "?";
      found.push_back(cluster);
    }
    return found;
  }

  void file(const std::string& path, std::uint32_t first, std::uint32_t size) {
    const std::size_t has = first == 0 ? 0 : chain(path, first).size();
    const std::size_t needs = (size + per_cluster_ * 512 - 1) / (per_cluster_ * 512);
    if (has < needs) complain(path + " has fewer clusters than its size");
    if (has > needs) findings_.excess_clusters += static_cast<unsigned>(has - needs);
  }

  void directory(const std::string& path, std::uint32_t first, std::uint32_t parent) {
    std::set<std::string> names;
    std::string key;  // the long name's bytes
    unsigned parts = 0;
    unsigned expected = 0;
    std::uint32_t sum = 0;
    unsigned dots = 0;
    for (const std::uint32_t cluster : chain(path + "/", first)) {
      for (std::uint32_t i = 0; i < per_cluster_ * 16; ++i) {
        const std::size_t at = data_ + ((cluster - 2) * per_cluster_ * 16 + i) * std::size_t{32};
        const std::uint32_t lead = byte(at);
        if (lead == 0) return finish(path, dots, parts);
        const bool is_part = lead != 0xe5 && (byte(at + 11) & 0x3f) == 0x0f;
        if (is_part) {
          if ((lead & 0x40) != 0) {
            findings_.stray_parts += parts;
            parts = 0;
            key.clear();
            expected = lead & 0x3f;
            sum = byte(at + 13);
          }
          if ((lead & 0x3f) != expected || sum != byte(at + 13)) {
            findings_.stray_parts += parts + 1;
            parts = 0;
            expected = 0;
            continue;
          }
          ++parts;
          --expected;
          for (std::size_t j = 0; j < 32; ++j) {
            if (j != 0 && j != 11 && j != 12 && j != 13) key += static_cast<char>(byte(at + j));
          }
          continue;
        }
        std::uint32_t actual = 0;
        std::string name;
        for (std::size_t j = 0; j < 11; ++j) {
          actual = ((actual & 1) << 7) + (actual >> 1) + byte(at + j);
          actual &= 0xff;
          name += static_cast<char>(byte(at + j));
        }
        if (parts != 0 && (lead == 0xe5 || expected != 0 || actual != sum)) {
          findings_.stray_parts += parts;
          key.clear();
        }
        parts = 0;
        expected = 0;
        if (lead == 0xe5) continue;
        const std::uint32_t begin = word(at + 26) | word(at + 20) << 16;
        if (name == ".          " || name == "..         ") {
          ++dots;
          if (begin != (name[1] == '.' ? parent : first)) complain(path + " has wrong dots");
          continue;
        }
        if ((byte(at + 11) & 8) != 0) continue;
        if (!names.insert(name).second) complain(join(path, name) + " is there twice");
        if (!key.empty() && !names.insert(key).second) complain(path + " has a long name twice");
        key.clear();
        const std::string full = join(path, name);
        if ((byte(at + 11) & 16) != 0) {
          directory(full, begin, path.empty() ? 0 : first);
        } else {
          file(full, begin, number(at + 28));
        }
      }
    }
    finish(path, dots, parts);
  }

  void finish(const std::string& path, unsigned dots, unsigned parts) {
    findings_.stray_parts += parts;
    if (dots != (path.empty() ? 0U : 2U)) complain(path + " has not its two dots");
  }

  const Image& image_;
  std::uint32_t per_cluster_ = 0;
  std::size_t fat_ = 0;
  std::size_t data_ = 0;
  std::uint32_t clusters_ = 0;
  std::vector<std::string> owner_;
  Findings findings_;
};

}  // namespace

Findings inspect(const Image& image) { return Inspector(image).run(); }

}  // namespace baton::kernel::fat::testing
