#include "kernel/fs/fat/names.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace baton::kernel::fat {
namespace {

std::string utf8(const LongName& name) {
  std::array<char, std::size_t{kMaxNameUnits} * 3> text;
  return {text.data(), name.to_utf8(text)};
}

ShortName short_of(std::string_view text) {
  ShortName name;
  std::ranges::copy(text, name.begin());
  return name;
}

std::string text_of(const ShortName& name) { return {name.begin(), name.end()}; }

TEST(FatNames, Utf8ThereAndBack) {
  static LongName name;
  for (const char* text : {"a", "\xc3\xa4\xc3\xb6", "\xe2\x82\xac.txt", "\xf0\x9f\x9a\x80",
                           "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd", " leading"}) {
    ASSERT_TRUE(name.set(text)) << text;
    EXPECT_EQ(utf8(name), text);
  }
  ASSERT_TRUE(name.set("\xf0\x9f\x9a\x80"));
  EXPECT_EQ(name.view(), u"\xd83d\xde80");
  const std::string longest(255, 'x');
  EXPECT_TRUE(name.set(longest));
  EXPECT_EQ(name.set(longest + "x").error(), Error::kOutOfRange);
  // 128 pairs.
  std::string pairs;
  for (int i = 0; i < 128; ++i) pairs += "\xf0\x9f\x9a\x80";
  EXPECT_EQ(name.set(pairs).error(), Error::kOutOfRange);
  for (const char* text :
       {"\x80", "\xc3", "\xc3x", "\xe2\x82", "\xf5\x80\x80\x80", "\xc1\x81", "\xe0\x80\x80",
        "\xf0\x80\x80\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(name.set(text).error(), Error::kInvalidArgument) << text;
    EXPECT_TRUE(name.empty());
  }
}

TEST(FatNames, HalvesOfPairsAreReplaced) {
  static LongName name;
  std::array<std::byte, 32> bytes{};
  for (const std::u16string_view units : {u"\xd83d", u"\xde80", u"\xd83dx", u"\xde80\xd83d"}) {
    bytes.fill(std::byte{0});
    for (std::size_t i = 0; i < units.size(); ++i) store16(bytes, entry::kUnits[i], units[i]);
    ASSERT_TRUE(name.set_part(0, true, bytes));
    EXPECT_TRUE(utf8(name).starts_with("\xef\xbf\xbd")) << utf8(name);
  }
}

TEST(FatNames, PartsThereAndBack) {
  static LongName from;
  static LongName to;
  for (unsigned length = 1; length <= kMaxNameUnits; ++length) {
    std::string text;
    for (unsigned i = 0; i < length; ++i) text += static_cast<char>('a' + i % 26);
    ASSERT_TRUE(from.set(text));
    EXPECT_EQ(from.parts(), (length + 12) / 13);
    to.clear();
    for (unsigned part = from.parts(); part-- > 0;) {
      std::array<std::byte, 32> bytes;
      from.store_part(part, 99, bytes);
      EXPECT_EQ(load8(bytes, 13), 99);
      EXPECT_EQ((load8(bytes, 0) & entry::kLastPart) != 0, part + 1 == from.parts());
      ASSERT_TRUE(to.set_part(part, part + 1 == from.parts(), bytes)) << length;
    }
    ASSERT_EQ(utf8(to), text);
  }
}

TEST(FatNames, CaseDoesNotCount) {
  EXPECT_TRUE(same_name(u"ReadMe.Txt", u"README.TXT"));
  EXPECT_TRUE(same_name(u"\xc4\xd6\xdc", u"\xe4\xf6\xfc"));
  EXPECT_FALSE(same_name(u"a", u"ab"));
  EXPECT_FALSE(same_name(u"\xd7", u"\xf7"));
  EXPECT_FALSE(same_name(u"@", u"`"));
}

TEST(FatNames, WhichAreShort) {
  ShortName name;
  EXPECT_TRUE(is_short(u"README.TXT", name));
  EXPECT_EQ(text_of(name), "README  TXT");
  EXPECT_TRUE(is_short(u"A", name));
  EXPECT_EQ(text_of(name), "A          ");
  EXPECT_TRUE(is_short(u"12345678.123", name));
  for (const std::u16string_view text :
       {u"readme.txt", u"123456789", u"A.1234", u"A.B.C", u".A", u"A B", u"A+B", u"\xc4"}) {
    EXPECT_FALSE(is_short(text, name));
  }
}

TEST(FatNames, ShortNamesForLongOnes) {
  EXPECT_EQ(text_of(short_name_for(u"a long name.text", 1)), "ALONGN~1TEX");
  EXPECT_EQ(text_of(short_name_for(u"a long name.text", 4)), "ALONGN~4TEX");
  EXPECT_EQ(text_of(short_name_for(u".profile", 1)), "PROFIL~1   ");
  EXPECT_EQ(text_of(short_name_for(u"x", 2)), "X~2        ");
  EXPECT_EQ(text_of(short_name_for(u"\xc4+b.c,d", 1)), "__B~1   C_D");
  EXPECT_EQ(text_of(short_name_for(u"...", 1)), "_~1        ");
  std::set<std::string> all;
  for (unsigned n = 1; n <= kShortNames; ++n) {
    const std::string text = text_of(short_name_for(u"similar name.txt", n));
    EXPECT_TRUE(text.ends_with("TXT"));
    all.insert(text);
  }
  EXPECT_GE(all.size(), kShortNames - 2);
}

TEST(FatNames, ShortNamesAreShown) {
  static LongName name;
  const auto shown = [&](std::string_view text, std::uint8_t flags) {
    name.set(short_of(text), flags);
    return utf8(name);
  };
  EXPECT_EQ(shown("README  TXT", 0), "README.TXT");
  EXPECT_EQ(shown("README  TXT", entry::kLowerBase), "readme.TXT");
  EXPECT_EQ(shown("README  TXT", entry::kLowerExtension), "README.txt");
  EXPECT_EQ(shown("README     ", 0), "README");
  EXPECT_EQ(shown("\x05Z      \x01/X", 0), "\xef\xbf\xbdZ.__X");
  EXPECT_EQ(shown("..         ", 0), "__");
}

TEST(FatNames, TheChecksumIsTheRightOne) {
  // Computed by hand from the rule: rotate right, add.
  EXPECT_EQ(checksum_of(short_of("A          ")), [] {
    unsigned sum = 'A';
    for (int i = 0; i < 10; ++i) sum = ((sum >> 1 | sum << 7) + ' ') & 0xff;
    return sum;
  }());
}

}  // namespace
}  // namespace baton::kernel::fat
