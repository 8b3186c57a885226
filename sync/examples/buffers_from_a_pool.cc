// Pool: buffers without an allocator.  A dropped handle brings its buffer home, from any core.
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/pool.h"

namespace {

struct Buffer {
  explicit Buffer(char fill) : bytes{fill} {}
  char bytes[512];
};

constinit baton::sync::Pool<Buffer, 2> g_buffers;
constinit baton::sync::AtomicTakeCell<Buffer> g_received;

}  // namespace

int main() {
  auto first = g_buffers.make('a');
  const auto second = g_buffers.make('b');
  BATON_CHECK(first.has_value() && second.has_value());
  BATON_CHECK(!g_buffers.make('c').has_value());  // exhausted: said, not waited for

  BATON_CHECK(g_received.put(std::move(*first)).has_value());
  std::thread([] {
    const auto buffer = g_received.take();
    std::printf("got %c\n", (*buffer)->bytes[0]);
  }).join();  // dropped over there, and home again
  BATON_CHECK(g_buffers.available() == 1);
  return 0;
}
