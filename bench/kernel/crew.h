// The threads of a measurement.
#ifndef BATON_BENCH_KERNEL_CREW_H_
#define BATON_BENCH_KERNEL_CREW_H_

#include <array>
#include <cstddef>

#include "arch/cpu.h"
#include "base/assert.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/priority.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/thread.h"

namespace baton::kernel_bench {

/// More urgent than the shell, less than what the kernel has on each core.  The conductor starts
/// the others: where they are bound to its core, none runs before it waits for them.
inline constexpr kernel::Priority kConductor(23);
inline constexpr kernel::Priority kUrgent(21);
inline constexpr kernel::Priority kOrdinary(20);

/// A conductor, two players per core, and one to be made and joined.
class Crew {
 public:
  static constexpr std::size_t kPlayers = 2 * arch::kMaxCores;

  constexpr Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Runs `work` in the conductor, on core 0; returns when it has ended.  The shell's thread.
  template <class Work>
  void conduct(Work& work) {
    start(conductor_, {.name = "conductor", .priority = kConductor, .affinity = 1}, work);
    conductor_.join();
  }

  struct How {
    bool suspended = false;
    Duration slice = kernel::ThreadOptions{}.slice;
  };
  /// `work` until join(); it outlives the thread.  The conductor.
  template <class Work>
  kernel::Thread& play(unsigned core, kernel::Priority priority, Work& work) {
    return play(core, priority, work, How{});
  }
  template <class Work>
  kernel::Thread& play(unsigned core, kernel::Priority priority, Work& work, const How& how) {
    BATON_CHECK(playing_ < kPlayers);
    auto& player = players_[playing_++];
    start(player,
          {.name = "player",
           .priority = priority,
           .affinity = kernel::CoreMask{1} << core,
           .slice = how.slice,
           .suspended = how.suspended},
          work);
    return player;
  }
  /// Until all players have ended.  The conductor.
  void join() {
    for (; playing_ != 0; --playing_) players_[playing_ - 1].join();
  }

 private:
  using Member = kernel::StaticThread<8192>;

  template <class Work>
  static void start(Member& member, const kernel::ThreadOptions& options, Work& work) {
    const Result<void> started =
        member.start(options, [](void* self) { (*static_cast<Work*>(self))(); }, &work);
    BATON_CHECK(started.has_value());
  }

  Member conductor_;
  std::array<Member, kPlayers> players_{};
  std::size_t playing_ = 0;
};

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_CREW_H_
