// Who checks the checker: bugs planted on purpose, each of which it must find and name, beside the
// correct form of the same program, which it must pass.
#include <cstdio>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sync/atomic_take_cell.h"
#include "sync/owned.h"
#include "sync/pool.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/objects.h"
#include "tests/model/planted.h"

namespace baton::model {
namespace {

using enum std::memory_order;

template <unsigned GenerationBits>
void same_slot_on_top_again(Execution& run) {
  sync::Pool<Ball, 3, ModelAtomics, GenerationBits> pool;
  Hand kept[3];
  run.parallel({thread("slow", [&] { kept[0] = pool.make(1); }), thread("quick", [&] {
                  Hand first = pool.make(1);
                  kept[1] = pool.make(1);
                  first.reset();
                  kept[2] = pool.make(1);
                })});
  for (Hand& ball : kept) {
    if (ball.has_value()) touch(*ball);
  }
  for (Hand& ball : kept) ball.reset();
}

TEST(Planted, AbaOnATaggedStack) {
  expect_found("ABA, no tag", "storage is used again", same_slot_on_top_again<0>);
  expect_found("ABA, tag of one bit wraps", "storage is used again", same_slot_on_top_again<1>);
  expect_passed("ABA, tag of two bits", same_slot_on_top_again<2>);
}

/// What a cell does wrong.
enum class Bug {
  kNone,
  kMapPutsBackByExchange,
  kMapPutsBackByStore,
  kPutRelaxed,
  kLookingTakes,
};

/// A cell without a busy state, as for one core: map takes the value out and puts it back.
template <Bug kBug>
class TwoStateCell {
 public:
  int take() { return word_.exchange(0, acquire); }
  bool put(int value) {
    int expected = 0;
    return word_.compare_exchange_strong(expected, value,
                                         kBug == Bug::kPutRelaxed ? relaxed : release, relaxed);
  }
  // False when what was mapped could not go back, and so is the caller's.
  template <class F>
  bool map(F&& f) {
    const int value = take();
    if (value == 0) return true;
    f(value);
    if constexpr (kBug == Bug::kMapPutsBackByExchange) {
      static_cast<void>(word_.exchange(value, acq_rel));
      return true;
    } else if constexpr (kBug == Bug::kMapPutsBackByStore) {
      word_.store(value, release);
      return true;
    } else {
      return put(value);
    }
  }
  bool is_full() {
    if constexpr (kBug == Bug::kLookingTakes) {
      const int value = take();
      return value != 0 && put(value);
    } else {
      return word_.load(relaxed) != 0;
    }
  }

 private:
  Atomic<int> word_{0};
};

template <Bug kBug, bool kByInterrupt>
void map_against_put(Execution& run) {
  TwoStateCell<kBug> cell;
  require(cell.put(1), "set-up");
  int values = 2;
  const auto map = [&] { values -= cell.map([](int) {}) ? 0 : 1; };
  const auto put = [&] { values -= cell.put(2) ? 0 : 1; };
  if (kByInterrupt) {
    run.parallel({thread("mapper", map), interrupt("irq", 0, put)});
  } else {
    run.parallel({thread("mapper", map), thread("putter", put)});
  }
  // What was not refused is in the cell, or was refused.
  for (int left = cell.take(); left != 0; left = cell.take()) --values;
  require(values == 0, "lost: a value is nowhere");
}

TEST(Planted, ValueLostByMap) {
  expect_found("map puts back with a plain exchange", "lost",
               map_against_put<Bug::kMapPutsBackByExchange, false>);
  expect_found("interrupt between exchange and store", "lost",
               map_against_put<Bug::kMapPutsBackByStore, true>);
  expect_passed("map puts back by compare-and-swap", map_against_put<Bug::kNone, false>);
  expect_passed("the same, interrupted", map_against_put<Bug::kNone, true>);
}

// A cell for one context only, touched by an interrupt handler: its exchange is a load and a store.
template <class Policy>
void taken_by_a_handler(Execution& run) {
  sync::AtomicTakeCell<Ball, Policy> cell;
  BallHome home{0};
  require(cell.put(home.claim()).has_value(), "set-up");
  int taken = 0;
  const auto take = [&] {
    if (auto ball = cell.take()) {
      ++taken;
      static_cast<void>(sync::internal::OwnedAccess::disown(std::move(*ball)));
    }
  };
  run.parallel({thread("thread", take), interrupt("irq", 0, take)});
  require(taken == 1, "duplicated: one object was taken twice");
}

TEST(Planted, CellOfOneContextInAHandler) {
  expect_found("TakeCell touched by a handler", "duplicated", taken_by_a_handler<ModelTornAtomics>);
  expect_passed("IrqTakeCell touched by a handler", taken_by_a_handler<ModelCoreAtomics>);
}

template <Bug kBug>
void put_then_take(Execution& run) {
  TwoStateCell<kBug> cell;
  Plain<int> payload{0};
  run.parallel({thread("putter",
                       [&] {
                         payload.write(1);
                         static_cast<void>(cell.put(1));
                       }),
                thread("taker", [&] {
                  if (cell.take() == 1) require(payload.read() == 1, "stale payload");
                })});
}

TEST(Planted, MissingReleaseOnPut) {
  expect_found("missing release on put", "data race", put_then_take<Bug::kPutRelaxed>);
  expect_passed("release on put", put_then_take<Bug::kNone>);
}

template <Bug kBug>
void two_observers(Execution& run) {
  TwoStateCell<kBug> cell;
  require(cell.put(1), "set-up");
  const auto look = [&] { require(cell.is_full(), "a full cell looks empty"); };
  run.parallel({thread("A", look), thread("B", look)});
}

TEST(Planted, LookingTakes) {
  expect_found("is_full by take and put", "looks empty", two_observers<Bug::kLookingTakes>);
  expect_passed("is_full by load", two_observers<Bug::kNone>);
}

// One reader, one updater: the updater unlinks, opens a grace period, waits for the reader's
// report, frees.  `early`: the reader reports before it is done; `order`: how it reads the period's
// number.
template <bool kEarly, std::memory_order kOrder>
void grace_period(Execution& run) {
  using Node = Plain<int>;
  Node* const first = make<Node>(1);
  Node* const second = make<Node>(2);
  Atomic<Node*> head{first};
  Atomic<int> period{0};
  Atomic<int> reported{0};
  run.parallel({thread("reader",
                       [&] {
                         for (int i = 0; i < 2; ++i) {
                           const int number = kEarly ? period.load(kOrder) : 0;
                           Node* const node = head.load(acquire);
                           if (kEarly) reported.store(number, release);
                           static_cast<void>(node->read());
                           if (!kEarly) reported.store(period.load(kOrder), release);
                         }
                         reported.store(1, release);  // goes offline
                       }),
                thread("updater", [&] {
                  head.store(second, release);
                  period.store(1, release);
                  static_cast<void>(reported.await([](int n) { return n >= 1; }, acquire));
                  destroy(first);
                })});
  destroy(second);
}

TEST(Planted, EpochReadTooEarly) {
  expect_found("grace period read before the reading", "use after free",
               grace_period<true, relaxed>);
  expect_found("grace period read relaxed", "use after free", grace_period<false, relaxed>);
  expect_passed("grace period read by acquire, afterwards", grace_period<false, acquire>);
}

// The consumer announces that it sleeps, looks again, sleeps; the producer pushes, looks whether
// somebody sleeps, wakes.
template <std::memory_order kFence>
void sleep_and_wake(Execution& run) {
  Atomic<int> item{0};
  Atomic<int> asleep{0};
  Atomic<int> woken{0};
  run.parallel({thread("consumer",
                       [&] {
                         asleep.store(1, relaxed);
                         if (kFence != relaxed) fence(kFence);
                         if (item.load(acquire) == 1) return;
                         static_cast<void>(woken.await([](int n) { return n == 1; }, acquire));
                       }),
                thread("producer", [&] {
                  item.store(1, release);
                  if (kFence != relaxed) fence(kFence);
                  if (asleep.load(relaxed) == 1) woken.store(1, release);
                })});
}

TEST(Planted, LostWakeUp) {
  expect_found("lost wake-up, no fence", "deadlock", sleep_and_wake<relaxed>);
  expect_found("lost wake-up, acq_rel fence", "deadlock", sleep_and_wake<acq_rel>);
  expect_passed("wake-up with seq_cst fences", sleep_and_wake<seq_cst>);
}

// A lock and a list in two words: a submitter who finds the lock taken leaves, and the holder
// looks, after unlocking, whether something came in.  Each side stores, then loads what the other
// stores.
template <bool kLookByRmw>
void two_word_combiner(Execution& run) {
  Atomic<int> inside{0};
  Atomic<int> pending{0};
  Atomic<int> ran{0};
  const auto look = [](Atomic<int>& word) {
    return kLookByRmw ? word.fetch_add(0, acq_rel) : word.load(acquire);
  };
  const auto submit = [&] {
    static_cast<void>(pending.fetch_add(1, seq_cst));
    do {
      if (look(inside) != 0 || inside.exchange(1, acq_rel) != 0) return;
      static_cast<void>(ran.fetch_add(pending.exchange(0, acq_rel), relaxed));
      static_cast<void>(inside.exchange(0, seq_cst));
    } while (look(pending) != 0);
  };
  run.parallel({thread("A", submit), thread("B", submit)});
  require(ran.load(relaxed) == 2, "stranded: a request was left and nobody ran it");
}

TEST(Planted, RecheckWithoutBarrier) {
  expect_found("unlock by seq_cst exchange, look by acquire load", "stranded",
               two_word_combiner<false>);
  expect_passed("unlock and look by RMW", two_word_combiner<true>);
}

void two_locks(Execution& run, bool same_order) {
  Atomic<int> a{0};
  Atomic<int> b{0};
  const auto lock = [](Atomic<int>& l) {
    int expected = 0;
    while (!l.compare_exchange_strong(expected, 1, acquire, relaxed)) {
      static_cast<void>(l.await([](int v) { return v == 0; }, relaxed));
      expected = 0;
    }
  };
  const auto both = [&](Atomic<int>& first, Atomic<int>& second) {
    lock(first);
    lock(second);
    second.store(0, release);
    first.store(0, release);
  };
  run.parallel({thread("A", [&] { both(a, b); }),
                thread("B", [&] { same_order ? both(a, b) : both(b, a); })});
}

TEST(Planted, Deadlock) {
  expect_found("two locks in two orders", "deadlock",
               [](Execution& run) { two_locks(run, false); });
  expect_passed("two locks in one order", [](Execution& run) { two_locks(run, true); });
}

TEST(Planted, HandlerThatWaits) {
  expect_found("a handler spins on its host's lock", "handler waits", [](Execution& run) {
    Atomic<int> lock{0};
    run.parallel({thread("thread",
                         [&] {
                           lock.store(1, relaxed);
                           lock.store(0, release);
                         }),
                  interrupt("irq", 0, [&] {
                    static_cast<void>(lock.await([](int v) { return v == 0; }, acquire));
                  })});
  });
}

TEST(Planted, LoopThatDoesNotEnd) {
  expect_found("a loop that nobody ends", "does not end",
               [](Execution& run) {
                 Atomic<int> flag{0};
                 run.parallel({thread("A", [&] {
                   while (flag.load(relaxed) == 0) {
                   }
                 })});
               },
               {.max_steps = 100});
}

TEST(Planted, Heap) {
  expect_found("leak", "leak", [](Execution& run) {
    Atomic<int> flag{0};
    auto* const made = make<Plain<int>>(0);
    run.parallel({thread("A", [&] { flag.store(1, relaxed); }), thread("B", [&] {
                    if (flag.load(relaxed) == 0) destroy(made);
                  })});
  });
  expect_found("double free", "double free", [](Execution& run) {
    Atomic<int> flag{0};
    auto* const made = make<Plain<int>>(0);
    const auto drop_unless_dropped = [&] {
      if (flag.load(relaxed) == 0) {
        flag.store(1, relaxed);
        destroy(made);
      }
    };
    run.parallel({thread("A", drop_unless_dropped), thread("B", drop_unless_dropped)});
  });
  expect_found("use after free", "use after free", [](Execution& run) {
    Atomic<int> freed{0};
    auto* const made = make<Plain<int>>(0);
    run.parallel({thread("A",
                         [&] {
                           destroy(made);
                           freed.store(1, release);
                         }),
                  thread("B", [&] {
                    if (freed.load(acquire) == 1) static_cast<void>(made->read());
                  })});
  });
}

TEST(Planted, RacesOnPlainData) {
  const auto race = [](bool first_writes, bool second_writes) {
    return [=](Execution& run) {
      Plain<int> data{0};
      const auto access = [&](bool writes) {
        writes ? data.write(1) : static_cast<void>(data.read());
      };
      run.parallel({thread("A", [&] { access(first_writes); }),
                    thread("B", [&] { access(second_writes); })});
    };
  };
  expect_found("write and write", "data race", race(true, true));
  expect_found("write and read", "data race", race(true, false));
  expect_found("read and write", "data race", race(false, true));
  expect_passed("read and read", race(false, false));
}

TEST(Interrupts, RunToTheirEndsAndNest) {
  bool low_inside_high = false;
  bool high_inside_low = false;
  bool host_inside_handler = false;
  expect_passed("order on one core", [&](Execution& run) {
    Plain<int> depth{0};
    bool low_running = false;
    bool high_running = false;
    run.parallel({thread("host",
                         [&] {
                           host_inside_handler |= low_running || high_running;
                           depth.write(1);
                           host_inside_handler |= low_running || high_running;
                           depth.write(2);
                           host_inside_handler |= low_running || high_running;
                         }),
                  interrupt(
                      "low", 0,
                      [&] {
                        static_cast<void>(depth.read());
                        low_running = true;
                        low_inside_high |= high_running;
                        static_cast<void>(depth.read());
                        low_running = false;
                      },
                      1),
                  interrupt(
                      "high", 0,
                      [&] {
                        static_cast<void>(depth.read());
                        high_running = true;
                        high_inside_low |= low_running;
                        static_cast<void>(depth.read());
                        high_running = false;
                      },
                      2)});
  });
  EXPECT_TRUE(high_inside_low);
  EXPECT_FALSE(low_inside_high);
  EXPECT_FALSE(host_inside_handler);
}

TEST(Interrupts, FireAtEveryStep) {
  unsigned seen = 0;
  expect_passed("sweep", [&](Execution& run) {
    Plain<int> step{0};
    int at = 0;
    run.parallel({thread("host",
                         [&] {
                           for (int i = 1; i <= 3; ++i) step.write(i);
                         }),
                  interrupt("irq", 0, [&] { at = step.read(); })});
    seen |= 1U << at;
  });
  EXPECT_EQ(seen, 0b1111U);
}

TEST(Interrupts, DoNotFireWhileMasked) {
  unsigned seen = 0;
  expect_passed("masked", [&](Execution& run) {
    Plain<int> step{0};
    int at = 0;
    run.parallel({thread("host",
                         [&] {
                           step.write(1);
                           {
                             const Masked masked;
                             step.write(2);
                             const Masked nested;
                             step.write(3);
                           }
                           step.write(4);
                         }),
                  interrupt("irq", 0, [&] { at = step.read(); })});
    seen |= 1U << at;
  });
  EXPECT_EQ(seen, 0b11011U);
}

TEST(Waiting, EndsWhenSomethingChanges) {
  // A store of the value that is there already is no news.
  for (const int value : {0, 1}) {
    const auto body = [value](Execution& run) {
      Atomic<int> flag{0};
      run.parallel({thread("waiter",
                           [&] {
                             while (flag.load(relaxed) == 0) relax();
                           }),
                    thread("storer", [&] { flag.store(value, relaxed); })});
    };
    if (value == 0) {
      expect_found("a wait for a change that does not come", "deadlock", body);
    } else {
      expect_passed("a wait for a change", body);
    }
  }
}

TEST(Bounds, ArePartOfTheVerdict) {
  const auto body = [](Execution& run) {
    Atomic<int> x{0};
    const auto add = [&] {
      for (int i = 0; i < 3; ++i) static_cast<void>(x.fetch_add(1, relaxed));
    };
    run.parallel({thread("A", add), thread("B", add), thread("C", add)});
  };
  // 9! / (3!)^3 ways to order nine increments.
  const Report all = explore("all", body);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.executions, 1680);
  const Report few = explore("bounded by preemptions", body, {.preemption_bound = 1});
  EXPECT_TRUE(few.ok);
  EXPECT_FALSE(few.complete);
  EXPECT_LT(few.executions, all.executions);
  const Report cut = explore("cut short", body, {.max_executions = 10});
  EXPECT_TRUE(cut.ok);
  EXPECT_FALSE(cut.complete);
}

}  // namespace
}  // namespace baton::model
