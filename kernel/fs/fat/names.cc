#include "kernel/fs/fat/names.h"

#include <algorithm>

namespace baton::kernel::fat {
namespace {

constexpr char16_t kReplacement = 0xfffd;

constexpr bool is_surrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

// [FAT32 "Long Directory Entries"] and "Short Directory Entry Names".
constexpr bool is_forbidden(char16_t c) {
  constexpr std::u16string_view kForbidden = u"\"*/:<>?\\|";
  return c < 0x20 || c == 0x7f || kForbidden.find(c) != kForbidden.npos;
}

constexpr bool is_forbidden_in_short(char16_t c) {
  constexpr std::u16string_view kForbidden = u"+,;=[].";
  return is_forbidden(c) || kForbidden.find(c) != kForbidden.npos;
}

constexpr bool is_lower(char16_t c) { return c >= 'a' && c <= 'z'; }

constexpr char16_t upper(char16_t c) {
  const bool latin = c >= 0xe0 && c <= 0xfe && c != 0xf7;
  return is_lower(c) || latin ? static_cast<char16_t>(c - 0x20) : c;
}

// The next character of UTF-8 text; 0xffff'ffff: there is none such.
char32_t next_of(std::string_view& text) {
  constexpr char32_t kBad = 0xffff'ffff;
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return kBad;
  char32_t c = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xc0U) != 0x80) return kBad;
    c = (c << 6U) | (byte & 0x3fU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (c < kLeast[length] || c > 0x10ffff || is_surrogate(c)) return kBad;
  text.remove_prefix(length);
  return c;
}

}  // namespace

Result<void> LongName::set(std::string_view utf8) {
  length_ = 0;
  if (utf8.empty() || utf8.back() == '.' || utf8.back() == ' ') {
    return fail(Error::kInvalidArgument);
  }
  while (!utf8.empty()) {
    const char32_t c = next_of(utf8);
    if (c > 0x10ffff || (c <= 0xffff && is_forbidden(static_cast<char16_t>(c)))) {
      length_ = 0;
      return fail(Error::kInvalidArgument);
    }
    const std::size_t units = c > 0xffff ? 2 : 1;
    if (length_ + units > kMaxNameUnits) {
      length_ = 0;
      return fail(Error::kOutOfRange);
    }
    if (units == 1) {
      units_[length_] = static_cast<char16_t>(c);
    } else {
      units_[length_] = static_cast<char16_t>(0xd800 + ((c - 0x10000) >> 10U));
      units_[length_ + 1] = static_cast<char16_t>(0xdc00 + ((c - 0x10000) & 0x3ffU));
    }
    length_ += units;
  }
  return {};
}

bool LongName::set_part(unsigned part, bool last, std::span<const std::byte> bytes) {
  if (part >= kMaxNameParts) return false;
  std::size_t used = entry::kUnitsPerPart;
  for (unsigned i = 0; i < entry::kUnitsPerPart; ++i) {
    const auto unit = static_cast<char16_t>(load16(bytes, entry::kUnits[i]));
    if (unit == 0 && used == entry::kUnitsPerPart) used = i;
    units_[part * entry::kUnitsPerPart + i] = unit;
  }
  if (last) length_ = part * entry::kUnitsPerPart + used;
  return last ? used != 0 && length_ <= kMaxNameUnits : used == entry::kUnitsPerPart;
}

bool LongName::is_good() const {
  const std::u16string_view name = view();
  return !name.empty() && name.back() != u'.' && name.back() != u' ' &&
         std::ranges::none_of(name, is_forbidden);
}

void LongName::store_part(unsigned part, std::uint8_t checksum, std::span<std::byte> bytes) const {
  std::ranges::fill(bytes.first(entry::kBytes), std::byte{0});
  store8(bytes, 0,
         static_cast<std::uint8_t>((part + 1) | (part + 1 == parts() ? entry::kLastPart : 0U)));
  store8(bytes, entry::kAttributes, entry::kLongName);
  store8(bytes, entry::kChecksum, checksum);
  for (unsigned i = 0; i < entry::kUnitsPerPart; ++i) {
    const std::size_t at = part * entry::kUnitsPerPart + i;
    // A zero behind the name, and what is behind that is filled with ones.
    const char16_t unit = at < length_    ? units_[at]
                          : at == length_ ? char16_t{0}
                                          : char16_t{0xffff};
    store16(bytes, entry::kUnits[i], unit);
  }
}

std::size_t LongName::to_utf8(std::span<char, kMaxNameUnits * 3> text) const {
  std::size_t length = 0;
  const auto put = [&](char32_t byte) { text[length++] = static_cast<char>(byte); };
  for (std::size_t i = 0; i < length_; ++i) {
    char32_t c = units_[i];
    if (is_surrogate(c)) {
      const char32_t low = i + 1 < length_ ? units_[i + 1] : 0;
      if (c < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        c = 0x10000 + ((c - 0xd800) << 10U) + (low - 0xdc00);
        ++i;
      } else {
        c = kReplacement;
      }
    }
    if (c < 0x80) {
      put(c);
      continue;
    }
    if (c < 0x800) {
      put(0xc0 | (c >> 6U));
    } else {
      if (c < 0x10000) {
        put(0xe0 | (c >> 12U));
      } else {
        put(0xf0 | (c >> 18U));
        put(0x80 | ((c >> 12U) & 0x3fU));
      }
      put(0x80 | ((c >> 6U) & 0x3fU));
    }
    put(0x80 | (c & 0x3fU));
  }
  return length;
}

void LongName::set(const ShortName& name, std::uint8_t case_flags) {
  length_ = 0;
  const auto put = [&](std::size_t at, bool lower) {
    char16_t c = at == 0 && name[0] == entry::kEscapedE5 ? entry::kDeleted : name[at];
    if (c >= 0x80) {
      c = kReplacement;
    } else if (is_forbidden(c) || c == '.') {
      c = '_';
    } else if (lower && c >= 'A' && c <= 'Z') {
      c = static_cast<char16_t>(c + 0x20);
    }
    units_[length_++] = c;
  };
  const auto length_of = [&](std::size_t from, std::size_t to) {
    while (to > from && name[to - 1] == ' ') --to;
    return to;
  };
  const std::size_t base = length_of(0, 8);
  for (std::size_t i = 0; i < base; ++i) put(i, (case_flags & entry::kLowerBase) != 0);
  const std::size_t extension = length_of(8, entry::kNameBytes);
  if (extension > 8) units_[length_++] = '.';
  for (std::size_t i = 8; i < extension; ++i) put(i, (case_flags & entry::kLowerExtension) != 0);
}

bool same_name(std::u16string_view a, std::u16string_view b) {
  return std::ranges::equal(a, b, {}, upper, upper);
}

std::uint8_t checksum_of(const ShortName& name) {
  unsigned sum = 0;
  for (const std::uint8_t byte : name) sum = (((sum & 1U) << 7U) + (sum >> 1U) + byte) & 0xffU;
  return static_cast<std::uint8_t>(sum);
}

bool is_short(std::u16string_view text, ShortName& name) {
  const std::size_t dot = text.find(u'.');
  const std::u16string_view base = text.substr(0, dot);
  const std::u16string_view extension =
      dot == text.npos ? std::u16string_view{} : text.substr(dot + 1);
  const auto fits = [](char16_t c) {
    return c < 0x80 && c != ' ' && !is_lower(c) && !is_forbidden_in_short(c);
  };
  if (base.empty() || base.size() > 8 || extension.size() > 3 ||
      (dot != text.npos && extension.empty()) || !std::ranges::all_of(base, fits) ||
      !std::ranges::all_of(extension, fits)) {
    return false;
  }
  name.fill(' ');
  for (std::size_t i = 0; i < base.size(); ++i) name[i] = static_cast<std::uint8_t>(base[i]);
  for (std::size_t i = 0; i < extension.size(); ++i) {
    name[8 + i] = static_cast<std::uint8_t>(extension[i]);
  }
  return true;
}

ShortName short_name_for(std::u16string_view text, unsigned n) {
  ShortName name;
  name.fill(' ');
  while (!text.empty() && (text.front() == '.' || text.front() == ' ')) text.remove_prefix(1);
  const std::size_t dot = text.rfind(u'.');
  const auto put = [&](std::u16string_view from, std::size_t at, std::size_t room) {
    std::size_t used = 0;
    for (const char16_t c : from) {
      if (c == ' ' || c == '.' || used == room) continue;
      const bool good = c < 0x80 && !is_forbidden_in_short(c);
      name[at + used++] = good ? static_cast<std::uint8_t>(upper(c)) : std::uint8_t{'_'};
    }
    return used;
  };
  const unsigned hashed_from = 5;
  std::size_t base = put(text.substr(0, dot), 0, n < hashed_from ? 6 : 2);
  if (dot != text.npos) put(text.substr(dot + 1), 8, 3);
  if (base == 0) name[base++] = '_';
  if (n >= hashed_from) {
    std::uint32_t hash = 2'166'136'261U + n;  // FNV-1a
    for (const char16_t c : text) hash = (hash ^ c) * 16'777'619U;
    hash ^= hash >> 16U;
    for (unsigned shift = 16; shift > 0; shift -= 4) {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      name[base++] = static_cast<std::uint8_t>(kDigits[(hash >> (shift - 4)) & 0xfU]);
    }
    n = 1;
  }
  name[base] = '~';
  name[base + 1] = static_cast<std::uint8_t>('0' + n);
  return name;
}

}  // namespace baton::kernel::fat
