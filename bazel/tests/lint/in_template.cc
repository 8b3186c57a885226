// Bad on purpose: a template that nobody uses, in a source.
#include <string>
#include <utility>

namespace lint_sample {
namespace {

template <class T>
[[maybe_unused]] std::size_t unused(const T& more, std::string text) {
  const std::string taken = std::move(text);
  return taken.size() + text.size() + more.size();
}

}  // namespace
}  // namespace lint_sample
