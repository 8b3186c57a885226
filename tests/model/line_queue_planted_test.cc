// Bugs planted in the console's line queue, each of which the checker must find and name.  Those
// that the console has had are among them.
#include <atomic>
#include <cstring>
#include <optional>
#include <source_location>

#include "gtest/gtest.h"
#include "tests/model/atomics.h"
#include "tests/model/explorer.h"
#include "tests/model/line_station.h"
#include "tests/model/planted.h"

namespace baton::model {
namespace {

/// A function of LineQueue.
enum class Place { kInstall, kSubmit, kPump, kRunPump, kSetMark, kTakeMark };

constexpr const char* name_of(Place place) {
  switch (place) {
    case Place::kInstall:
      return "::install(";
    case Place::kSubmit:
      return "::submit(";
    case Place::kPump:
      return "::pump(";
    case Place::kRunPump:
      return "::run_pump(";
    case Place::kSetMark:
      return "::note_leftovers(";
    case Place::kTakeMark:
      return "::serve_leftovers(";
  }
  return "?";
}

bool is_in(const std::source_location& where, Place place) {
  return std::strstr(where.file_name(), "kernel/line_queue.h") != nullptr &&
         std::strstr(where.function_name(), name_of(place)) != nullptr;
}

/// Interrupts are masked everywhere but in one place.
template <Place kUnmasked>
struct LeakyCore {
  class Masked {
   public:
    explicit(false) Masked(std::source_location where = std::source_location::current()) {
      if (!is_in(where, kUnmasked)) masked_.emplace(where);
    }

   private:
    std::optional<model::Masked> masked_;
  };
  static void relax() { model::relax(); }
};

/// What an exchange in one place is instead.
enum class Instead { kRelaxed, kAcquire, kReleaseStore };

template <Place kPlace, Instead kInstead>
struct PlantedAtomics {
  template <class T>
  class Atomic : public model::Atomic<T> {
   public:
    using model::Atomic<T>::Atomic;
    T exchange(T value, std::memory_order order,
               std::source_location where = std::source_location::current()) {
      if (!is_in(where, kPlace)) return model::Atomic<T>::exchange(value, order, where);
      if constexpr (kInstead == Instead::kReleaseStore) {
        model::Atomic<T>::store(value, std::memory_order_release, where);
        return value;
      } else {
        constexpr auto kOrder =
            kInstead == Instead::kRelaxed ? std::memory_order_relaxed : std::memory_order_acquire;
        return model::Atomic<T>::exchange(value, kOrder, where);
      }
    }
  };
  template <class T>
  using Plain = model::Plain<T>;
};

// The handler needs what the thread below it holds, and neither goes on.
TEST(LineQueuePlanted, InterruptsNotMasked) {
  expect_found("installed unmasked", "deadlock",
               handler_during_install<LeakyCore<Place::kInstall>>);
  expect_found("submitted unmasked", "deadlock",
               handler_waits_for_a_line<LeakyCore<Place::kSubmit>>);
  expect_found("pump request claimed unmasked", "deadlock",
               handler_interrupts_a_pump<LeakyCore<Place::kPump>>);
  expect_found("leftovers' mark taken unmasked", "deadlock",
               handler_waits_for_leftovers<LeakyCore<Place::kTakeMark>>);
  expect_passed("all of it masked", handler_waits_for_leftovers<>);
}

// Whoever takes the mark believes that its setter is still inside, and leaves the rest to it.
TEST(LineQueuePlanted, LeftoversMark) {
  expect_found(
      "leftovers' mark set relaxed", "stranded",
      leftovers_of_two_cores<ModelCore, PlantedAtomics<Place::kSetMark, Instead::kRelaxed>>);
  expect_found(
      "leftovers' mark taken relaxed", "stranded",
      leftovers_of_two_cores<ModelCore, PlantedAtomics<Place::kTakeMark, Instead::kRelaxed>>);
  expect_passed("leftovers' mark by release and acquire", leftovers_of_two_cores<>);
}

// A store may be overwritten by one that came before it in time: two marks become one, which stands
// for the first.
TEST(LineQueuePlanted, TwoMarks) {
  expect_found("leftovers' mark set by a store", "stranded",
               two_marks<ModelCore, PlantedAtomics<Place::kSetMark, Instead::kReleaseStore>>);
  expect_passed("leftovers' mark set by an exchange", two_marks<>);
}

// Who wants a pump stores a signal and looks whether one is on its way; who pumps stores that none
// is, and looks for signals.  Each may miss what the other has stored.
TEST(LineQueuePlanted, LostWakeUp) {
  expect_found(
      "a pump is done by a store", "lost wake-up",
      signal_during_a_pump<ModelCore, PlantedAtomics<Place::kRunPump, Instead::kReleaseStore>>);
  expect_found("a pump is wanted by acquire only", "lost wake-up",
               signal_during_a_pump<ModelCore, PlantedAtomics<Place::kPump, Instead::kAcquire>>);
  expect_passed("both by exchanges that acquire and release", signal_during_a_pump<>);
}

}  // namespace
}  // namespace baton::model
