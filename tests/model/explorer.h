// Runs a small program again and again until every schedule, and every value that the C++ memory
// model lets each load read, has been explored.
//
//   const model::Report report = model::explore("hand-over", [](model::Execution& run) {
//     Shared shared;                                          // set-up, as the only thread
//     run.parallel({model::thread("producer", [&] { ... }),
//                   model::thread("consumer", [&] { ... }),
//                   model::interrupt("irq", /*host=*/0, [&] { ... })});
//     model::require(shared.count == 1, "one arrived");       // afterwards, having seen everything
//   });
//   EXPECT_TRUE(report.ok) << report;
//
// The body runs once per execution and must do the same when its threads do the same.  An execution
// that ends early is left where it is, and no destructor runs: a body owns no memory but the
// model's.
//
// A depth-first search over two kinds of choice: which thread takes the next step, and which store
// a load reads (or behind which one a store is placed).  Reduction is by sleep sets, made finer by
// what the memory model offers: since a load that runs after a store may still read the older one,
// the two need be tried in one order only.  So a thread whose load (or read-modify-write) was tried
// at a node sleeps until a new store to its location exists, and then reads nothing older; a thread
// whose store was tried sleeps on.  Only seq_cst operations, and steps on one core, depend on each
// other as such.
#ifndef BATON_TESTS_MODEL_EXPLORER_H_
#define BATON_TESTS_MODEL_EXPLORER_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tests/model/fiber.h"
#include "tests/model/heap.h"
#include "tests/model/memory.h"
#include "tests/model/operation.h"
#include "tests/model/trace.h"

namespace baton::model {

struct Options {
  /// Gives up, and says so in the report, after so many.
  long max_executions = 20'000'000;
  /// Steps in one execution: more is a loop that does not end.
  int max_steps = 2000;
  /// Only schedules with so many preemptions; -1: all.  Turns the reduction off.
  int preemption_bound = -1;
  /// Sleep sets.  Off only where a test shows that they lose nothing.
  bool reduce = true;
  /// compare_exchange_weak fails without a reason at most so often per execution.
  int spurious_failures = 0;
  /// A thread in relax() goes on while others could at most so often per execution; else when
  /// nobody else can.
  int eager_relaxes = 0;
};

struct Report {
  std::string name;
  bool ok = false;        // nothing wrong was found
  bool complete = false;  // and everything was explored
  long executions = 0;    // ran to their ends
  long pruned = 0;        // stopped when only sleeping threads were left: explored elsewhere
  long steps = 0;
  double seconds = 0;
  std::string what;   // what went wrong
  std::string trace;  // the execution with the fewest preemptions in which it does
};

/// One line of numbers, and on failure what went wrong and the trace.
std::ostream& operator<<(std::ostream& out, const Report& report);

/// One thread of a program.
struct Thread {
  const char* name;
  absl::FunctionRef<void()> body;
  int host = -1;     // for an interrupt handler: the thread that it interrupts, by position
  int priority = 0;  // a handler interrupts handlers of lower priority on its core
};

inline Thread thread(const char* name, absl::FunctionRef<void()> body) { return {name, body}; }

/// Fires once, before, after or between any two steps of its host, and runs to its end before the
/// host goes on.  It sees what its host sees, as on one core.
inline Thread interrupt(const char* name, int host, absl::FunctionRef<void()> body,
                        int priority = 1) {
  return {name, body, host, priority};
}

class Explorer;

/// Handed to a program's body.
class Execution {
 public:
  explicit Execution(Explorer& explorer) : explorer_(explorer) {}
  /// Runs the threads to their ends.  Once per body.
  void parallel(std::initializer_list<Thread> threads);

 private:
  Explorer& explorer_;
};

using Body = absl::FunctionRef<void(Execution&)>;

Report explore(const char* name, Body body, Options options = {});

/// Interrupts of the calling thread's core masked: no handler starts there while one lives.  Nests.
class Masked {
  using Where = std::source_location;

 public:
  explicit(false) Masked(Where where = Where::current());
  ~Masked();
  Masked(const Masked&) = delete;
  Masked& operator=(const Masked&) = delete;
};

/// Between two looks at what somebody has to change.  Goes on when any atomic has got another value
/// since the last relax() and nobody else can go on (but see Options::eager_relaxes), and then the
/// caller sees everything that was stored.
void relax(std::source_location where = std::source_location::current());

/// This point of the calling thread, for asking later what happened before what.
Moment moment();

/// Ends the execution with a failure unless the condition holds.
void require(bool condition, const char* what);

class Explorer {
 public:
  explicit Explorer(Options options) : options_(options) {}

  Report explore(Body body);

  // What the model's atomics and plain data call.
  std::uint64_t perform(const Operation& operation, bool* wrote = nullptr);
  void fence(std::memory_order order, std::source_location where);
  int new_location(std::uint64_t initial) { return memory_.new_location(me_, initial); }
  void end_location(int location) { memory_.end_location(location); }
  int new_plain(const void* address);
  void end_plain(int location);
  void access_plain(Kind kind, int location, std::source_location where);
  void mask(std::source_location where);
  void unmask();
  void relax(std::source_location where);
  Heap& heap() { return heap_; }
  [[noreturn]] void fail(const char* what);
  void fail_unless(const char* what_or_null) {
    if (what_or_null != nullptr) fail(what_or_null);
  }

  void parallel(std::initializer_list<Thread> threads);
  Moment moment() { return memory_.moment(me_); }

  /// The one that is exploring; null outside explore().
  static Explorer* current();

 private:
  // By thread: 0 awake; a floor, that is, the choices of its pending operation below it are
  // explored; kAsleep.
  using Sleep = std::array<std::uint16_t, kMaxThreads>;
  static constexpr std::uint16_t kAsleep = 0xffff;

  struct Node {
    std::uint16_t pick = 0;
    std::uint16_t count = 0;
    bool schedules = false;  // else it chooses among `count` stores or the like
    std::array<std::uint8_t, kMaxThreads> candidates{};
  };

  struct Context {
    Fiber fiber;
    const Operation* pending = nullptr;
    bool started = false;
    int host = 0;  // the thread that owns the core
    int priority = 0;
  };

  bool run_once(Body body);  // false: nothing left
  [[noreturn]] void abandon();
  int choose(int count);
  int schedule();  // the next thread, or 0 when all are done
  bool runnable(int thread) const;
  bool is_relaxing(int thread) const;
  bool waits_in_vain(int thread) const;
  int running_on(int core) const;
  void step(int thread);
  void update_sleep(const Node& node, int thread);
  bool shares_core(int thread) const;
  Outcome execute(const Operation& operation);
  Context& context(int thread) { return *contexts_[static_cast<std::size_t>(thread)]; }
  const Context& context(int thread) const { return *contexts_[static_cast<std::size_t>(thread)]; }

  Options options_;
  Memory memory_;
  Heap heap_;
  Memory::Choices choices_;
  std::vector<std::unique_ptr<Context>> contexts_;
  int thread_count_ = 0;
  std::vector<std::vector<int>> cores_;  // by host: the handlers running on it, innermost last
  std::vector<int> masks_;               // by host: how many are in force
  int me_ = 0;                           // who is running; 0: the set-up
  int last_ = 0;                         // who took the last step
  int preemptions_ = 0;
  int spurious_ = 0;
  int eager_ = 0;
  bool pruned_ = false;  // what is left of this execution was explored elsewhere

  std::vector<Node> path_;
  std::size_t depth_ = 0;
  Sleep sleep_{};

  std::vector<Step> steps_;
  std::vector<const char*> names_;
  Report report_;
};

}  // namespace baton::model

#endif  // BATON_TESTS_MODEL_EXPLORER_H_
