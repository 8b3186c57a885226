// The same loop on several cores at once, each with threads and objects of its own: nothing of one
// core's is any other's business.
#ifndef BATON_BENCH_KERNEL_PAIRS_H_
#define BATON_BENCH_KERNEL_PAIRS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "arch/cpu.h"
#include "base/time.h"
#include "bench/kernel/crew.h"
#include "bench/kernel/objects.h"
#include "kernel/blocking/mutex.h"

namespace baton::kernel_bench {

/// What goes on on each core.
enum class Play : std::uint8_t {
  kYield,      ///< two threads, which yield to each other
  kSemaphore,  ///< two threads, which wait for each other in turn
  kMutex,      ///< one thread, which locks and unlocks
  kChannel,    ///< one thread, which sends and receives
  kShared,     ///< all write the same word: what must be found
};

struct NamedPlay {
  std::string_view name;
  Play play;
};
inline constexpr std::array<NamedPlay, 5> kPlays = {{{"yield", Play::kYield},
                                                     {"semaphore", Play::kSemaphore},
                                                     {"mutex", Play::kMutex},
                                                     {"channel", Play::kChannel},
                                                     {"shared", Play::kShared}}};

class Pairs {
 public:
  constexpr Pairs() = default;
  Pairs(const Pairs&) = delete;
  Pairs& operator=(const Pairs&) = delete;

  /// On cores 0 to `cores` - 1, for `length`.  The shell's thread.
  void run_for(Crew& crew, Play play, unsigned cores, Duration length);
  /// Each core's loop goes `rounds` times between stores to the words kernel_bench_window_begin and
  /// _end, while all others are in their loops, too.
  void run_windows(Crew& crew, Play play, unsigned cores, std::uint64_t rounds);

  struct Outcome {
    std::uint64_t rounds = 0;
    std::uint64_t ns = 0;
  };
  const Outcome& outcome(unsigned core) const { return tables_[core].outcome; }

 private:
  // All that one core has.
  struct alignas(2 * arch::kCacheLine) Table {
    std::optional<PingPong> ball;  // for one run
    kernel::Mutex mutex;
    Relay* relay = nullptr;
    // Relaxed, both: between two threads of one core.
    std::atomic<bool> met{false};
    std::atomic<bool> over{false};
    Outcome outcome;
  };
  struct Leader {
    Pairs& pairs;
    unsigned core;
    void operator()() { pairs.lead(core); }
  };
  struct Partner {
    Pairs& pairs;
    unsigned core;
    void operator()() { pairs.follow(core); }
  };

  void run(Crew& crew, Play play, unsigned cores, Duration length, std::uint64_t rounds);
  void lead(unsigned core);
  void follow(unsigned core);
  void turn(Table& table);
  std::uint64_t turn_until_over(Table& table);
  void turn_in_window(Table& table);

  std::array<Table, arch::kMaxCores> tables_{};
  Play play_ = Play::kYield;
  unsigned cores_ = 0;
  std::uint64_t rounds_ = 0;  // zero: until over_
  // Relaxed, all: nothing goes with them, and who comes late goes on longer.
  alignas(2 * arch::kCacheLine) std::atomic<bool> over_{false};
  alignas(2 * arch::kCacheLine) std::atomic<unsigned> arrived_{0};
  alignas(2 * arch::kCacheLine) std::atomic<unsigned> done_{0};
  alignas(2 * arch::kCacheLine) std::atomic<std::uint32_t> shared_{0};
};

}  // namespace baton::kernel_bench

#endif  // BATON_BENCH_KERNEL_PAIRS_H_
