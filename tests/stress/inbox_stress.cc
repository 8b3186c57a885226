// Inbox under three producers and one consumer: everything arrives once, in each producer's order.
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <utility>

#include "sync/inbox.h"
#include "sync/pool.h"
#include "tests/stress/busted.h"
#include "tests/stress/stress.h"
#include "tests/stress/yielding_atomics.h"

namespace baton::stress {
namespace {

constexpr int kProducers = 3;

template <class Policy>
struct Letter {
  Letter(int from, int n) : producer(from), number(n) {}
  int producer;
  int number;
  sync::InboxHook<Letter, Policy> hook;
};

template <class L, class Inbox>
void run(const Arguments& arguments, Verdict& verdict) {
  const auto pool = std::make_unique<sync::Pool<L, 64>>();
  Inbox inbox;
  std::array<int, kProducers> arrived{};
  run_together(kProducers + 1, [&](int number) {
    if (number < kProducers) {
      for (int n = 1; n <= arguments.rounds && !verdict.failed();) {
        if (auto letter = pool->make(number, n)) {
          inbox.push(std::move(*letter));
          ++n;
        } else {
          yield_now();
        }
      }
      return;
    }
    int left = kProducers * arguments.rounds;
    while (left > 0 && !verdict.failed()) {
      auto batch = inbox.take_all();
      if (batch.is_empty()) yield_now();
      while (auto letter = batch.pop_front()) {
        int& last = arrived[static_cast<std::size_t>((*letter)->producer)];
        if ((*letter)->number != last + 1) verdict.fail("a letter is out of order, or lost");
        last = (*letter)->number;
        --left;
      }
    }
  });
  std::printf("arrived=%d+%d+%d\n", arrived[0], arrived[1], arrived[2]);
  if (!verdict.failed() && pool->available() != 64) verdict.fail("lost: a letter");
}

int main(int argc, char** argv) {
  const Arguments arguments = parse(argc, argv, 60'000, {"newest_first"});
  Verdict verdict;
  using L = Letter<sync::StdAtomics>;
  using Y = Letter<YieldingAtomics>;
  if (arguments.busted == "newest_first") {
    run<L, BustedInbox<L, &L::hook>>(arguments, verdict);
  } else {
    run<L, sync::Inbox<L, &L::hook>>(arguments, verdict);
    run<Y, sync::Inbox<Y, &Y::hook, YieldingAtomics>>(arguments, verdict);
  }
  return verdict.finish(arguments);
}

}  // namespace
}  // namespace baton::stress

int main(int argc, char** argv) { return baton::stress::main(argc, argv); }
