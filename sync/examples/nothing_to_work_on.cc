// map_or, map_or_else, and_then, modify_or_replace: what to do when there is nothing to work on, or
// somebody else is at it, said in the call.
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_answers.h"
#include "sync/map_cell.h"
#include "sync/pool.h"

namespace {

using baton::sync::Absent;
using baton::sync::Changed;

struct Session {
  explicit Session(unsigned first) : requests(first) {}
  unsigned requests;
};

constinit baton::sync::Pool<Session, 2> g_sessions;
constinit baton::sync::AtomicTakeCell<Session> g_session;
constinit baton::sync::AtomicMapCell<int> g_limit;

unsigned requests() {
  const auto none_or_all = g_session.map_or(0U, [](Session& session) { return session.requests; });
  return none_or_all.value_or(~0U);  // busy: not empty, and not zero
}

std::string_view state() {
  return g_session.map_or_else(
      [](Absent why) -> std::string_view { return why == Absent::kEmpty ? "none" : "in use"; },
      [](Session&) -> std::string_view { return "open"; });
}

}  // namespace

int main() {
  BATON_CHECK(requests() == 0 && state() == "none");

  // One operation, whoever comes in between: the first call opens a session, the others use it.
  const auto request = [] {
    return g_session.modify_or_replace([](Session& session) { ++session.requests; },
                                       [] { return std::move(*g_sessions.make(1U)); });
  };
  BATON_CHECK(request() == Changed::kStored);
  BATON_CHECK(request() == Changed::kModified);
  BATON_CHECK(requests() == 2 && state() == "open");

  // From one cell into the next: the answer says which of them had nothing, or the result.
  const auto left = [](Session& session) {
    return g_limit.map([&](int& limit) { return limit - static_cast<int>(session.requests); });
  };
  BATON_CHECK(g_session.and_then(left).error() == Absent::kEmpty);
  BATON_CHECK(g_limit.put(10).has_value());
  std::printf("requests %u, left %d, session %s\n", requests(), g_session.and_then(left).value(),
              state().data());

  const auto inside = g_session.map([](Session&) { return state(); });
  BATON_CHECK(inside.value() == "in use");
  static_cast<void>(g_session.take());
  BATON_CHECK(g_sessions.available() == 2);
  return 0;
}
