#include "base/format.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/format_string.h"
#include "base/result.h"
#include "base/time.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

using internal::check_format_for;
using internal::FormatFault;

enum class Colour { kRed, kGreen };
constexpr std::string_view to_string(Colour colour) {
  return colour == Colour::kRed ? "red" : "green";
}
enum class Mute { kOne };
struct Named {
  int number;
};
constexpr std::string_view to_string(const Named& named) {
  return named.number == 1 ? "one" : "many";
}
struct Nameless {};
struct Dangling {};
[[maybe_unused]] std::string to_string(const Dangling&) { return "gone before it is printed"; }

// What can be printed, and what cannot.
static_assert(Formattable<int> && Formattable<std::uint64_t> && Formattable<bool>);
static_assert(Formattable<char> && Formattable<char[4]> && Formattable<const char*>);
static_assert(Formattable<char*> && Formattable<std::string_view> && Formattable<std::string>);
static_assert(Formattable<const void*> && Formattable<volatile int*> && Formattable<void (*)()>);
static_assert(Formattable<std::nullptr_t> && Formattable<Duration> && Formattable<Error>);
static_assert(Formattable<Colour> && Formattable<Named>);
static_assert(!Formattable<Mute> && !Formattable<Nameless> && !Formattable<Dangling>);
static_assert(!Formattable<float> && !Formattable<double> && !Formattable<int[3]>);
static_assert(!Formattable<char8_t> && !Formattable<char32_t> && !Formattable<wchar_t>);
static_assert(!Formattable<__int128> && !Formattable<Instant>);

template <class... Args>
concept CanFormat = requires(TextSink& sink, FormatString<Args...> format, const Args&... args) {
  format_to(sink, format, args...);
};
static_assert(CanFormat<> && CanFormat<int, Colour>);
static_assert(!CanFormat<int, Mute> && !CanFormat<double>);

// Which format strings the compiler takes: FormatString's constructor turns a fault into an error.
static_assert(check_format_for<>("") == FormatFault::kNone);
static_assert(check_format_for<>("{{}} }}{{") == FormatFault::kNone);
static_assert(check_format_for<int, char>("{}{}") == FormatFault::kNone);
static_assert(check_format_for<>("{}") == FormatFault::kTooFewArguments);
static_assert(check_format_for<int>("{} {:x}") == FormatFault::kTooFewArguments);
static_assert(check_format_for<int>("") == FormatFault::kTooManyArguments);
static_assert(check_format_for<int, int>("{{{}}}") == FormatFault::kTooManyArguments);
static_assert(check_format_for<>("}") == FormatFault::kLoneBrace);
static_assert(check_format_for<int>("{}}") == FormatFault::kLoneBrace);
static_assert(check_format_for<int>("{") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:x") == FormatFault::kBadField);
static_assert(check_format_for<int>("{0}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:X}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:^9}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:99}") == FormatFault::kNone);
static_assert(check_format_for<int>("{:100}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:0}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:0x}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:<08}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:x#}") == FormatFault::kBadField);
static_assert(check_format_for<int>("{:#}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<int>("{:#d}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<std::string_view>("{:x}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<std::string_view>("{:08}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<Colour>("{:d}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<Duration>("{:x}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<Duration>("{:012}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<char>("{:03}") == FormatFault::kDoesNotFit);
static_assert(check_format_for<char, bool, void*>("{:02x}{:d}{:#018x}") == FormatFault::kNone);

template <class... Args>
std::string formatted(FormatString<Args...> format, const Args&... args) {
  FixedText<512> text;
  format_to(text, format, args...);
  EXPECT_FALSE(text.truncated());
  return std::string(text.view());
}

TEST(Format, CopiesPlainText) {
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted("plain"), "plain");
  EXPECT_EQ(formatted("{{}}"), "{}");
  EXPECT_EQ(formatted("{{{}}}", 7), "{7}");
  EXPECT_EQ(formatted("a{}b{}c", 1, 2), "a1b2c");
}

TEST(Format, IntegersAtTheirLimits) {
  EXPECT_EQ(formatted("{}", 0), "0");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::int8_t>::min()), "-128");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::uint8_t>::max()), "255");
  EXPECT_EQ(formatted("{}", std::numeric_limits<std::int32_t>::min()), "-2147483648");
}

TEST(Format, Hexadecimal) {
  EXPECT_EQ(formatted("{:x}", 0xbeefU), "beef");
  EXPECT_EQ(formatted("{:#x}", 0U), "0x0");
  EXPECT_EQ(formatted("{:08x}", 0xbeefU), "0000beef");
  EXPECT_EQ(formatted("{:08x}", 0x123456789U), "123456789");
  EXPECT_EQ(formatted("{:#018x}", std::uint64_t{0xffff000000080000}), "0xffff000000080000");
  EXPECT_EQ(formatted("{:#018x}", 1U), "0x0000000000000001");
  EXPECT_EQ(formatted("{:x}", std::numeric_limits<std::uint64_t>::max()), "ffffffffffffffff");
  EXPECT_EQ(formatted("{:#x}", std::numeric_limits<std::int64_t>::min()), "-0x8000000000000000");
  EXPECT_EQ(formatted("{:x}", -1), "-1");
  EXPECT_EQ(formatted("{:<8x}|{:>#8x}", 0xabU, 0xabU), "ab      |    0xab");
}

TEST(Format, PadsNumbers) {
  EXPECT_EQ(formatted("{:5}|{:<5}|{:>5}|{:05}", 42, 42, 42, 42), "   42|42   |   42|00042");
  EXPECT_EQ(formatted("{:5}|{:<5}|{:>5}|{:05}", -42, -42, -42, -42), "  -42|-42  |  -42|-0042");
  EXPECT_EQ(formatted("{:1}", 12345), "12345");
  EXPECT_EQ(formatted("{:099}", 1), std::string(98, '0') + "1");
}

TEST(Format, Text) {
  const char* pointer = "pointer";
  const char* null = nullptr;
  char array[8] = "arr";
  const char unterminated[3] = {'a', 'b', 'c'};
  EXPECT_EQ(formatted("{} {} {}", "literal", std::string_view("view"), std::string("string")),
            "literal view string");
  EXPECT_EQ(formatted("{} {} {} {}", pointer, null, array, unterminated), "pointer (null) arr abc");
  EXPECT_EQ(formatted("{:6}|{:<6}|{:>6}|{:2}", "abc", "abc", "abc", "abc"),
            "abc   |abc   |   abc|abc");
  EXPECT_EQ(formatted("{}|{:3}|", "", ""), "|   |");
  EXPECT_EQ(formatted("{}", std::string_view("{} {{")), "{} {{");
  EXPECT_EQ(formatted("{}", std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Format, CharactersAndBooleans) {
  EXPECT_EQ(formatted("{}{}", 'o', 'k'), "ok");
  EXPECT_EQ(formatted("{:3}|{:>3}", 'a', 'b'), "a  |  b");
  EXPECT_EQ(formatted("{:d} {:02x} {:#x}", 'A', '\n', '\xc3'), "65 0a 0xc3");
  EXPECT_EQ(formatted("{} {} {:d} {:6}|", true, false, true, true), "true false 1 true  |");
}

TEST(Format, Pointers) {
  int object = 0;
  const auto address = reinterpret_cast<std::uintptr_t>(&object);
  EXPECT_EQ(formatted("{}", static_cast<const void*>(nullptr)), "0x0");
  EXPECT_EQ(formatted("{}", nullptr), "0x0");
  EXPECT_EQ(formatted("{}", reinterpret_cast<volatile int*>(0x1234)), "0x1234");
  EXPECT_EQ(formatted("{:#018x}", reinterpret_cast<int*>(0x80000)), "0x0000000000080000");
  EXPECT_EQ(formatted("{:018}", reinterpret_cast<int*>(0x80000)), "0x0000000000080000");
  EXPECT_EQ(formatted("{:x} {:d}", reinterpret_cast<int*>(0x10), reinterpret_cast<int*>(0x10)),
            "10 16");
  EXPECT_EQ(formatted("{}", &object), formatted("{:#x}", address));
  EXPECT_EQ(formatted("{}", reinterpret_cast<const unsigned char*>(0xff)), "0xff");
}

TEST(Format, NamesByToString) {
  EXPECT_EQ(formatted("{} {:>6} {}", Colour::kRed, Colour::kGreen, Named{1}), "red  green one");
  EXPECT_EQ(formatted("cannot: {}", Error::kTimedOut), "cannot: timed out");
}

TEST(Format, Durations) {
  EXPECT_EQ(formatted("{}", Duration()), "0 ns");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(999)), "999 ns");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(1000)), "1.000 us");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(999'999)), "999.999 us");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(12'345'678)), "12.345 ms");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(999'999'999)), "999.999 ms");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(1'002'003'004)), "1.002 s");
  EXPECT_EQ(formatted("{}", Duration::nanoseconds(std::numeric_limits<std::uint64_t>::max())),
            "18446744073.709 s");
  EXPECT_EQ(formatted("{:>12}|{:<12}|{:12}", Duration::microseconds(7), Duration::seconds(1),
                      Duration::milliseconds(20)),
            "    7.000 us|1.000 s     |   20.000 ms");
}

TEST(FixedText, HoldsExactlyItsCapacity) {
  FixedText<8> text;
  EXPECT_EQ(text.view(), "");
  text.write("1234");
  text.write("5678");
  EXPECT_EQ(text.view(), "12345678");
  EXPECT_FALSE(text.truncated());
  text.write("");
  EXPECT_FALSE(text.truncated());
  text.write("9");
  EXPECT_TRUE(text.truncated());
  EXPECT_EQ(text.view(), "12345...");
  text.write("more");
  EXPECT_EQ(text.view(), "12345...");
}

TEST(FixedText, TruncatesOneLongWrite) {
  FixedText<4> text;
  text.write("abcdefgh");
  EXPECT_EQ(text.view(), "a...");
  EXPECT_TRUE(text.truncated());
  text.clear();
  EXPECT_FALSE(text.truncated());
  format_to(text, "{}", 1234);
  EXPECT_EQ(text.view(), "1234");
}

TEST(FixedText, IsAValue) {
  FixedText<8> first;
  first.write("one");
  FixedText<8> second = first;
  second.write("two");
  EXPECT_EQ(first.view(), "one");
  EXPECT_EQ(second.view(), "onetwo");
}

// Sinks see no empty writes, and text in order.
class Pieces final : public TextSink {
 public:
  void write(std::string_view text) override { pieces.emplace_back(text); }
  std::vector<std::string> pieces;
};

TEST(Format, NeverWritesNothing) {
  Pieces sink;
  format_to(sink, "{}{:3}{}", "", 1, std::string_view());
  EXPECT_EQ(sink.pieces, (std::vector<std::string>{"  ", "1"}));
}

TEST(Format, FillsWiderThanItsBuffer) {
  Pieces sink;
  format_to(sink, "{:<40}|", "x");
  std::string joined;
  for (const std::string& piece : sink.pieces) {
    EXPECT_FALSE(piece.empty());
    joined += piece;
  }
  EXPECT_EQ(joined, "x" + std::string(39, ' ') + "|");
}

// Usable before any constructor has run.
constinit FixedText<16> early_text;

TEST(FixedText, NeedsNoConstructorAtRunTime) {
  format_to(early_text, "{}", "early");
  EXPECT_EQ(early_text.view(), "early");
}

}  // namespace
}  // namespace baton
