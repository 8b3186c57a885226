// Running a test on simulated machines, seed after seed.
//
//   TEST(Scheduler, Torture) {
//     run_seeds({.config = {.cores = 4}, .seeds = 200}, [](const arch::host::Config& config) {
//       return arch::host::run(config, {...});
//     });
//   }
//
// Each seed runs in a process of its own: a kernel's state is static, and a seed that crashes ends
// nothing else.  The first seed that fails is run again with its schedule printed.  The program's
// main() is seeds_main.cc, which takes, beside GoogleTest's flags,
//
//   --seeds=A..B    these seeds, in every test that runs seeds
//   --replay=SEED   this one, here and now, with its schedule: for looking at a failure
//   --cores=N       on that many cores, where the test leaves the choice
#ifndef BATON_TESTS_HOST_MACHINE_SEEDS_H_
#define BATON_TESTS_HOST_MACHINE_SEEDS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "arch/host/machine.h"

namespace baton::host_test {

// With atomic points (arch/host/atomic_points.cc) the compiler takes itself to work for
// ThreadSanitizer.
#if __has_feature(thread_sanitizer) && !defined(BATON_ATOMIC_POINTS)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

/// A process per seed is slow where each is instrumented: tests run fewer of them.
#if __has_feature(address_sanitizer)
inline constexpr bool kSlow = true;
#else
inline constexpr bool kSlow = kThreadSanitizer;
#endif

/// What the command line asked for.
struct AskedSeeds {
  std::uint64_t first = 0;  ///< 0: nothing was asked for
  std::uint64_t last = 0;
  bool replay = false;
  unsigned cores = 0;  ///< 0: as the test says
};
const AskedSeeds& asked_seeds();

/// For tests of the flags.
void restore_asked_seeds(const AskedSeeds& before);

/// Takes the flags above out of the command line.  False, with a word to stderr: one is malformed.
bool parse_seed_flags(int* argc, char** argv);

struct Sweep {
  arch::host::Config config = {};  ///< its seed is the sweep's
  std::uint64_t seeds = 100;       ///< from 1, unless the command line says otherwise
  bool stop_at_first_failure = true;
};

struct Swept {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t first_failure = 0;  ///< its seed; 0: none
  std::string report;               ///< of the first failure
  std::uint64_t points = 0;
  std::uint64_t hash = 0;  ///< over all runs' schedules
  double seconds = 0;
};

/// One machine's run, in a process that ends with it.  It is a failure if it does not end well, or
/// an expectation in it fails, or the process does.
using Body = std::function<arch::host::Outcome(const arch::host::Config&)>;

/// Runs the seeds; judges nothing.
Swept sweep(const Sweep& wanted, const Body& body);

/// Every seed must end well; else the test fails, and says with which seed, its schedule with it.
/// Prints what was run.
void run_seeds(const Sweep& wanted, const Body& body);

/// A program with a bug planted in it: one of the seeds must fail, with `words` in its report, or
/// the test does.  Prints which was the first.
void expect_found(const Sweep& wanted, const Body& body, const std::string& words);

}  // namespace baton::host_test

#endif  // BATON_TESTS_HOST_MACHINE_SEEDS_H_
