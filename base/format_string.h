// What a format string may contain, and the check that the compiler does on it.  Part of
// base/format.h, which is what to include; format.cc parses with the same function at run time.
#ifndef BATON_BASE_FORMAT_STRING_H_
#define BATON_BASE_FORMAT_STRING_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/time.h"

namespace baton::internal {

enum class ArgKind : std::uint8_t {
  kUnsupported,
  kSigned,
  kUnsigned,
  kBool,
  kChar,
  kText,
  kPointer,
  kDuration,
};

template <class T>
concept HasToString = (std::is_enum_v<T> || std::is_class_v<T>) && requires(const T& value) {
  { to_string(value) } -> std::same_as<std::string_view>;
};

template <class T>
consteval ArgKind arg_kind() {
  if constexpr (std::same_as<T, bool>) {
    return ArgKind::kBool;
  } else if constexpr (std::same_as<T, char>) {
    return ArgKind::kChar;
  } else if constexpr (std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                       std::same_as<T, char16_t> || std::same_as<T, char32_t>) {
    return ArgKind::kUnsupported;
  } else if constexpr (std::integral<T> && sizeof(T) <= sizeof(std::uint64_t)) {
    return std::is_signed_v<T> ? ArgKind::kSigned : ArgKind::kUnsigned;
  } else if constexpr (std::same_as<T, Duration>) {
    return ArgKind::kDuration;
  } else if constexpr (std::is_null_pointer_v<T>) {
    return ArgKind::kPointer;
  } else if constexpr (std::convertible_to<const T&, std::string_view> || HasToString<T>) {
    return ArgKind::kText;
  } else if constexpr (std::is_pointer_v<T>) {
    return ArgKind::kPointer;
  } else {
    return ArgKind::kUnsupported;
  }
}

/// What a replacement field asks for.
struct FormatSpec {
  char align = '\0';
  char type = '\0';
  bool prefix = false;
  bool zeros = false;
  std::uint8_t width = 0;
};

/// Why a format string is refused.
enum class FormatFault : std::uint8_t {
  kNone,
  kLoneBrace,
  kBadField,
  kTooFewArguments,
  kTooManyArguments,
  kDoesNotFit,
};

/// Parses a field from the character after its `{`; `at` is left behind its `}`.
constexpr FormatFault parse_field(std::string_view format, std::size_t& at, FormatSpec& spec) {
  const auto accept = [&](char wanted) {
    const bool here = at < format.size() && format[at] == wanted;
    at += here ? 1U : 0U;
    return here;
  };
  if (accept('}')) {
    return FormatFault::kNone;
  }
  if (!accept(':')) {
    return FormatFault::kBadField;
  }
  spec.align = accept('<') ? '<' : accept('>') ? '>' : '\0';
  spec.prefix = accept('#');
  spec.zeros = accept('0');
  while (at < format.size() && format[at] >= '0' && format[at] <= '9') {
    if (spec.width > 9) {
      return FormatFault::kBadField;
    }
    spec.width = static_cast<std::uint8_t>(spec.width * 10 + (format[at++] - '0'));
  }
  spec.type = accept('x') ? 'x' : accept('d') ? 'd' : '\0';
  const bool contradicts = spec.zeros && (spec.width == 0 || spec.align != '\0');
  return accept('}') && !contradicts ? FormatFault::kNone : FormatFault::kBadField;
}

constexpr bool spec_fits(const FormatSpec& spec, ArgKind kind) {
  const bool number =
      kind == ArgKind::kSigned || kind == ArgKind::kUnsigned || kind == ArgKind::kPointer;
  const bool as_number = number || kind == ArgKind::kBool || kind == ArgKind::kChar;
  return (spec.type == '\0' || as_number) && (!spec.prefix || spec.type == 'x') &&
         (!spec.zeros || number || spec.type != '\0');
}

constexpr FormatFault check_format(std::string_view format, std::span<const ArgKind> kinds) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < format.size();) {
    const char c = format[at++];
    if (c != '{' && c != '}') {
      continue;
    }
    if (at < format.size() && format[at] == c) {
      ++at;
      continue;
    }
    if (c == '}') {
      return FormatFault::kLoneBrace;
    }
    FormatSpec spec;
    if (const FormatFault fault = parse_field(format, at, spec); fault != FormatFault::kNone) {
      return fault;
    }
    if (used == kinds.size()) {
      return FormatFault::kTooFewArguments;
    }
    if (!spec_fits(spec, kinds[used++])) {
      return FormatFault::kDoesNotFit;
    }
  }
  return used == kinds.size() ? FormatFault::kNone : FormatFault::kTooManyArguments;
}

template <class... Args>
constexpr FormatFault check_format_for(std::string_view format) {
  constexpr std::array<ArgKind, sizeof...(Args)> kKinds{arg_kind<Args>()...};
  return check_format(format, kKinds);
}

// Never defined, not constexpr: the compiler's message names the one that was reached.
void format_string_has_a_closing_brace_alone();
void format_string_has_a_field_it_cannot_read();
void format_string_has_more_fields_than_arguments();
void format_string_has_fewer_fields_than_arguments();
void format_string_has_a_field_that_does_not_fit_its_argument();

/// A format string that the compiler has checked against the types of its arguments.
template <class... Args>
class CheckedFormat {
 public:
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  consteval CheckedFormat(const Text& text) : text_(text) {  // implicit: called with a literal
    switch (check_format_for<Args...>(text_)) {
      case FormatFault::kNone:
        break;
      case FormatFault::kLoneBrace:
        format_string_has_a_closing_brace_alone();
        break;
      case FormatFault::kBadField:
        format_string_has_a_field_it_cannot_read();
        break;
      case FormatFault::kTooFewArguments:
        format_string_has_more_fields_than_arguments();
        break;
      case FormatFault::kTooManyArguments:
        format_string_has_fewer_fields_than_arguments();
        break;
      case FormatFault::kDoesNotFit:
        format_string_has_a_field_that_does_not_fit_its_argument();
        break;
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

}  // namespace baton::internal

#endif  // BATON_BASE_FORMAT_STRING_H_
