#include "kernel/cross_call.h"

#include <array>
#include <cstddef>
#include <utility>

#include "arch/cpu.h"
#include "kernel/blocking/event.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/core_names.h"
#include "kernel/core_threads.h"
#include "kernel/sched/one_core.h"
#include "kernel/sched/this_thread.h"
#include "sync/atomic_take_cell.h"
#include "sync/atomics.h"
#include "sync/cell_registry.h"
#include "sync/pool.h"

namespace baton::kernel {
namespace {

struct Request {
  CrossCall call;
  void* argument;
};

using Mailbox = sync::AtomicTakeCell<Request>;

constinit std::array<Mailbox, arch::kMaxCores> mailboxes{};
constexpr CoreNames kMailboxNames("mailbox.");

template <std::size_t... kCore>
constexpr std::array<sync::CellEntry, arch::kMaxCores> name_mailboxes(
    std::index_sequence<kCore...> /*cores*/) {
  return {{sync::CellEntry(kMailboxNames.text(kCore), mailboxes[kCore])...}};
}
constinit std::array<sync::CellEntry, arch::kMaxCores> entries =
    name_mailboxes(std::make_index_sequence<arch::kMaxCores>());

// A bell for each core.
template <std::size_t... kCore>
constexpr std::array<Event, arch::kMaxCores> bells(std::index_sequence<kCore...> /*cores*/) {
  return {{(static_cast<void>(kCore), Event(Reset::kAuto))...}};
}
constinit std::array<Event, arch::kMaxCores> doorbells =
    bells(std::make_index_sequence<arch::kMaxCores>());
// One on its way to each core, and one more that each core may be waiting to post.
constinit sync::Pool<Request, 2 * arch::kMaxCores> requests;

}  // namespace

Result<void> call_on(unsigned core, CrossCall call, void* argument, Duration limit) {
  if (core >= arch::kMaxCores) {
    return fail(Error::kInvalidArgument);
  }
  if ((online_mask() & (1U << core)) == 0) {
    return fail(Error::kNotFound);
  }
  if constexpr (kOneCore) {
    static constinit sync::Atomic<bool> has_thread{false};
    // Relaxed: for the one of several who comes first.
    if (!has_thread.exchange(true, std::memory_order_relaxed)) start_call_thread(core);
  }
  std::optional<sync::Owned<Request>> request = requests.make(call, argument);
  if (!request) {
    return fail(Error::kFull);
  }
  const Instant until = now() + limit;
  for (;;) {
    auto posted = mailboxes[core].put(std::move(*request));
    if (posted) {
      doorbells[core].set();
      return {};
    }
    if (now() >= until) {
      return fail(Error::kTimedOut);  // and the request goes home
    }
    request.emplace(std::move(posted.error().object));
    static_cast<void>(this_thread::sleep_for(Duration::microseconds(10)));
  }
}

void run_calls() {
  // The thread stays on its core.
  const unsigned self = arch::core_index();
  for (;;) {
    if (auto request = mailboxes[self].take()) {
      cores[self].calls.add();
      (*request)->call((*request)->argument);
    } else {
      doorbells[self].wait_in_any_case();
    }
  }
}

void register_mailboxes() {
  for (unsigned i = 0; i < core_count(); ++i) {
    sync::register_cell(entries[i]);
  }
}

}  // namespace baton::kernel
