// A kernel of threads and nothing else, on the host's virtual machine: for tests of what is built
// on threads.
//
//   testing::for_each_machine({.seeds = 20}, [] {              // 1, 2 and 4 cores, both modes
//     Semaphore units(0);
//     testing::Crew crew;
//     crew.start({.name = "giver"}, [&] { units.release(); });
//     EXPECT_TRUE(units.acquire());
//   });
//
// The kernel's state is static, so each run has a process of its own, which ends with the run.
#ifndef BATON_KERNEL_BLOCKING_TEST_KERNEL_H_
#define BATON_KERNEL_BLOCKING_TEST_KERNEL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "arch/host/machine.h"
#include "base/result.h"
#include "base/time.h"
#include "kernel/sched/thread.h"

namespace baton::kernel::testing {

struct Plan {
  std::vector<unsigned> cores{1, 2, 4};
  std::uint64_t first_seed = 1;
  unsigned seeds = 20;         ///< runs in simulated mode, for each number of cores
  unsigned parallel_runs = 1;  ///< likewise in parallel mode
  std::uint64_t limit_s = 20;  ///< of a run
  std::uint64_t point_limit = 400'000'000;
};

/// Runs `main` as a thread (priority 16) on each machine of the plan.  A failed expectation, a
/// deadlock, an abort or a run over its limit fails the test, and says which machine it was.
/// Prints what was run, and what was counted.  BATON_SOAK=n in the environment: 10 n times as many
/// runs in simulated mode.  The flags of tests/host_machine/seeds.h choose seeds and cores.
void for_each_machine(const Plan& plan, const std::function<void()>& main);

/// The running machine's seed.
std::uint64_t seed();
/// Random, 0 to n - 1; follows from the seed, and from who asks when.  Any context.
std::uint64_t below(std::uint64_t n);
bool simulated();
/// Whether the test is to take long: BATON_SOAK is set (./baton test --soak).
bool soaks();
/// Rounds for a test: fewer where the run is slow.
unsigned rounds(unsigned in_parallel, unsigned in_simulated);

/// Adds to a number that is printed at the end, over all runs.  `name` is a literal; any context.
void count(const char* name, std::uint64_t n = 1);

/// What device `index`'s (0 to 15) interrupt handler does, in a handler of core `core`.
void on_device(unsigned index, unsigned core, std::function<void()> handler);
void raise_device(unsigned index);
/// When it ends no handler runs any more, though lines may be up: declared after what they use.
struct DevicesEnd {
  DevicesEnd() = default;
  ~DevicesEnd();
  DevicesEnd(const DevicesEnd&) = delete;
  DevicesEnd& operator=(const DevicesEnd&) = delete;
};

/// Threads with their stacks.  They are joined when it ends.
class Crew {
 public:
  Crew() = default;
  ~Crew() { join(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  Thread& start(const ThreadOptions& options, std::function<void()> body);
  void join();
  Thread& operator[](std::size_t index) { return members_[index]->thread; }
  std::size_t size() const { return members_.size(); }

 private:
  struct Member {
    std::function<void()> body;
    std::unique_ptr<std::byte[]> stack;
    Thread thread;
  };
  std::vector<std::unique_ptr<Member>> members_;
};

/// Sleeps until shortly before `when`, then looks at the clock until it has come.
void spin_until(Instant when);
/// One run of `wait(deadline)` in a thread of its own, and of `wake()` here at about the deadline:
/// the clock's next value, the one before, and further off.  True: the wait succeeded.
bool race(const std::function<Result<void>(Instant deadline)>& wait,
          const std::function<void()>& wake);

/// Gives up the CPU until `condition()` holds.
void wait_until(const std::function<bool()>& condition);
/// Until the thread waits.
void wait_until_waiting(const Thread& thread);

}  // namespace baton::kernel::testing

#endif  // BATON_KERNEL_BLOCKING_TEST_KERNEL_H_
