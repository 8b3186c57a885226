#include "kernel/cross_call.h"

#include <array>
#include <utility>

#include "arch/cpu.h"
#include "kernel/clock.h"
#include "kernel/core.h"
#include "kernel/doorbell.h"
#include "kernel/sched/this_thread.h"
#include "sync/atomic_take_cell.h"
#include "sync/cell_registry.h"
#include "sync/pool.h"

namespace baton::kernel {
namespace {

struct Request {
  CrossCall call;
  void* argument;
};

using Mailbox = sync::AtomicTakeCell<Request>;

static_assert(arch::kMaxCores == 8, "the tables below have an entry per core");
constinit std::array<Mailbox, arch::kMaxCores> mailboxes{};
constinit std::array<sync::CellEntry, arch::kMaxCores> entries{{
    {"mailbox.0", mailboxes[0]},
    {"mailbox.1", mailboxes[1]},
    {"mailbox.2", mailboxes[2]},
    {"mailbox.3", mailboxes[3]},
    {"mailbox.4", mailboxes[4]},
    {"mailbox.5", mailboxes[5]},
    {"mailbox.6", mailboxes[6]},
    {"mailbox.7", mailboxes[7]},
}};
constinit std::array<Doorbell, arch::kMaxCores> doorbells{};
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
  std::optional<sync::Owned<Request>> request = requests.make(call, argument);
  if (!request) {
    return fail(Error::kFull);
  }
  const Instant until = now() + limit;
  for (;;) {
    auto posted = mailboxes[core].put(std::move(*request));
    if (posted) {
      doorbells[core].ring();
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
      doorbells[self].wait();
    }
  }
}

void register_mailboxes() {
  for (unsigned i = 0; i < core_count(); ++i) {
    sync::register_cell(entries[i]);
  }
}

}  // namespace baton::kernel
