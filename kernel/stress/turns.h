// Equals get equal shares of their core, in turn.
//
// On each core some threads of one priority, bound to it and more urgent than all that has much to
// do, compute until they have had so many turns.  The turns must go round, their shares by
// cpu_time() must be the same, and together what the clock says has passed.
//
// How equal can shares be?  A thread that is one turn ahead has one slice more: that much always. A
// turn ends by an interrupt, which may come late, and that time is its thread's as well; so is the
// time for which an emulator's host runs something else instead of the core.  The threads see it:
// one of them always runs, and looks at the clock all the time, so where the clock has jumped,
// there was something else: an interrupt, a more urgent thread, or the host.  And an emulator's
// timer may be late without that, as its host has to run another thread for it: so what a turn is
// too long counts as a jump at its end, up to half a second; for longer it has not ended.  The sum
// of these jumps, and for each turn the largest that counts as none, is what shares may differ by
// beyond a slice.  Where more than an eighth of the time was lost like that, which is three turns
// of 24, nothing is said of shares.  Likewise a turn that nobody has
// told of must have passed in a jump of a slice.
#ifndef BATON_KERNEL_STRESS_TURNS_H_
#define BATON_KERNEL_STRESS_TURNS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "arch/cpu.h"
#include "base/time.h"
#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"
#include "kernel/stress/scenario.h"

namespace baton::kernel::stress {

class Turns final : public Scenario {
 public:
  constexpr Turns() = default;

  std::string_view name() const override { return "turns"; }
  std::string_view counts() const override { return "turns in order"; }
  std::string_view also_counts() const override { return "shares compared"; }

  void start(std::uint64_t seed) override {
    // Relaxed: the thread starts after it.
    over_.store(false, std::memory_order_relaxed);
    random_ = Random(seed);
    round_ = 0;
    const Result<void> started =
        umpire_.start({.name = "umpire", .priority = Priority(21)}, &judge, this);
    errors_.expect(started.has_value());
  }

  void halt() override {
    // Relaxed: it sees it some time.
    over_.store(true, std::memory_order_relaxed);
  }

  Outcome stop() override {
    umpire_.join();
    return {.done = turns_.take(), .errors = errors_.take(), .also = shares_.take()};
  }

 private:
  static constexpr unsigned kEquals = arch::kMaxCores > 1 ? 3 : 2;
  static constexpr unsigned kTurns = 8;      // of each
  static constexpr std::uint64_t kMany = 4;  // more than equals
  // Of a slice: a jump of the clock that counts as none.
  static constexpr unsigned kGrain = 8;
  static constexpr Duration kTooLong = Duration::milliseconds(500);

  // What threads of one core write, and read: no order is needed.
  template <class T>
  class Word {
   public:
    // Relaxed, all: as above.
    T value() const { return word_.load(std::memory_order_relaxed); }
    void set(T value) { word_.store(value, std::memory_order_relaxed); }
    void add(T value) { word_.fetch_add(value, std::memory_order_relaxed); }
    bool replace(T old, T value) {
      // Relaxed, both: as above.
      return word_.compare_exchange_strong(old, value, std::memory_order_relaxed,
                                           std::memory_order_relaxed);
    }

   private:
    std::atomic<T> word_{0};
  };

  struct Table;
  struct Member {
    Table* table = nullptr;
    unsigned index = 0;
    Player thread;
  };
  // The equals of one core.
  struct Table {
    Turns* crew = nullptr;
    bool set = false;
    std::uint64_t slice_ns = 0;
    Instant begin;
    Word<unsigned> turns;  // that have begun
    // The clock, as last seen by any of them, times kMany, and by whom.
    Word<std::uint64_t> seen;
    Word<std::uint64_t> lost_ns;    // where it jumped
    Word<std::uint64_t> length_ns;  // of this turn so far
    std::array<Member, kEquals> members{};
  };

  static void compute(void* member) {
    Member& me = *static_cast<Member*>(member);
    while (look(*me.table, me.index)) {
    }
  }

  // False: all turns are over.
  static bool look(Table& table, unsigned me) {
    const std::uint64_t ns = now().since_start_ns();
    if (table.turns.value() > kTurns * kEquals) return false;
    const std::uint64_t seen = table.seen.value();
    const unsigned before = seen % kMany;
    // Else another one has had a turn since we looked at the clock.
    if (ns <= seen / kMany || !table.seen.replace(seen, ns * kMany + me)) return true;
    const std::uint64_t jump = ns - seen / kMany;
    const std::uint64_t grain = table.slice_ns / kGrain;
    if (jump > grain) table.lost_ns.add(jump);
    // Of this turn, or of the one that it ends, without its jumps.
    const std::uint64_t length = table.length_ns.value() + (jump > grain ? 0 : jump);
    table.length_ns.set(before == me ? length : 0);
    if (before != me) {
      if (length > table.slice_ns + grain) table.lost_ns.add(length - table.slice_ns);
      table.crew->errors_.expect(me == (before + 1) % kEquals || jump >= table.slice_ns);
      table.crew->turns_.add();
      table.turns.add(1);
    } else if (length > kTooLong.count_ns()) {
      table.crew->errors_.add();
      table.turns.set(kTurns * kEquals + 1);
    }
    return true;
  }

  static void judge(void* scenario) {
    Turns& me = *static_cast<Turns*>(scenario);
    do {
      me.round();
      // Everybody else's turn; and cores cannot be parked meanwhile.
      static_cast<void>(this_thread::sleep_for(Duration::milliseconds(100 + me.random_.pick(200))));
      // Relaxed: see halt().
    } while (!me.over_.load(std::memory_order_relaxed));
  }

  void round() {
    // An emulator's timer is late by a good part of a short one.
    const Duration slice = Duration::microseconds(200 + 200 * (round_++ % 8) + random_.pick(200));
    // Every other time on one core only: an emulator that runs one core at a time has no jumps
    // then.
    const CoreMask chosen = round_ % 2 == 0 ? kAllCores : one_core();
    // From the core itself, so that none of its equals runs before all are there.
    Thread& self = this_thread::get();
    for (unsigned core = 0; core < arch::kMaxCores; ++core) {
      const CoreMask its = CoreMask{1} << core;
      tables_[core].set =
          (chosen & its) != 0 && self.set_affinity(its) && set(tables_[core], core, slice);
    }
    static_cast<void>(self.set_affinity(kAllCores));
    for (Table& table : tables_) {
      if (!table.set) continue;
      for (Member& member : table.members) member.thread.join();
      check(table, now());
    }
  }

  CoreMask one_core() {
    CoreMask left = CoreScheduler::active();
    for (unsigned i = random_.pick(core_count()); i != 0; --i) left &= left - 1;
    return left & (~left + 1);
  }

  // False: the core has been parked.
  bool set(Table& table, unsigned core, Duration slice) {
    table.crew = this;
    table.slice_ns = slice.count_ns();
    table.begin = now();
    table.seen.set(table.begin.since_start_ns() * kMany + kEquals - 1);
    table.lost_ns.set(0);
    table.length_ns.set(0);
    table.turns.set(0);
    unsigned sat = 0;
    for (Member& member : table.members) {
      member.table = &table;
      member.index = sat;
      const Result<void> started = member.thread.start({.name = "equal",
                                                        .priority = Priority(20),
                                                        .affinity = CoreMask{1} << core,
                                                        .slice = slice},
                                                       &compute, &member);
      if (!started) break;
      ++sat;
    }
    if (sat == kEquals) return true;
    table.turns.set(kTurns * kEquals + 1);
    for (unsigned i = 0; i < sat; ++i) table.members[i].thread.join();
    return false;
  }

  void check(Table& table, Instant end) {
    std::uint64_t sum = 0;
    std::uint64_t least = ~std::uint64_t{0};
    std::uint64_t most = 0;
    for (Member& member : table.members) {
      const std::uint64_t time = member.thread.cpu_time().count_ns();
      sum += time;
      least = std::min(least, time);
      most = std::max(most, time);
    }
    const std::uint64_t lost = table.lost_ns.value();
    const std::uint64_t seen = table.seen.value() / kMany - table.begin.since_start_ns();
    // One core: no more than has passed.  Nor less than they have seen pass: whose time a jump was
    // nobody knows, and more urgent threads that run for less than a jump have their quarter.
    errors_.expect(sum <= (end - table.begin).count_ns());
    errors_.expect(sum + lost + seen / 4 >= seen);
    if (8 * lost > seen) return;
    const std::uint64_t late = table.slice_ns / kGrain * kTurns;
    errors_.expect(most - least <= table.slice_ns + late + lost);
    shares_.add();
  }

  std::array<Table, arch::kMaxCores> tables_{};
  Player umpire_;
  std::atomic<bool> over_{false};
  Random random_;
  unsigned round_ = 0;
  Tally turns_;
  Tally shares_;
  Tally errors_;
};

}  // namespace baton::kernel::stress

#endif  // BATON_KERNEL_STRESS_TURNS_H_
