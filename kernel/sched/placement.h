// `Placement<Core, Parts>`: which core a thread runs on.  What a core says of its work, and what it
// does so that the most urgent threads are the ones that run, as far as affinity lets them.
//
//   * who wakes a thread picks a core where it runs at once, if there is one (place());
//   * a core where threads wait looks for cores that run something less urgent, and sends them
//     there; or, if a thread may not go there, has those that run moved up (spread());
//   * a core whose work changes asks cores where something more urgent waits (look_for_more()).
//
// Nobody takes a thread from another core: it is asked for, by message.
//
//   kPull      core A to B:   what waits there for which there is, or might be, room here?
//   kPulled    back to A      something that comes along
//   kRefused   back to A      nothing that may come itself; and B has looked at the whole map
//   kMakeRoom  core A to D:   what runs on core C is to come to you, then what runs on core B to C,
//                             so that something of A's can run on B (load_map.h)
//   kMoveUp    on to C        if D does less, and nobody else is coming
//   kMovedUp   back to D      it comes along, or it must stay
//   kMoveUp    on to B        and so on
//   kMadeRoom  back to A      over, however far it came: A looks again
//
// Each core has one kPull for each other one, and one kMakeRoom.  Why no thread is overlooked:
// core_load.h.  Why they come to rest: a core lets one thread at a time come to it in this way, and
// one that has sent its own away waits for the next.  Without that, those that were displaced would
// be first to ask, and two that came at once would make room for each other, for ever.
//
// A template, so that tests explore the very code.  `Core` derives from it, and has
//   self(), of(n), active()    its number, the others, and those that take threads
//   queue()                    a RunQueue of what waits here
//   may_leave(thread)          of the one that runs: whether it could be switched out now
//   tell_when_it_may_leave()   it could not, and the core is to look when it can
//   send(thread, n, token)     takes it out of queue() and gives it to core n
//   deliver(n, message)
//   desk()                     a Desk of its own, behind what is used more often
// and `Parts` the types.
// Its core only, interrupts masked, but for what is const.
#ifndef BATON_KERNEL_SCHED_PLACEMENT_H_
#define BATON_KERNEL_SCHED_PLACEMENT_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

#include "kernel/sched/core_load.h"
#include "kernel/sched/load_map.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

template <class Core, class Parts>
class Placement {
 public:
  using Thread = typename Parts::Thread;
  using Message = typename Parts::Message;
  using Token = typename Parts::Token;
  using Kind = typename Message::Kind;
  static constexpr unsigned kCores = Parts::kCores;
  using Load = CoreLoad<typename Parts::Atomics>;
  static_assert(kCores <= Load::kCores);

  constexpr Placement() = default;
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;

  /// What it says of its work.
  const Load& work() const { return load_; }

  struct PullRequest {
    Message message{Kind::kPull, 0U};
    bool under_way = false;
    std::uint32_t change = 0;  // what changes_ was
  };
  // What has become of kMakeRoom: whoever has the message has this.
  struct Chain {
    Route<kCores> route;
    int urgency = kIdlePriority;  // of the thread that it is for
    unsigned left = 0;   // moves to be made, the next from route.cores[left - 1]; when none
                         // is, the thread itself goes to the first core
    bool moved = false;  // the last one has been made
    bool ends = false;   // and is the last of all
    unsigned to() const { return route.cores[left]; }
  };
  /// Its messages, and those of others that it has not answered yet.
  struct Desk {
    std::array<PullRequest, kCores> pulls{};  // one for each core that may be asked
    std::array<Message*, kCores> moves{};     // by who asks
    Message room{Kind::kMakeRoom, 0U};
    Chain chain;  // room's
  };

 protected:
  static constexpr unsigned kNowhere = kCores;
  // In due_.
  static constexpr std::uint32_t kCame = 1;      // something became ready since spread()
  static constexpr std::uint32_t kAskAgain = 2;  // another core has answered since ask()
  static constexpr std::uint32_t kKept = 16;     // what runs here stood in the way, and must stay

  static constexpr CoreMask bit(unsigned core) { return CoreMask{1} << core; }

  /// This thread runs here.
  void say_running(const Thread& thread) {
    running_ = thread.priority().value();
    if ((due_ & kKept) != 0) {
      publish({.priority = Priority::highest().value(), .may_go = 0});
    } else {
      publish({.priority = running_, .may_go = may_go(thread, core().self())});
    }
  }
  void say_idle() {
    running_ = kIdlePriority;
    publish(RunningLoad{});
  }
  /// A thread that may run on these cores is about to be in the queue.
  void note_ready(CoreMask affinity) {
    waits_for_ |= affinity;
    due_ |= kCame;
  }
  /// One that has come, or waited for its turn, does not run here after all: whoever sent it took
  /// this core for busy.
  void note_gone() {
    ++changes_;
    refused_ = 0;
    due_ |= kAskAgain;
  }
  /// It has come from another core.
  void note_arrival(const Thread& thread) {
    if (thread.priority().value() <= said_.priority) note_gone();
  }
  /// What waits here.
  void say_waiting() {
    const int movable = core().queue().top_movable();
    if (movable == kIdlePriority) waits_for_ = 0;
    const int before = std::exchange(waiting_, core().queue().top());
    load_.set_waiting(
        {.top = waiting_, .movable = movable, .may_go = waits_for_ & (bit(kCores) - 1)});
    // Something that was to run here before what runs here now is so no more.
    if (before > said_.priority && before > waiting_) look_for_more();
  }

  unsigned place(const Thread& thread, unsigned last, CoreMask started) {
    const CoreMask allowed = thread.affinity() & core().active();
    // Where there is no choice nobody is looked at.
    if (std::has_single_bit(allowed)) return static_cast<unsigned>(std::countr_zero(allowed));
    return choose(thread, allowed, last, started);
  }
  // Finds room for threads that wait here.  Only when something has become ready since the last
  // time, or somebody has asked: cores that did not suit then ask when their work changes.  Nobody
  // is looked at if nothing could go anywhere.
  void spread(const Token& token) {
    say_waiting();
    if ((due_ & kCame) == 0) return;
    due_ &= ~kCame;
    if (core().queue().top() == kIdlePriority) return;
    const CoreMask active = core().active();
    if (((waits_for_ | said_.may_go) & active & ~bit(core().self())) == 0) return;
    find_room(active, token);
  }
  // This core does something else from now on: something that waits may have got a way to run.
  void look_for_more() {
    ++changes_;
    refused_ = 0;
    ask();
  }
  void ask() {
    const CoreMask active = core().active();
    const CoreMask others = active & ~bit(core().self());
    // Parked, or the only one.
    if (others != active && others != 0) ask_one_of(others);
  }
  void answer_pull(Message& request, const Token& token);
  void note_answer(const Message& answer);

  /// kMakeRoom or kMoveUp has come: for consider_moves(), when all messages have been seen.
  void note_move(Message& request) {
    core().desk().moves[request.core] = &request;
    asked_ |= bit(request.core);
  }
  void consider_moves(const Thread& running, const Token& token) {
    // When nobody asks, nothing is to leave.
    if (asked_ != 0) answer_moves(running, token);
  }
  /// What runs here is in the way of something more urgent, and must stay for now.
  void keep(const Thread& running);
  /// The thread that ran here has left: for this core, because it was asked to; or kNowhere.
  void end_moves(unsigned left_for) {
    if (asked_ != 0) answer_moves_made(left_for);
  }
  void note_moved(Message& request);
  void note_made_room() {
    room_under_way_ = false;
    due_ |= kCame;
  }
  /// Where the thread that runs here is to go; kNowhere: nobody wants it to.
  unsigned leave_for() const { return leave_for_; }

  Load load_;
  // The rest is this core's own, and not in the line of what others look at.
  alignas(Parts::kLine) int running_ = kIdlePriority;  // how urgent what runs here is
  std::uint32_t due_ = 0;                              // what is to be looked at
  CoreMask refused_ = 0;                               // cores that had nothing for it since
  bool expects_ = false;                               // a thread comes here by kMoveUp

 private:
  Core& core() { return static_cast<Core&>(*this); }
  void publish(const RunningLoad& load) {
    if (load == said_) return;
    said_ = load;
    load_.set_running(load);
    // It may be able to make room where the last one was not.
    if (core().queue().top() != kIdlePriority) due_ |= kCame;
    look_for_more();
  }
  // What waits and is to run here as soon as it can, if anything.
  const Thread* next_here() {
    const int top = core().queue().top();
    return top > said_.priority ? core().queue().front_if_top(top) : nullptr;
  }
  static RunningLoad load_of(const Thread& thread, unsigned on) {
    return {.priority = thread.priority().value(), .may_go = may_go(thread, on)};
  }
  static CoreMask may_go(const Thread& thread, unsigned from) {
    return thread.affinity() & ~bit(from) & (bit(kCores) - 1);
  }
  // The rare part of place(), spread() and ask(): apart, with all that it wants of a stack.
  [[gnu::noinline]] unsigned choose(const Thread& thread, CoreMask allowed, unsigned last,
                                    CoreMask started);
  [[gnu::noinline]] void find_room(CoreMask active, const Token& token);
  [[gnu::noinline]] void ask_one_of(CoreMask others);
  LoadMap<kCores> look(CoreMask active, const std::array<WaitingLoad, kCores>& waiting);
  // What is to be done for a thread that waits: send it to core `to`, or have others move.
  struct Step {
    unsigned to = kNowhere;
    std::optional<Route<kCores>> route;
    CoreMask hopeless = 0;  // nothing can be done for one that may run there, and is no more urgent
  };
  Chain& chain_of(const Message& move) { return core().of(move.core).desk().chain; }
  bool find_step(const Thread& thread, const LoadMap<kCores>& map, Step& step);
  void ask_for_room(const Route<kCores>& route, int urgency);
  void answer_moves(const Thread& running, const Token& token);
  void answer_moves_made(unsigned left_for);
  void pass_on(Message& move);
  void answer_move(Message& move, bool moved);
  void end_chain(Message& move);

  RunningLoad said_;             // what load_ says; when what runs here must stay, the most urgent
  int waiting_ = kIdlePriority;  // likewise
  CoreMask waits_for_ = 0;       // where what waits might run
  std::uint32_t changes_ = 0;    // times that its work became another one
  bool room_under_way_ = false;
  CoreMask asked_ = 0;  // whose messages are on the desk
  unsigned leave_for_ = kNowhere;
};

// The core where the thread runs at once, if there is one: the one on which it ran last if that is
// idle, otherwise the one that does the least urgent work.  Otherwise it waits here, where cores
// whose work changes look for it, if it may.
template <class Core, class Parts>
unsigned Placement<Core, Parts>::choose(const Thread& thread, CoreMask allowed, unsigned last,
                                        CoreMask started) {
  if (allowed == 0) {
    // All of its cores are parked: one of them runs it all the same.
    const bool has_last = (thread.affinity() >> last & 1U) != 0;
    return has_last ? last : static_cast<unsigned>(std::countr_zero(thread.affinity() & started));
  }
  const auto running = [this](unsigned on) { return core().of(on).work().running().priority; };
  const bool may_stay = (allowed >> last & 1U) != 0;
  const int there = may_stay ? running(last) : Priority::kCount;
  if (there == kIdlePriority) return last;
  auto best = static_cast<unsigned>(std::countr_zero(allowed));
  int least = running(best);
  for (CoreMask left = allowed & (allowed - 1); left != 0 && least != kIdlePriority;
       left &= left - 1) {
    const auto next = static_cast<unsigned>(std::countr_zero(left));
    const int its = running(next);
    if (its < least) {
      least = its;
      best = next;
    }
  }
  // Of several that are as busy, the last one.
  if (least < thread.priority().value()) return there == least ? last : best;
  const unsigned self = core().self();
  return (allowed >> self & 1U) != 0 ? self : best;
}

template <class Core, class Parts>
auto Placement<Core, Parts>::look(CoreMask active, const std::array<WaitingLoad, kCores>& waiting)
    -> LoadMap<kCores> {
  LoadMap<kCores> map;
  const unsigned self = core().self();
  for (CoreMask left = active; left != 0; left &= left - 1) {
    const auto on = static_cast<unsigned>(std::countr_zero(left));
    if (on == self) {
      map.set(on, said_);
      continue;
    }
    // What waits there will run there, as soon as it can.
    RunningLoad load = core().of(on).work().running();
    load.priority = std::max(load.priority, waiting[on].top);
    map.set(on, load);
  }
  return map;
}

template <class Core, class Parts>
bool Placement<Core, Parts>::find_step(const Thread& thread, const LoadMap<kCores>& map,
                                       Step& step) {
  const int urgency = thread.priority().value();
  const unsigned self = core().self();
  const CoreMask suit = thread.affinity() & map.cores();
  // Where two sets of cores lead nowhere, both together do not either.
  if ((suit & ~step.hopeless) == 0) return false;
  if (const CoreMask others = suit & ~bit(self); others != 0) {
    step.to = map.least_busy(others);
    if (map.priority(step.to) < urgency) return true;
  }
  if (!room_under_way_) {
    // If it is more urgent than what runs here, and does not have to stay, it will run without
    // that.
    if ((suit >> self & 1U) != 0 && said_.priority < urgency) return false;
    step.route = map.route_for(suit, urgency);
    if (step.route) return true;
  }
  step.hopeless |= suit;
  return false;
}

// Every thread in the queue has its registers saved.  No thread is looked at for which nothing that
// might be displaced would be less urgent.
template <class Core, class Parts>
void Placement<Core, Parts>::find_room(CoreMask active, const Token& token) {
  const CoreMask self = bit(core().self());
  std::array<WaitingLoad, kCores> waiting{};
  for (CoreMask left = active & ~self; left != 0; left &= left - 1) {
    const auto on = static_cast<unsigned>(std::countr_zero(left));
    waiting[on] = core().of(on).work().waiting();
  }
  LoadMap<kCores> map = look(active, waiting);
  for (;;) {
    Step step;
    const CoreMask where = waits_for_ | self;
    const int least = room_under_way_ ? map.least_of(where) : map.least_behind(where);
    Thread* const found = core().queue().find(
        least, [this, &map, &step](const Thread& one) { return find_step(one, map, step); });
    if (found == nullptr) break;
    if (step.route) {
      ask_for_room(*step.route, found->priority().value());
      for (unsigned i = 0; i < step.route->count; ++i) map.forget(step.route->cores[i]);
      continue;
    }
    // What it will do then.
    map.set(step.to, load_of(*found, step.to));
    core().send(*found, step.to, token);
  }
  say_waiting();
}

// There is one request at a time: when it is answered, this core looks again.
template <class Core, class Parts>
void Placement<Core, Parts>::ask_for_room(const Route<kCores>& route, int urgency) {
  room_under_way_ = true;
  Desk& desk = core().desk();
  desk.chain = {.route = route, .urgency = urgency, .left = route.count - 1};
  desk.room.kind = Kind::kMakeRoom;
  desk.room.core = core().self();
  core().deliver(desk.chain.to(), desk.room);
}

}  // namespace baton::kernel

#include "kernel/sched/placement_moves.h"  // IWYU pragma: export
#include "kernel/sched/placement_pulls.h"  // IWYU pragma: export

#endif  // BATON_KERNEL_SCHED_PLACEMENT_H_
