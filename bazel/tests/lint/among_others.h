// Bad on purpose: what must be found in a header that is looked at together with others.
#ifndef BATON_BAZEL_TESTS_LINT_AMONG_OTHERS_H_
#define BATON_BAZEL_TESTS_LINT_AMONG_OTHERS_H_

#include <limits.h>

#include <memory>
#include <string>
#include <utility>

// clang-format off: it takes the second away
#include <string>
// clang-format on

#define BATON_LINT_TWICE(x) x * 2

namespace lint_sample {

namespace unused = std;

using namespace std;

class lower_case {};

int in_two_programs() { return 0; }

// Nobody uses it: what is in it must be read all the same.
template <class T>
class Uninstantiated {
 public:
  template <class U>
  std::size_t moved(const U& more, std::string text) {
    const std::string taken = std::move(text);
    return taken.size() + text.size() + more.size();
  }
  std::size_t also_moved(std::string text) {
    const std::string taken = std::move(text);
    return taken.size() + text.size();
  }
};

inline std::size_t copied(const std::string text) { return text.size(); }

inline std::size_t moved(std::string text) {
  const std::string taken = std::move(text);
  return taken.size() + text.size();
}

inline bool simple(bool on) {
  if (on) {
    return true;
  } else {
    return false;
  }
}

}  // namespace lint_sample

#endif  // BATON_BAZEL_TESTS_LINT_AMONG_OTHERS_H_
