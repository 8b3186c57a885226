#include "drivers/fdt/clocks.h"

#include "drivers/fdt/big_endian.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::size_t kMaxClocks = 32;

Result<std::uint32_t> fixed_frequency(const Fdt& tree, Node clock) {
  if (!tree.is_compatible(clock, "fixed-clock")) return fail(Error::kUnsupported);
  const auto frequency = tree.u32(clock, "clock-frequency");
  if (!frequency || *frequency == 0) return fail(Error::kCorrupt);
  return *frequency;
}

}  // namespace

Result<std::uint32_t> clock_frequency(const Fdt& tree, Node device, std::size_t index) {
  auto list = tree.property(device, "clocks");
  if (!list || index >= kMaxClocks) return fail(Error::kNotFound);
  // Each entry is a clock's number and as many cells as that clock wants.
  for (std::size_t i = 0; !list->empty(); ++i) {
    if (list->size() < kCellBytes) return fail(Error::kCorrupt);
    const auto clock = tree.find_phandle(read_cell(*list));
    if (!clock) return fail(Error::kCorrupt);
    const auto arguments = tree.u32(*clock, "#clock-cells");
    list = list->subspan(kCellBytes);
    if (!arguments || *arguments > list->size() / kCellBytes) return fail(Error::kCorrupt);
    if (i == index) return fixed_frequency(tree, *clock);
    list = list->subspan(*arguments * kCellBytes);
  }
  return fail(Error::kNotFound);
}

}  // namespace baton::drivers::fdt
