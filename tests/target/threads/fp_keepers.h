// More threads than cores that have something of their own in every FP register, beside threads
// that have none: all compute, yield, sleep, wait for each other and are sent to other cores.
#ifndef BATON_TESTS_TARGET_THREADS_FP_KEEPERS_H_
#define BATON_TESTS_TARGET_THREADS_FP_KEEPERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "arch/cpu.h"
#include "arch/memory.h"
#include "base/time.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/sched/static_thread.h"
#include "kernel/stress/scenario.h"
#include "tests/target/threads/fp_file.h"

namespace baton::threads_test {

using kernel::stress::Random;
using kernel::stress::Tally;

class FpKeepers {
 public:
  struct Found {
    std::uint64_t rounds = 0;
    std::uint64_t preempted = 0;   ///< rounds in which a keeper that computed was
    std::uint64_t taken_away = 0;  ///< of those, it went on on another core
    std::uint64_t moved = 0;       ///< rounds in which a keeper that called the kernel was moved
    std::uint64_t plain_rounds = 0;
    std::uint64_t wrong = 0;      ///< rounds of a keeper after which a register was another
    std::uint64_t leaked = 0;     ///< rounds of the others after which they had FP registers
    std::uint64_t strange = 0;    ///< first uses that found something of another thread's
    std::size_t first_wrong = 0;  ///< word of FpFile
  };

  constexpr FpKeepers() = default;

  /// Plays, with the cores that are online, until each keeper has done `rounds`.  One thread, more
  /// urgent than the players, once.
  Found run(std::uint64_t rounds, std::uint64_t seed);
  /// Of keepers.
  unsigned size() const { return size_; }

 private:
  static constexpr unsigned kKeepers = 2 * arch::kMaxCores + 1;
  static constexpr unsigned kPlain = arch::kMaxCores + 1;
  using Player = kernel::StaticThread<arch::kSmallMemory ? 2048 : 4096>;

  struct Keeper {
    FpKeepers* crew = nullptr;
    Random random;
    FpFile pattern;
    FpFile registers;
    Tally rounds;
    std::uint64_t wrong = 0;
    std::uint64_t preempted = 0;
    std::uint64_t taken_away = 0;
    std::uint64_t moved = 0;
    kernel::Semaphore turn{0, 1};
    Player thread;
  };
  struct Plain {
    FpKeepers* crew = nullptr;
    Random random;
    std::uint64_t rounds = 0;
    Player thread;
  };

  static void keep(void* keeper);
  static void do_without(void* plain);
  void keep_once(Keeper& me);
  void call(Keeper& me, unsigned dice);
  void compute(Random& random) const;
  void check_first_use(Keeper& me);
  kernel::CoreMask some_cores(Random& random) const;
  static kernel::Priority some_priority(Random& random);
  kernel::ThreadOptions options(Random& random, const char* name) const;

  std::array<Keeper, kKeepers> keepers_{};
  std::array<Plain, kPlain> plain_{};
  unsigned size_ = 0;
  kernel::CoreMask cores_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<unsigned> done_{0};  // keepers that send nobody elsewhere any more
  std::atomic<std::size_t> first_wrong_{0};
  Tally leaked_;
  Tally strange_;
};

}  // namespace baton::threads_test

#endif  // BATON_TESTS_TARGET_THREADS_FP_KEEPERS_H_
