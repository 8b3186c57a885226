// Bugs planted in the words of the kernel's scheduler, each of which the checker must find and
// name. Most of them other kernels have had.
#include <atomic>
#include <cstring>
#include <source_location>

#include "gtest/gtest.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/planted.h"
#include "tests/model/rcu_sleepers_programs.h"
#include "tests/model/sched_core_programs.h"
#include "tests/model/sched_machine.h"
#include "tests/model/sched_placement_programs.h"
#include "tests/model/sched_wait_programs.h"
#include "tests/model/sched_wish_programs.h"

namespace baton::model {
namespace {

/// A function of kernel/sched.
enum class Place { kConclude, kPark, kDie, kRequest, kKick, kRunning, kWaiting };

constexpr const char* name_of(Place place) {
  switch (place) {
    case Place::kConclude:
      return "::conclude(";
    case Place::kPark:
      return "::park(";
    case Place::kDie:
      return "::die(";
    case Place::kRequest:
      return "::request(";
    case Place::kKick:
      return "::kick(";
    case Place::kRunning:
      return "::set_running(";
    case Place::kWaiting:
      return "::set_waiting(";
  }
  return "?";
}

bool is_in(const std::source_location& where, Place place) {
  return std::strstr(where.file_name(), "kernel/sched/") != nullptr &&
         std::strstr(where.function_name(), name_of(place)) != nullptr;
}

/// What operations in one place are instead.
enum class Instead {
  kRelaxed,
  kRelease,
  kTorn,  // a load and a store
};

template <Place kPlace, Instead kInstead>
struct PlantedAtomics {
  template <class T>
  class Atomic : public model::Atomic<T> {
    using Base = model::Atomic<T>;
    using Order = std::memory_order;
    using Where = std::source_location;
    static constexpr Order kOrder =
        kInstead == Instead::kRelease ? std::memory_order_release : std::memory_order_relaxed;

   public:
    using Base::Base;
    void store(T value, Order order, Where where = Where::current()) {
      Base::store(value, is_in(where, kPlace) ? kOrder : order, where);
    }
    T exchange(T value, Order order, Where where = Where::current()) {
      if (!is_in(where, kPlace)) return Base::exchange(value, order, where);
      if constexpr (kInstead != Instead::kTorn) return Base::exchange(value, kOrder, where);
      const T before = Base::load(std::memory_order_acquire, where);
      Base::store(value, std::memory_order_release, where);
      return before;
    }
    bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                               Where where = Where::current()) {
      if (!is_in(where, kPlace)) {
        return Base::compare_exchange_weak(expected, desired, success, failure, where);
      }
      if constexpr (kInstead != Instead::kTorn) {
        return Base::compare_exchange_weak(expected, desired, kOrder, failure, where);
      }
      const T before = Base::load(std::memory_order_acquire, where);
      const bool same = before == expected;
      if (same) Base::store(desired, std::memory_order_release, where);
      expected = before;
      return same;
    }
  };
  template <class T>
  using Plain = model::Plain<T>;
};

// Whoever finds the thread in a mailbox runs it with what its registers were before.
TEST(SchedPlanted, PublishedBeforeItsContextIsSaved) {
  expect_found("parked before it is saved", "data race",
               one_of_three_wakes<ModelAtomics, {.parks_before_saving = true}>);
  expect_found("sent away before it is saved", "data race",
               wish_against_migration<ModelAtomics, {.leaves_before_saving = true}>);
  expect_passed("saved first", one_of_three_wakes<>);
}

// On one core it is saved in time; the other one sees that it is parked before it sees that.
TEST(SchedPlanted, ReleaseMissing) {
  expect_found("parked without release", "data race",
               one_of_three_wakes<PlantedAtomics<Place::kPark, Instead::kRelaxed>>);
  expect_found("dead without release", "data race",
               dies_elsewhere<PlantedAtomics<Place::kDie, Instead::kRelaxed>>);
  expect_found("its message is sent again without acquire", "data race",
               suspend_and_resume<PlantedAtomics<Place::kRequest, Instead::kRelease>>);
  expect_passed("with them", dies_elsewhere<>);
}

TEST(SchedPlanted, TimeoutAndWakeUpBothWin) {
  expect_found("a wait is ended in two steps", "two owners",
               one_of_three_wakes<PlantedAtomics<Place::kConclude, Instead::kTorn>>);
  expect_passed("in one step", one_of_three_wakes<>);
}

// It waits already, and another core holds it.
TEST(SchedPlanted, WonOnItsWay) {
  expect_found("won on its way to a core", "two owners",
               preempted_before_it_parks<ModelAtomics, {.wins_threads_in_transit = true}>);
  expect_passed("won when it is parked", preempted_before_it_parks<>);
}

TEST(SchedPlanted, StackUsedAgainBeforeItsEnd) {
  expect_found("over before it has left its stack", "data race",
               begins_again<ModelAtomics, {.ends_before_leaving_its_stack = true}>);
  expect_passed("over when it has", begins_again<>);
}

// The message's link, and the control word that says there is one, are the thread's.
TEST(SchedPlanted, OverWithAMessageUnderWay) {
  expect_found("over with a message under way", "data race",
               wish_against_death<ModelAtomics, {.ends_with_a_message_under_way = true}>);
  expect_passed("over when it has come", wish_against_death<>);
}

TEST(SchedPlanted, AttentionLost) {
  expect_found("attention lost as the thread has moved", "lost",
               dies_elsewhere<ModelAtomics, {.drops_attention_elsewhere = true}>);
  expect_found("attention promised and not sent", "lost",
               stop_against_announce<ModelAtomics, {.promises_a_message_it_does_not_send = true}>);
  expect_passed("sent, and sent on", stop_against_announce<>);
}

// Somebody has kicked the core, and the kick is answered before the message is there.
TEST(SchedPlanted, InterruptLost) {
  expect_found("looks whether to kick before it pushes", "deadlock",
               no_sleep_on_a_message<ModelAtomics, {.looks_before_it_pushes = true}>);
  expect_found("kicks without release", "deadlock",
               kicked_to_look<PlantedAtomics<Place::kKick, Instead::kRelaxed>>);
  expect_found("kicks in two steps", "kicked already",
               one_kick_for_two<PlantedAtomics<Place::kKick, Instead::kTorn>>);
  expect_passed("pushes, then kicks", no_sleep_on_a_message<>);
}

// What a core left for itself comes without a kick.
TEST(SchedPlanted, NewsOverlooked) {
  expect_found("looks at kicks only", "lost",
               left_for_oneself<ModelAtomics, {.looks_at_kicks_only = true}>);
  expect_passed("looks at messages, too", left_for_oneself<>);
}

// A core ends a grace period, and passes it on only if one waits for it.
TEST(SchedPlanted, SleeperIsNotTold) {
  expect_found("looks only whether it is waited for", "deadlock",
               rcu_sleeper_is_told_later<{.looks_at_grace_periods_only = true}>);
  expect_passed("looks whether it was passed on, too", rcu_sleeper_is_told_later<>);
}

// Both look before what they said is there for the other.
TEST(SchedPlanted, NeitherCoreNotices) {
  expect_found("says what it runs by release", "neither notices",
               too_many_and_idle<PlantedAtomics<Place::kRunning, Instead::kRelease>>);
  expect_found("says what waits by release", "neither notices",
               too_many_and_idle<PlantedAtomics<Place::kWaiting, Instead::kRelease>>);
  expect_passed("in one order for all", too_many_and_idle<>);
}

// A thread waits for good while a core does less.
TEST(SchedPlanted, Overlooked) {
  expect_found("a core with less to do does not ask", "overlooked",
               idle_again_before_the_answer<ModelAtomics, {.does_not_ask = true}>);
  expect_found("says what waits by release", "overlooked",
               idle_as_it_gets_ready<PlantedAtomics<Place::kWaiting, Instead::kRelease>>);
  expect_found("says what it runs by release", "overlooked",
               idle_as_it_gets_ready<PlantedAtomics<Place::kRunning, Instead::kRelease>>);
  expect_found("believes a refusal from before", "overlooked",
               idle_again_before_the_answer<ModelAtomics, {.believes_an_old_refusal = true}>);
  expect_found("looks only when something more urgent waits", "overlooked",
               behind_one_that_cannot_move<ModelAtomics, {.spreads_on_a_rise_only = true}>);
  expect_found("sends a request that is under way", "two owners",
               idle_again_before_the_answer<ModelAtomics, {.asks_while_it_asks = true}>);
  expect_found("what runs does not make room", "come to rest",
               bound_behind_one_that_can_move<ModelAtomics, {.makes_no_room = true}>);
  // sched_placement_random_test finds those that take more cores and threads.
  expect_passed("none of these", bound_behind_one_that_can_move<>);
}

}  // namespace
}  // namespace baton::model
