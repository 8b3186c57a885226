#include "sync/combining_cell.h"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Line;
struct Port {
  std::string written;
  // What a request does while it runs, beside writing itself.
  void (*while_running)(int n) = nullptr;
};

struct Line {
  explicit Line(int number) : n(number) {}
  static void run(Owned<Line> self, Port& port) {
    port.written += static_cast<char>('0' + self->n);
    if (port.while_running != nullptr) port.while_running(self->n);
  }
  int n;
  InboxHook<Line> hook;
};

using Console = CombiningCell<Port, Line, &Line::hook>;
static_assert(std::is_trivially_destructible_v<Console>);
constinit Console g_console;

struct Office {
  StaticOwned<Port> port;
  Pool<Line, 8> lines;
  Owned<Line> line(int n) { return std::move(*lines.make(n)); }

  // What was written, with everything back where it belongs.
  std::string finish(Console& console) {
    std::optional<Owned<Port>> out = console.remove();
    EXPECT_TRUE(out.has_value());
    std::string written = (*out)->written;
    port.give_back(std::move(*out));
    EXPECT_EQ(lines.available(), 8U) << "a request was lost";
    return written;
  }
};

TEST(CombiningCell, RunsAtOnceWhenNobodyIsInside) {
  Office office;
  Console console;
  EXPECT_EQ(console.report().state, CellState::kEmpty);
  console.install(office.port.claim());
  EXPECT_EQ(console.report().state, CellState::kFull);
  EXPECT_EQ(console.submit(office.line(1)), Submitted::kRan);
  EXPECT_EQ(console.submit(office.line(2)), Submitted::kRan);
  EXPECT_EQ(office.finish(console), "12");
  EXPECT_EQ(console.report().state, CellState::kEmpty);
}

TEST(CombiningCell, QueuesUntilInstalled) {
  Office office;
  Console console;
  EXPECT_EQ(console.submit(office.line(1)), Submitted::kQueued);
  EXPECT_EQ(console.submit(office.line(2)), Submitted::kQueued);
  console.drain();
  EXPECT_FALSE(console.remove().has_value());
  console.install(office.port.claim());
  EXPECT_EQ(office.finish(console), "12");
  EXPECT_EQ(g_console.report().state, CellState::kEmpty);
}

Office* g_office;
Console* g_inner;

TEST(CombiningCell, WhatComesInWhileRunningRunsBeforeLeaving) {
  Office office;
  Console console;
  g_office = &office;
  g_inner = &console;
  Owned<Port> port = office.port.claim();
  port->while_running = [](int n) {
    EXPECT_EQ(g_inner->report().state, CellState::kBusy);
#ifndef NDEBUG
    // The first request too, before which the holder has tried to leave.
    EXPECT_TRUE(g_inner->report().holder.known);
#endif
    EXPECT_FALSE(g_inner->remove().has_value());
    if (n == 1) {
      EXPECT_EQ(g_inner->submit(g_office->line(2)), Submitted::kQueued);
      EXPECT_EQ(g_inner->submit(g_office->line(3)), Submitted::kQueued);
    }
    if (n == 2) EXPECT_EQ(g_inner->submit(g_office->line(4)), Submitted::kQueued);
  };
  console.install(std::move(port));
  EXPECT_EQ(console.submit(office.line(1)), Submitted::kRan);
  EXPECT_EQ(office.finish(console), "1234");
}

int g_reliefs;

TEST(CombiningCell, BoundedHolderLeavesTheRestInOrder) {
  g_reliefs = 0;
  Office office;
  static Console console{1, [](Console&) { ++g_reliefs; }};
  for (int i = 1; i <= 6; ++i) EXPECT_EQ(console.submit(office.line(i)), Submitted::kQueued);
  console.install(office.port.claim());  // serves two
  EXPECT_EQ(g_reliefs, 1);
  console.drain();  // two more
  EXPECT_EQ(g_reliefs, 2);
  // A submitter serves those before it first; its own stays behind the bound.
  EXPECT_EQ(console.submit(office.line(7)), Submitted::kQueued);
  EXPECT_EQ(g_reliefs, 3);
  console.drain();
  EXPECT_EQ(g_reliefs, 3);
  EXPECT_EQ(office.finish(console), "1234567");
}

TEST(CombiningCell, WhatIsPendingSurvivesTheResource) {
  Office office;
  static Console console{0, [](Console&) {}};
  for (int i = 1; i <= 3; ++i) static_cast<void>(console.submit(office.line(i)));
  console.install(office.port.claim());
  std::optional<Owned<Port>> out = console.remove();
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ((*out)->written, "1");
  EXPECT_EQ(console.submit(office.line(4)), Submitted::kQueued);
  console.install(std::move(*out));
  for (int i = 0; i < 3; ++i) console.drain();
  EXPECT_EQ(office.finish(console), "1234");
}

TEST(CombiningCellDeathTest, InstalledTwice) {
  static StaticOwned<Port> one;
  static StaticOwned<Port> two;
  static Console console;
  console.install(one.claim());
  EXPECT_DEATH(console.install(two.claim()), "one resource");
  one.give_back(std::move(*console.remove()));
}

}  // namespace
}  // namespace baton::sync
