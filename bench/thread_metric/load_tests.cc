// What the kernel does beside Thread-Metric's tests: more for interrupts to come into.
#include <array>
#include <cstddef>
#include <span>

#include "arch/irq.h"
#include "base/result.h"
#include "base/time.h"
#include "bench/thread_metric/loops.h"
#include "bench/thread_metric/port.h"
#include "bench/thread_metric/sweep.h"
#include "bench/thread_metric/tests.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/console.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"

namespace baton::thread_metric {
namespace {

constexpr int kOrdinary = 10;
constexpr Duration kShort = Duration::microseconds(20);

// The core has nothing else to do meanwhile.
void sleep() {
  if (!kernel::this_thread::sleep_for(kShort)) give_up("a sleep ended early");
  counters[0].add();
}

constinit kernel::Semaphore never(0);

void timeout() {
  const Result<void> taken = never.try_acquire_for(kShort);
  if (taken || taken.error() != Error::kTimedOut) give_up("a wait did not time out");
  counters[0].add();
}

// A more urgent thread wants the mutex, and its holder inherits.

void held() {
  port::mutex_lock();
  port::thread_resume(1);
  port::mutex_unlock();
  counters[0].add();
}

void wanted() {
  port::mutex_lock();
  port::mutex_unlock();
  counters[1].add();
  port::thread_suspend(1);
}

constinit kernel::StaticThread<1024> child;

// As urgent as its maker; the stack is small, as most of the time is the stack's pattern.
void create_join() {
  const Result<void> started =
      child.start({.name = "child", .priority = port::priority(kOrdinary)}, [](void*) {}, nullptr);
  if (!started) give_up("a thread was not started");
  child.join();
  counters[0].add();
}

void print() {
  kernel::console::print("load");
  counters[0].add();
}

// What must be found: masking of a known length.

void nothing() { asm volatile(".rept 400\n nop\n .endr"); }

[[gnu::noinline]] void mask_as_the_kernel() {
  const arch::LocalIrq::State state = arch::LocalIrq::save_and_disable();
  nothing();
  arch::LocalIrq::restore(state);
  counters[0].add();
}

[[gnu::noinline]] void mask_everything() {
  asm volatile("cpsid i" ::: "memory");
  nothing();
  asm volatile("cpsie i" ::: "memory");
  counters[0].add();
}

constexpr std::array kSleep = {Player{kOrdinary, forever<sleep>, true}};
constexpr std::array kTimeout = {Player{kOrdinary, forever<timeout>, true}};
constexpr std::array kContended = {Player{kOrdinary, forever<held>, true},
                                   Player{3, forever<wanted>, false}};
constexpr std::array kCreateJoin = {Player{kOrdinary, forever<create_join>, true}};
constexpr std::array kPrint = {Player{kOrdinary, forever<print>, true}};
constexpr std::array kPlantedCeiling = {Player{kOrdinary, forever<mask_as_the_kernel>, true}};
constexpr std::array kPlantedAll = {Player{kOrdinary, forever<mask_everything>, true}};

constexpr unsigned kFirst = 1U << 0U;
constexpr unsigned kBoth = 3;

constexpr Test alone(std::string_view name, std::span<const Player> players, void (*round)()) {
  return {.name = name,
          .players = players,
          .round = round,
          .handler = nullptr,
          .alike = kFirst,
          .operations = kFirst};
}

constexpr std::array<Test, 7> kTests = {{
    alone("sleep", kSleep, sleep),
    alone("timeout", kTimeout, timeout),
    {.name = "mutex-contended",
     .players = kContended,
     .round = held,
     .handler = nullptr,
     .alike = kBoth,
     .operations = kFirst},
    alone("create-join", kCreateJoin, create_join),
    alone("print", kPrint, print),
    alone("planted-ceiling", kPlantedCeiling, mask_as_the_kernel),
    alone("planted-all", kPlantedAll, mask_everything),
}};

}  // namespace

std::span<const Test> load_tests() { return kTests; }

}  // namespace baton::thread_metric
