#include "kernel/shell/edit_distance.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace baton::kernel::shell {
namespace {

constexpr std::size_t kMaxWord = 32;
using Row = std::array<std::uint8_t, kMaxWord + 1>;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > kMaxWord || b.size() > kMaxWord) {
    return limit + 1;
  }
  // Row i, column j: the distance of the first i characters of a from the first j of b.  The next
  // row needs two before it, because a swap reaches back two.
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = static_cast<std::uint8_t>(j);
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = last;
    last = row;
    row[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      unsigned best = std::min({last[j] + 1U, row[j - 1] + 1U, last[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        best = std::min(best, before_last[j - 2] + 1U);
      }
      row[j] = static_cast<std::uint8_t>(best);
    }
  }
  return std::min<std::size_t>(row[b.size()], limit + 1);
}

}  // namespace baton::kernel::shell
