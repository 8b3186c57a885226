// CellRegistry: a list of named cells, for a shell's command or a panic.
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_registry.h"
#include "sync/static_owned.h"

namespace {

struct Ball {
  int n = 0;
};

constinit baton::sync::StaticOwned<Ball> g_ball;
constinit baton::sync::AtomicTakeCell<Ball> g_cell;
constinit baton::sync::CellEntry g_entry{"ball", g_cell};

int print_cells() {
  int listed = 0;
  baton::sync::for_each_cell([&](const char* name, const baton::sync::CellReport& report) {
    const std::string_view state = to_string(report.state);
    std::printf("%s: %.*s", name, static_cast<int>(state.size()), state.data());
    // Known in debug builds, while somebody is inside.
    if (report.holder.known)
      std::printf(", core %u at %p", report.holder.core, report.holder.return_address);
    std::printf("\n");
    ++listed;
  });
  return listed;
}

}  // namespace

int main() {
  baton::sync::register_cell(g_entry);
  BATON_CHECK(print_cells() == 1);
  BATON_CHECK(g_cell.put(g_ball.claim()).has_value());
  BATON_CHECK(print_cells() == 1);
  BATON_CHECK(g_cell.map([](Ball&) { return print_cells(); }).value_or(0) == 1);
  return 0;
}
