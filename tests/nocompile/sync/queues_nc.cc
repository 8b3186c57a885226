// What the compiler refuses to do with inboxes, batches and combining cells.
#include <optional>
#include <utility>

#include "sync/combining_cell.h"
#include "sync/inbox.h"
#include "sync/pool.h"

namespace baton::sync {
namespace {

struct Port {
  int written = 0;
};

struct Line {
  static void run(Owned<Line> self, Port& port) {
    ++port.written;
    static_cast<void>(self);
  }
  InboxHook<Line> hook;
};

constinit Pool<Line, 2> g_lines;
constinit Inbox<Line, &Line::hook> g_inbox;
constinit CombiningCell<Port, Line, &Line::hook> g_console;

[[maybe_unused]] void inbox() {
  if (auto line = g_lines.make()) {
#ifdef NC_PUSH_A_COPY
    g_inbox.push(*line);
#endif
    g_inbox.push(std::move(*line));
  }
#ifdef NC_DROP_BATCH
  g_inbox.take_all();
#endif
  auto batch = g_inbox.take_all();
#ifdef NC_COPY_BATCH
  auto copy = batch;
#endif
#ifdef NC_DROP_POPPED
  batch.pop_front();
#endif
#ifdef NC_COPY_INBOX
  auto another = g_inbox;
#endif
}

#ifdef NC_COPY_HOOKED
Line copy_of(const Line& line) { return line; }
#endif

#ifdef NC_REQUEST_THAT_DOES_NOT_RUN
struct Mute {
  InboxHook<Mute> hook;
};
constinit Pool<Mute, 2> g_mutes;
constinit CombiningCell<Port, Mute, &Mute::hook> g_mute_console;
Submitted submit_mute() { return g_mute_console.submit(std::move(*g_mutes.make())); }
#endif

[[maybe_unused]] void combining() {
  if (auto line = g_lines.make()) {
#ifdef NC_SUBMIT_A_COPY
    g_console.submit(*line);
#endif
    g_console.submit(std::move(*line));
  }
#ifdef NC_DROP_RESOURCE
  g_console.remove();
#endif
}

}  // namespace
}  // namespace baton::sync
