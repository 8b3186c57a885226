// What stands in, where the machine has one core, for what its scheduler is to others: nothing.
//
// The same sources make both kernels: where `kOneCore` holds, what would be sent is not sent, what
// would be asked is not asked, and the compiler leaves out the rest.  What the scheduler does
// instead is in one_core.cc.
#ifndef BATON_KERNEL_SCHED_ONE_CORE_H_
#define BATON_KERNEL_SCHED_ONE_CORE_H_

#include <cstdint>
#include <type_traits>

#include "arch/cpu.h"
#include "kernel/sched/core_load.h"
#include "kernel/sched/core_mailbox.h"
#include "kernel/sched/core_message.h"
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
    int priority;
    RunningLoad running() const { return {.priority = priority, .may_go = 0}; }
  };
  Work work() const { return {running_}; }
  struct Desk {};

 protected:
  static constexpr unsigned kNowhere = 1;
  static constexpr std::uint32_t kCame = 0;
  static constexpr std::uint32_t kAskAgain = 0;
  static constexpr std::uint32_t kKept = 0;

  void say_running(const Thread& thread) { running_ = thread.priority().value(); }
  void say_idle() { running_ = kIdlePriority; }
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

  int running_ = kIdlePriority;  // how urgent what runs here is
  std::uint32_t due_ = 0;        // what is to be looked at
};

using Mailbox = std::conditional_t<kOneCore, NoMailbox, CoreMailbox<CoreMessage>>;

}  // namespace baton::kernel

#endif  // BATON_KERNEL_SCHED_ONE_CORE_H_
