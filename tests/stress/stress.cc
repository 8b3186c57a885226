#include "tests/stress/stress.h"

#include <sched.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include "arch/cpu.h"

namespace baton::stress {

Arguments parse(int argc, char** argv, int default_rounds, const std::vector<std::string>& kinds) {
  Arguments arguments;
  arguments.rounds = default_rounds;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string value(equals == std::string_view::npos ? "" : argument.substr(equals + 1));
    if (name == "--seed") {
      arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--rounds" && std::atoi(value.c_str()) > 0) {
      arguments.rounds = std::atoi(value.c_str());
    } else if (name == "--busted" && std::count(kinds.begin(), kinds.end(), value) == 1) {
      arguments.busted = value;
    } else {
      std::fprintf(stderr, "usage: %s [--seed=N] [--rounds=N] [--busted=KIND]; KIND:", argv[0]);
      for (const std::string& kind : kinds) std::fprintf(stderr, " %s", kind.c_str());
      std::fprintf(stderr, "\n");
      std::exit(2);
    }
  }
  if (arguments.seed == 0) arguments.seed = std::random_device()();
  std::printf("seed=%" PRIu64 " rounds=%d%s%s\n", arguments.seed, arguments.rounds,
              arguments.busted.empty() ? "" : " busted=", arguments.busted.c_str());
  return arguments;
}

void Verdict::fail(const std::string& what) {
  constexpr int kPrinted = 3;
  // Relaxed: a count, read when every thread has been joined.
  if (failures_.fetch_add(1, std::memory_order_relaxed) < kPrinted) {
    std::printf("WRONG: %s\n", what.c_str());
  }
}

int Verdict::finish(const Arguments& arguments) const {
  // Relaxed: every thread has been joined.
  const int failures = failures_.load(std::memory_order_relaxed);
  if (failures == 0) {
    std::printf("passed\n");
    return 0;
  }
  std::printf("FAILED: %d things wrong; again with --seed=%" PRIu64 "\n", failures, arguments.seed);
  return 1;
}

void run_together(int count, const std::function<void(int)>& body) {
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      arch::internal::hosted_core = static_cast<unsigned>(i);
      // Release pairs with the acquire below, so that nobody starts before all are there.
      ready.fetch_add(1, std::memory_order_acq_rel);
      while (ready.load(std::memory_order_acquire) < count) sched_yield();
      body(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

bool time_to_yield() {
  // xorshift32 by Marsaglia; how often matters, not how random.
  thread_local std::uint32_t state = 0x9e3779b9;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  constexpr std::uint32_t kOneIn = 16;
  return state % kOneIn == 0;
}

void yield_now() { sched_yield(); }

}  // namespace baton::stress
