// Model programs of Stack: each object once, whoever pops; and none is looked at that may be gone.
#include <array>
#include <optional>
#include <utility>

#include "sync/pool.h"
#include "sync/stack.h"
#include "tests/model/atomics.h"
#include "tests/model/objects.h"
#include "tests/model/program.h"

namespace baton::model {
namespace {

template <unsigned GenerationBits>
struct Pile {
  sync::Pool<Ball, 3, ModelAtomics, GenerationBits> balls;
  sync::Stack<Ball, 3, ModelAtomics, GenerationBits> stack{balls};

  void push_new(int number) {
    auto ball = balls.make(number);
    require(ball.has_value(), "no room, though there is");
    touch(*ball);
    stack.push(std::move(*ball));
  }
  void pop_into(Hand& hand) {
    hand = stack.pop();
    if (hand.has_value()) touch(*hand);
  }
  void finish(std::span<Hand> hands, int total) {
    Census census;
    for (Hand& hand : hands) census.count(hand);
    while (auto ball = stack.pop()) census.count(std::move(*ball));
    census.expect(total);
  }
};

void push_and_pop(Execution& run) {
  Pile<30> pile;
  std::array<Hand, 2> hands;
  run.parallel({thread("A", [&] { pile.push_new(0); }), thread("B", [&] { pile.push_new(1); }),
                thread("C", [&] {
                  pile.pop_into(hands[0]);
                  pile.pop_into(hands[1]);
                })});
  pile.finish(hands, 2);
}

// One pops, and is held up in the middle while the other pops twice and puts the first one back:
// the same number is on top again, over another one.
void same_on_top_again(Execution& run) {
  Pile<2> pile;
  std::array<Hand, 3> hands;
  pile.push_new(0);
  pile.push_new(1);
  pile.push_new(2);
  run.parallel({thread("held up", [&] { pile.pop_into(hands[0]); }), thread("quick", [&] {
                  pile.pop_into(hands[1]);
                  pile.pop_into(hands[2]);
                  if (hands[1].has_value()) {
                    pile.stack.push(std::move(*hands[1]));
                    hands[1].reset();
                  }
                })});
  pile.finish(hands, 3);
}

void interrupted(Execution& run) {
  Pile<30> pile;
  std::array<Hand, 3> hands;
  pile.push_new(0);
  run.parallel({thread("thread",
                       [&] {
                         pile.pop_into(hands[0]);
                         pile.push_new(1);
                       }),
                interrupt("irq", 0,
                          [&] {
                            pile.push_new(2);
                            pile.pop_into(hands[1]);
                          }),
                thread("other core", [&] { pile.pop_into(hands[2]); })});
  pile.finish(hands, 3);
}

constexpr Program kPrograms[] = {
    {"stack: push and pop", push_and_pop},
    {"stack: same one on top again", same_on_top_again},
    {"stack: interrupted", interrupted},
};

}  // namespace

std::span<const Program> stack_programs() { return kPrograms; }

}  // namespace baton::model
