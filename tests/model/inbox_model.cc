// Model programs of Inbox: everything arrives, once, in the order in which each producer pushed.
#include <array>
#include <utility>

#include "sync/inbox.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {

namespace {

using BallInbox = sync::Inbox<Ball, &Ball::hook, ModelAtomics>;

struct Post {
  BallInbox inbox;
  std::array<BallHome, 4> balls{BallHome{0}, BallHome{1}, BallHome{2}, BallHome{3}};
  std::array<int, 4> arrived{};
  int count = 0;

  bool push(int number) {
    sync::Owned<Ball> ball = balls[static_cast<std::size_t>(number)].claim();
    touch(ball);
    return inbox.push(std::move(ball));
  }
  // What is in the inbox now, noted in order.
  int take() {
    int taken = 0;
    auto batch = inbox.take_all();
    while (auto ball = batch.pop_front()) {
      touch(*ball);
      require((*ball)->value.read() == 2, "a ball did not come as it was sent");
      arrived[static_cast<std::size_t>(count++)] = (*ball)->number;
      static_cast<void>(sync::internal::OwnedAccess::disown(std::move(*ball)));
      ++taken;
    }
    return taken;
  }
  void expect_order(int before, int after) const {
    int seen = -1;
    for (int i = 0; i < count; ++i) {
      if (arrived[static_cast<std::size_t>(i)] == before) seen = i;
      require(arrived[static_cast<std::size_t>(i)] != after || seen >= 0,
              "two pushes of one producer arrived in the wrong order");
    }
  }
};

void two_producers(Execution& run) {
  Post post;
  run.parallel({thread("A",
                       [&] {
                         post.push(0);
                         post.push(1);
                       }),
                thread("B",
                       [&] {
                         post.push(2);
                         post.push(3);
                       }),
                thread("consumer", [&] { post.take(); })});
  post.take();
  require(post.count == 4, "lost or duplicated: not every ball arrived once");
  post.expect_order(0, 1);
  post.expect_order(2, 3);
}

// The consumer sleeps until somebody who found the inbox empty wakes it.
void wake_up(Execution& run) {
  Post post;
  Atomic<int> wakes{0};
  const auto send = [&](int number) {
    if (post.push(number)) wakes.fetch_add(1, std::memory_order_release);
  };
  run.parallel(
      {thread("A", [&] { send(0); }), thread("B", [&] { send(1); }), thread("consumer", [&] {
         int slept = 0;
         while (post.count < 2) {
           wakes.await([&](int n) { return n > slept; }, std::memory_order_acquire);
           ++slept;
           post.take();
         }
       })});
  require(post.count == 2, "lost: not every ball arrived");
}

void two_consumers(Execution& run) {
  BallInbox inbox;
  std::array<BallHome, 2> balls{BallHome{0}, BallHome{1}};
  std::array<Hand, 4> hands;
  const auto consume = [&](Hand& first, Hand& second) {
    auto batch = inbox.take_all();
    first = batch.pop_front();
    if (first.has_value()) touch(*first);
    second = batch.pop_front();
    if (second.has_value()) touch(*second);
  };
  run.parallel({thread("producer",
                       [&] {
                         for (BallHome& home : balls) inbox.push(home.claim());
                       }),
                thread("A", [&] { consume(hands[0], hands[1]); }),
                thread("B", [&] { consume(hands[2], hands[3]); })});
  Census census;
  for (Hand& hand : hands) census.count(hand);
  auto rest = inbox.take_all();
  while (auto ball = rest.pop_front()) census.count(std::move(*ball));
  census.expect(2);
}

void interrupted_push_and_take(Execution& run) {
  Post post;
  run.parallel({thread("thread",
                       [&] {
                         post.push(0);
                         post.take();
                         post.push(1);
                       }),
                interrupt("irq", 0, [&] { post.push(2); }),
                thread("other core", [&] { post.push(3); })});
  post.take();
  require(post.count == 4, "lost or duplicated: not every ball arrived once");
  post.expect_order(0, 1);
}

constexpr Program kPrograms[] = {
    {"inbox: two producers, one consumer", two_producers},
    {"inbox: wake-up by the first push", wake_up},
    {"inbox: two consumers", two_consumers, {.spurious_failures = 1}},
    {"inbox: interrupted", interrupted_push_and_take},
};

}  // namespace

std::span<const Program> inbox_programs() { return kPrograms; }

}  // namespace baton::model
