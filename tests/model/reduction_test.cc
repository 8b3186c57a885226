// The reduction loses nothing: random programs have the same outcomes with it and without it.
#include <array>
#include <cstdio>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"

namespace baton::model {
namespace {

using enum std::memory_order;

struct Instruction {
  int kind;  // load, store, exchange, fetch_add, compare-and-swap, seq_cst fence
  int location;
  int operand;
  bool ordered;     // acquire, release, acq_rel
  bool sequential;  // seq_cst
  bool masked;      // with interrupts masked
};
using Code = std::vector<Instruction>;

struct RandomProgram {
  std::array<Code, 3> threads;
  bool third_interrupts_first;
  bool first_waits = false;  // before its code, for the second's end
};

RandomProgram random_program(std::mt19937& random) {
  const auto pick = [&random](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  RandomProgram program;
  const std::array<int, 3> lengths = {3, 2, 2};
  for (std::size_t t = 0; t < 3; ++t) {
    for (int i = 0; i < lengths[t]; ++i) {
      program.threads[t].push_back({.kind = pick(6),
                                    .location = pick(2),
                                    .operand = 1 + pick(3),
                                    .ordered = pick(2) == 0,
                                    .sequential = pick(4) == 0,
                                    .masked = pick(3) == 0});
    }
  }
  program.third_interrupts_first = pick(3) == 0;
  return program;
}

void run_code(const Code& code, std::array<Atomic<int>, 2>& memory, std::string& seen) {
  for (const Instruction& it : code) {
    Atomic<int>& x = memory[static_cast<std::size_t>(it.location)];
    const auto order = [&it](std::memory_order ordered) {
      return it.sequential ? seq_cst : it.ordered ? ordered : relaxed;
    };
    const auto note = [&seen](int value) { seen += static_cast<char>('0' + value % 10); };
    int expected = it.operand - 1;
    std::optional<Masked> masked;
    if (it.masked) masked.emplace();
    switch (it.kind) {
      case 0:
        note(x.load(order(acquire)));
        break;
      case 1:
        x.store(it.operand, order(release));
        break;
      case 2:
        note(x.exchange(it.operand, order(acq_rel)));
        break;
      case 3:
        note(x.fetch_add(it.operand, order(acq_rel)));
        break;
      case 4:
        note(x.compare_exchange_strong(expected, it.operand, order(acq_rel), relaxed) ? 9
                                                                                      : expected);
        break;
      default:
        fence(seq_cst);
        break;
    }
  }
}

// Every outcome: what each thread read, and the final values.
std::set<std::string> outcomes(const RandomProgram& program, bool reduce, long& executions) {
  std::set<std::string> all;
  // Filled in place: an execution that ends early destroys nothing.
  std::array<std::string, 3> seen;
  for (std::string& s : seen) s.reserve(8);
  const Report report =
      explore("random",
              [&](Execution& run) {
                for (std::string& s : seen) s.clear();
                std::array<Atomic<int>, 2> memory;
                const auto code = [&](std::size_t t) {
                  if (program.first_waits && t == 0) {
                    // How often is part of the outcome.
                    while (memory[0].load(relaxed) == 0) {
                      relax();
                      seen[t] += 'r';
                    }
                  }
                  run_code(program.threads[t], memory, seen[t]);
                  if (program.first_waits && t == 1) memory[0].store(9, release);
                };
                const auto third = [&] { code(2); };
                run.parallel({thread("A", [&] { code(0); }), thread("B", [&] { code(1); }),
                              program.third_interrupts_first ? interrupt("irq", 0, third)
                                                             : thread("C", third)});
                all.insert(seen[0] + "," + seen[1] + "," + seen[2] + "," +
                           std::to_string(memory[0].load(relaxed)) + "," +
                           std::to_string(memory[1].load(relaxed)));
              },
              {.reduce = reduce, .eager_relaxes = 1});
  EXPECT_TRUE(report.ok) << report;
  EXPECT_TRUE(report.complete) << report;
  executions += report.executions + report.pruned;
  return all;
}

void expect_no_loss(unsigned programs, bool first_waits) {
  long reduced = 0;
  long naive = 0;
  std::size_t total = 0;
  for (unsigned seed = 1; seed <= programs; ++seed) {
    std::mt19937 random(seed);
    RandomProgram program = random_program(random);
    program.first_waits = first_waits;
    if (first_waits) program.threads[0].resize(1);
    const std::set<std::string> with = outcomes(program, true, reduced);
    const std::set<std::string> without = outcomes(program, false, naive);
    EXPECT_EQ(with, without) << "seed " << seed;
    total += without.size();
  }
  std::printf("%u programs, %zu outcomes: %ld executions with the reduction, %ld without\n",
              programs, total, reduced, naive);
  EXPECT_LT(reduced, naive / (first_waits ? 2 : 4));
}

TEST(Reduction, LosesNoOutcome) { expect_no_loss(600, false); }
TEST(Reduction, LosesNoOutcomeOfWaiting) { expect_no_loss(200, true); }

}  // namespace
}  // namespace baton::model
