#include "drivers/fdt/address.h"

#include "drivers/fdt/big_endian.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint32_t kMaxCells = 2;

Result<std::uint32_t> count_or(const Fdt& tree, Node node, std::string_view name,
                               std::uint32_t otherwise) {
  const auto value = tree.u32(node, name);
  if (!value && value.error() == Error::kNotFound) return otherwise;
  return value;
}

// One line of a "ranges" property: `size` bytes at `child` of the bus are at `parent` one level up.
struct Mapping {
  std::uint64_t child;
  std::uint64_t parent;
  std::uint64_t size;

  bool covers(const Range& range) const {
    return range.base >= child && range.base - child <= size &&
           range.size <= size - (range.base - child);
  }
};

// `range` of `bus`'s own addresses as addresses of `above`, the bus that it is on.
Result<Range> pass_up(const Fdt& tree, Node bus, Node above, const Range& range) {
  const auto ranges = tree.property(bus, "ranges");
  if (!ranges) return fail(Error::kFault);
  if (ranges->empty()) return range;
  const auto inner = cell_counts(tree, bus);
  const auto outer = cell_counts(tree, above);
  if (!inner) return fail(inner.error());
  if (!outer) return fail(outer.error());
  if (inner->size == 0) return fail(Error::kUnsupported);
  const std::size_t stride = (inner->address + outer->address + inner->size) * kCellBytes;
  if (ranges->size() % stride != 0) return fail(Error::kCorrupt);
  for (auto rest = *ranges; !rest.empty(); rest = rest.subspan(stride)) {
    const auto parent = rest.subspan(inner->address * kCellBytes);
    const auto size = parent.subspan(outer->address * kCellBytes);
    const Mapping mapping = {.child = read_cells(rest, inner->address),
                             .parent = read_cells(parent, outer->address),
                             .size = read_cells(size, inner->size)};
    if (!mapping.covers(range)) continue;
    const std::uint64_t distance = range.base - mapping.child;
    const std::uint64_t limit = limit_of(outer->address);
    if (mapping.parent > limit || distance > limit - mapping.parent) return fail(Error::kCorrupt);
    const Range moved = {.base = mapping.parent + distance, .size = range.size};
    if (!fits(moved, limit)) return fail(Error::kCorrupt);
    return moved;
  }
  return fail(Error::kFault);
}

}  // namespace

Result<CellCounts> cell_counts(const Fdt& tree, Node parent) {
  constexpr CellCounts kDefault;
  const auto address = count_or(tree, parent, "#address-cells", kDefault.address);
  const auto size = count_or(tree, parent, "#size-cells", kDefault.size);
  if (!address) return fail(address.error());
  if (!size) return fail(size.error());
  if (*address == 0 || *address > kMaxCells || *size > kMaxCells) return fail(Error::kUnsupported);
  return CellCounts{.address = *address, .size = *size};
}

Result<Registers> Registers::of(const Fdt& tree, Node node) {
  const auto way = tree.ancestry(node);
  if (!way) return fail(way.error());
  return of(tree, *way);
}

Result<Registers> Registers::of(const Fdt& tree, const Ancestry& way) {
  if (way.count < 2) return fail(Error::kNotFound);  // the root is on no bus
  const auto reg = tree.property(way.nodes[way.count - 1], "reg");
  if (!reg) return fail(Error::kNotFound);
  const auto cells = cell_counts(tree, way.nodes[way.count - 2]);
  if (!cells) return fail(cells.error());
  if (cells->size == 0) return fail(Error::kUnsupported);
  const Registers registers(tree, way, *reg, *cells);
  if (reg->size() % registers.stride() != 0) return fail(Error::kCorrupt);
  return registers;
}

std::size_t Registers::stride() const { return (cells_.address + cells_.size) * kCellBytes; }

Result<Range> Registers::on_bus(std::size_t index) const {
  if (index >= count()) return fail(Error::kOutOfRange);
  const auto entry = reg_.subspan(index * stride(), stride());
  const Range range = {.base = read_cells(entry, cells_.address),
                       .size = read_cells(entry.subspan(cells_.address * kCellBytes), cells_.size)};
  if (range.size == 0) return fail(Error::kEmpty);
  if (!fits(range, limit_of(cells_.address))) return fail(Error::kCorrupt);
  return range;
}

Result<Range> Registers::at(std::size_t index) const {
  auto range = on_bus(index);
  // From the node's bus (its parent) up; addresses on the root are the CPU's.
  for (std::size_t bus = way_.count - 2; range && bus > 0; --bus) {
    range = pass_up(tree_, way_.nodes[bus], way_.nodes[bus - 1], *range);
  }
  return range;
}

Result<Range> registers(const Fdt& tree, Node node, std::size_t index) {
  const auto all = Registers::of(tree, node);
  if (!all) return fail(all.error());
  return all->at(index);
}

}  // namespace baton::drivers::fdt
