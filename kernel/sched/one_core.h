// What stands in, where the machine has one core, for what its scheduler is to others: nothing.
//
// The same sources make both kernels: where `kOneCore` holds, what would be sent is not sent, what
// would be asked is not asked, and the compiler leaves out the rest.  What the scheduler does
// instead is in one_core.cc.
#ifndef BATON_KERNEL_SCHED_ONE_CORE_H_
#define BATON_KERNEL_SCHED_ONE_CORE_H_

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "arch/context.h"
#include "arch/cpu.h"
#include "kernel/sched/core_load.h"
#include "kernel/sched/core_mailbox.h"
#include "kernel/sched/core_message.h"
#include "kernel/sched/held.h"
#include "kernel/sched/priority.h"

namespace baton::kernel {

inline constexpr bool kOneCore = arch::kMaxCores == 1;

/// In a CoreMailbox's place: nobody has anything to say, and the core looks without being told.
struct NoMailbox {
  [[nodiscard]] static constexpr bool send(CoreMessage& /*message*/) { return false; }
  static constexpr void leave(CoreMessage& /*message*/) {}
  [[nodiscard]] static constexpr bool kick() { return false; }
  static constexpr bool may_have_news() { return false; }
  [[nodiscard]] static constexpr CoreMessage* take() { return nullptr; }
};

/// In a Placement's place: nobody reads what this core says, and there is nowhere to go.
template <class Core, class Parts>
class NoPlacement {
 public:
  using Thread = typename Parts::Thread;
  using Message = typename Parts::Message;
  using Token = typename Parts::Token;

  struct Work {
    static constexpr RunningLoad running() { return {}; }
  };
  static constexpr Work work() { return {}; }
  struct Desk {};

 protected:
  static constexpr unsigned kNowhere = 1;
  static constexpr std::uint32_t kCame = 0;
  static constexpr std::uint32_t kAskAgain = 0;
  static constexpr std::uint32_t kKept = 0;

  static constexpr void say_running(const Thread& /*thread*/) {}
  static constexpr void say_idle() {}
  static constexpr void note_ready(CoreMask /*affinity*/) {}
  static constexpr void note_gone() {}
  static constexpr void note_arrival(const Thread& /*thread*/) {}
  static constexpr void say_waiting() {}

  static constexpr unsigned place(const Thread& /*thread*/, unsigned /*last*/,
                                  CoreMask /*started*/) {
    return 0;
  }
  static constexpr void spread(const Token& /*token*/) {}
  static constexpr void look_for_more() {}
  static constexpr void ask() {}
  static constexpr void answer_pull(Message& /*request*/, const Token& /*token*/) {}
  static constexpr void note_answer(const Message& /*answer*/) {}
  static constexpr void note_move(Message& /*request*/) {}
  static constexpr void consider_moves(const Thread& /*running*/, const Token& /*token*/) {}
  static constexpr void keep(const Thread& /*running*/) {}
  static constexpr void end_moves(unsigned /*left_for*/) {}
  static constexpr void note_moved(Message& /*request*/) {}
  static constexpr void note_made_room() {}
  static constexpr unsigned leave_for() { return kNowhere; }

  // In nobody's way here: what is for several cores writes them.
  static inline constinit int running_ = kIdlePriority;
  static inline constinit std::uint32_t due_ = 0;
};

/// In a RunQueue's place: what is ready is in ReadyRings.
template <class T>
struct NoRunQueue {
  static void push_back(Held<T> thread, Priority /*priority*/, bool /*movable*/) {
    static_cast<void>(std::move(thread).pass_on());
  }
  static void push_front(Held<T> thread, Priority /*priority*/, bool /*movable*/) {
    static_cast<void>(std::move(thread).pass_on());
  }
  static constexpr int top() { return kIdlePriority; }
  static constexpr int top_movable() { return kIdlePriority; }
  static constexpr bool empty() { return true; }
  static Held<T> pop() { __builtin_unreachable(); }
  static Held<T> erase(T& thread) { return Held<T>(thread); }
  static constexpr T* front_if_top(int /*priority*/) { return nullptr; }
  static constexpr void take_turns(int /*priority*/, T& /*in*/) {}
  template <class Visit>
  static constexpr void for_each(Visit&& /*visit*/) {}
  template <class Suits>
  static constexpr T* find_movable(int /*above*/, Suits&& /*suits*/) {
    return nullptr;
  }
};

/// And where there are several, in the place of those.
template <class T>
struct NoRings {
  static constexpr bool has_idle() { return true; }
  static constexpr bool has_others(const T& /*running*/) { return false; }
  static constexpr void set_idle(T& /*idle*/) {}
  static T& first() { __builtin_unreachable(); }
  static T& next(const T& /*thread*/) { __builtin_unreachable(); }
  static constexpr void take_turns(const T& /*thread*/, T& /*next*/) {}
  static constexpr void push_back(T& /*thread*/, Priority /*priority*/) {}
  static constexpr void push_first(T& /*thread*/, Priority /*priority*/, const T& /*running*/) {}
  static constexpr void erase(T& /*thread*/) {}
  template <class Visit>
  static constexpr void for_each(Visit&& /*visit*/) {}
};

/// In the place of a word that says which thread runs: the thread pointer does.
template <class T>
struct NoCurrent {
  static T* load(std::memory_order /*order*/) { return static_cast<T*>(arch::thread_pointer()); }
  static constexpr void store(T* /*thread*/, std::memory_order /*order*/) {}
};

using Mailbox = std::conditional_t<kOneCore, NoMailbox, CoreMailbox<CoreMessage>>;

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_ONE_CORE_H_
