// The virtual machine on which the kernel's own sources run as a Linux program.
//
//   Outcome outcome = host::run({.cores = 4, .seed = 7}, {[] { boot(); }});
//
// Every core comes out of reset with its interrupts masked, in the function that is given for it,
// or in none until somebody starts it (arch/cores.h).  What runs there uses the port's headers
// (arch/context.h, irq.h, timer.h, counter.h, cpu.h) and the controller (lines(), below), and gets
// the upcalls of arch/upcalls.h, all as on a board.  Two modes, one interface:
//
//   kParallel    An OS thread per core; real time.  For the sanitizers: ThreadSanitizer sees what
//                really runs side by side.
//   kSimulated   One OS thread; virtual time, which goes on by a little at each point and, when all
//                cores wait, to the next deadline.  Every choice comes from the seed: which core
//                runs next, how long an interrupt is on its way, how late a timer is, how long a
//                core stands still.  Equal seeds give equal runs, event for event.  No system
//                calls: many millions of points a second.
//
// A *point* is where another core may go on or an interrupt be taken: masking and unmasking,
// waiting, spinning (arch::relax), looking at the clock, every access to the controller or the
// timer, and preemption_point() (arch/cpu.h).  Atomic operations are points where the code is built
// for it (arch/host/atomic_points.cc).
//
// A run ends when all cores are off, when somebody ends it, or when nothing can happen any more.
// Whatever runs then is abandoned, not unwound.  One machine at a time.
#ifndef BATON_ARCH_HOST_MACHINE_H_
#define BATON_ARCH_HOST_MACHINE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/cpu.h"
#include "arch/host/interrupt_lines.h"

namespace baton::arch::host {

enum class Mode : std::uint8_t { kParallel, kSimulated };

/// What goes wrong on purpose, so that a test can show that it would notice.
struct Faults {
  std::uint64_t lose_ipi = 0;  ///< the n-th IPI sent, from 1, never arrives
};

/// A device line that is raised at a time of the test's choice; simulated mode.
struct Injection {
  enum class When : std::uint8_t {
    kTime,   ///< `at` is in ns since the start
    kPoint,  ///< `at` is the number of the point, from 1: to sweep over a run
  };
  When when = When::kTime;
  std::uint64_t at = 0;
  unsigned line = kFirstDevice;
};

struct Config {
  unsigned cores = 1;
  Mode mode = Mode::kSimulated;
  std::uint64_t seed = 1;
  Faults faults = {};
  std::vector<Injection> injections = {};
  /// Virtual time in simulated mode, real time in parallel mode.
  std::uint64_t time_limit_ns = 20'000'000'000;
  /// Simulated mode: points until somebody is taken to wait for something that never happens.
  std::uint64_t point_limit = 50'000'000;
  /// Simulated mode: every event is printed to stderr as it happens.
  bool trace = false;
  /// Parallel mode: devices may be raised from outside, so a machine that waits does so rightly.
  bool is_listening = false;
};

enum class End : std::uint8_t {
  kOff,        ///< every core is off: its function returned, or it parked
  kStopped,    ///< stop()
  kDeadlock,   ///< all wait, and nothing will ever come
  kTimeLimit,  ///< Config::time_limit_ns
  kPointLimit,
  kBroken,  ///< the program did what no machine survives
};

struct Outcome {
  End end = End::kOff;
  int exit_code = 0;   ///< of stop()
  std::string report;  ///< empty where all is well; else what happened, the seed, each core's state
  std::uint64_t schedule_hash = 0;  ///< simulated mode: equal for equal runs
  std::uint64_t events = 0;         ///< simulated mode: in the schedule
  std::uint64_t points = 0;
  std::uint64_t core_switches = 0;  ///< simulated mode: from one core to another
  std::uint64_t interrupts = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t ipis = 0;
  std::uint64_t time_ns = 0;

  bool well() const { return (end == End::kOff || end == End::kStopped) && exit_code == 0; }
};

/// Runs a machine.  `entries[i]` is where core i comes out of reset; one that is empty or missing
/// stays off until start_core().
Outcome run(const Config& config, const std::vector<std::function<void()>>& entries);

// From what runs on a machine:

/// Lets core `core` go, in `entry`.  False: it is running, or there is no such core.
bool start_core(unsigned core, void (*entry)());

/// Ends the run; 0 is well.
[[noreturn]] void stop(int exit_code);

/// Ends the run as broken, with a report that begins with `what`.  Nothing that the caller still
/// owns is given back.
[[noreturn]] void fail(std::string_view what);

/// The running machine's configuration; null where none runs.
const Config* running_config();

}  // namespace baton::arch::host

#endif  // BATON_ARCH_HOST_MACHINE_H_
