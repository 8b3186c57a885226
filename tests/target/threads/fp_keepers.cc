#include "tests/target/threads/fp_keepers.h"

#include <algorithm>
#include <bit>

#include "kernel/clock.h"
#include "kernel/sched/core_scheduler.h"
#include "kernel/sched/this_thread.h"

namespace baton::threads_test {

namespace this_thread = kernel::this_thread;
using kernel::CoreMask;
using kernel::now;

// One core, or some.
CoreMask FpKeepers::some_cores(Random& random) const {
  const auto chosen = static_cast<CoreMask>(random.next()) & cores_;
  if (chosen == 0) return cores_;
  return random.pick(2) == 0 ? chosen : CoreMask{1} << std::countr_zero(chosen);
}

kernel::Priority FpKeepers::some_priority(Random& random) {
  return kernel::Priority(8 + static_cast<int>(random.pick(2)));
}

// Nothing here gives way: who is switched out has been preempted.
void FpKeepers::compute(Random& random) const {
  const Instant end = now() + Duration::microseconds(20 + random.pick(400));
  while (now() < end) arch::relax();
}

void FpKeepers::call(Keeper& me, unsigned dice) {
  Random& random = me.random;
  switch (dice) {
    case 0:
      return this_thread::yield();
    case 1:
      return static_cast<void>(this_thread::sleep_for(Duration::microseconds(random.pick(300))));
    case 2:
      static_cast<void>(keepers_[random.pick(size_)].turn.try_release());
      return static_cast<void>(me.turn.try_acquire_for(Duration::microseconds(300)));
    case 3:
      // Now and then another one is the least urgent.
      me.thread.set_priority(some_priority(random));
      return static_cast<void>(me.thread.set_affinity(some_cores(random)));
    default:
      // Whoever computes there is preempted, or taken away.
      static_cast<void>(keepers_[random.pick(size_)].thread.set_affinity(some_cores(random)));
      static_cast<void>(keepers_[random.pick(size_)].turn.try_release());
  }
}

void FpKeepers::keep_once(Keeper& me) {
  for (std::uint32_t& word : me.pattern.words) {
    word = static_cast<std::uint32_t>(me.random.next());
  }
  for (std::size_t i = 0; i < kFpLayout.control_words; ++i) {
    me.pattern.words[kFpLayout.words - kFpLayout.control_words + i] &= kFpLayout.control_bits[i];
  }
  constexpr unsigned kCalls = 5;
  const unsigned dice = me.random.pick(2 * kCalls);
  const std::uint64_t switches = me.thread.switches();
  const unsigned core = me.thread.last_core();
  threads_test_load_fp(&me.pattern);
  if (dice < kCalls) {
    call(me, dice);
  } else {
    compute(me.random);
  }
  threads_test_store_fp(&me.registers);
  const bool called = dice < kCalls;
  const bool elsewhere = me.thread.last_core() != core;
  if (called) {
    me.moved += elsewhere ? 1 : 0;
  } else {
    me.preempted += me.thread.switches() != switches ? 1 : 0;
    me.taken_away += elsewhere ? 1 : 0;
  }
  for (std::size_t i = called ? kFpLayout.kept_by_calls : 0; i < kFpLayout.words; ++i) {
    if (me.registers.words[i] == me.pattern.words[i]) continue;
    ++me.wrong;
    // Relaxed: for people.
    first_wrong_.store(i, std::memory_order_relaxed);
    break;
  }
  me.rounds.add();
}

void FpKeepers::check_first_use(Keeper& me) {
  leaked_.expect(threads_test_has_fp() == 0);
  if (!kFpLayout.begins_with_zeros) return;
  threads_test_store_fp(&me.registers);
  const auto words = std::span(me.registers.words).first(kFpLayout.words);
  strange_.expect(std::ranges::all_of(words, [](std::uint32_t word) { return word == 0; }));
}

void FpKeepers::keep(void* keeper) {
  Keeper& me = *static_cast<Keeper*>(keeper);
  me.crew->check_first_use(me);
  // Relaxed, both: everybody sees it some time.
  while (!me.crew->over_.load(std::memory_order_relaxed)) me.crew->keep_once(me);
  me.crew->done_.fetch_add(1, std::memory_order_relaxed);
}

void FpKeepers::do_without(void* plain) {
  Plain& me = *static_cast<Plain*>(plain);
  FpKeepers& crew = *me.crew;
  // Relaxed: as above.
  while (!crew.over_.load(std::memory_order_relaxed)) {
    switch (me.random.pick(4)) {
      case 0:
        this_thread::yield();
        break;
      case 1:
        static_cast<void>(this_thread::sleep_for(Duration::microseconds(me.random.pick(500))));
        break;
      case 2:
        static_cast<void>(me.thread.set_affinity(crew.some_cores(me.random)));
        break;
      default:
        crew.compute(me.random);
    }
    crew.leaked_.expect(threads_test_has_fp() == 0);
    ++me.rounds;
  }
}

kernel::ThreadOptions FpKeepers::options(Random& random, const char* name) const {
  return {.name = name,
          .priority = some_priority(random),
          .affinity = some_cores(random),
          .slice = Duration::microseconds(100 + random.pick(200))};
}

FpKeepers::Found FpKeepers::run(std::uint64_t rounds, std::uint64_t seed) {
  Random random(seed);
  cores_ = kernel::CoreScheduler::active();
  const auto cores = static_cast<unsigned>(std::popcount(cores_));
  size_ = 2 * cores + 1;
  const auto keepers = std::span(keepers_).first(size_);
  const auto plain = std::span(plain_).first(cores + 1);
  Tally refused;
  for (Keeper& keeper : keepers) {
    keeper.crew = this;
    keeper.random = Random(random.next());
  }
  // All of them first, and not begun: they change each other's cores.
  for (Keeper& keeper : keepers) {
    kernel::ThreadOptions how = options(random, "keeper");
    how.suspended = true;
    refused.expect(keeper.thread.start(how, &keep, &keeper).has_value());
  }
  for (Keeper& keeper : keepers) keeper.thread.resume();
  for (Plain& other : plain) {
    other.crew = this;
    other.random = Random(random.next());
    refused.expect(other.thread.start(options(random, "plain"), &do_without, &other).has_value());
  }
  while (std::ranges::any_of(
      keepers, [&](const Keeper& keeper) { return keeper.rounds.value() < rounds; })) {
    static_cast<void>(this_thread::sleep_for(Duration::milliseconds(10)));
  }
  // Relaxed, and below: as above.
  over_.store(true, std::memory_order_relaxed);
  // Until then each may still be sent elsewhere, which nobody may be who has been joined.
  while (done_.load(std::memory_order_relaxed) != size_) {
    static_cast<void>(this_thread::sleep_for(Duration::milliseconds(1)));
  }
  Found all;
  for (Keeper& keeper : keepers) {
    keeper.thread.join();
    all.rounds += keeper.rounds.take();
    all.preempted += keeper.preempted;
    all.taken_away += keeper.taken_away;
    all.moved += keeper.moved;
    all.wrong += keeper.wrong;
  }
  for (Plain& other : plain) {
    other.thread.join();
    all.plain_rounds += other.rounds;
  }
  all.leaked = leaked_.take();
  all.strange = strange_.take();
  all.wrong += refused.take();
  // Relaxed: all have ended.
  all.first_wrong = first_wrong_.load(std::memory_order_relaxed);
  return all;
}

}  // namespace baton::threads_test
