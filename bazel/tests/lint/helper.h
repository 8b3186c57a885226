// Bad on purpose: a header of a test.
#ifndef BATON_BAZEL_TESTS_LINT_HELPER_H_
#define BATON_BAZEL_TESTS_LINT_HELPER_H_

#include <string>
#include <utility>

namespace lint_sample {

template <class T>
std::size_t helps(const T& more, std::string text) {
  const std::string taken = std::move(text);
  return taken.size() + text.size() + more.size();
}

}  // namespace lint_sample

#endif  // BATON_BAZEL_TESTS_LINT_HELPER_H_
