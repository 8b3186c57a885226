// SpscRing, MpscQueue, SeqLock: buffers go to a worker and come back, events are counted, and
// everybody may read the tally at any time.
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "sync/mpsc_queue.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/seq_lock.h"
#include "sync/spsc_ring.h"

namespace {

struct Buffer {
  int bytes = 0;
};
struct Event {
  explicit Event(int number) : n(number) {}
  int n;
  baton::sync::MpscHook<> hook;
};
struct Tally {
  int events;
  int sum;
};

constexpr int kBuffers = 100;

constinit baton::sync::Pool<Buffer, 2> g_buffers;
constinit baton::sync::Pool<Event, 2 * kBuffers> g_events;
constinit baton::sync::SpscRing<baton::sync::Owned<Buffer>, 2> g_filled;
constinit baton::sync::SpscRing<baton::sync::Owned<Buffer>, 2> g_free;
constinit baton::sync::MpscQueue<Event, &Event::hook> g_queue;
constinit baton::sync::SeqLock<Tally> g_tally;

void tell(int n) { g_queue.push(std::move(*g_events.make(n))); }

// Whoever fills has the buffer; a full ring hands it back.
void fill() {
  for (int n = 1; n <= kBuffers;) {
    std::optional<baton::sync::Owned<Buffer>> buffer = g_free.pop();
    if (!buffer.has_value()) {
      std::this_thread::yield();
      continue;
    }
    (*buffer)->bytes = n;
    auto pushed = g_filled.push(std::move(*buffer));
    BATON_CHECK(pushed.has_value());  // there are no more buffers than cells
    tell(n++);
  }
}

void empty() {
  for (int n = 1; n <= kBuffers;) {
    std::optional<baton::sync::Owned<Buffer>> buffer = g_filled.pop();
    if (!buffer.has_value()) {
      std::this_thread::yield();
      continue;
    }
    BATON_CHECK((*buffer)->bytes == n);
    BATON_CHECK(g_free.push(std::move(*buffer)).has_value());
    tell(n++);
  }
}

}  // namespace

int main() {
  while (auto buffer = g_buffers.make()) {
    BATON_CHECK(g_free.push(std::move(*buffer)).has_value());
  }
  std::thread filler(fill);
  std::thread emptier(empty);
  Tally tally{};
  while (tally.events < 2 * kBuffers) {
    if (auto event = g_queue.pop()) {
      ++tally.events;
      tally.sum += (*event)->n;
      g_tally.write(tally);
    } else {
      std::this_thread::yield();  // empty, or busy: somebody is in the middle of a push
    }
  }
  filler.join();
  emptier.join();
  const Tally seen = g_tally.read();
  std::printf("events %d, sum %d\n", seen.events, seen.sum);
  BATON_CHECK(seen.sum == kBuffers * (kBuffers + 1));
  return 0;
}
