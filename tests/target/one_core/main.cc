// The kernel as small as it gets with threads, a mutex, a semaphore, a queue, a channel, a timer
// and the console: what its operations cost, and that they work.
//
// Reports by semihosting: `row NAME INSTRUCTIONS`, for QEMU with one instruction per nanosecond.

#include <cstdint>

#include "arch/counter.h"
#include "arch/semihosting.h"
#include "base/assert.h"
#include "base/format.h"
#include "base/time.h"
#include "kernel/blocking/channel.h"
#include "kernel/blocking/message_queue.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/console.h"
#include "kernel/machine.h"
#include "kernel/program.h"
#include "kernel/rcu.h"
#include "kernel/sched/static_thread.h"
#include "kernel/sched/this_thread.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "sync/rcu/rcu.h"
#include "tests/target/cortex_m/report.h"

namespace baton::kernel {
namespace {

constexpr unsigned kRounds = 1000;
constexpr std::uint64_t kInstructionsPerTick = 40;  // 25 MHz
constexpr Priority kOrdinary(10);
constexpr Priority kUrgent(14);
constexpr Priority kMeasures(20);

constinit StaticThread<1536> first;
constinit StaticThread<1536> second;
constinit StaticThread<2048> conductor;

constinit Semaphore ping(0);
constinit Semaphore pong(0);
constinit Semaphore alone(1);
constinit Mutex mutex;
struct Message {
  std::uint32_t words[4];
};
constinit MessageQueue<Message, 4> queue;
struct Parcel {
  unsigned number = 0;
};
constinit sync::Pool<Parcel, 2> parcels;
constinit Channel<sync::Owned<Parcel>, 2> channel;
constinit bool over = false;

class Row {
 public:
  explicit Row(const char* name) : name_(name), before_(arch::Counter::ticks()) {}
  ~Row() {
    const std::uint64_t ticks = arch::Counter::ticks() - before_;
    cortex_m::Report report;
    format_to(report, "row {} {}\n", name_, ticks * kInstructionsPerTick / kRounds);
    report.flush();
  }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

 private:
  const char* name_;
  std::uint64_t before_;
};

void start(StaticThread<1536>& thread, Priority priority, Thread::Entry entry) {
  const Result<void> started = thread.start(
      {.name = "player", .priority = priority, .affinity = 1, .slice = Duration()}, entry, nullptr);
  BATON_CHECK(started.has_value());
}

void play(const char* name, Thread::Entry one, Thread::Entry other) {
  start(first, kOrdinary, one);
  start(second, kOrdinary, other);
  const Row row(name);
  first.join();
  second.join();
}

void objects() {
  {
    const Row row("mutex");
    for (unsigned i = 0; i < kRounds; ++i) {
      const MutexGuard guard(mutex);
    }
  }
  {
    const Row row("semaphore");
    for (unsigned i = 0; i < kRounds; ++i) {
      BATON_CHECK(alone.try_acquire());
      alone.release();
    }
  }
  {
    const Row row("message");
    for (unsigned i = 0; i < kRounds; ++i) {
      BATON_CHECK(queue.try_send({{i, 1, 2, 3}}).has_value());
      const Result<Message> received = queue.try_receive();
      BATON_CHECK(received.has_value() && received->words[0] == i);
    }
  }
}

void switches() {
  const auto yields = [](void*) {
    for (unsigned i = 0; i < kRounds; ++i) this_thread::yield();
  };
  play("yield-pair", yields, yields);
  play(
      "ping-pong",
      [](void*) {
        for (unsigned i = 0; i < kRounds; ++i) {
          ping.release();
          BATON_CHECK(pong.acquire().has_value());
        }
      },
      [](void*) {
        for (unsigned i = 0; i < kRounds; ++i) {
          BATON_CHECK(ping.acquire().has_value());
          pong.release();
        }
      });
  start(second, kUrgent, [](void*) {
    while (!over) second.suspend();
  });
  start(first, kOrdinary, [](void*) {
    for (unsigned i = 0; i < kRounds; ++i) second.resume();
  });
  {
    const Row row("resume-suspend");
    first.join();
  }
  over = true;
  second.resume();
  second.join();
}

// What the rows do not show.
void checks() {
  // A timer ends a wait, not before its time.
  const Instant before = now();
  BATON_CHECK(ping.try_acquire_for(Duration::milliseconds(3)).error() == Error::kTimedOut);
  BATON_CHECK(now() - before >= Duration::milliseconds(3));
  BATON_CHECK(this_thread::sleep_for(Duration::milliseconds(1)).has_value());
  // A release that comes between the end of a wait and the waiter is nobody's, and stays.
  static constinit bool timed_out = false;
  start(first, kOrdinary, [](void*) {
    timed_out = ping.try_acquire_for(Duration::milliseconds(1)).error() == Error::kTimedOut;
  });
  BATON_CHECK(this_thread::sleep_for(Duration::microseconds(300)).has_value());
  const Instant late = now() + Duration::milliseconds(2);
  while (now() < late) {
  }
  ping.release();
  first.join();
  BATON_CHECK(timed_out && ping.try_acquire());
  // A mutex lends its owner the urgency of who waits.
  mutex.lock();
  start(first, Priority(25), [](void*) {
    const MutexGuard guard(mutex);
    over = false;
  });
  BATON_CHECK(conductor.priority() == Priority(25) && over);
  mutex.unlock();
  BATON_CHECK(conductor.priority() == kMeasures && !over);
  first.join();
  // Equals get their turns: neither of these gives way by itself.
  static constinit volatile bool seen[2] = {};
  const ThreadOptions options{
      .name = "equal", .priority = kOrdinary, .slice = Duration::milliseconds(1)};
  const auto wait_for_other = [](void* mine) {
    const bool is_first = mine == &first;
    seen[is_first ? 0 : 1] = true;
    while (!seen[is_first ? 1 : 0]) {
    }
  };
  BATON_CHECK(first.start(options, wait_for_other, &first).has_value());
  BATON_CHECK(second.start(options, wait_for_other, &second).has_value());
  first.join();
  second.join();
  // Objects go through a channel, and home.
  for (unsigned i = 0; i < 10; ++i) {
    std::optional<sync::Owned<Parcel>> parcel = parcels.make(i);
    BATON_CHECK(parcel.has_value());
    BATON_CHECK(channel.send(std::move(*parcel)).has_value());
    Result<sync::Owned<Parcel>> got = channel.receive();
    BATON_CHECK(got.has_value() && (*got)->number == i);
  }
  // What is retired runs, and not while somebody reads, even if that is preempted.
  static constinit bool ran = false;
  static constinit sync::rcu_domain::Head head;
  auto& domain = sync::rcu_default_domain();
  domain.lock();
  static_cast<void>(domain.retire(head, [](sync::rcu_domain::Head*) { ran = true; }));
  const Instant until = now() + Duration::milliseconds(1);
  while (now() < until) {
  }
  BATON_CHECK(!ran);
  domain.unlock();
  BATON_CHECK(this_thread::sleep_for(Duration::milliseconds(1)).has_value());
  BATON_CHECK(ran);
  // Without an interrupt, too.
  ran = false;
  static_cast<void>(domain.retire(head, [](sync::rcu_domain::Head*) { ran = true; }));
  this_thread::yield();
  BATON_CHECK(ran);
  // And where somebody else runs first.
  ran = false;
  start(first, Priority(25), [](void*) { first.suspend(); });
  static_cast<void>(domain.retire(head, [](sync::rcu_domain::Head*) { ran = true; }));
  first.resume();
  this_thread::yield();
  BATON_CHECK(ran);
  first.join();
  rcu::synchronize();
  rcu::barrier();
}

void conduct(void* /*unused*/) {
  console::print("one core");
  objects();
  switches();
  checks();
  console::flush(Duration::milliseconds(100));
  arch::semihosting::exit(0);
}

}  // namespace

void start_program(const Machine& /*machine*/) {
  // The idle thread is what it is.
  this_thread::get().set_priority(kUrgent);
  this_thread::get().suspend();
  const Result<void> started = conductor.start(
      {.name = "conductor", .priority = kMeasures, .slice = Duration()}, &conduct, nullptr);
  BATON_CHECK(started.has_value());
}

}  // namespace baton::kernel
