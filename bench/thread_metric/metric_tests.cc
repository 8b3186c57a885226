// Thread-Metric's eight, from its description.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "bench/thread_metric/loops.h"
#include "bench/thread_metric/port.h"
#include "bench/thread_metric/tests.h"

namespace baton::thread_metric {

constinit Counters counters;

namespace {

constinit std::string_view reason;

// No kernel: what all others are to be seen against.

constexpr std::size_t kWords = 1024;
constinit std::array<std::uint32_t, kWords> words{};

void basic() {
  const std::uint32_t count = counters[0].value();
  for (std::uint32_t& place : words) {
    volatile std::uint32_t& word = place;
    word = (word + count) ^ word;
  }
  counters[0].add();
}
constexpr std::array kBasic = {Player{10, forever<basic>, true}};

// Five equals, one after the other.

template <std::size_t kIndex>
void cooperative() {
  port::thread_relinquish();
  counters[kIndex].add();
}
constexpr std::array kCooperative = {
    Player{3, forever<cooperative<0>>, true}, Player{3, forever<cooperative<1>>, true},
    Player{3, forever<cooperative<2>>, true}, Player{3, forever<cooperative<3>>, true},
    Player{3, forever<cooperative<4>>, true},
};

// Each resumes a more urgent one, which comes at once, and suspends itself when it is back.

template <std::size_t kIndex>
void preemptive() {
  if constexpr (kIndex + 1 < port::kThreads) port::thread_resume(kIndex + 1);
  counters[kIndex].add();
  if constexpr (kIndex > 0) port::thread_suspend(kIndex);
}
constexpr std::array kPreemptive = {
    Player{10, forever<preemptive<0>>, true}, Player{9, forever<preemptive<1>>, false},
    Player{8, forever<preemptive<2>>, false}, Player{7, forever<preemptive<3>>, false},
    Player{6, forever<preemptive<4>>, false},
};

// A handler gives what the thread that it interrupted then takes.

void put_semaphore(void* /*argument*/) {
  counters[kHandler].add();
  port::semaphore_put();
}

// What is there to begin with is taken.
void take_first() {
  if (!port::semaphore_get()) give_up("there was no semaphore to begin with");
}

void interrupt() {
  port::cause_interrupt();
  if (!port::semaphore_get()) give_up("the handler gave no semaphore");
  counters[0].add();
}
void interrupt_loop(void* argument) {
  take_first();
  forever<interrupt>(argument);
}
constexpr std::array kInterrupt = {Player{10, interrupt_loop, true}};

// A handler resumes a thread that is more urgent than the one that it interrupted.

void resume_urgent(void* /*argument*/) {
  counters[kHandler].add();
  port::thread_resume(1);
}

void interrupted() {
  port::cause_interrupt();
  counters[0].add();
}

void preempting() {
  counters[1].add();
  port::thread_suspend(1);
}
constexpr std::array kInterruptPreemption = {
    Player{10, forever<interrupted>, true},
    Player{3, forever<preempting>, false},
};

// 16 bytes into a queue and out of it.

constinit port::Message sent = {0x11112222, 0x33334444, 0, 0x55556666};
constinit port::Message received{};
constinit std::uint32_t damage = 0;

void message() {
  if (!port::queue_send(sent) || !port::queue_receive(received)) {
    give_up("the queue was full or empty");
  }
  if (received[3] != (sent[3] ^ damage)) give_up("another message came than was sent");
  ++sent[3];
  counters[0].add();
}
constexpr std::array kMessage = {Player{10, forever<message>, true}};

void synchronization() {
  if (!port::semaphore_get()) give_up("the semaphore was not to be had");
  port::semaphore_put();
  counters[0].add();
}
constexpr std::array kSynchronization = {Player{10, forever<synchronization>, true}};

void memory() {
  Result<port::Memory::Block> block = port::memory_allocate();
  if (!block) give_up("there was no memory");
  port::memory_deallocate(std::move(*block));
  counters[0].add();
}
constexpr std::array kMemory = {Player{10, forever<memory>, true}};

constexpr unsigned kFirst = 1U << 0U;
constexpr unsigned kSecond = 1U << 1U;
constexpr unsigned kThreads = 0x1f;
constexpr unsigned kOfHandler = 1U << kHandler;

constexpr std::array<Test, 8> kTests = {{
    {.name = "basic",
     .players = kBasic,
     .round = basic,
     .handler = nullptr,
     .alike = kFirst,
     .operations = kFirst},
    {.name = "cooperative",
     .players = kCooperative,
     .round = cooperative<0>,
     .handler = nullptr,
     .alike = kThreads,
     .operations = kThreads},
    {.name = "preemptive",
     .players = kPreemptive,
     .round = preemptive<0>,
     .handler = nullptr,
     .alike = kThreads,
     .operations = kThreads},
    {.name = "interrupt",
     .players = kInterrupt,
     .round = interrupt,
     .handler = put_semaphore,
     .alike = kFirst | kOfHandler,
     .operations = kFirst,
     .before = take_first},
    {.name = "interrupt-preemption",
     .players = kInterruptPreemption,
     .round = interrupted,
     .handler = resume_urgent,
     .alike = kFirst | kSecond | kOfHandler,
     .operations = kOfHandler},
    {.name = "message",
     .players = kMessage,
     .round = message,
     .handler = nullptr,
     .alike = kFirst,
     .operations = kFirst,
     .plant = [] { damage = 1; }},
    {.name = "synchronization",
     .players = kSynchronization,
     .round = synchronization,
     .handler = nullptr,
     .alike = kFirst,
     .operations = kFirst},
    {.name = "memory",
     .players = kMemory,
     .round = memory,
     .handler = nullptr,
     .alike = kFirst,
     .operations = kFirst},
}};

}  // namespace

void give_up(std::string_view why) {
  reason = why;
  for (;;) {
  }
}

std::string_view given_up() { return reason; }

std::span<const Test> metric_tests() { return kTests; }

}  // namespace baton::thread_metric
