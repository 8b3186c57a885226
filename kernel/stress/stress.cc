#include "kernel/stress/stress.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "kernel/stress/channels.h"
#include "kernel/stress/churn.h"
#include "kernel/stress/inheritance.h"
#include "kernel/stress/migrations.h"
#include "kernel/stress/objects.h"
#include "kernel/stress/parking.h"
#include "kernel/stress/stop_ring.h"
#include "kernel/stress/suspensions.h"
#include "kernel/stress/switches.h"
#include "kernel/stress/timeouts.h"
#include "kernel/stress/turns.h"
#include "kernel/stress/urgency.h"

namespace baton::kernel::stress {
namespace {

struct Scheduling {
  Switches switches;
  Suspensions suspensions;
  StopRing stop_ring;
  Churn churn;
  Timeouts timeouts;
  Migrations migrations;
  Urgency urgency;
  Parking parking;
};
struct Blocking {
  Inheritance inheritance;
  Channels channels;
  Objects objects;
  Turns turns;
};

template <unsigned kTurnsTaken>
class Stage;

// All at once.
template <>
class Stage<1> {
 public:
  constexpr Stage() = default;
  std::span<Scenario* const> play(unsigned /*shift*/) { return all_; }

 private:
  Scheduling first_;
  Blocking second_;
  std::array<Scenario*, 12> all_ = {&first_.switches,  &first_.suspensions, &first_.stop_ring,
                                    &first_.churn,     &first_.timeouts,    &first_.migrations,
                                    &first_.urgency,   &first_.parking,     &second_.inheritance,
                                    &second_.channels, &second_.objects,    &second_.turns};
};

// One half in the memory of the other.
template <>
class Stage<2> {
 public:
  constexpr Stage() = default;
  std::span<Scenario* const> play(unsigned shift) {
    clear();
    if (shift == 0) {
      Scheduling& on = *(first_ = std::construct_at(reinterpret_cast<Scheduling*>(&memory_)));
      all_ = {&on.switches, &on.suspensions, &on.stop_ring, &on.churn,
              &on.timeouts, &on.migrations,  &on.urgency,   &on.parking};
      return all_;
    }
    Blocking& on = *(second_ = std::construct_at(reinterpret_cast<Blocking*>(&memory_)));
    all_ = {&on.inheritance, &on.channels, &on.objects, &on.turns};
    return std::span(all_).first(4);
  }

 private:
  void clear() {
    if (first_ != nullptr) std::destroy_at(first_);
    if (second_ != nullptr) std::destroy_at(second_);
    first_ = nullptr;
    second_ = nullptr;
  }

  struct alignas(std::max(alignof(Scheduling), alignof(Blocking))) Memory {
    std::array<std::byte, std::max(sizeof(Scheduling), sizeof(Blocking))> bytes;
  };
  Memory memory_{};
  Scheduling* first_ = nullptr;
  Blocking* second_ = nullptr;
  std::array<Scenario*, 8> all_{};
};

constinit Stage<kShifts> stage;

}  // namespace

std::span<Scenario* const> scenarios(unsigned shift) { return stage.play(shift); }

}  // namespace baton::kernel::stress
