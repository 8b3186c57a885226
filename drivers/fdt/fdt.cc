// The view itself.  libfdt does the walking; what it needs for that was checked by `inspect`.
#include "drivers/fdt/fdt.h"

#include <algorithm>

#include "drivers/fdt/big_endian.h"
#include "libfdt.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::size_t kMaxStrings = 64;

Error error_of(Damage damage) {
  switch (damage) {
    case Damage::kBadMagic:
      return Error::kNotFound;
    case Damage::kTooOld:
    case Damage::kTooNew:
    case Damage::kTooLarge:
    case Damage::kTooDeep:
      return Error::kUnsupported;
    case Damage::kNoHeader:
    case Damage::kMisaligned:
      return Error::kInvalidArgument;
    default:
      return Error::kCorrupt;
  }
}

// Cuts the first zero-terminated string off `list`; empty optional when none ends in it.
std::optional<std::string_view> take_string(std::span<const std::byte>& list) {
  const auto end = std::ranges::find(list, std::byte{0});
  if (end == list.end()) return std::nullopt;
  const auto length = static_cast<std::size_t>(end - list.begin());
  const std::string_view string(reinterpret_cast<const char*>(list.data()), length);
  list = list.subspan(length + 1);
  return string;
}

}  // namespace

Result<Fdt> Fdt::open(std::span<const std::byte> window) {
  if (const Finding finding = inspect(window); finding.damage != Damage::kNone) {
    return fail(error_of(finding.damage));
  }
  return Fdt(window.first(fdt_totalsize(window.data())));
}

template <class Visit>
void Fdt::walk(Visit visit) const {
  Ancestry way;
  int depth = 0;
  // `depth` is the number of ancestors, which `inspect` has limited.
  for (int at = 0; at >= 0 && depth >= 0; at = fdt_next_node(tree_.data(), at, &depth)) {
    way.count = static_cast<std::size_t>(depth) + 1;
    way.nodes[way.count - 1] = Node(at);
    if (!visit(Node(at), way)) return;
  }
}

Result<Node> Fdt::find_path(std::string_view path) const {
  // No path in the tree is longer than the tree, and libfdt counts in int.
  if (path.empty() || path.size() > tree_.size()) return fail(Error::kNotFound);
  const int at = fdt_path_offset_namelen(tree_.data(), path.data(), static_cast<int>(path.size()));
  if (at < 0) return fail(Error::kNotFound);
  return Node(at);
}

Result<Node> Fdt::find_phandle(std::uint32_t phandle) const {
  // The two values that are no number of a node.  [DTSpec 2.3.3]
  if (phandle == 0 || phandle == 0xffff'ffff) return fail(Error::kNotFound);
  const fdt32_t wanted = cpu_to_fdt32(phandle);
  // Only trees from before the specification use the second name.
  for (const char* name : {"phandle", "linux,phandle"}) {
    constexpr int kFromTheRootOn = -1;
    const int at =
        fdt_node_offset_by_prop_value(tree_.data(), kFromTheRootOn, name, &wanted, sizeof wanted);
    if (at >= 0) return Node(at);
  }
  return fail(Error::kNotFound);
}

Listing<Node> Fdt::find_compatible(std::string_view name, std::span<Node> out) const {
  std::size_t found = 0;
  walk([&](Node node, const Ancestry& way) {
    if (is_compatible(node, name) && all_enabled(way)) {
      if (found < out.size()) out[found] = node;
      ++found;
    }
    return true;
  });
  return {.items = out.first(std::min(found, out.size())), .found = found};
}

Result<Node> Fdt::find_compatible(std::string_view name) const {
  std::array<Node, 1> first;
  if (find_compatible(name, first).found == 0) return fail(Error::kNotFound);
  return first[0];
}

Result<Ancestry> Fdt::ancestry(Node node) const {
  Result<Ancestry> result = fail(Error::kNotFound);
  walk([&](Node visited, const Ancestry& way) {
    if (visited == node) result = way;
    return visited.offset_ < node.offset_;
  });
  return result;
}

Result<Node> Fdt::parent(Node node) const {
  const auto way = ancestry(node);
  if (!way) return fail(way.error());
  if (way->count < 2) return fail(Error::kNotFound);
  return way->nodes[way->count - 2];
}

std::optional<Node> Fdt::first_child(Node node) const {
  const int at = fdt_first_subnode(tree_.data(), node.offset_);
  if (at < 0) return std::nullopt;
  return Node(at);
}

std::optional<Node> Fdt::next_sibling(Node node) const {
  const int at = fdt_next_subnode(tree_.data(), node.offset_);
  if (at < 0) return std::nullopt;
  return Node(at);
}

std::string_view Fdt::name(Node node) const {
  int length = 0;
  const char* name = fdt_get_name(tree_.data(), node.offset_, &length);
  if (name == nullptr) return {};
  return {name, static_cast<std::size_t>(length)};
}

std::optional<std::span<const std::byte>> Fdt::property(Node node, std::string_view name) const {
  int length = 0;
  const void* value = fdt_getprop_namelen(tree_.data(), node.offset_, name.data(),
                                          static_cast<int>(name.size()), &length);
  if (value == nullptr) return std::nullopt;
  return std::span(static_cast<const std::byte*>(value), static_cast<std::size_t>(length));
}

Result<std::string_view> Fdt::text(Node node, std::string_view name, std::size_t index) const {
  auto list = property(node, name);
  if (!list || index >= kMaxStrings) return fail(Error::kNotFound);
  for (std::size_t i = 0; !list->empty(); ++i) {
    const auto string = take_string(*list);
    if (!string) return fail(Error::kCorrupt);
    if (i == index) return *string;
  }
  return fail(index == 0 ? Error::kCorrupt : Error::kNotFound);
}

Result<std::uint32_t> Fdt::u32(Node node, std::string_view name) const {
  const auto value = property(node, name);
  if (!value) return fail(Error::kNotFound);
  if (value->size() != kCellBytes) return fail(Error::kCorrupt);
  return read_cell(*value);
}

Result<std::uint64_t> Fdt::number(Node node, std::string_view name) const {
  const auto value = property(node, name);
  if (!value) return fail(Error::kNotFound);
  if (value->size() != kCellBytes && value->size() != 2 * kCellBytes) return fail(Error::kCorrupt);
  return read_cells(*value, value->size() / kCellBytes);
}

bool Fdt::is_compatible(Node node, std::string_view name) const {
  auto list = property(node, "compatible");
  if (!list) return false;
  while (const auto string = take_string(*list)) {
    if (*string == name) return true;
  }
  return false;
}

bool Fdt::is_enabled(Node node) const {
  if (!has(node, "status")) return true;
  const auto status = text(node, "status");
  return status && (*status == "okay" || *status == "ok");
}

bool Fdt::all_enabled(const Ancestry& way) const {
  return std::ranges::all_of(way.path(), [&](Node each) { return is_enabled(each); });
}

bool Fdt::is_available(Node node) const {
  const auto way = ancestry(node);
  return way && all_enabled(*way);
}

}  // namespace baton::drivers::fdt
