// Whether a piece of memory holds a device tree that is safe to walk, and if not, what is wrong.
//
// A tree comes from firmware, a boot loader or a file that somebody edited.  It is checked once,
// here, in one pass whose work is bounded by its size; every later walk (drivers/fdt/fdt.h) then
// needs no check of its own.  The limits below are far above what real trees use, and keep a
// hostile one from making a later walk recurse or take quadratic time.
//
// Any context; pure functions over the caller's memory, which must not change meanwhile.
#ifndef BATON_DRIVERS_FDT_CHECK_H_
#define BATON_DRIVERS_FDT_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace baton::drivers::fdt {

/// Bytes of a tree's header, version 17.  [DTSpec 5.2]
inline constexpr std::size_t kHeaderBytes = 40;
/// The largest tree accepted; the AArch64 boot protocol's own limit.  [LINUX-BOOT-A64 2]
inline constexpr std::size_t kMaxTreeBytes = std::size_t{2} << 20;
/// Levels of nodes, the root's included.
inline constexpr std::size_t kMaxDepth = 32;
/// Bytes of a node's or property's name.  The specification says 31; real trees go beyond.
inline constexpr std::size_t kMaxNameBytes = 127;

/// What is wrong with a tree.
enum class Damage : std::uint8_t {
  kNone,
  kNoHeader,         ///< fewer bytes than a header
  kMisaligned,       ///< not at an address divisible by 8
  kBadMagic,         ///< not a device tree at all
  kTooOld,           ///< format version below 17
  kTooNew,           ///< not readable by a version 17 reader
  kTooLarge,         ///< more than kMaxTreeBytes
  kTruncated,        ///< says it is longer than the memory given
  kBadBlock,         ///< a block is misaligned or lies outside the tree
  kBadReservations,  ///< the list of reserved memory has no end
  kNoRoot,           ///< does not begin with a nameless root node
  kBadToken,         ///< a token that is none, or not at this place
  kBadName,          ///< a name that does not end, or is longer than kMaxNameBytes
  kBadValue,         ///< a property that runs past the end
  kTooDeep,          ///< more than kMaxDepth levels
  kUnfinished,       ///< the nodes do not end where they should
  kRefused,          ///< libfdt's own check objects
};

/// A damage in words that fit after "device tree damaged: "; empty for kNone.
std::string_view explain(Damage damage);

/// The outcome of a check: what, and how many bytes into the tree it was seen.
struct Finding {
  Damage damage = Damage::kNone;
  std::uint32_t offset = 0;
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// Look at `window`, which begins with the tree and may be longer.  Time is linear in the tree's
/// size.  Reads nothing outside `window`, and nothing behind the header before the header is sound.
Finding inspect(std::span<const std::byte> window);

/// The size that a tree says it has, from its first 8 bytes: for a caller that must map the rest
/// before it can call `inspect`.  kNotFound: no device tree here.  kUnsupported: too large.
Result<std::size_t> announced_size(std::span<const std::byte> start);

}  // namespace baton::drivers::fdt

#endif  // BATON_DRIVERS_FDT_CHECK_H_
