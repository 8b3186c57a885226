// The one pass that decides whether a tree is safe.  Tokens are read here, bounds first, before
// libfdt sees them: libfdt looks names up in time proportional to their length, so names are
// measured before it is let loose, and its arithmetic is never shown a length near 2^31.
#include "drivers/fdt/check.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/bits.h"
#include "drivers/fdt/big_endian.h"
#include "libfdt.h"

namespace baton::drivers::fdt {
namespace {

constexpr std::uint32_t kNewestReadable = 17;
constexpr std::size_t kReservationBytes = 16;
constexpr std::size_t kTreeAlignment = 8;
constexpr std::size_t kPropertyHeaderBytes = 2 * kCellBytes;  // length, offset of the name

// [DTSpec 5.2], field by field.
struct Header {
  std::uint32_t magic;
  std::uint32_t total_size;
  std::uint32_t structure;
  std::uint32_t strings;
  std::uint32_t reservations;
  std::uint32_t version;
  std::uint32_t oldest_reader;
  std::uint32_t strings_size;
  std::uint32_t structure_size;
};

Header read_header(std::span<const std::byte> window) {
  const auto field = [&](std::size_t index) {
    return read_cell(window.subspan(index * kCellBytes));
  };
  return {.magic = field(0),
          .total_size = field(1),
          .structure = field(2),
          .strings = field(3),
          .reservations = field(4),
          .version = field(5),
          .oldest_reader = field(6),
          .strings_size = field(8),
          .structure_size = field(9)};
}

bool inside(const Header& header, std::uint32_t offset, std::uint32_t size) {
  return offset >= kHeaderBytes && offset <= header.total_size &&
         size <= header.total_size - offset;
}

Finding check_header(std::span<const std::byte> window, const Header& header) {
  if (header.magic != FDT_MAGIC) return {Damage::kBadMagic, 0};
  if (header.version < kNewestReadable) return {Damage::kTooOld, 20};
  if (header.oldest_reader > kNewestReadable) return {Damage::kTooNew, 24};
  if (header.total_size > kMaxTreeBytes) return {Damage::kTooLarge, 4};
  if (header.total_size > window.size()) return {Damage::kTruncated, 4};
  if (!inside(header, header.structure, header.structure_size) ||
      !is_aligned<std::uint32_t>(header.structure, kCellBytes) ||
      !is_aligned<std::uint32_t>(header.structure_size, kCellBytes)) {
    return {Damage::kBadBlock, 8};
  }
  if (!inside(header, header.strings, header.strings_size)) return {Damage::kBadBlock, 12};
  if (!inside(header, header.reservations, kReservationBytes) ||
      !is_aligned<std::uint32_t>(header.reservations, kTreeAlignment)) {
    return {Damage::kBadBlock, 16};
  }
  return {};
}

// The list ends with an entry of size 0.  [DTSpec 5.3.2]
Finding check_reservations(std::span<const std::byte> tree, const Header& header) {
  for (std::size_t at = header.reservations; at + kReservationBytes <= tree.size();
       at += kReservationBytes) {
    if (read_cells(tree.subspan(at + kReservationBytes / 2), 2) == 0) return {};
  }
  return {Damage::kBadReservations, header.reservations};
}

// Length of the zero-terminated name that `bytes` begins with, if it ends soon enough.
std::optional<std::size_t> name_length(std::span<const std::byte> bytes) {
  const auto searched = bytes.first(std::min(bytes.size(), kMaxNameBytes + 1));
  const auto end = std::ranges::find(searched, std::byte{0});
  if (end == searched.end()) return std::nullopt;
  return static_cast<std::size_t>(end - searched.begin());
}

// Walks the tokens of the structure block.  [DTSpec 5.4]
class TokenCheck {
 public:
  TokenCheck(std::span<const std::byte> tree, const Header& header)
      : base_(header.structure),
        block_(tree.subspan(header.structure, header.structure_size)),
        strings_(tree.subspan(header.strings, header.strings_size)) {}

  Finding run() {
    while (block_.size() - at_ >= kCellBytes) {
      const std::size_t start = at_;
      const std::uint32_t token = read_cell(block_.subspan(at_));
      if (start == 0 && token != FDT_BEGIN_NODE) return found(Damage::kNoRoot, start);
      at_ += kCellBytes;
      Damage damage = Damage::kNone;
      switch (token) {
        case FDT_BEGIN_NODE:
          damage = begin_node();
          break;
        case FDT_END_NODE:
          damage = end_node();
          break;
        case FDT_PROP:
          damage = property();
          break;
        case FDT_NOP:
          break;
        case FDT_END:
          return root_closed_ ? Finding{} : found(Damage::kUnfinished, start);
        default:
          damage = Damage::kBadToken;
      }
      if (damage != Damage::kNone) return found(damage, start);
    }
    return found(Damage::kUnfinished, at_);
  }

 private:
  Finding found(Damage damage, std::size_t at) const {
    return {damage, static_cast<std::uint32_t>(base_ + at)};
  }

  Damage begin_node() {
    const auto length = name_length(block_.subspan(at_));
    if (!length) return Damage::kBadName;
    if (depth_ == 0 && (root_closed_ || *length != 0)) return Damage::kNoRoot;
    if (depth_ == kMaxDepth) return Damage::kTooDeep;
    ++depth_;
    properties_allowed_ = true;
    return skip(*length + 1) ? Damage::kNone : Damage::kBadName;
  }

  Damage end_node() {
    if (depth_ == 0) return Damage::kBadToken;
    --depth_;
    root_closed_ = depth_ == 0;
    properties_allowed_ = false;
    return Damage::kNone;
  }

  // A node's properties come before its children; libfdt would not find others.
  Damage property() {
    if (!properties_allowed_) return Damage::kBadToken;
    if (block_.size() - at_ < kPropertyHeaderBytes) return Damage::kBadValue;
    const std::uint32_t length = read_cell(block_.subspan(at_));
    const std::uint32_t name = read_cell(block_.subspan(at_ + kCellBytes));
    if (name >= strings_.size() || !name_length(strings_.subspan(name))) return Damage::kBadName;
    return skip(kPropertyHeaderBytes + length) ? Damage::kNone : Damage::kBadValue;
  }

  // Past `bytes` bytes and the padding behind them.
  bool skip(std::size_t bytes) {
    if (bytes > block_.size() - at_) return false;
    // The block's size is a multiple of a cell, so the padding is inside as well.
    at_ = align_up<std::size_t>(at_ + bytes, kCellBytes);
    return true;
  }

  std::size_t base_;
  std::span<const std::byte> block_;
  std::span<const std::byte> strings_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool root_closed_ = false;
  bool properties_allowed_ = false;
};

}  // namespace

std::string_view explain(Damage damage) {
  switch (damage) {
    case Damage::kNone:
      return "";
    case Damage::kNoHeader:
      return "shorter than its header";
    case Damage::kMisaligned:
      return "not at an address divisible by 8";
    case Damage::kBadMagic:
      return "does not begin with the number d00dfeed";
    case Damage::kTooOld:
      return "format version below 17";
    case Damage::kTooNew:
      return "format version not readable by a version 17 reader";
    case Damage::kTooLarge:
      return "larger than 2 MiB";
    case Damage::kTruncated:
      return "says it is longer than the memory it lies in";
    case Damage::kBadBlock:
      return "a block is misaligned or lies outside the tree";
    case Damage::kBadReservations:
      return "the list of reserved memory has no end";
    case Damage::kNoRoot:
      return "does not have exactly one nameless root node";
    case Damage::kBadToken:
      return "a token is unknown or out of place";
    case Damage::kBadName:
      return "a name has no end or more than 127 bytes";
    case Damage::kBadValue:
      return "a property runs past the end";
    case Damage::kTooDeep:
      return "more than 32 levels of nodes";
    case Damage::kUnfinished:
      return "ends in the middle of a node";
    case Damage::kRefused:
      return "refused by libfdt";
  }
  return "unknown damage";
}

Finding inspect(std::span<const std::byte> window) {
  if (window.size() < kHeaderBytes) return {Damage::kNoHeader, 0};
  if (!is_aligned(std::bit_cast<std::uintptr_t>(window.data()), kTreeAlignment)) {
    return {Damage::kMisaligned, 0};
  }
  const Header header = read_header(window);
  if (const Finding finding = check_header(window, header); finding.damage != Damage::kNone) {
    return finding;
  }
  const auto tree = window.first(header.total_size);
  if (const Finding finding = check_reservations(tree, header); finding.damage != Damage::kNone) {
    return finding;
  }
  if (const Finding finding = TokenCheck(tree, header).run(); finding.damage != Damage::kNone) {
    return finding;
  }
  // Whatever libfdt itself would stumble over later; linear now that names are short.
  if (fdt_check_full(tree.data(), tree.size()) != 0) return {Damage::kRefused, 0};
  return {};
}

Result<std::size_t> announced_size(std::span<const std::byte> start) {
  if (start.size() < 2 * kCellBytes) return fail(Error::kInvalidArgument);
  if (read_cell(start) != FDT_MAGIC) return fail(Error::kNotFound);
  const std::size_t size = read_cell(start.subspan(kCellBytes));
  if (size > kMaxTreeBytes) return fail(Error::kUnsupported);
  if (size < kHeaderBytes) return fail(Error::kCorrupt);
  return size;
}

}  // namespace baton::drivers::fdt
