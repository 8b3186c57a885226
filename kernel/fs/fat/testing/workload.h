// Random operations on a file system, and what each should answer.
#ifndef BATON_KERNEL_FS_FAT_TESTING_WORKLOAD_H_
#define BATON_KERNEL_FS_FAT_TESTING_WORKLOAD_H_

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/fs/fat/testing/images.h"
#include "kernel/fs/file_system.h"

namespace baton::kernel::fat::testing {

class Workload {
 public:
  /// `longest_names`: some of more than 195 units, too.
  Workload(FileSystem& volume, unsigned seed, bool longest_names = true)
      : volume_(volume), random_(seed + 1), longest_names_(longest_names) {}

  struct Answer {
    std::string what;
    std::string expected;
    std::string got;
  };
  /// One operation.  The model follows what it should have done.
  Answer step();

  /// Closes what is open; false: not all could be.
  bool close_all();

  [[nodiscard]] const Tree& model() const { return model_; }

  /// What lasts, as far as the file system has said, and which paths were touched since: everything
  /// below them is in flight.
  struct Lasting {
    Tree tree;
    std::set<std::string> touched;
    [[nodiscard]] bool covers(const std::string& path) const;
  };
  [[nodiscard]] const Lasting& lasting() const { return lasting_; }

 private:
  struct Open {
    std::string path;
    FileId file{};
  };

  std::string any_path();
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::optional<Error> parent_error(const std::string& path) const;
  [[nodiscard]] bool is_directory(const std::string& path) const {
    return model_.contains(path + "/");
  }
  [[nodiscard]] bool is_open(const std::string& path) const;
  std::string run(std::string& what, std::string& expected);
  std::string change_open(std::string& what, std::string& expected);
  std::string rename(std::string& what, std::string& expected);

  FileSystem& volume_;
  std::minstd_rand random_;
  bool longest_names_;
  bool diverged_ = false;  // an answer was another: from then on nothing counts as confirmed
  Tree model_;
  Lasting lasting_;
  std::vector<Open> open_;
};

}  // namespace baton::kernel::fat::testing

#endif  // BATON_KERNEL_FS_FAT_TESTING_WORKLOAD_H_
