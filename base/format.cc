// The one function behind every format_to.  Any context; see format.h.
#include "base/format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/format_string.h"

namespace baton::internal {
namespace {

/// Digits, written from the least significant one: they end up at the end of the buffer.
class Digits {
 public:
  void push_front(char c) { buffer_[--first_] = c; }
  void push_number(std::uint64_t value, unsigned base) {
    do {
      push_front("0123456789abcdef"[value % base]);
      value /= base;
    } while (value != 0);
  }
  std::string_view view() const {
    return std::string_view(buffer_.data() + first_, buffer_.size() - first_);
  }

 private:
  // 20 digits of the largest number, or 17 and `.000 ms` of a duration.
  std::array<char, 24> buffer_{};
  std::size_t first_ = buffer_.size();
};

void write_fill(TextSink& sink, char fill, std::size_t count) {
  std::array<char, 16> run;
  run.fill(fill);
  while (count != 0) {
    const std::size_t now = std::min(count, run.size());
    sink.write(std::string_view(run.data(), now));
    count -= now;
  }
}

/// `lead` (a sign, 0x) and `body` in the columns that the field asks for.
void write_padded(TextSink& sink, const FormatSpec& spec, char default_align, std::string_view lead,
                  std::string_view body) {
  const std::size_t length = lead.size() + body.size();
  const std::size_t padding = spec.width > length ? spec.width - length : 0;
  const bool right = (spec.align == '\0' ? default_align : spec.align) == '>';
  if (right && !spec.zeros) {
    write_fill(sink, ' ', padding);
  }
  if (!lead.empty()) {
    sink.write(lead);
  }
  if (spec.zeros) {
    write_fill(sink, '0', padding);
  }
  if (!body.empty()) {
    sink.write(body);
  }
  if (!right) {
    write_fill(sink, ' ', padding);
  }
}

void write_number(TextSink& sink, const FormatSpec& spec, const FormatArg& arg) {
  const bool pointer = arg.kind() == ArgKind::kPointer;
  const bool negative =
      arg.kind() == ArgKind::kSigned && static_cast<std::int64_t>(arg.number()) < 0;
  const bool hex = spec.type == 'x' || (pointer && spec.type == '\0');
  const bool prefix = spec.prefix || (pointer && spec.type == '\0');

  Digits digits;
  digits.push_number(negative ? 0 - arg.number() : arg.number(), hex ? 16 : 10);
  const std::string_view lead = negative ? (prefix ? "-0x" : "-") : (prefix ? "0x" : "");
  write_padded(sink, spec, '>', lead, digits.view());
}

/// The largest unit that leaves a digit before the point, cut (not rounded) to three after it.
void write_duration(TextSink& sink, const FormatSpec& spec, std::uint64_t ns) {
  struct Unit {
    std::uint64_t ns;
    std::string_view name;
  };
  static constexpr std::array<Unit, 3> kUnits{{
      {1000000000U, " s"},
      {1000000U, " ms"},
      {1000U, " us"},
  }};
  const auto* unit = std::ranges::find_if(kUnits, [ns](const Unit& u) { return ns >= u.ns; });

  Digits text;
  const auto push_name = [&text](std::string_view name) {
    for (std::size_t i = name.size(); i != 0; --i) {
      text.push_front(name[i - 1]);
    }
  };
  if (unit == kUnits.end()) {
    push_name(" ns");
    text.push_number(ns, 10);
  } else {
    push_name(unit->name);
    std::uint64_t thousandths = ns % unit->ns / (unit->ns / 1000U);
    for (int i = 0; i < 3; ++i) {
      text.push_number(thousandths % 10, 10);
      thousandths /= 10;
    }
    text.push_front('.');
    text.push_number(ns / unit->ns, 10);
  }
  write_padded(sink, spec, '>', "", text.view());
}

void write_arg(TextSink& sink, const FormatSpec& spec, const FormatArg& arg) {
  switch (arg.kind()) {
    case ArgKind::kText:
      write_padded(sink, spec, '<', "", arg.text());
      return;
    case ArgKind::kDuration:
      write_duration(sink, spec, arg.number());
      return;
    case ArgKind::kBool:
      if (spec.type != '\0') {
        break;
      }
      write_padded(sink, spec, '<', "", arg.number() != 0 ? "true" : "false");
      return;
    case ArgKind::kChar: {
      if (spec.type != '\0') {
        break;
      }
      const char c = static_cast<char>(arg.number());
      write_padded(sink, spec, '<', "", std::string_view(&c, 1));
      return;
    }
    case ArgKind::kSigned:
    case ArgKind::kUnsigned:
    case ArgKind::kPointer:
    case ArgKind::kUnsupported:
      break;
  }
  write_number(sink, spec, arg);
}

}  // namespace

void vformat(TextSink& sink, std::string_view format, std::span<const FormatArg> args) {
  std::size_t next_arg = 0;
  std::size_t at = 0;
  while (at < format.size()) {
    const std::size_t brace = std::min(format.find_first_of("{}", at), format.size());
    if (brace != at) {
      sink.write(std::string_view(format.data() + at, brace - at));
    }
    if (brace == format.size()) {
      return;
    }
    at = brace + 1;
    if (at < format.size() && format[at] == format[brace]) {
      sink.write(std::string_view(format.data() + at, 1));
      ++at;
      continue;
    }
    FormatSpec spec;
    // The compiler has parsed it before, so there is no fault to look at.
    static_cast<void>(parse_field(format, at, spec));
    write_arg(sink, spec, args[next_arg++]);
  }
}

void append_text(std::span<char> buffer, std::size_t& size, bool& truncated,
                 std::string_view text) {
  const std::size_t count = std::min(text.size(), buffer.size() - size);
  std::ranges::copy(std::string_view(text.data(), count),
                    buffer.begin() + static_cast<std::ptrdiff_t>(size));
  size += count;
  if (count == text.size()) {
    return;
  }
  truncated = true;
  std::ranges::copy(std::string_view("..."), buffer.end() - 3);
}

}  // namespace baton::internal
