// RCU litmus tests against the real engine: which outcomes grace periods forbid, and which they
// leave allowed.
//
// The rule: in a cycle of read sections and grace periods, each of which orders a store before a
// load, the outcome where every load comes too early is forbidden exactly when there are as many
// grace periods as read sections.  Everything that is loaded and stored in these programs is
// relaxed, so that nothing but the engine orders it.  The allowed outcomes must come out: else the
// engine, or the checker, is stricter than this test believes, and the forbidden ones prove
// nothing.
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "sync/rcu/callbacks.h"
#include "sync/rcu/grace_periods.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/table.h"

namespace baton::model {
namespace {

using enum std::memory_order;
using Int = Atomic<int>;

enum class Verdict { kAllowed, kForbidden };
constexpr Verdict A = Verdict::kAllowed;
constexpr Verdict F = Verdict::kForbidden;

constexpr const char* kSeen = "the outcome in question";

// `program` returns whether the outcome in question came out.  The search for an allowed one ends
// when it is found.
void litmus(const char* name, Verdict verdict, const std::function<bool(Execution&)>& program) {
  const Report report = explore(name, [&](Execution& run) { require(!program(run), kSeen); });
  const bool seen = report.what.find(kSeen) != std::string::npos;
  if (verdict == F) {
    EXPECT_TRUE(report.ok) << report;
    EXPECT_TRUE(report.complete) << report;
  } else {
    EXPECT_TRUE(seen) << name << ": an allowed outcome does not come out\n" << report;
  }
  Table("rcu_litmus.txt")
      .row("%-58s %-9s %-8s %8ld executions", name, verdict == A ? "allowed" : "forbidden",
           seen ? "seen" : "not seen", report.executions + report.pruned);
}

template <unsigned Slots, unsigned GroupSize = 32>
using Engine = sync::GracePeriods<Slots, ModelAtomics, GroupSize>;

template <class E>
void synchronize(E& engine) {
  engine.wait(engine.request(), [] {});
}

/// A ring of players: the player at position i stores x[i], then loads x[i + 1].  Each is a letter
/// and its position, in the order in which the search tries to run them:
///   G  a grace period in between
///   R  both in a read section, from idle to idle
///   Q  both in a read section, after a quiescent state; the slot was watching before
///   W  both in a read section that began before everything else
///   N  in none: nothing orders the two
template <unsigned Slots, unsigned GroupSize = 32>
class Ring {
 public:
  static constexpr std::size_t kMax = 5;

  explicit Ring(std::string_view players) : size_(players.size() / 2) {
    require(2 <= size_ && size_ <= kMax, "two to five play");
    unsigned slots = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      Player& player = players_[i];
      player.kind = players[2 * i];
      player.position = static_cast<std::size_t>(players[2 * i + 1] - '0');
      if (player.kind == 'G' || player.kind == 'N') continue;
      player.slot = slots++;
      if (player.kind != 'R') engine_.enter(player.slot);
    }
    require(slots <= Slots, "a slot for each reader");
  }

  /// True when every load came before the store.
  bool run(Execution& run) {
    const auto zero = [this] { play(players_[0]); };
    const auto one = [this] { play(players_[1]); };
    const auto two = [this] { play(players_[2]); };
    const auto three = [this] { play(players_[3]); };
    const auto four = [this] { play(players_[4]); };
    switch (size_) {
      case 2:
        run.parallel({thread("0", zero), thread("1", one)});
        break;
      case 3:
        run.parallel({thread("0", zero), thread("1", one), thread("2", two)});
        break;
      case 4:
        run.parallel({thread("0", zero), thread("1", one), thread("2", two), thread("3", three)});
        break;
      default:
        run.parallel({thread("0", zero), thread("1", one), thread("2", two), thread("3", three),
                      thread("4", four)});
        break;
    }
    for (std::size_t i = 0; i < size_; ++i) {
      if (players_[i].loaded != 0) return false;
    }
    return true;
  }

 private:
  struct Player {
    char kind = 'N';
    std::size_t position = 0;
    unsigned slot = 0;
    int loaded = 0;
  };

  void play(Player& player) {
    const bool reads = player.kind == 'R' || player.kind == 'Q' || player.kind == 'W';
    if (player.kind == 'R') engine_.enter(player.slot);
    if (player.kind == 'Q') engine_.quiescent(player.slot);
    x_[player.position].store(1, relaxed);
    if (player.kind == 'G') synchronize(engine_);
    player.loaded = x_[(player.position + 1) % size_].load(relaxed);
    if (reads) engine_.leave(player.slot);
  }

  std::size_t size_;
  Engine<Slots, GroupSize> engine_;
  std::array<Player, kMax> players_{};
  std::array<Int, kMax> x_;
};

template <unsigned Slots, unsigned GroupSize = 32>
void ring(const char* name, Verdict verdict, std::string_view players) {
  litmus(name, verdict, [&](Execution& run) { return Ring<Slots, GroupSize>(players).run(run); });
}

TEST(RcuLitmus, AsManyGracePeriodsAsReadSections) {
  ring<1>("1 grace period, 1 read section", F, "G0R1");
  ring<1>("1 grace period, 1 read section, watching", F, "G0Q1");
  ring<1>("2 grace periods, 1 read section", F, "G0G1R2");
}

TEST(RcuLitmus, TwoAndTwo) {
  ring<2>("2 grace periods, 2 read sections, in turn", F, "G0R1G2R3");
  ring<2>("2 grace periods, 2 read sections, side by side", F, "G0G1R2R3");
}

TEST(RcuLitmus, FewerGracePeriodsThanReadSections) {
  ring<1>("0 grace periods, 1 read section", A, "N0R1");
  ring<2>("0 grace periods, 2 read sections", A, "R0R1");
  ring<1>("1 grace period, a reader outside its section", A, "G0N1");
  ring<2>("1 grace period, 2 read sections", A, "G0R1R2");
  ring<2>("1 grace period, 2 read sections, watching", A, "G0Q1Q2");
  // The second and third section overlap, the third and the first do, and no grace period sees it.
  ring<3>("2 grace periods, 3 read sections", A, "G0R3W4G1R2");
}

// Slots in words of their own order less: nothing but the grace period comes between two readers.
TEST(RcuLitmus, SlotsInSeveralWords) {
  ring<2, 1>("1 grace period, 2 read sections, 2 words", A, "G0R1R2");
  ring<2, 1>("1 grace period, 1 read section, 2 words", F, "G0R1");
}

/// How the updater waits between its two stores, or does not.
enum class Between { kGracePeriod, kPoll, kCallback, kNothing };

struct Deferred {
  sync::BasicRcuHead<ModelAtomics> head;  // first: what is handed to the callback
  Int* y = nullptr;
};

// Message passing without any order but the grace period's: x = 1, grace period, y = 1; a section
// that finds y set and x not began before x was stored and is still there after the grace period.
bool mp(Execution& run, Between between, bool in_section) {
  Engine<1> engine;
  sync::RcuCallbacks<ModelAtomics> callbacks;
  Int x;
  Int y;
  Deferred deferred;
  deferred.y = &y;
  int a = 0;
  int b = 0;
  if (in_section) engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         if (in_section) engine.quiescent(0);
                         a = y.load(relaxed);
                         b = x.load(relaxed);
                         if (in_section) engine.leave(0);
                       }),
                thread("updater", [&] {
                  x.store(1, relaxed);
                  switch (between) {
                    case Between::kGracePeriod:
                      synchronize(engine);
                      break;
                    case Between::kPoll:
                      if (!engine.reached(engine.request())) return;
                      break;
                    case Between::kCallback:
                      callbacks.retire(deferred.head, [](sync::BasicRcuHead<ModelAtomics>* head) {
                        reinterpret_cast<Deferred*>(head)->y->store(1, relaxed);
                      });
                      callbacks.advance(engine);
                      callbacks.advance(engine);
                      callbacks.drain(1);
                      return;
                    case Between::kNothing:
                      break;
                  }
                  y.store(1, relaxed);
                })});
  callbacks.advance(engine);
  callbacks.advance(engine);
  callbacks.drain(1);
  return a == 1 && b == 0;
}

TEST(RcuLitmus, MessagePassing) {
  using enum Between;
  litmus("MP, grace period, read section", F,
         [](Execution& run) { return mp(run, kGracePeriod, true); });
  litmus("MP, polled grace period, read section", F,
         [](Execution& run) { return mp(run, kPoll, true); });
  litmus("MP, callback, read section", F, [](Execution& run) { return mp(run, kCallback, true); });
  litmus("MP, nothing between the stores", A,
         [](Execution& run) { return mp(run, kNothing, true); });
  litmus("MP, grace period, no read section", A,
         [](Execution& run) { return mp(run, kGracePeriod, false); });
  litmus("MP, callback, no read section", A,
         [](Execution& run) { return mp(run, kCallback, false); });
}

// What readers did while they read is to be seen after the grace period, whoever they are: a
// message that goes through a section, and is looked for by a third thread.
bool through_a_section(Execution& run, bool waits) {
  Engine<1> engine;
  Int x;
  Int done;
  int a = 0;
  int b = 0;
  engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         x.store(1, relaxed);
                         engine.leave(0);
                       }),
                thread("updater",
                       [&] {
                         if (waits) synchronize(engine);
                         done.store(1, release);
                       }),
                thread("third", [&] {
                  a = done.load(acquire);
                  b = x.load(relaxed);
                })});
  return a == 1 && b == 0;
}

TEST(RcuLitmus, WhatReadersDidIsSeenByAll) {
  litmus("store in a section, grace period, third thread", F,
         [](Execution& run) { return through_a_section(run, true); });
  litmus("store in a section, third thread", A,
         [](Execution& run) { return through_a_section(run, false); });
}

// A cookie that a reader takes is not reached while its section lasts, even if grace periods come
// and go; after the section it may be.
bool own_cookie(Execution& run, bool after) {
  Engine<2> engine;
  bool reached = false;
  engine.enter(0);
  run.parallel({thread("reader",
                       [&] {
                         engine.quiescent(0);
                         const sync::RcuCookie cookie = engine.request();
                         if (after) engine.quiescent(0);
                         reached = engine.reached(cookie);
                         engine.leave(0);
                       }),
                thread("other", [&] {
                  engine.request();
                  engine.request();
                })});
  return reached;
}

TEST(RcuLitmus, CookiesOfReaders) {
  litmus("a cookie taken in a section, reached in it", F,
         [](Execution& run) { return own_cookie(run, false); });
  litmus("a cookie taken in a section, reached after it", A,
         [](Execution& run) { return own_cookie(run, true); });
}

}  // namespace
}  // namespace baton::model
