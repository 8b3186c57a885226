// Device trees written down in a test, compiled by libfdt's sequential writer.
//
//   const Blob blob = TreeBuilder()
//                         .cells("#address-cells", {2})
//                         .begin("chosen").text("bootargs", {"quiet"}).end()
//                         .finish();
//
// A step that libfdt refuses ends the test program: the test itself is wrong then.
#ifndef BATON_DRIVERS_FDT_TESTING_TREE_BUILDER_H_
#define BATON_DRIVERS_FDT_TESTING_TREE_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/fdt/range.h"
#include "drivers/fdt/testing/blob.h"

namespace baton::drivers::fdt {

/// Tests only.
class TreeBuilder {
 public:
  /// Opens the root node, after the list of reserved memory.
  TreeBuilder(std::initializer_list<Range> reservations = {});

  TreeBuilder& begin(const std::string& name);
  TreeBuilder& end();

  TreeBuilder& cells(const std::string& name, const std::vector<std::uint32_t>& values);
  TreeBuilder& cells(const std::string& name, std::initializer_list<std::uint32_t> values);
  TreeBuilder& text(const std::string& name, std::initializer_list<std::string_view> strings);
  TreeBuilder& flag(const std::string& name);
  TreeBuilder& raw(const std::string& name, std::string_view bytes);

  /// Closes the root node and hands the tree over; the builder is used up.
  Blob finish();

 private:
  std::vector<std::uint64_t> memory_;  // words, for their alignment
};

/// A tree put together by hand from the tokens of its structure block and its strings, for what no
/// writer would write.  The version is 17.
Blob assemble(std::span<const std::uint32_t> structure, std::string_view strings,
              std::initializer_list<Range> reservations = {});

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_TESTING_TREE_BUILDER_H_
