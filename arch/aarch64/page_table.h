// Writing translation tables: 4 KiB granule, three levels, 39-bit addresses.   [ARMv8-A D5.3]
//
// Pure memory work, tested on the host.  It turns invalid entries into valid ones, of which no TLB
// has to be told, and single pages into guards, of which the caller tells every TLB.  So
// break-before-make never arises; what cannot be done that way is refused.
#ifndef BATON_ARCH_AARCH64_PAGE_TABLE_H_
#define BATON_ARCH_AARCH64_PAGE_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bits.h"
#include "base/result.h"

namespace baton::arch {

/// 512 descriptors, one page.
struct alignas(4096) Table {
  std::array<std::uint64_t, 512> entries;
};

/// Attributes of a block or page.  [ARMv8-A D5.3.3]
class Attributes {
 public:
  enum class Access : std::uint8_t { kReadWrite, kReadOnly, kExecute };
  enum class Caching : std::uint8_t { kNormal = 0, kDevice = 1 };  ///< index into MAIR_EL1

  constexpr Attributes(Access access, Caching caching) : bits_(encode(access, caching)) {}
  constexpr std::uint64_t bits() const { return bits_; }

 private:
  static constexpr std::uint64_t encode(Access access, Caching caching) {
    constexpr std::uint64_t kAccessed = std::uint64_t{1} << 10U;
    constexpr std::uint64_t kInnerShareable = std::uint64_t{3} << 8U;
    constexpr std::uint64_t kReadOnly = std::uint64_t{1} << 7U;
    constexpr std::uint64_t kPxn = std::uint64_t{1} << 53U;
    constexpr std::uint64_t kUxn = std::uint64_t{1} << 54U;
    return kAccessed | kInnerShareable | kUxn | (static_cast<std::uint64_t>(caching) << 2U) |
           (access == Access::kReadWrite ? 0 : kReadOnly) | (access == Access::kExecute ? 0 : kPxn);
  }
  std::uint64_t bits_;
};

/// What a walk finds.
struct Translation {
  std::uint64_t physical;
  std::uint64_t attributes;  ///< the descriptor without address and type
  std::uint64_t block_bytes;
};

/// A tree of tables under a root.  The caller owns root and pool, zeroed; tables taken from the
/// pool are never given back.  One caller at a time, but for what says otherwise.
class PageTables {
 public:
  /// What map() maps with.
  enum class Blocks : std::uint8_t {
    kLargest,  ///< the largest that fit
    kPages,    ///< pages only, of which each can become a guard
  };

  /// `physical_offset`: a table's address minus its physical address.
  constexpr PageTables(Table& root, std::span<Table> pool, std::uint64_t physical_offset)
      : root_(&root), pool_(pool), physical_offset_(physical_offset) {}

  /// Maps [virt, virt + bytes) to [phys, ...).  All three are multiples of 4 KiB.  Pages that are
  /// mapped to the same address already keep their attributes if these are equal or `keep_existing`
  /// is set. kInvalidArgument: not aligned or empty, or mapped otherwise already, or a guard;
  /// kOutOfRange: beyond 39 bits; kFull: the pool is empty (what was mapped until then stays
  /// mapped).
  Result<void> map(std::uint64_t virt, std::uint64_t phys, std::uint64_t bytes,
                   Attributes attributes, bool keep_existing = false,
                   Blocks blocks = Blocks::kLargest);

  /// Takes the page at `virt` out of the map for good; it is remembered as a guard.  One that is a
  /// guard already stays one.  Any number of callers at once, together with readers of the map, but
  /// not with map().  Afterwards the caller makes every TLB forget the page.
  /// kInvalidArgument: not a multiple of 4 KiB; kNotFound: nothing is mapped there; kUnsupported:
  /// it is part of a block, which is not split while cores may be using it.
  Result<void> make_guard(std::uint64_t virt);

  /// The page at `virt` is a guard.  Any number of callers at once.
  bool is_guard(std::uint64_t virt) const;

  /// Walks as the hardware would; nothing where it would fault.  Any number of callers at once.
  std::optional<Translation> translate(std::uint64_t virt) const;

  unsigned tables_used() const { return static_cast<unsigned>(used_); }
  unsigned tables_total() const { return static_cast<unsigned>(pool_.size()); }

 private:
  struct Step {
    std::uint64_t virt;
    std::uint64_t phys;
    std::uint64_t bytes;
  };
  // How map() was asked to map.
  struct Manner {
    std::uint64_t attributes;
    bool keep_existing;
    bool pages_only;
  };
  // Where a walk ends.
  struct Leaf {
    std::uint64_t* entry;
    unsigned level;
  };
  Result<void> map_level(Table& table, unsigned level, Step step, Manner manner);
  Leaf leaf_of(std::uint64_t virt) const;
  Result<Table*> descend(std::uint64_t& entry);
  Table* table_of(std::uint64_t entry) const;

  Table* root_;
  std::span<Table> pool_;
  std::uint64_t physical_offset_;
  std::size_t used_ = 0;
};

}  // namespace baton::arch

#endif  // BATON_ARCH_AARCH64_PAGE_TABLE_H_
