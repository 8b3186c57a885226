#include "bazel/tests/lint/in_source.h"

namespace unused_here = lint_sample;
using std::swap;

namespace lint_sample {

std::size_t in_source(std::string text) {
  const std::string taken = std::move(text);
  const auto wrong_Name = [&](auto more) {
    const auto also = std::move(more);
    return also.size() + more.size();
  };
  return taken.size() + text.size() + wrong_Name(taken);
}

}  // namespace lint_sample
