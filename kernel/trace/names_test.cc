#include "kernel/trace/names.h"

#include <atomic>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "kernel/trace/event.h"

namespace baton::kernel::trace {
namespace {

constinit Names<256> g_names;  // needs no run-time initialization

template <class TheNames>
std::string name_of(const TheNames& names, ThreadId id) {
  const std::optional<Name> name = names.find(id);
  return name.has_value() ? std::string(name->view()) : "?";
}

TEST(Names, FindsAThreadByItsNumber) {
  const ThreadId shell = g_names.begin("shell");
  const ThreadId idle = g_names.begin("idle");
  EXPECT_NE(shell, kNoThread);
  EXPECT_NE(shell, idle);
  EXPECT_EQ(name_of(g_names, shell), "shell");
  EXPECT_EQ(name_of(g_names, idle), "idle");
  EXPECT_EQ(name_of(g_names, kNoThread), "?");
}

TEST(Names, CutsALongName) {
  Names<4> names;
  EXPECT_EQ(name_of(names, names.begin("abcdefghijklmnopqrstuvwxyz")), "abcdefghijklmnopqrstu");
  EXPECT_EQ(name_of(names, names.begin("")), "");
}

TEST(Names, KeepsTheNameAfterTheEndForAWhile) {
  Names<4> names;
  const ThreadId a = names.begin("a");
  names.end(a);
  EXPECT_EQ(name_of(names, a), "a");
  const ThreadId b = names.begin("b");
  const ThreadId c = names.begin("c");
  EXPECT_EQ(name_of(names, a), "a");
  // The only free place is a's.
  const ThreadId d = names.begin("d");
  EXPECT_EQ(name_of(names, a), "?");
  EXPECT_NE(d, a);
  EXPECT_EQ(name_of(names, b) + name_of(names, c) + name_of(names, d), "bcd");
}

TEST(Names, HasNoPlaceForMore) {
  Names<4> names;
  const ThreadId a = names.begin("a");
  names.begin("b");
  names.begin("c");
  EXPECT_EQ(names.begin("d"), kNoThread);
  names.end(kNoThread);
  EXPECT_EQ(names.begin("d"), kNoThread);
  names.end(a);
  EXPECT_NE(names.begin("d"), kNoThread);
}

// A number comes again only after 65536 / 4 uses of its place.
TEST(Names, NumbersAreNobodysElseForLong) {
  Names<4> names;
  ThreadId before = names.begin("x");
  names.end(before);
  for (int i = 0; i < 100'000; ++i) {
    const ThreadId id = names.begin("x");
    ASSERT_NE(id, kNoThread);
    ASSERT_NE(id, before);
    ASSERT_EQ(name_of(names, id), "x") << i;
    names.end(id);
    before = id;
  }
}

// Threads that begin and end on all cores, and readers: a number never has another one's name.
TEST(Names, ManyBeginAndEndAtOnce) {
  constexpr int kThreads = 3;
  constexpr int kRounds = 100'000;
  const auto names = std::make_unique<Names<8>>();
  std::atomic<int> left{kThreads};
  std::atomic<std::uint64_t> lost{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const std::string mine(10, static_cast<char>('a' + thread));
      for (int round = 0; round < kRounds; ++round) {
        const ThreadId id = names->begin(mine);
        if (id == kNoThread || name_of(*names, id) != mine) ++lost;
        names->end(id);
      }
      --left;
    });
  }
  std::uint64_t seen = 0;
  std::uint64_t torn = 0;
  do {
    for (std::size_t place = 1; place < 8; ++place) {
      const std::optional<Name> name = names->at(place);
      if (!name.has_value()) continue;
      ++seen;
      const std::string text(name->view());
      torn +=
          text != std::string(10, text.empty() ? '?' : text[0]) || name->id % 8 != place ? 1 : 0;
    }
  } while (left != 0);
  for (std::thread& thread : threads) thread.join();
  std::cout << seen << " names read\n";
  EXPECT_EQ(lost, 0U);
  EXPECT_EQ(torn, 0U);
}

}  // namespace
}  // namespace baton::kernel::trace
