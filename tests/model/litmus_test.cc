// Litmus tests with verdicts that are known: what the checker must find because C++ allows it, and
// what it must never find because C++ forbids it.  A checker that is too strict fails here as one
// that is too lax.
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/table.h"

namespace baton::model {
namespace {

using enum std::memory_order;
using Int = Atomic<int>;

/// Allowed by C++ but out of the model's reach is a verdict of its own: the limits are tested too.
enum class Verdict { kAllowed, kForbidden, kAllowedNotModelled };

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllowed:
      return "allowed";
    case Verdict::kForbidden:
      return "forbidden";
    case Verdict::kAllowedNotModelled:
      return "allowed, not modelled";
  }
  return "?";
}

// `program` returns whether the outcome in question came out.
void litmus(const char* name, Verdict verdict, const std::function<bool(Execution&)>& program) {
  bool seen = false;
  const Report report = explore(name, [&](Execution& run) { seen |= program(run); });
  EXPECT_TRUE(report.ok) << report;
  EXPECT_TRUE(report.complete) << report;
  EXPECT_EQ(seen, verdict == Verdict::kAllowed) << name;
  Table("litmus.txt")
      .row("%-44s %-22s %-9s %6ld executions", name, to_string(verdict), seen ? "seen" : "not seen",
           report.executions);
}

constexpr Verdict A = Verdict::kAllowed;
constexpr Verdict F = Verdict::kForbidden;

// A fence where the order says so; relaxed means none.
void maybe_fence(std::memory_order order) {
  if (order != relaxed) fence(order);
}

TEST(Litmus, Coherence) {
  litmus("CoRR", F, [](Execution& run) {
    Int x{0};
    int a = 0;
    int b = 0;
    run.parallel({thread("W", [&] { x.store(1, relaxed); }), thread("R", [&] {
                    a = x.load(relaxed);
                    b = x.load(relaxed);
                  })});
    return a == 1 && b == 0;
  });
  litmus("CoRR2, two readers disagree", F, [](Execution& run) {
    Int x{0};
    int r[4] = {};
    const auto read = [&](int& first, int& second) {
      first = x.load(relaxed);
      second = x.load(relaxed);
    };
    run.parallel(
        {thread("W1", [&] { x.store(1, relaxed); }), thread("W2", [&] { x.store(2, relaxed); }),
         thread("R1", [&] { read(r[0], r[1]); }), thread("R2", [&] { read(r[2], r[3]); })});
    return r[0] == 1 && r[1] == 2 && r[2] == 2 && r[3] == 1;
  });
  litmus("CoWR", F, [](Execution& run) {
    Int x{0};
    int a = 0;
    run.parallel({thread("P0",
                         [&] {
                           x.store(1, relaxed);
                           a = x.load(relaxed);
                         }),
                  thread("P1", [&] { x.store(2, relaxed); })});
    return a == 2 && x.load(relaxed) == 1;
  });
  litmus("CoRW", F, [](Execution& run) {
    Int x{0};
    int a = 0;
    run.parallel({thread("P0",
                         [&] {
                           a = x.load(relaxed);
                           x.store(1, relaxed);
                         }),
                  thread("P1", [&] { x.store(2, relaxed); })});
    return a == 2 && x.load(relaxed) == 2;
  });
  litmus("CoWW", F, [](Execution& run) {
    Int x{0};
    run.parallel({thread("P0", [&] {
      x.store(1, relaxed);
      x.store(2, relaxed);
    })});
    return x.load(relaxed) == 1;
  });
  litmus("RMW stands right behind what it read", F, [](Execution& run) {
    Int x{0};
    int a = -1;
    run.parallel({thread("P0", [&] { a = x.exchange(1, relaxed); }),
                  thread("P1", [&] { x.store(2, relaxed); })});
    return a == 2 && x.load(relaxed) == 2;
  });
  litmus("RMW reads what was placed before it", A, [](Execution& run) {
    Int x{0};
    int a = -1;
    run.parallel({thread("P0", [&] { a = x.exchange(1, relaxed); }),
                  thread("P1", [&] { x.store(2, relaxed); })});
    return a == 0 && x.load(relaxed) == 2;
  });
}

bool mp(Execution& run, std::memory_order store, std::memory_order load, std::memory_order fence_w,
        std::memory_order fence_r) {
  Int x{0};
  Int y{0};
  int a = 0;
  int b = 0;
  run.parallel({thread("W",
                       [&] {
                         x.store(1, relaxed);
                         maybe_fence(fence_w);
                         y.store(1, store);
                       }),
                thread("R", [&] {
                  a = y.load(load);
                  maybe_fence(fence_r);
                  b = x.load(relaxed);
                })});
  return a == 1 && b == 0;
}

TEST(Litmus, MessagePassing) {
  const auto test = [](const char* name, Verdict verdict, std::memory_order store,
                       std::memory_order load, std::memory_order fence_w = relaxed,
                       std::memory_order fence_r = relaxed) {
    litmus(name, verdict, [=](Execution& run) { return mp(run, store, load, fence_w, fence_r); });
  };
  test("MP relaxed", A, relaxed, relaxed);
  test("MP release, relaxed", A, release, relaxed);
  test("MP relaxed, acquire", A, relaxed, acquire);
  test("MP release, acquire", F, release, acquire);
  test("MP seq_cst", F, seq_cst, seq_cst);
  test("MP fence release, fence acquire", F, relaxed, relaxed, release, acquire);
  test("MP fence release, acquire", F, relaxed, acquire, release);
  test("MP release, fence acquire", F, release, relaxed, relaxed, acquire);
  test("MP fence acquire, fence release (wrong way)", A, relaxed, relaxed, acquire, release);
}

bool sb(Execution& run, std::memory_order store, std::memory_order load, std::memory_order fences) {
  Int x{0};
  Int y{0};
  int a = 0;
  int b = 0;
  const auto side = [&](Int& mine, Int& other, int& read) {
    mine.store(1, store);
    maybe_fence(fences);
    read = other.load(load);
  };
  run.parallel({thread("P0", [&] { side(x, y, a); }), thread("P1", [&] { side(y, x, b); })});
  return a == 0 && b == 0;
}

bool sb_rmw(Execution& run, std::memory_order store, std::memory_order load, bool load_is_rmw) {
  Int x{0};
  Int y{0};
  int a = 0;
  int b = 0;
  const auto side = [&](Int& mine, Int& other, int& read) {
    static_cast<void>(mine.exchange(1, store));
    read = load_is_rmw ? other.fetch_add(0, load) : other.load(load);
  };
  run.parallel({thread("P0", [&] { side(x, y, a); }), thread("P1", [&] { side(y, x, b); })});
  return a == 0 && b == 0;
}

TEST(Litmus, StoreBuffering) {
  const auto test = [](const char* name, Verdict verdict, std::memory_order store,
                       std::memory_order load, std::memory_order fences = relaxed) {
    litmus(name, verdict, [=](Execution& run) { return sb(run, store, load, fences); });
  };
  test("SB relaxed", A, relaxed, relaxed);
  test("SB release, acquire", A, release, acquire);
  test("SB seq_cst", F, seq_cst, seq_cst);
  test("SB store seq_cst, load acquire", A, seq_cst, acquire);
  test("SB fences acq_rel", A, relaxed, relaxed, acq_rel);
  test("SB fences seq_cst", F, relaxed, relaxed, seq_cst);
  const auto rmw = [](const char* name, Verdict verdict, std::memory_order store,
                      std::memory_order load, bool load_is_rmw) {
    litmus(name, verdict, [=](Execution& run) { return sb_rmw(run, store, load, load_is_rmw); });
  };
  rmw("SB exchange seq_cst, load relaxed", A, seq_cst, relaxed, false);
  rmw("SB exchange seq_cst, load acquire", A, seq_cst, acquire, false);
  rmw("SB exchange seq_cst, load seq_cst", F, seq_cst, seq_cst, false);
  rmw("SB exchange acq_rel, read by RMW acq_rel", F, acq_rel, acq_rel, true);
  litmus("SB RMW acq_rel of one shared dummy", F, [](Execution& run) {
    Int x{0};
    Int y{0};
    Int dummy{0};
    int a = 0;
    int b = 0;
    const auto side = [&](Int& mine, Int& other, int& read) {
      mine.store(1, relaxed);
      static_cast<void>(dummy.fetch_add(0, acq_rel));
      read = other.load(relaxed);
    };
    run.parallel({thread("P0", [&] { side(x, y, a); }), thread("P1", [&] { side(y, x, b); })});
    return a == 0 && b == 0;
  });
}

TEST(Litmus, LoadBuffering) {
  const auto lb = [](std::memory_order load, std::memory_order store) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      int b = 0;
      run.parallel({thread("P0",
                           [&] {
                             a = x.load(load);
                             y.store(1, store);
                           }),
                    thread("P1", [&] {
                      b = y.load(load);
                      x.store(1, store);
                    })});
      return a == 1 && b == 1;
    };
  };
  litmus("LB relaxed", Verdict::kAllowedNotModelled, lb(relaxed, relaxed));
  litmus("LB acquire, release", F, lb(acquire, release));
}

TEST(Litmus, TwoWriters) {
  const auto two_and_two = [](std::memory_order order, std::memory_order fences) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      const auto side = [&](Int& first, Int& second) {
        first.store(1, order);
        maybe_fence(fences);
        second.store(2, order);
      };
      run.parallel({thread("P0", [&] { side(x, y); }), thread("P1", [&] { side(y, x); })});
      return x.load(relaxed) == 1 && y.load(relaxed) == 1;
    };
  };
  litmus("2+2W relaxed", A, two_and_two(relaxed, relaxed));
  litmus("2+2W release", A, two_and_two(release, relaxed));
  litmus("2+2W seq_cst", F, two_and_two(seq_cst, relaxed));
  litmus("2+2W fences seq_cst", F, two_and_two(relaxed, seq_cst));

  const auto s = [](std::memory_order store, std::memory_order load) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      run.parallel({thread("P0",
                           [&] {
                             x.store(2, relaxed);
                             y.store(1, store);
                           }),
                    thread("P1", [&] {
                      a = y.load(load);
                      x.store(1, relaxed);
                    })});
      return a == 1 && x.load(relaxed) == 2;
    };
  };
  litmus("S relaxed", A, s(relaxed, relaxed));
  litmus("S release, acquire", F, s(release, acquire));

  const auto r = [](std::memory_order store, std::memory_order load, std::memory_order fences) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      run.parallel({thread("P0",
                           [&] {
                             x.store(1, store);
                             maybe_fence(fences);
                             y.store(1, store);
                           }),
                    thread("P1", [&] {
                      y.store(2, store);
                      maybe_fence(fences);
                      a = x.load(load);
                    })});
      return y.load(relaxed) == 2 && a == 0;
    };
  };
  litmus("R relaxed", A, r(relaxed, relaxed, relaxed));
  litmus("R release, acquire", A, r(release, acquire, relaxed));
  litmus("R seq_cst", F, r(seq_cst, seq_cst, relaxed));
  litmus("R fences seq_cst", F, r(relaxed, relaxed, seq_cst));
}

TEST(Litmus, ThreeThreads) {
  const auto wrc = [](std::memory_order store, std::memory_order load) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      int b = 0;
      int c = 0;
      run.parallel({thread("P0", [&] { x.store(1, store); }),
                    thread("P1",
                           [&] {
                             a = x.load(load);
                             y.store(1, store);
                           }),
                    thread("P2", [&] {
                      b = y.load(load);
                      c = x.load(relaxed);
                    })});
      return a == 1 && b == 1 && c == 0;
    };
  };
  litmus("WRC relaxed", A, wrc(relaxed, relaxed));
  litmus("WRC release, acquire", F, wrc(release, acquire));

  const auto isa2 = [](std::memory_order store, std::memory_order load) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      Int z{0};
      int a = 0;
      int b = 0;
      int c = 0;
      run.parallel({thread("P0",
                           [&] {
                             x.store(1, relaxed);
                             y.store(1, store);
                           }),
                    thread("P1",
                           [&] {
                             a = y.load(load);
                             z.store(1, store);
                           }),
                    thread("P2", [&] {
                      b = z.load(load);
                      c = x.load(relaxed);
                    })});
      return a == 1 && b == 1 && c == 0;
    };
  };
  litmus("ISA2 relaxed", A, isa2(relaxed, relaxed));
  litmus("ISA2 release, acquire", F, isa2(release, acquire));

  const auto z6 = [](std::memory_order fence_0, std::memory_order fence_1) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      Int z{0};
      int a = 0;
      int b = 0;
      run.parallel({thread("P0",
                           [&] {
                             x.store(1, relaxed);
                             maybe_fence(fence_0);
                             y.store(1, release);
                           }),
                    thread("P1",
                           [&] {
                             a = y.load(acquire);
                             maybe_fence(fence_1);
                             z.store(1, release);
                           }),
                    thread("P2", [&] {
                      z.store(2, relaxed);
                      fence(seq_cst);
                      b = x.load(relaxed);
                    })});
      return a == 1 && z.load(relaxed) == 2 && b == 0;
    };
  };
  litmus("Z6.0 release, acquire, one fence", A, z6(relaxed, relaxed));
  litmus("Z6.0 fences seq_cst", F, z6(relaxed, seq_cst));

  const auto rwc = [](std::memory_order fences) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      int b = 0;
      int c = 0;
      run.parallel({thread("P0", [&] { x.store(1, release); }),
                    thread("P1",
                           [&] {
                             a = x.load(acquire);
                             maybe_fence(fences);
                             b = y.load(acquire);
                           }),
                    thread("P2", [&] {
                      y.store(1, release);
                      maybe_fence(fences);
                      c = x.load(acquire);
                    })});
      return a == 1 && b == 0 && c == 0;
    };
  };
  litmus("RWC release, acquire", A, rwc(relaxed));
  litmus("RWC fences seq_cst", F, rwc(seq_cst));

  litmus("RWC seq_cst, message relaxed", Verdict::kAllowedNotModelled, [](Execution& run) {
    Int x{0};
    Int y{0};
    Int z{0};
    int a = 0;
    int b = 0;
    int c = 0;
    run.parallel({thread("P0",
                         [&] {
                           x.store(1, seq_cst);
                           z.store(1, relaxed);
                         }),
                  thread("P1",
                         [&] {
                           a = z.load(relaxed);
                           b = y.load(seq_cst);
                         }),
                  thread("P2", [&] {
                    y.store(1, seq_cst);
                    c = x.load(seq_cst);
                  })});
    return a == 1 && b == 0 && c == 0;
  });
}

TEST(Litmus, IndependentReads) {
  const auto iriw = [](std::memory_order store, std::memory_order load, std::memory_order fences) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int r[4] = {};
      const auto read = [&](Int& first, Int& second, int& a, int& b) {
        a = first.load(load);
        maybe_fence(fences);
        b = second.load(load);
      };
      run.parallel({thread("W1", [&] { x.store(1, store); }),
                    thread("W2", [&] { y.store(1, store); }),
                    thread("R1", [&] { read(x, y, r[0], r[1]); }),
                    thread("R2", [&] { read(y, x, r[2], r[3]); })});
      return r[0] == 1 && r[1] == 0 && r[2] == 1 && r[3] == 0;
    };
  };
  litmus("IRIW relaxed", A, iriw(relaxed, relaxed, relaxed));
  litmus("IRIW release, acquire", A, iriw(release, acquire, relaxed));
  litmus("IRIW seq_cst", F, iriw(seq_cst, seq_cst, relaxed));
  litmus("IRIW fences seq_cst", F, iriw(relaxed, relaxed, seq_cst));
}

TEST(Litmus, ReleaseSequences) {
  const auto through = [](bool by_rmw, bool same_thread) {
    return [=](Execution& run) {
      Int x{0};
      Int y{0};
      int a = 0;
      int b = 0;
      const auto go_on = [&] {
        if (by_rmw) {
          static_cast<void>(y.fetch_add(1, relaxed));
        } else {
          y.store(2, relaxed);
        }
      };
      run.parallel({thread("W",
                           [&] {
                             x.store(1, relaxed);
                             y.store(1, release);
                             if (same_thread) go_on();
                           }),
                    thread("M",
                           [&] {
                             if (!same_thread) go_on();
                           }),
                    thread("R", [&] {
                      a = y.load(acquire);
                      b = x.load(relaxed);
                    })});
      return a == 2 && b == 0;
    };
  };
  litmus("release sequence through a relaxed RMW", F, through(true, false));
  litmus("release sequence ends at another's store", A, through(false, false));
  litmus("release sequence ends at one's own store", A, through(false, true));
}

}  // namespace
}  // namespace baton::model
