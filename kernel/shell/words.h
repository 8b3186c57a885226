// From a line to commands and their words: `cpus; echo "two words" # and a remark`.
//
//   blank             spaces and tabs separate words
//   ;                 ends a command; empty commands are skipped
//   "..."             one word, blanks and all; \" and \\ inside are a quote and a backslash
//   '...'             one word, nothing inside is special
//   \c                the character c, whatever it is
//   #                 at the start of a word: the rest of the line is a remark
//
// There are no variables, no wildcards, no pipes and no redirection: those characters are ordinary.
// Any context; no state beyond the object.
#ifndef BATON_KERNEL_SHELL_WORDS_H_
#define BATON_KERNEL_SHELL_WORDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "kernel/shell/limits.h"

namespace baton::kernel::shell {

/// Words of a command, in order.
using Words = std::span<const std::string_view>;

/// Why a line cannot be split.
enum class WordFault : std::uint8_t {
  kNone,
  kOpenDoubleQuote,
  kOpenSingleQuote,
  kLoneBackslash,
  kTooManyWords,
  kLineTooLong,
};

/// What is wrong and what to do, as the end of a sentence.
std::string_view to_string(WordFault fault);

/// The words of one command; holds their characters itself, so it is not copied.
class CommandWords {
 public:
  CommandWords() = default;
  CommandWords(const CommandWords&) = delete;
  CommandWords& operator=(const CommandWords&) = delete;

  /// Splits the command that begins at line[at], and moves `at` behind it and its `;`, or to the
  /// end of the line.  No words: the command was empty.  On a fault `at` is where the trouble
  /// begins. O(line.size()).
  WordFault split(std::string_view line, std::size_t& at);

  /// What split() found; valid until it is called again.
  Words words() const [[clang::lifetimebound]] { return std::span(words_).first(count_); }

  /// Where the command ended; what completion has to know.
  enum class End : std::uint8_t {
    kSemicolon,   ///< at its `;`
    kBlank,       ///< at the end of the line, between words
    kPlainWord,   ///< at the end of the line, in a word spelled without quotes and backslashes
    kQuotedWord,  ///< at the end of the line, in a word spelled with them
    kRemark,      ///< at the end of the line, in a remark
  };
  End end() const { return end_; }

 private:
  class Scan;

  std::array<char, kMaxLine> text_{};
  std::array<std::string_view, kMaxWords> words_{};
  std::size_t count_ = 0;
  End end_ = End::kBlank;
};

/// Why text is not a number.
enum class NumberFault : std::uint8_t {
  kNotANumber,
  kTooLarge,
};

/// What is wrong, as the end of a sentence that begins with the text.
std::string_view to_string(NumberFault fault);

/// A number: decimal, 0x hexadecimal or 0b binary, then perhaps k, M or G for 2^10, 2^20, 2^30.
/// Case does not matter.  No sign, no blanks.
std::expected<std::uint64_t, NumberFault> parse_u64(std::string_view text);

}  // namespace baton::kernel::shell

#endif  // BATON_KERNEL_SHELL_WORDS_H_
