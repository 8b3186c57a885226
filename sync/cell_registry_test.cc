#include "sync/cell_registry.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/static_owned.h"

namespace baton::sync {
namespace {

struct Ball {
  int n = 0;
};

constinit StaticOwned<Ball> g_ball;
constinit AtomicTakeCell<Ball> g_full;
constinit AtomicTakeCell<Ball> g_empty;
constinit CellEntry g_full_entry{"full one", g_full};
constinit CellEntry g_empty_entry{"empty one", g_empty};

TEST(CellRegistry, ListsWhatWasRegisteredWithItsState) {
  register_cell(g_full_entry);
  register_cell(g_empty_entry);
  ASSERT_TRUE(g_full.put(g_ball.claim()).has_value());
  std::vector<std::string> lines;
  const auto note = [&lines](const char* name, const CellReport& report) {
    lines.push_back(std::string(name) + ": " + std::string(to_string(report.state)));
  };
  for_each_cell(note);
  EXPECT_EQ(lines, (std::vector<std::string>{"empty one: empty", "full one: full"}));
  lines.clear();
  const auto inside = g_full.map([&](Ball&) { for_each_cell(note); });
  EXPECT_TRUE(inside.has_value());
  EXPECT_EQ(lines, (std::vector<std::string>{"empty one: empty", "full one: busy"}));
  g_ball.give_back(std::move(*g_full.take()));
}

TEST(CellRegistryDeathTest, RegisteredTwice) {
  static AtomicTakeCell<Ball> cell;
  static CellEntry entry{"twice", cell};
  static BasicCellRegistry<> registry;
  registry.add(entry);
  EXPECT_DEATH(registry.add(entry), "registered once");
}

}  // namespace
}  // namespace baton::sync
