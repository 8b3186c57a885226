#include "kernel/shell/completion.h"

#include <string>
#include <string_view>

#include "base/format.h"
#include "gtest/gtest.h"
#include "kernel/shell/limits.h"

namespace baton::kernel::shell {
namespace {

TEST(CommonPrefix, OneMatchIsUnique) {
  CommonPrefix found("c");
  EXPECT_EQ(found.matches(), 0U);
  EXPECT_FALSE(found.unique());
  found.offer("mem");
  EXPECT_EQ(found.matches(), 0U);
  found.offer("cpus");
  EXPECT_EQ(found.matches(), 1U);
  EXPECT_TRUE(found.unique());
  EXPECT_EQ(found.common(), "cpus");
}

TEST(CommonPrefix, ManyMatchesShareTheirBeginning) {
  CommonPrefix found("re");
  found.offer("reboot");
  found.offer("rebase");
  EXPECT_EQ(found.common(), "reb");
  found.offer("rebooting");
  EXPECT_EQ(found.common(), "reb");
  found.offer("relay");
  EXPECT_EQ(found.common(), "re");
  EXPECT_EQ(found.matches(), 4U);
  EXPECT_FALSE(found.unique());
}

TEST(CommonPrefix, AWordOfferedTwiceIsUnique) {
  CommonPrefix found("");
  found.offer("cpus");
  found.offer("cpus");
  EXPECT_TRUE(found.unique());
  EXPECT_EQ(found.common(), "cpus");
  found.offer("cpu");
  EXPECT_FALSE(found.unique());
  EXPECT_EQ(found.common(), "cpu");
}

TEST(CommonPrefix, OneBeginsTheOther) {
  CommonPrefix found("cpu");
  found.offer("cpu");
  found.offer("cpus");
  EXPECT_FALSE(found.unique());
  EXPECT_EQ(found.common(), "cpu");
}

TEST(CommonPrefix, PassesOverWhatNoLineHolds) {
  CommonPrefix found("x");
  found.offer(std::string(kMaxLine + 1, 'x'));
  EXPECT_EQ(found.matches(), 0U);
  found.offer(std::string(kMaxLine, 'x'));
  EXPECT_EQ(found.common().size(), kMaxLine);
}

TEST(CandidateList, FillsRows) {
  FixedText<256> out;
  CandidateList list(out, "a", 12);
  list.offer("abc");
  list.offer("nope");
  list.offer("ade");
  list.offer("af");       // 3 + 2 + 3 + 2 + 2 would reach the last column
  list.offer("aghijkl");  // 2 + 2 + 7 just does not
  list.offer("a");
  list.finish();
  EXPECT_EQ(out.view(), "abc  ade\naf  aghijkl\na\n");
}

TEST(CandidateList, PrintsNothingForNothing) {
  FixedText<16> out;
  CandidateList list(out, "a", 80);
  list.offer("b");
  list.finish();
  EXPECT_EQ(out.view(), "");
}

TEST(CandidateList, TooWideAWordHasItsOwnRow) {
  FixedText<64> out;
  CandidateList list(out, "", 8);
  list.offer("aaaaaaaaaaaa");
  list.offer("b");
  list.finish();
  EXPECT_EQ(out.view(), "aaaaaaaaaaaa\nb\n");
}

}  // namespace
}  // namespace baton::kernel::shell
