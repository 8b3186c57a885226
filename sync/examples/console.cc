// CombiningCell: a console that everybody may write to at any time and nobody waits for.  Lines
// come out whole, and in each writer's order.
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/combining_cell.h"
#include "sync/pool.h"
#include "sync/static_owned.h"

namespace {

/// The resource: only whoever is inside touches it.
struct Port {
  int lines = 0;
};

/// A request: its memory is the pool's, its handle comes with it.
struct Line {
  explicit Line(const char* what) : text(what) {}
  static void run(baton::sync::Owned<Line> self, Port& port) {
    ++port.lines;
    std::printf("%d %s\n", port.lines, self->text);
  }  // `self` goes home
  const char* text;
  baton::sync::InboxHook<Line> hook;
};

constinit baton::sync::StaticOwned<Port> g_port;
constinit baton::sync::Pool<Line, 16> g_lines;
constinit baton::sync::CombiningCell<Port, Line, &Line::hook> g_console;

void write_lines(const char* text) {
  for (int i = 0; i < 4; ++i) g_console.submit(std::move(*g_lines.make(text)));
}

}  // namespace

int main() {
  write_lines("before the port was there");  // queued
  g_console.install(g_port.claim());         // and out
  std::thread other(write_lines, "from another core");
  write_lines("from this core");
  other.join();
  auto port = g_console.remove();
  BATON_CHECK(port.has_value() && (*port)->lines == 12);
  g_port.give_back(std::move(*port));
  BATON_CHECK(g_lines.available() == 16);
  return 0;
}
