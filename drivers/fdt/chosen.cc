#include "drivers/fdt/chosen.h"

#include <algorithm>

namespace baton::drivers::fdt {
namespace {

constexpr std::string_view kChosen = "/chosen";

}  // namespace

Result<std::string_view> bootargs(const Fdt& tree) {
  const auto chosen = tree.find_path(kChosen);
  if (!chosen) return fail(Error::kNotFound);
  return tree.text(*chosen, "bootargs");
}

Result<StdoutPath> stdout_path(const Fdt& tree) {
  const auto chosen = tree.find_path(kChosen);
  if (!chosen) return fail(Error::kNotFound);
  const bool modern = tree.has(*chosen, "stdout-path");
  const auto text = tree.text(*chosen, modern ? "stdout-path" : "linux,stdout-path");
  if (!text) return fail(text.error());
  // By iterators: substr() could throw, and a kernel has nothing that catches.
  const auto colon = std::ranges::find(*text, ':');
  const auto node = tree.find_path({text->begin(), colon});
  if (!node) return fail(Error::kCorrupt);
  const auto options = colon == text->end() ? colon : colon + 1;
  return StdoutPath{.node = *node, .options = {options, text->end()}};
}

Result<Range> initrd(const Fdt& tree) {
  const auto chosen = tree.find_path(kChosen);
  if (!chosen) return fail(Error::kNotFound);
  const auto start = tree.number(*chosen, "linux,initrd-start");
  const auto end = tree.number(*chosen, "linux,initrd-end");
  if (!start && !end && start.error() == Error::kNotFound && end.error() == Error::kNotFound) {
    return fail(Error::kNotFound);
  }
  if (!start || !end || *end < *start) return fail(Error::kCorrupt);
  if (*start == *end) return fail(Error::kNotFound);
  return Range{.base = *start, .size = *end - *start};
}

}  // namespace baton::drivers::fdt
