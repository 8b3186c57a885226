// Text formatting for the kernel: `format_to(sink, "{} of {:#x}\n", n, address)`.
//
// Usable anywhere, in interrupt handlers and while panicking: no allocation, no locale, no floating
// point, no state of its own; what the sink does with the text is the sink's affair.  The format
// string is checked by the compiler: a wrong count of arguments, a type that has no text, or a
// presentation that does not fit its argument does not build.  Every argument is erased to a small
// record, so that one function (format.cc) does the work and a call costs little code.
//
// A replacement field is {} or {:[<|>][#][0][width][x|d]}; {{ and }} are the braces themselves.
//
//   <  >     left, right in `width` columns (default: text left, numbers right)
//   #        0x in front, with x          0     zeros between sign or 0x and the digits
//   width    1 to 99 columns at least     x d   hexadecimal, decimal
//
// Integers, bool, char, text, pointers (0x...), Duration (12.345 ms), and whatever has a
// `to_string(value)` beside it that returns std::string_view, such as baton::Error.  Negative
// numbers keep their sign in hexadecimal (-0x1), as std::format does it.
#ifndef BATON_BASE_FORMAT_H_
#define BATON_BASE_FORMAT_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/format_string.h"

namespace baton {

/// Where text goes.  Implementations say from which contexts `write` may be called.
class TextSink {
 public:
  /// Takes all of `text`, which is the caller's again on return.
  virtual void write(std::string_view text) = 0;

 protected:
  constexpr TextSink() = default;
  constexpr TextSink(const TextSink&) = default;
  constexpr TextSink& operator=(const TextSink&) = default;
  ~TextSink() = default;
};

namespace internal {

/// An argument, its type erased.  Text is borrowed until the call returns.
class FormatArg {
 public:
  template <class T>
  explicit constexpr FormatArg(const T& value) : kind_(arg_kind<T>()) {
    if constexpr (HasToString<T>) {
      text_ = to_string(value);
    } else if constexpr (std::is_bounded_array_v<T>) {
      std::size_t length = 0;  // up to its NUL, or all of it
      while (length < std::extent_v<T> && value[length] != '\0') {
        ++length;
      }
      text_ = std::string_view(value, length);
    } else if constexpr (arg_kind<T>() == ArgKind::kText && std::is_pointer_v<T>) {
      text_ = value == nullptr ? std::string_view("(null)") : std::string_view(value);
    } else if constexpr (arg_kind<T>() == ArgKind::kText) {
      text_ = value;
    } else if constexpr (arg_kind<T>() == ArgKind::kDuration) {
      number_ = value.count_ns();
    } else if constexpr (std::is_pointer_v<T>) {
      number_ = reinterpret_cast<std::uintptr_t>(value);
    } else if constexpr (std::same_as<T, char>) {
      number_ = static_cast<unsigned char>(value);  // alike where char is signed and where not
    } else if constexpr (!std::is_null_pointer_v<T>) {
      // By way of 64 signed bits, so that a small type's sign is kept on purpose.
      number_ = static_cast<std::uint64_t>(
          static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    }
  }

  constexpr ArgKind kind() const { return kind_; }
  constexpr std::uint64_t number() const { return number_; }  ///< two's complement where signed
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::uint64_t number_ = 0;
  ArgKind kind_;
};

/// The worker; `format` was checked against `args` by the compiler.
void vformat(TextSink& sink, std::string_view format, std::span<const FormatArg> args);

/// Appends what fits of `text` to `buffer`; overwrites its end with `...` at the first loss.
void append_text(std::span<char> buffer, std::size_t& size, bool& truncated, std::string_view text);

}  // namespace internal

/// What `format_to` can print.
template <class T>
concept Formattable = internal::arg_kind<T>() != internal::ArgKind::kUnsupported;

/// A string literal that fits arguments of these types.
template <class... Args>
using FormatString = internal::CheckedFormat<std::type_identity_t<Args>...>;

/// Writes the formatted text to `sink`, in several pieces.  Any context that the sink allows.
template <Formattable... Args>
void format_to(TextSink& sink, FormatString<Args...> format, const Args&... args) {
  const std::array<internal::FormatArg, sizeof...(Args)> erased{internal::FormatArg(args)...};
  internal::vformat(sink, format.text(), erased);
}

/// Collects up to N characters; where text was lost, it ends in `...` and `truncated()` says so.
template <std::size_t N>
class FixedText final : public TextSink {
 public:
  static_assert(N >= 4, "room for the mark of truncation");

  constexpr FixedText() = default;

  void write(std::string_view text) override {
    internal::append_text(buffer_, size_, truncated_, text);
  }
  constexpr std::string_view view() const [[clang::lifetimebound]] {
    return std::string_view(buffer_.data(), size_);
  }
  constexpr bool truncated() const { return truncated_; }
  constexpr void clear() {
    size_ = 0;
    truncated_ = false;
  }

 private:
  std::array<char, N> buffer_{};
  std::size_t size_ = 0;
  bool truncated_ = false;
};

}  // namespace baton

#endif  // BATON_BASE_FORMAT_H_
