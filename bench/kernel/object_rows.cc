// What threads wait on: with nobody waiting, from hand to hand, and waking on this core and
// another.
#include <array>
#include <cstdint>
#include <utility>

#include "arch/counter.h"
#include "base/assert.h"
#include "base/time.h"
#include "bench/kernel/objects.h"
#include "bench/kernel/rows.h"
#include "bench/kernel/stopwatch.h"
#include "kernel/blocking/message_queue.h"
#include "kernel/blocking/mutex.h"
#include "kernel/blocking/semaphore.h"
#include "kernel/clock.h"
#include "kernel/sched/this_thread.h"

namespace baton::kernel_bench {
namespace {

void mutex_pair(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("mutex", "cycles", setting.wanted);
  kernel::Mutex mutex;
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    mutex.lock();
    mutex.unlock();
    out.add(cycles() - before);
  }
}

void semaphore_pair(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("semaphore", "cycles", setting.wanted);
  kernel::Semaphore semaphore(1);
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    const Result<void> acquired = semaphore.acquire();
    semaphore.release();
    out.add(cycles() - before);
    BATON_CHECK(acquired.has_value());
  }
}

// Two equals: a round trip, two switches.
void semaphore_ping_pong(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("semaphore-ping-pong", "cycles", setting.wanted);
  PingPong ball;
  auto serve = [&out, &ball] {
    while (!out.is_full()) {
      const std::uint64_t before = cycles();
      ball.serve();
      out.add(cycles() - before);
    }
    ball.end();
  };
  auto reply = [&ball] {
    while (ball.reply()) {
    }
  };
  setting.crew.play(0, kOrdinary, serve);
  setting.crew.play(0, kOrdinary, reply);
  setting.crew.join();
}

void channel_pair(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("channel", "cycles", setting.wanted);
  Relay relay;
  while (!out.is_full()) {
    const std::uint64_t before = cycles();
    relay.pass();
    out.add(cycles() - before);
  }
  relay.end();
}

void queue_pair(Setting& setting) {
  struct Message {
    std::array<std::uint64_t, 2> words;
  };
  Series& out = setting.series[0];
  out.begin("queue-16", "cycles", setting.wanted);
  kernel::MessageQueue<Message, 4> queue;
  std::uint64_t number = 0;
  while (!out.is_full()) {
    const Message message{{++number, number}};
    const std::uint64_t before = cycles();
    const Result<void> sent = queue.send(message);
    const Result<Message> received = queue.receive();
    out.add(cycles() - before);
    BATON_CHECK(sent.has_value() && received.has_value() && received->words[1] == number);
  }
}

// A more urgent thread waits: from release() to where it goes on.
void wake_here(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("wake-same-core", "cycles", setting.wanted);
  kernel::Semaphore semaphore(0);
  std::uint64_t stamp = 0;
  bool over = false;
  auto waiter = [&] {
    while (semaphore.acquire() && !over) out.add(cycles() - stamp);
  };
  auto waker = [&] {
    while (!out.is_full()) {
      stamp = cycles();
      semaphore.release();
    }
    over = true;
    semaphore.release();
  };
  setting.crew.play(0, kUrgent, waiter);
  setting.crew.play(0, kOrdinary, waker);
  setting.crew.join();
}

std::uint64_t ticks_to_ns(std::uint64_t ticks) {
  return kernel::ticks_to_ns(ticks, arch::Counter::frequency_hz());
}

// On a core that idles.  The counter that all cores share is coarser.
void wake_there(Setting& setting) {
  Series& out = setting.series[0];
  out.begin("wake-other-core", "ns", setting.wanted);
  kernel::Semaphore semaphore(0);
  std::uint64_t stamp = 0;
  bool over = false;
  auto waiter = [&] {
    while (semaphore.acquire() && !over) out.add(ticks_to_ns(arch::Counter::ticks() - stamp));
  };
  auto waker = [&] {
    for (std::size_t i = 0; i < setting.wanted; ++i) {
      // The other core has gone to sleep by then.
      const Result<void> slept = kernel::this_thread::sleep_for(Duration::milliseconds(1));
      BATON_CHECK(slept.has_value());
      stamp = arch::Counter::ticks();
      semaphore.release();
    }
    const Result<void> slept = kernel::this_thread::sleep_for(Duration::milliseconds(1));
    BATON_CHECK(slept.has_value());
    over = true;
    semaphore.release();
  };
  setting.crew.play(1, kOrdinary, waiter);
  setting.crew.play(0, kOrdinary, waker);
  setting.crew.join();
}

constexpr std::array<Row, 7> kRows = {{
    {.name = "mutex", .cores = 1, .run = mutex_pair},
    {.name = "semaphore", .cores = 1, .run = semaphore_pair},
    {.name = "semaphore-ping-pong", .cores = 1, .run = semaphore_ping_pong},
    {.name = "channel", .cores = 1, .run = channel_pair},
    {.name = "queue-16", .cores = 1, .run = queue_pair},
    {.name = "wake-same-core", .cores = 1, .run = wake_here},
    {.name = "wake-other-core", .cores = 2, .run = wake_there},
}};

}  // namespace

std::span<const Row> object_rows() { return kRows; }

}  // namespace baton::kernel_bench
