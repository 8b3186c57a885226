#include "kernel/shell/words.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <string_view>

namespace baton::kernel::shell {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// 16 and more for what is no digit in any base that is spoken here.
constexpr unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

}  // namespace

std::string_view to_string(WordFault fault) {
  switch (fault) {
    case WordFault::kNone:
      return "no fault";
    case WordFault::kOpenDoubleQuote:
      return "this \" is never closed (type \\\" for a plain one)";
    case WordFault::kOpenSingleQuote:
      return "this ' is never closed (type \\' for a plain one)";
    case WordFault::kLoneBackslash:
      return "nothing follows this \\ (type \\\\ for a plain one)";
    case WordFault::kTooManyWords:
      return "more than 32 words in one command";
    case WordFault::kLineTooLong:
      return "line too long: at most 256 characters";
  }
  return "unknown fault";
}
static_assert(kMaxWords == 32 && kMaxLine == 256, "the messages above say so");

/// One pass over one command.
class CommandWords::Scan {
 public:
  Scan(CommandWords& out, std::string_view line, std::size_t at)
      : out_(out), line_(line), at_(at) {}

  std::size_t at() const { return at_; }

  WordFault command() {
    while (true) {
      while (at_ < line_.size() && is_blank(line_[at_])) {
        out_.end_ = End::kBlank;
        ++at_;
      }
      if (at_ == line_.size()) {
        return WordFault::kNone;
      }
      if (line_[at_] == '#') {
        out_.end_ = End::kRemark;
        at_ = line_.size();
        return WordFault::kNone;
      }
      if (line_[at_] == ';') {
        out_.end_ = End::kSemicolon;
        ++at_;
        return WordFault::kNone;
      }
      if (out_.count_ == kMaxWords) {
        return WordFault::kTooManyWords;
      }
      if (const WordFault fault = word(); fault != WordFault::kNone) {
        return fault;
      }
    }
  }

 private:
  void keep(char c) { out_.text_[used_++] = c; }

  WordFault word() {
    const std::size_t begin = used_;
    out_.end_ = End::kPlainWord;
    while (at_ < line_.size() && !is_blank(line_[at_]) && line_[at_] != ';') {
      WordFault fault = WordFault::kNone;
      switch (line_[at_]) {
        case '"':
          fault = double_quoted();
          break;
        case '\'':
          fault = single_quoted();
          break;
        case '\\':
          fault = escaped();
          break;
        default:
          keep(line_[at_++]);
          continue;
      }
      out_.end_ = End::kQuotedWord;
      if (fault != WordFault::kNone) {
        return fault;
      }
    }
    out_.words_[out_.count_++] = std::string_view(out_.text_.data() + begin, used_ - begin);
    return WordFault::kNone;
  }

  WordFault double_quoted() {
    for (std::size_t i = at_ + 1; i < line_.size(); ++i) {
      if (line_[i] == '"') {
        at_ = i + 1;
        return WordFault::kNone;
      }
      const bool escape =
          line_[i] == '\\' && i + 1 < line_.size() && (line_[i + 1] == '"' || line_[i + 1] == '\\');
      i += escape ? 1U : 0U;
      keep(line_[i]);
    }
    return WordFault::kOpenDoubleQuote;
  }

  WordFault single_quoted() {
    for (std::size_t i = at_ + 1; i < line_.size(); ++i) {
      if (line_[i] == '\'') {
        at_ = i + 1;
        return WordFault::kNone;
      }
      keep(line_[i]);
    }
    return WordFault::kOpenSingleQuote;
  }

  WordFault escaped() {
    if (at_ + 1 == line_.size()) {
      return WordFault::kLoneBackslash;
    }
    keep(line_[at_ + 1]);
    at_ += 2;
    return WordFault::kNone;
  }

  CommandWords& out_;
  std::string_view line_;
  std::size_t at_;
  std::size_t used_ = 0;  // characters of out_.text_; never more than were read from the line
};

WordFault CommandWords::split(std::string_view line, std::size_t& at) {
  count_ = 0;
  end_ = End::kBlank;
  if (line.size() > kMaxLine) {
    return WordFault::kLineTooLong;
  }
  Scan scan(*this, line, at);
  const WordFault fault = scan.command();
  at = scan.at();
  return fault;
}

std::string_view to_string(NumberFault fault) {
  switch (fault) {
    case NumberFault::kNotANumber:
      return "not a number (like 1234, 0x4d2, 0b101, 64k, 2M or 1G)";
    case NumberFault::kTooLarge:
      return "more than 64 bits hold";
  }
  return "unknown fault";
}

// Not std::from_chars: libc++'s computes with floats where the base is no constant.
std::expected<std::uint64_t, NumberFault> parse_u64(std::string_view text) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  unsigned base = 10;
  if (text.size() > 1 && text[0] == '0') {
    base = to_lower(text[1]) == 'x' ? 16 : to_lower(text[1]) == 'b' ? 2 : 10;
  }
  if (base != 10) {
    text.remove_prefix(2);
  }
  unsigned shift = 0;
  if (!text.empty()) {
    const char suffix = to_lower(text.back());
    shift = suffix == 'k' ? 10 : suffix == 'm' ? 20 : suffix == 'g' ? 30 : 0;
    text.remove_suffix(shift != 0 ? 1 : 0);
  }
  if (text.empty()) {
    return std::unexpected(NumberFault::kNotANumber);
  }
  std::uint64_t value = 0;
  bool too_large = false;
  for (const char c : text) {
    const unsigned digit = digit_value(c);
    if (digit >= base) {
      return std::unexpected(NumberFault::kNotANumber);
    }
    too_large = too_large || value > (kMax - digit) / base;
    value = value * base + digit;
  }
  if (too_large || value > kMax >> shift) {
    return std::unexpected(NumberFault::kTooLarge);
  }
  return value << shift;
}

}  // namespace baton::kernel::shell
