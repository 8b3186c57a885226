// A table that a test prints: into its log, and into a file of its own among the test's outputs.
#ifndef BATON_TESTS_MODEL_TABLE_H_
#define BATON_TESTS_MODEL_TABLE_H_

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace baton::model {

class Table {
 public:
  /// `name` is the file's; a table of the same name that this run began goes on.
  explicit Table(const char* name) {
    // Where Bazel collects what a test leaves behind.
    if (const char* const folder = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
      file_ = std::fopen((std::string(folder) + "/" + name).c_str(), "a");
    }
  }
  ~Table() {
    if (file_ != nullptr) static_cast<void>(std::fclose(file_));
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  [[gnu::format(printf, 2, 3)]] void row(const char* pattern, ...) {
    std::va_list values;
    va_start(values, pattern);
    std::va_list again;
    va_copy(again, values);
    print(stdout, pattern, values);
    if (file_ != nullptr) print(file_, pattern, again);
    va_end(again);
    va_end(values);
  }

 private:
  [[gnu::format(printf, 2, 0)]] static void print(std::FILE* file, const char* pattern,
                                                  std::va_list values) {
    static_cast<void>(std::vfprintf(file, pattern, values));
    static_cast<void>(std::fputc('\n', file));
    static_cast<void>(std::fflush(file));
  }

  std::FILE* file_ = nullptr;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_TABLE_H_
