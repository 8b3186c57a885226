#include "kernel/shell/history.h"

#include <cstddef>
#include <deque>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "kernel/shell/limits.h"

namespace baton::kernel::shell {
namespace {

TEST(History, NewestComesFirst) {
  History history;
  EXPECT_EQ(history.size(), 0U);
  EXPECT_EQ(history.entry(0), "");
  history.add("one");
  history.add("two");
  history.add("three");
  EXPECT_EQ(history.size(), 3U);
  EXPECT_EQ(history.entry(0), "three");
  EXPECT_EQ(history.entry(1), "two");
  EXPECT_EQ(history.entry(2), "one");
  EXPECT_EQ(history.entry(3), "");
}

TEST(History, SkipsEmptyLinesAndRepetition) {
  History history;
  history.add("");
  history.add("a");
  history.add("a");
  history.add("b");
  history.add("a");
  EXPECT_EQ(history.size(), 3U);
  EXPECT_EQ(history.entry(0), "a");
  EXPECT_EQ(history.entry(1), "b");
  EXPECT_EQ(history.entry(2), "a");
}

TEST(History, KeepsOnlyWhatCanBeALine) {
  History history;
  history.add("a\nb");
  EXPECT_EQ(history.size(), 0U);
  history.add(std::string(kHistoryBytes, 'x'));
  EXPECT_EQ(history.size(), 0U);
  history.add("short");
  history.add(std::string(kHistoryBytes - 1, 'x'));  // fits, if all others go
  EXPECT_EQ(history.size(), 1U);
  EXPECT_EQ(history.entry(0), std::string(kHistoryBytes - 1, 'x'));
}

TEST(History, OldestMakeRoom) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  History history;
  std::deque<std::string> model;  // newest first
  std::size_t bytes = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string line(random() % (kMaxLine + 1), static_cast<char>('a' + random() % 3));
    history.add(line);
    if (!line.empty() && (model.empty() || model.front() != line)) {
      model.push_front(line);
      bytes += line.size() + 1;
      while (bytes > kHistoryBytes) {
        bytes -= model.back().size() + 1;
        model.pop_back();
      }
    }
    ASSERT_EQ(history.size(), model.size());
    for (std::size_t back = 0; back < model.size(); ++back) {
      ASSERT_EQ(history.entry(back), model[back]);
    }
  }
}

}  // namespace
}  // namespace baton::kernel::shell
