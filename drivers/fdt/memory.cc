#include "drivers/fdt/memory.h"

#include <limits>

#include "drivers/fdt/address.h"
#include "drivers/fdt/chosen.h"
#include "libfdt.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// Old trees leave "device_type" out.
bool is_memory(const Fdt& tree, Node node) {
  const auto type = tree.text(node, "device_type");
  if (type) return *type == "memory";
  const std::string_view name = tree.name(node);
  return name == "memory" || name.starts_with("memory@");
}

// Appends to the caller's storage and remembers how much of it is in use.
class Collector {
 public:
  explicit Collector(std::span<Reserved> out) : out_(out) {}

  Result<void> add(const Reserved& entry) {
    if (!fits(entry.range, kNoLimit)) return fail(Error::kCorrupt);
    if (used_ == out_.size()) return fail(Error::kFull);
    out_[used_++] = entry;
    return {};
  }
  std::span<Reserved> used() const { return out_.first(used_); }

 private:
  std::span<Reserved> out_;
  std::size_t used_ = 0;
};

Result<void> collect_list(const Fdt& tree, Collector& collector) {
  const void* raw = tree.bytes().data();
  for (int i = 0, count = fdt_num_mem_rsv(raw); i < count; ++i) {
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    if (fdt_get_mem_rsv(raw, i, &base, &size) != 0) return fail(Error::kCorrupt);
    const auto added =
        collector.add({.range = {.base = base, .size = size}, .by = Reserved::By::kReserveList});
    if (!added) return added;
  }
  return {};
}

Result<void> collect_node(const Fdt& tree, const Ancestry& way, Collector& collector) {
  const Node parent = way.nodes[way.count - 2];
  const Node node = way.nodes[way.count - 1];
  if (!tree.is_enabled(node) || !tree.has(node, "reg")) return {};
  const auto registers = Registers::of(tree, way);
  if (!registers) return fail(registers.error());
  // "ranges" should be there, empty.  Where it was forgotten the addresses are the CPU's all the
  // same: better to reserve too much than to overlook firmware.
  const bool identity = !tree.has(parent, "ranges");
  const bool no_map = tree.has(node, "no-map");
  for (std::size_t i = 0; i < registers->count(); ++i) {
    const auto range = identity ? registers->on_bus(i) : registers->at(i);
    if (!range && range.error() == Error::kEmpty) continue;  // nobody filled it in
    if (!range) return fail(range.error());
    const auto added =
        collector.add({.range = *range, .by = Reserved::By::kNode, .no_map = no_map});
    if (!added) return added;
  }
  return {};
}

Result<void> collect_nodes(const Fdt& tree, Collector& collector) {
  const auto parent = tree.find_path("/reserved-memory");
  if (!parent || !tree.is_enabled(*parent)) return {};
  Ancestry way = {.nodes = {Node{}, *parent}, .count = 3};
  for (auto node = tree.first_child(*parent); node; node = tree.next_sibling(*node)) {
    way.nodes[2] = *node;
    const auto collected = collect_node(tree, way, collector);
    if (!collected) return collected;
  }
  return {};
}

Result<void> collect_initrd(const Fdt& tree, Collector& collector) {
  const auto disk = initrd(tree);
  if (disk) return collector.add({.range = *disk, .by = Reserved::By::kInitrd});
  if (disk.error() == Error::kNotFound) return {};
  return fail(disk.error());
}

}  // namespace

Result<std::span<Range>> memory(const Fdt& tree, std::span<Range> out) {
  std::size_t used = 0;
  for (auto node = tree.first_child(Node{}); node; node = tree.next_sibling(*node)) {
    if (!is_memory(tree, *node) || !tree.is_enabled(*node)) continue;
    const auto registers = Registers::of(tree, {.nodes = {Node{}, *node}, .count = 2});
    if (!registers) return fail(registers.error());
    for (std::size_t i = 0; i < registers->count(); ++i) {
      const auto range = registers->at(i);
      if (!range && range.error() == Error::kEmpty) continue;  // a bank without a module
      if (!range) return fail(range.error());
      if (!merge_into(out, used, *range)) return fail(Error::kFull);
    }
  }
  if (used == 0) return fail(Error::kNotFound);
  return out.first(used);
}

Result<std::span<Reserved>> reserved(const Fdt& tree, std::uint64_t tree_address,
                                     std::span<Reserved> out) {
  Collector collector(out);
  const Reserved self = {.range = {.base = tree_address, .size = tree.bytes().size()},
                         .by = Reserved::By::kTree};
  auto done = collect_list(tree, collector);
  if (done) done = collect_nodes(tree, collector);
  if (done) done = collector.add(self);
  if (done) done = collect_initrd(tree, collector);
  if (!done) return fail(done.error());
  return collector.used();
}

}  // namespace baton::drivers::fdt
