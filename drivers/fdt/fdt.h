// A read-only view of a flattened device tree: nodes, properties, and finding them.
//
//   const auto tree = fdt::Fdt::open(window);
//   if (!tree) log("device tree damaged: {}", fdt::explain(fdt::inspect(window).damage));
//   std::array<fdt::Node, 4> storage;
//   for (const fdt::Node uart : tree->find_compatible("arm,pl011", storage).items) ...
//
// The tree's bytes stay where they are, unchanged, for as long as the view or anything that it
// returned is in use.  Nothing is copied and nothing is written, so any number of cores may read
// at once, in any context; interrupt handlers should not, since most queries take time linear in
// the size of the tree.  What the properties mean is in the other headers of this folder.
#ifndef BATON_DRIVERS_FDT_FDT_H_
#define BATON_DRIVERS_FDT_FDT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "drivers/fdt/check.h"

namespace baton::drivers::fdt {

/// Names one node of one tree; a small value.  A default-made one is the root of any tree.
class Node {
 public:
  constexpr Node() = default;
  friend constexpr bool operator==(Node, Node) = default;

 private:
  friend class Fdt;
  constexpr explicit Node(std::int32_t offset) : offset_(offset) {}
  std::int32_t offset_ = 0;  // of the node's first token, in the structure block
};

/// What a search put into the caller's storage, and how many there were in all: more than
/// `items.size()` when the storage was too small.
template <class T>
struct Listing {
  std::span<T> items;
  std::size_t found = 0;
};

/// The way from the root to a node, both included.
struct Ancestry {
  std::array<Node, kMaxDepth> nodes;
  std::size_t count = 0;

  std::span<const Node> path() const { return std::span(nodes).first(count); }
};

class Fdt {
 public:
  /// Check `window` (see `inspect`) and view the tree in it.  kNotFound: it holds no device tree.
  /// kUnsupported: a version, size or depth that this reader does not take.  kInvalidArgument:
  /// misaligned or shorter than a header.  kCorrupt: damaged; `inspect` says how.
  static Result<Fdt> open(std::span<const std::byte> window);

  /// The tree's own bytes, header to end.
  std::span<const std::byte> bytes() const { return tree_; }

  // Nodes.  Each of these takes time linear in the tree's size at most.

  /// By full path ("/soc/serial@7e201000", the "@..." left out where that is unambiguous) or by
  /// alias ("serial0", "soc/serial").  kNotFound.
  Result<Node> find_path(std::string_view path) const;
  /// By the number that other nodes refer to it with.  kNotFound.
  Result<Node> find_phandle(std::uint32_t phandle) const;
  /// Every available node that is compatible with `name`, in the tree's order.
  Listing<Node> find_compatible(std::string_view name, std::span<Node> out) const;
  /// The first available node that is compatible with `name`.  kNotFound.
  Result<Node> find_compatible(std::string_view name) const;

  /// From the root down to `node`.  kNotFound when `node` is of another tree.
  Result<Ancestry> ancestry(Node node) const;
  /// kNotFound for the root.
  Result<Node> parent(Node node) const;
  std::optional<Node> first_child(Node node) const;
  std::optional<Node> next_sibling(Node node) const;
  /// With its unit address: "serial@7e201000"; empty for the root.
  std::string_view name(Node node) const;

  // Properties.  Strings are as the tree has them: print them through a filter.

  /// The property's value; empty optional when the node has none of that name.
  std::optional<std::span<const std::byte>> property(Node node, std::string_view name) const;
  bool has(Node node, std::string_view name) const { return property(node, name).has_value(); }
  /// The `index`th string of a list of strings, of which the first 64 are looked at.  kNotFound:
  /// no such property or index.  kCorrupt: the string does not end inside the property.
  Result<std::string_view> text(Node node, std::string_view name, std::size_t index = 0) const;
  /// A value of one cell.  kNotFound, kCorrupt (another length).
  Result<std::uint32_t> u32(Node node, std::string_view name) const;
  /// A value of one or two cells.  kNotFound, kCorrupt (another length).
  Result<std::uint64_t> number(Node node, std::string_view name) const;

  /// Whether "compatible" lists `name`, letter for letter.
  bool is_compatible(Node node, std::string_view name) const;
  /// Whether the node's own "status" lets it be used: none, "okay" or "ok".  [DTSpec 2.3.4]
  bool is_enabled(Node node) const;
  /// The node and everything above it is enabled.
  bool is_available(Node node) const;

  /// The board's name for people.  kNotFound, kCorrupt.
  Result<std::string_view> model() const { return text(Node{}, "model"); }
  /// The board's `index`th name for programs, the most exact first.  kNotFound, kCorrupt.
  Result<std::string_view> compatible(std::size_t index = 0) const {
    return text(Node{}, "compatible", index);
  }

 private:
  explicit Fdt(std::span<const std::byte> tree) : tree_(tree) {}

  // Calls `visit(node, ancestors)` for each node, depth first, until it returns false; `ancestors`
  // begins with the root and ends with the node.
  template <class Visit>
  void walk(Visit visit) const;

  bool all_enabled(const Ancestry& way) const;

  std::span<const std::byte> tree_;
};

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_FDT_H_
