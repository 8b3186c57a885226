// Of Placement: how a core asks others for something to run.  For placement.h, which includes it.
#ifndef BATON_KERNEL_SCHED_PLACEMENT_PULLS_H_
#define BATON_KERNEL_SCHED_PLACEMENT_PULLS_H_

#include <algorithm>
#include <array>
#include <bit>

#include "kernel/sched/core_load.h"
#include "kernel/sched/load_map.h"
#include "kernel/sched/placement.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

// Asks the core where the most urgent thread waits for which there may be room here, or beyond, of
// those that have not refused yet.
template <class Core, class Parts>
void Placement<Core, Parts>::ask_one_of(CoreMask others) {
  const unsigned self = core().self();
  const CoreMask active = others | bit(self);
  std::array<WaitingLoad, kCores> waiting{};
  CoreMask some = 0;
  for (CoreMask left = others; left != 0; left &= left - 1) {
    const auto on = static_cast<unsigned>(std::countr_zero(left));
    waiting[on] = core().of(on).work().waiting();
    if (waiting[on].top != kIdlePriority) some |= bit(on);
  }
  some &= ~refused_;
  if (some == 0) return;
  const LoadMap<kCores> map = look(active, waiting);
  const CoreMask ways = map.with_a_way_to(self);
  // Less than what would be displaced in the end, nobody wants.
  const int least = map.least_behind(bit(self));
  // If that is here, what waits here is next, should it still be here then.
  const int next = least == said_.priority ? std::max(least, core().queue().top()) : least;
  int most = next;
  unsigned from = self;
  for (CoreMask left = some; left != 0; left &= left - 1) {
    const auto on = static_cast<unsigned>(std::countr_zero(left));
    const bool all = (ways >> on & 1U) != 0;
    const bool movable = (waiting[on].may_go & ways) != 0;
    const int urgency = all ? waiting[on].top : movable ? waiting[on].movable : kIdlePriority;
    if (urgency > least && urgency <= next) due_ |= kAskAgain;
    if (urgency > most) {
      most = urgency;
      from = on;
    }
  }
  // If one is under way to it already, its answer shows whether to ask again.
  PullRequest& request = core().desk().pulls[from];
  if (from == self || request.under_way) return;
  request.under_way = true;
  request.change = changes_;
  request.message.kind = Kind::kPull;
  request.message.core = self;
  core().count_pull();
  core().deliver(from, request.message);
}

// Gives the core that asks the most urgent thread that waits here and may run there, if it is more
// urgent than what runs there; and its message back.  Not the one that is about to run here: it may
// have come by a move to make room there, and would go back and forth.  Whether others could move
// up for something is seen at the end, in spread().
template <class Core, class Parts>
void Placement<Core, Parts>::answer_pull(Message& request, const Token& token) {
  const unsigned asker = request.core;
  Thread* const found = core().queue().find_movable(
      core().of(asker).work().running().priority,
      [asker, next = next_here()](const Thread& thread) {
        return &thread != next && (thread.affinity() >> asker & 1U) != 0;
      });
  request.core = core().self();
  request.kind = found != nullptr ? Kind::kPulled : Kind::kRefused;
  if (found != nullptr) {
    core().send(*found, asker, token);
    say_waiting();
  } else {
    due_ |= kCame;
  }
  core().deliver(asker, request);
}

template <class Core, class Parts>
void Placement<Core, Parts>::note_answer(const Message& answer) {
  PullRequest& request = core().desk().pulls[answer.core];
  request.under_way = false;
  // Unless it looked at what ran here before this core's work changed once more.
  if (answer.kind == Kind::kRefused && request.change == changes_) refused_ |= bit(answer.core);
  // When all that has come is known: there may be something better elsewhere.
  due_ |= kAskAgain;
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_PLACEMENT_PULLS_H_
