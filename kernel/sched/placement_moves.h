// Of Placement: how threads that run move up for one that waits.  For placement.h, which includes
// it.
#ifndef BATON_KERNEL_SCHED_PLACEMENT_MOVES_H_
#define BATON_KERNEL_SCHED_PLACEMENT_MOVES_H_

#include <algorithm>
#include <bit>

#include "kernel/sched/core_load.h"
#include "kernel/sched/placement.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

// When all messages have been seen: whether a thread may come here, and whether the one that runs
// here is to go.
template <class Core, class Parts>
void Placement<Core, Parts>::answer_moves(const Thread& running, const Token& token) {
  leave_for_ = kNowhere;
  const CoreMask active = core().active();
  const unsigned self = core().self();
  // What it does, or will when it gets to that.
  const int here = std::max(running_, core().queue().top());
  for (CoreMask left = asked_; left != 0 && !expects_; left &= left - 1) {
    Message& move = *core().desk().moves[static_cast<unsigned>(std::countr_zero(left))];
    if (move.kind != Kind::kMakeRoom) continue;
    asked_ &= ~bit(move.core);
    const Chain& chain = chain_of(move);
    const RunningLoad there = core().of(chain.route.cores[chain.left - 1]).work().running();
    if ((active & there.may_go & bit(self)) == 0 || here >= there.priority ||
        here >= chain.urgency) {
      end_chain(move);
    } else if (running_ != kIdlePriority && !core().may_leave(running)) {
      keep(running);
      end_chain(move);
    } else {
      expects_ = true;
      pass_on(move);
    }
  }
  for (CoreMask left = asked_; left != 0; left &= left - 1) {
    Message& move = *core().desk().moves[static_cast<unsigned>(std::countr_zero(left))];
    if (move.kind != Kind::kMoveUp) continue;
    const Chain& chain = chain_of(move);
    const unsigned to = chain.to();
    if (chain.left == 0) {
      // For something of this core's, in the end.
      asked_ &= ~bit(move.core);
      Thread* const found = core().queue().find_movable(
          core().of(to).work().running().priority,
          [to](const Thread& thread) { return (thread.affinity() >> to & 1U) != 0; });
      if (found != nullptr) core().send(*found, to, token);
      answer_move(move, false);
      continue;
    }
    if ((running.affinity() & active & bit(to)) == 0) continue;
    const int there = core().of(to).work().running().priority;
    if (there >= running_ || there >= chain.urgency) continue;
    if (core().may_leave(running)) {
      leave_for_ = to;
      return;
    }
    keep(running);
    break;
  }
  end_moves(kNowhere);
}

// What runs here must stay for now.  Whoever looks for room is to look elsewhere; when it may
// leave, this core asks.
template <class Core, class Parts>
void Placement<Core, Parts>::keep(const Thread& running) {
  due_ |= kKept;
  core().tell_when_it_may_leave();
  say_running(running);
}

// The next move: this core expects what comes by it.
template <class Core, class Parts>
void Placement<Core, Parts>::pass_on(Message& move) {
  const Chain& chain = chain_of(move);
  move.kind = Kind::kMoveUp;
  core().deliver(chain.left != 0 ? chain.route.cores[chain.left - 1] : move.core, move);
}

template <class Core, class Parts>
void Placement<Core, Parts>::answer_move(Message& move, bool moved) {
  Chain& chain = chain_of(move);
  const unsigned to = chain.to();
  chain.moved = moved;
  if (moved) {
    // Whether somebody is to come here now.  Not if the thread in question waits here.
    --chain.left;
    chain.ends = expects_ || (chain.left == 0 && move.core == core().self());
    if (!chain.ends) expects_ = true;
  }
  move.kind = Kind::kMovedUp;
  core().deliver(to, move);
}

template <class Core, class Parts>
void Placement<Core, Parts>::answer_moves_made(unsigned left_for) {
  leave_for_ = kNowhere;
  for (CoreMask left = asked_; left != 0; left &= left - 1) {
    Message& move = *core().desk().moves[static_cast<unsigned>(std::countr_zero(left))];
    if (move.kind != Kind::kMoveUp) continue;
    asked_ &= ~bit(move.core);
    answer_move(move, chain_of(move).to() == left_for);
  }
}

// kMovedUp has come, what it is about before it.
template <class Core, class Parts>
void Placement<Core, Parts>::note_moved(Message& move) {
  expects_ = false;
  const Chain& chain = chain_of(move);
  if (chain.moved && !chain.ends) {
    pass_on(move);
  } else {
    end_chain(move);
  }
}

template <class Core, class Parts>
void Placement<Core, Parts>::end_chain(Message& move) {
  move.kind = Kind::kMadeRoom;
  core().deliver(move.core, move);
}

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_PLACEMENT_MOVES_H_
