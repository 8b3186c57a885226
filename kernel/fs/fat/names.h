// Names of files: UTF-8 outside, UTF-16 and 8.3 on the disk.
#ifndef BATON_KERNEL_FS_FAT_NAMES_H_
#define BATON_KERNEL_FS_FAT_NAMES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "kernel/fs/fat/layout.h"

namespace baton::kernel::fat {

/// The 11 bytes of an entry, padded with spaces.
using ShortName = std::array<std::uint8_t, entry::kNameBytes>;

inline constexpr ShortName kDot = {'.', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
inline constexpr ShortName kDotDot = {'.', '.', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};

/// A name in UTF-16.  520 bytes: not for the stack.
class LongName {
 public:
  [[nodiscard]] std::u16string_view view() const { return {units_.data(), length_}; }
  [[nodiscard]] bool empty() const { return length_ == 0; }
  void clear() { length_ = 0; }

  /// From what a caller says.  kInvalidArgument: no UTF-8, empty, or with what a FAT name may not
  /// have: control characters, any of "*/:<>?\|, or a dot or space at its end; kOutOfRange: longer
  /// than 255 units.
  Result<void> set(std::string_view utf8);

  /// From an entry that is a part of a long name, `part` being its number from 0.  The last part
  /// comes first, and says how long it is.  False: this is no part of a name.
  [[nodiscard]] bool set_part(unsigned part, bool last, std::span<const std::byte> bytes);

  /// Whether one may hand it out: what comes from a disk may hold anything.
  [[nodiscard]] bool is_good() const;

  /// Entries of its parts.
  [[nodiscard]] unsigned parts() const {
    return static_cast<unsigned>((length_ + entry::kUnitsPerPart - 1) / entry::kUnitsPerPart);
  }
  /// Writes part `part` of it, from 0, into an entry.
  void store_part(unsigned part, std::uint8_t checksum, std::span<std::byte> bytes) const;

  /// In UTF-8, what no UTF-16 is as U+FFFD.  Returns its bytes.
  std::size_t to_utf8(std::span<char, kMaxNameUnits * 3> text) const;

  /// Sets it to a short name, lower case where `case_flags` say so.  Bytes of a code page, which
  /// nothing on the disk names, become U+FFFD, and what no name may have '_'.
  void set(const ShortName& name, std::uint8_t case_flags);

 private:
  std::array<char16_t, kMaxNameParts * entry::kUnitsPerPart> units_{};
  std::size_t length_ = 0;
};

/// Whether two names are one to FAT: the case of ASCII and Latin-1 letters does not count.
[[nodiscard]] bool same_name(std::u16string_view a, std::u16string_view b);

/// [FAT32 "Long Directory Entries"]: what ties a long name's parts to their short name.
[[nodiscard]] std::uint8_t checksum_of(const ShortName& name);

/// Whether a name is a short name as it is, in capitals, and needs no long one; `name` is set to
/// it.
[[nodiscard]] bool is_short(std::u16string_view text, ShortName& name);

/// The n-th of the short names to try for a long one.  Those from 5 on carry 16 bits of a hash of
/// the name and of n, so that a directory of similar names needs few tries.
[[nodiscard]] ShortName short_name_for(std::u16string_view text, unsigned n);
/// How many there are.
inline constexpr unsigned kShortNames = 200;

}  // namespace baton::kernel::fat

#endif  // BATON_KERNEL_FS_FAT_NAMES_H_
