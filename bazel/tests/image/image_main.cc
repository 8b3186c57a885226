// Touches what kernels are made of: the header-only standard library, Abseil's header-only parts,
// libfdt, atomics, and on 32-bit targets a division that the compiler's runtime has to provide.
#include "bazel/tests/image/image_main.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "absl/functional/function_ref.h"
#include "libfdt.h"

namespace {

constinit std::atomic<std::uint64_t*> cell{nullptr};
constinit std::array<std::uint64_t, 4> numbers{1, 2, 3, 4};
constinit std::array<std::uint8_t, 64> tree{};

std::expected<std::uint64_t, int> divided(std::uint64_t dividend, std::uint64_t divisor) {
  if (divisor == 0) {
    return std::unexpected(-1);
  }
  return image_leaf(dividend, divisor);
}

void for_each(std::span<std::uint64_t> values, absl::FunctionRef<void(std::uint64_t&)> visit) {
  for (std::uint64_t& value : values) {
    visit(value);
  }
}

}  // namespace

extern "C" [[gnu::noinline]] std::uint64_t image_leaf(std::uint64_t dividend,
                                                      std::uint64_t divisor) {
  return dividend / divisor;
}

extern "C" void image_main() {
  for_each(numbers,
           [](std::uint64_t& value) { value = divided(1'000'000'007, value).value_or(0); });
  if (fdt_check_header(tree.data()) == 0) {
    cell.store(&numbers[3], std::memory_order_relaxed);
  }
}
