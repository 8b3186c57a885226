// Bad on purpose: a header whose library has a source.
#ifndef BATON_BAZEL_TESTS_LINT_IN_SOURCE_H_
#define BATON_BAZEL_TESTS_LINT_IN_SOURCE_H_

#include <string>
#include <utility>

namespace lint_sample {

namespace unused = std;

std::size_t in_source(std::string text);

// The source does not use it.
template <class T>
struct Unused {
  std::size_t moved(std::string text) {
    const std::string taken = std::move(text);
    return taken.size() + text.size();
  }
};

}  // namespace lint_sample

#endif  // BATON_BAZEL_TESTS_LINT_IN_SOURCE_H_
