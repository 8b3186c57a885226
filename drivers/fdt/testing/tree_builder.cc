#include "drivers/fdt/testing/tree_builder.h"

#include "base/assert.h"
#include "libfdt.h"

namespace baton::drivers::fdt {
namespace {

// Room for the largest tree that is accepted, and for one that is refused.
constexpr std::size_t kCapacity = std::size_t{4} << 20;

void append_cell(std::string& bytes, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

TreeBuilder::TreeBuilder(std::initializer_list<Range> reservations)
    : memory_(kCapacity / sizeof(std::uint64_t)) {
  BATON_CHECK(fdt_create(memory_.data(), kCapacity) == 0);
  for (const Range& range : reservations) {
    BATON_CHECK(fdt_add_reservemap_entry(memory_.data(), range.base, range.size) == 0);
  }
  BATON_CHECK(fdt_finish_reservemap(memory_.data()) == 0);
  begin("");
}

TreeBuilder& TreeBuilder::begin(const std::string& name) {
  BATON_CHECK(fdt_begin_node(memory_.data(), name.c_str()) == 0);
  return *this;
}

TreeBuilder& TreeBuilder::end() {
  BATON_CHECK(fdt_end_node(memory_.data()) == 0);
  return *this;
}

TreeBuilder& TreeBuilder::cells(const std::string& name, const std::vector<std::uint32_t>& values) {
  std::string bytes;
  for (const std::uint32_t value : values) append_cell(bytes, value);
  return raw(name, bytes);
}

TreeBuilder& TreeBuilder::cells(const std::string& name,
                                std::initializer_list<std::uint32_t> values) {
  return cells(name, std::vector(values));
}

TreeBuilder& TreeBuilder::text(const std::string& name,
                               std::initializer_list<std::string_view> strings) {
  std::string bytes;
  for (const std::string_view string : strings) bytes.append(string).push_back('\0');
  return raw(name, bytes);
}

TreeBuilder& TreeBuilder::flag(const std::string& name) { return raw(name, ""); }

TreeBuilder& TreeBuilder::raw(const std::string& name, std::string_view bytes) {
  BATON_CHECK(fdt_property(memory_.data(), name.c_str(), bytes.data(),
                           static_cast<int>(bytes.size())) == 0);
  return *this;
}

Blob TreeBuilder::finish() {
  end();
  BATON_CHECK(fdt_finish(memory_.data()) == 0);
  return Blob(std::as_bytes(std::span(memory_)).first(fdt_totalsize(memory_.data())));
}

Blob assemble(std::span<const std::uint32_t> structure, std::string_view strings,
              std::initializer_list<Range> reservations) {
  constexpr std::uint32_t kReservations = 40;
  const auto structure_at =
      static_cast<std::uint32_t>(kReservations + 16 * (reservations.size() + 1));
  const auto structure_size = static_cast<std::uint32_t>(4 * structure.size());
  const auto strings_size = static_cast<std::uint32_t>(strings.size());
  std::string bytes;
  for (const std::uint32_t field :
       {std::uint32_t{FDT_MAGIC}, structure_at + structure_size + strings_size, structure_at,
        structure_at + structure_size, kReservations, std::uint32_t{17}, std::uint32_t{16},
        std::uint32_t{0}, strings_size, structure_size}) {
    append_cell(bytes, field);
  }
  for (const Range& range : reservations) {
    for (const std::uint64_t number : {range.base, range.size}) {
      append_cell(bytes, static_cast<std::uint32_t>(number >> 32U));
      append_cell(bytes, static_cast<std::uint32_t>(number));
    }
  }
  bytes.append(16, '\0');
  for (const std::uint32_t token : structure) append_cell(bytes, token);
  bytes.append(strings);
  return Blob(std::as_bytes(std::span(bytes)));
}

}  // namespace baton::drivers::fdt
