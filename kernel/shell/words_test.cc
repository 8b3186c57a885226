#include "kernel/shell/words.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/shell/limits.h"

namespace baton::kernel::shell {
namespace {

using Line = std::vector<std::vector<std::string>>;
using End = CommandWords::End;

/// All commands of a line, empty ones too.
Line split_line(std::string_view line) {
  Line result;
  CommandWords command;
  std::size_t at = 0;
  do {
    EXPECT_EQ(command.split(line, at), WordFault::kNone) << line;
    result.emplace_back(command.words().begin(), command.words().end());
  } while (command.end() == End::kSemicolon);
  EXPECT_EQ(at, line.size());
  return result;
}

struct Fault {
  WordFault fault;
  std::size_t at;
  friend bool operator==(const Fault&, const Fault&) = default;
};

Fault fault_of(std::string_view line) {
  CommandWords command;
  std::size_t at = 0;
  const WordFault fault = command.split(line, at);
  return {fault, at};
}

End end_of(std::string_view line) {
  CommandWords command;
  std::size_t at = 0;
  EXPECT_EQ(command.split(line, at), WordFault::kNone);
  return command.end();
}

TEST(Words, BlanksSeparate) {
  EXPECT_EQ(split_line(""), (Line{{}}));
  EXPECT_EQ(split_line(" \t "), (Line{{}}));
  EXPECT_EQ(split_line("one"), (Line{{"one"}}));
  EXPECT_EQ(split_line("  one\t two  three "), (Line{{"one", "two", "three"}}));
}

TEST(Words, SemicolonsEndCommands) {
  EXPECT_EQ(split_line("a;b"), (Line{{"a"}, {"b"}}));
  EXPECT_EQ(split_line("a 1 ; b 2;"), (Line{{"a", "1"}, {"b", "2"}, {}}));
  EXPECT_EQ(split_line(";;"), (Line{{}, {}, {}}));
  EXPECT_EQ(split_line("a';'\";\"\\; b"), (Line{{"a;;;", "b"}}));
}

TEST(Words, Quotes) {
  EXPECT_EQ(split_line(R"("two words" 'and more')"), (Line{{"two words", "and more"}}));
  EXPECT_EQ(split_line(R"("" '')"), (Line{{"", ""}}));
  EXPECT_EQ(split_line(R"(a"b c"'d e'f)"), (Line{{"ab cd ef"}}));
  EXPECT_EQ(split_line(R"("a'b" 'a"b')"), (Line{{"a'b", "a\"b"}}));
  EXPECT_EQ(split_line(R"("\"" "\\" "\n" '\n')"), (Line{{"\"", "\\", "\\n", "\\n"}}));
  EXPECT_EQ(split_line(R"(\a\ b \" \' \\ \#)"), (Line{{"a b", "\"", "'", "\\", "#"}}));
}

TEST(Words, Remarks) {
  EXPECT_EQ(split_line("# all"), (Line{{}}));
  EXPECT_EQ(split_line("a # b ; c \" '"), (Line{{"a"}}));
  EXPECT_EQ(split_line("a#b '#' c;#"), (Line{{"a#b", "#", "c"}, {}}));
}

TEST(Words, FaultsSayWhere) {
  EXPECT_EQ(fault_of("echo \"abc"), (Fault{WordFault::kOpenDoubleQuote, 5}));
  EXPECT_EQ(fault_of("echo \"abc\\\""), (Fault{WordFault::kOpenDoubleQuote, 5}));
  EXPECT_EQ(fault_of("echo \"abc\\"), (Fault{WordFault::kOpenDoubleQuote, 5}));
  EXPECT_EQ(fault_of("echo 'abc"), (Fault{WordFault::kOpenSingleQuote, 5}));
  EXPECT_EQ(fault_of("echo 'abc\\'x'"), (Fault{WordFault::kOpenSingleQuote, 12}));
  EXPECT_EQ(fault_of("\\"), (Fault{WordFault::kLoneBackslash, 0}));
  EXPECT_EQ(fault_of("a\\\\\\"), (Fault{WordFault::kLoneBackslash, 3}));
}

TEST(Words, CountIsLimited) {
  std::string line;
  for (std::size_t i = 0; i < kMaxWords; ++i) {
    line += "w ";
  }
  EXPECT_EQ(split_line(line + "; " + line)[0].size(), kMaxWords);
  EXPECT_EQ(fault_of(line + "w"), (Fault{WordFault::kTooManyWords, 2 * kMaxWords}));
}

TEST(Words, LengthIsLimited) {
  EXPECT_EQ(split_line(std::string(kMaxLine, 'x')), (Line{{std::string(kMaxLine, 'x')}}));
  EXPECT_EQ(fault_of(std::string(kMaxLine + 1, 'x')), (Fault{WordFault::kLineTooLong, 0}));
}

TEST(Words, TellsWhereTheLineEnded) {
  EXPECT_EQ(end_of(""), End::kBlank);
  EXPECT_EQ(end_of("a "), End::kBlank);
  EXPECT_EQ(end_of("\"a\" "), End::kBlank);
  EXPECT_EQ(end_of("a"), End::kPlainWord);
  EXPECT_EQ(end_of("\"x\" a"), End::kPlainWord);
  EXPECT_EQ(end_of("a\"b\"c"), End::kQuotedWord);
  EXPECT_EQ(end_of("a\\b"), End::kQuotedWord);
  EXPECT_EQ(end_of("a;"), End::kSemicolon);
  EXPECT_EQ(end_of("a ; b"), End::kSemicolon);
  EXPECT_EQ(end_of("a #"), End::kRemark);
}

// Words of any characters, spelled in any of the ways that the rules allow, come out as they were.
TEST(Words, EverySpellingIsUnderstood) {
  constexpr unsigned kSeed = 11;
  std::mt19937 random(kSeed);
  constexpr std::string_view kAlphabet = "ab \t;#\"'\\xyz";
  int lines = 0;
  while (lines < 20'000) {
    Line expected{{}};
    std::string line;
    const std::size_t words = random() % 8;
    for (std::size_t w = 0; w < words; ++w) {
      std::string word;
      line.append(random() % 3, ' ');
      const std::size_t pieces = 1 + random() % 4;
      for (std::size_t p = 0; p < pieces; ++p) {
        const char c = kAlphabet[random() % kAlphabet.size()];
        switch (random() % 4) {
          case 0:
            line += {'\\', c};
            break;
          case 1:
            line +=
                c == '"' || c == '\\' ? std::string{'"', '\\', c, '"'} : std::string{'"', c, '"'};
            break;
          case 2:
            line += c == '\'' ? std::string("\\'") : std::string{'\'', c, '\''};
            break;
          default:
            line +=
                c == 'a' || c == 'b' || (c == '#' && p > 0) ? std::string{c} : std::string{'\\', c};
        }
        word += c;
      }
      expected.back().push_back(word);
      line += random() % 2 == 0 ? ' ' : '\t';
      if (random() % 4 == 0) {
        line += ';';
        expected.emplace_back();
      }
    }
    if (random() % 4 == 0) {
      line += "# \" ' ;";
    }
    if (line.size() <= kMaxLine) {
      ASSERT_EQ(split_line(line), expected) << line;
      ++lines;
    }
  }
}

// Whatever comes in, a line is split or refused, with the place inside it.
TEST(Words, RandomLinesAreSplitOrRefused) {
  constexpr unsigned kSeed = 13;
  std::mt19937 random(kSeed);
  constexpr std::string_view kAlphabet = "a \t;#\"'\\";
  for (int round = 0; round < 50'000; ++round) {
    std::string line;
    for (std::size_t size = random() % (kMaxLine + 4); line.size() < size;) {
      line +=
          random() % 8 == 0 ? static_cast<char>(random()) : kAlphabet[random() % kAlphabet.size()];
    }
    CommandWords command;
    std::size_t at = 0;
    WordFault fault = WordFault::kNone;
    do {
      const std::size_t before = at;
      fault = command.split(line, at);
      ASSERT_LE(command.words().size(), kMaxWords);
      ASSERT_TRUE(at > before || at == line.size() || fault != WordFault::kNone);
      ASSERT_TRUE(fault == WordFault::kNone || at < line.size());
    } while (fault == WordFault::kNone && command.end() == End::kSemicolon);
    ASSERT_EQ(fault == WordFault::kLineTooLong, line.size() > kMaxLine);
  }
}

TEST(ParseU64, Bases) {
  EXPECT_EQ(parse_u64("0"), 0U);
  EXPECT_EQ(parse_u64("1234"), 1234U);
  EXPECT_EQ(parse_u64("007"), 7U);
  EXPECT_EQ(parse_u64("0x0"), 0U);
  EXPECT_EQ(parse_u64("0xBeef"), 0xbeefU);
  EXPECT_EQ(parse_u64("0XBEEF"), 0xbeefU);
  EXPECT_EQ(parse_u64("0b1011"), 11U);
  EXPECT_EQ(parse_u64("0B0"), 0U);
}

TEST(ParseU64, Suffixes) {
  EXPECT_EQ(parse_u64("4k"), 4096U);
  EXPECT_EQ(parse_u64("4K"), 4096U);
  EXPECT_EQ(parse_u64("3m"), 3U << 20);
  EXPECT_EQ(parse_u64("3M"), 3U << 20);
  EXPECT_EQ(parse_u64("5G"), std::uint64_t{5} << 30);
  EXPECT_EQ(parse_u64("0x10k"), 0x4000U);
  EXPECT_EQ(parse_u64("0b11k"), 3072U);
}

TEST(ParseU64, Limits) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  constexpr auto kTooLarge = std::unexpected(NumberFault::kTooLarge);
  EXPECT_EQ(parse_u64("18446744073709551615"), kMax);
  EXPECT_EQ(parse_u64("18446744073709551616"), kTooLarge);
  EXPECT_EQ(parse_u64("99999999999999999999999999999999999999999999"), kTooLarge);
  EXPECT_EQ(parse_u64("0xffffffffffffffff"), kMax);
  EXPECT_EQ(parse_u64("0x10000000000000000"), kTooLarge);
  EXPECT_EQ(parse_u64("0b" + std::string(64, '1')), kMax);
  EXPECT_EQ(parse_u64("0b1" + std::string(64, '0')), kTooLarge);
  EXPECT_EQ(parse_u64("17179869183G"), kMax & ~((std::uint64_t{1} << 30) - 1));
  EXPECT_EQ(parse_u64("17179869184G"), kTooLarge);
  EXPECT_EQ(parse_u64("18014398509481984k"), kTooLarge);
}

TEST(ParseU64, RefusesTheRest) {
  constexpr auto kNot = std::unexpected(NumberFault::kNotANumber);
  for (const char* text : {"",    "-1",  "+1",  " 1",  "1 ",   "x",   "0x",
                           "0b",  "0xk", "k",   "0xg", "0b12", "12q", "1kk",
                           "1k ", "1.5", "1e3", "12a", "0x-1", "1'0", "99999999999999999999999x"}) {
    EXPECT_EQ(parse_u64(text), kNot) << text;
  }
}

}  // namespace
}  // namespace baton::kernel::shell
