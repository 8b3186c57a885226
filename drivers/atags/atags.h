// What a Raspberry Pi's boot loader passes when it passes no device tree: a list of tagged records
// at physical address 0x100.  [ATAGS]
//
// Each record is two little-endian words, its length in words (these two included) and its tag,
// and then its contents.  The first is ATAG_CORE, the last has the tag 0.  Any context; pure
// functions over the caller's memory; time linear in the list's length.
#ifndef BATON_DRIVERS_ATAGS_ATAGS_H_
#define BATON_DRIVERS_ATAGS_ATAGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace baton::drivers::atags {

/// Memory records taken; no board that uses such lists has more than one or two banks.
inline constexpr std::size_t kMaxBanks = 8;
/// The longest list accepted.
inline constexpr std::size_t kMaxListBytes = 16384;

/// `size` bytes of physical memory from `base` on; never empty.
struct Bank {
  std::uint32_t base = 0;
  std::uint32_t size = 0;

  constexpr std::uint64_t end() const { return std::uint64_t{base} + size; }
  friend constexpr bool operator==(const Bank&, const Bank&) = default;
};

/// What is wrong with a list.
enum class Damage : std::uint8_t {
  kNone,
  kNoCore,        ///< does not begin with ATAG_CORE: not such a list at all
  kBadLength,     ///< a record shorter than its own contents, or of no length
  kTruncated,     ///< a record, or the list, runs past the memory given or kMaxListBytes
  kBadBank,       ///< memory or a RAM disk beyond 4 GiB
  kTooManyBanks,  ///< more than kMaxBanks
  kBadString,     ///< a command line without an end
};

/// A damage in words that fit after "boot parameters damaged: "; empty for kNone.
std::string_view explain(Damage damage);

/// What a list says.
class Atags {
 public:
  /// Read the list that `window` begins with, at any alignment.  kNotFound: there is none.
  /// kUnsupported: too many banks.  kCorrupt: damaged; `inspect` says how.
  static Result<Atags> parse(std::span<const std::byte> window);

  /// The memory that the ARM may use, as listed.  Nothing: the list does not tell.
  std::span<const Bank> memory() const { return std::span(banks_).first(bank_count_); }
  /// Empty when there is none.  Lies in the window.
  std::string_view command_line() const { return command_line_; }
  /// The initial RAM disk.
  std::optional<Bank> initrd() const { return initrd_; }
  /// The board's revision code.
  std::optional<std::uint32_t> revision() const { return revision_; }
  /// Length of the list, its end included.
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  friend Damage inspect(std::span<const std::byte> window);
  Damage read(std::span<const std::byte> window);
  Damage take(std::uint32_t tag, std::span<const std::byte> contents);
  Damage take_bank(std::span<const std::byte> contents);
  Damage take_initrd(std::span<const std::byte> contents);
  Damage take_command_line(std::span<const std::byte> contents);

  std::array<Bank, kMaxBanks> banks_ = {};
  std::size_t bank_count_ = 0;
  std::string_view command_line_;
  std::optional<Bank> initrd_;
  std::optional<std::uint32_t> revision_;
  std::size_t size_bytes_ = 0;
};

/// What is wrong with the list in `window`.
Damage inspect(std::span<const std::byte> window);

}  // namespace baton::drivers::atags

#endif  // BATON_DRIVERS_ATAGS_ATAGS_H_
