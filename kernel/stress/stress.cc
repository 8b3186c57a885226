#include "kernel/stress/stress.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>

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

constexpr std::size_t kMost = 12;
using All = std::array<Scenario*, kMost>;

struct Scheduling {
  Switches switches;
  Suspensions suspensions;
  StopRing stop_ring;
  Churn churn;

  Scenario** list(Scenario** to) {
    return std::ranges::copy(
               std::to_array<Scenario*>({&switches, &suspensions, &stop_ring, &churn}), to)
        .out;
  }
};
struct Placing {
  Timeouts timeouts;
  Migrations migrations;
  Urgency urgency;
  Parking parking;

  Scenario** list(Scenario** to) {
    return std::ranges::copy(std::to_array<Scenario*>({&timeouts, &migrations, &urgency, &parking}),
                             to)
        .out;
  }
};
struct Passing {
  Inheritance inheritance;
  Channels channels;

  Scenario** list(Scenario** to) {
    return std::ranges::copy(std::to_array<Scenario*>({&inheritance, &channels}), to).out;
  }
};
struct Meeting {
  Objects objects;
  Turns turns;

  Scenario** list(Scenario** to) {
    return std::ranges::copy(std::to_array<Scenario*>({&objects, &turns}), to).out;
  }
};
struct Everything {
  Scheduling scheduling;
  Placing placing;
  Passing passing;
  Meeting meeting;

  Scenario** list(Scenario** to) {
    return meeting.list(passing.list(placing.list(scheduling.list(to))));
  }
};

// Parts in one memory, which is in no image: it is zero until something plays there.
template <class... Parts>
class Stage {
 public:
  constexpr Stage() = default;

  std::span<Scenario* const> play(unsigned shift) {
    // What is alone stays: the guards of its stacks are not to be written any more.
    if (sizeof...(Parts) > 1 || leave_ == nullptr) {
      if (leave_ != nullptr) leave_(memory_.bytes.data());
      unsigned number = 0;
      static_cast<void>(((number++ == shift ? (enter<Parts>(), true) : false) || ...));
    }
    return std::span(all_).first(count_);
  }

 private:
  template <class Part>
  void enter() {
    Part& on = *std::construct_at(reinterpret_cast<Part*>(memory_.bytes.data()));
    leave_ = [](std::byte* memory) { std::destroy_at(reinterpret_cast<Part*>(memory)); };
    count_ = static_cast<std::size_t>(on.list(all_.data()) - all_.data());
  }

  struct alignas(Parts...) Memory {
    std::array<std::byte, std::max({sizeof(Parts)...})> bytes;
  };
  Memory memory_{};
  void (*leave_)(std::byte* memory) = nullptr;
  All all_{};
  std::size_t count_ = 0;
};

constinit std::conditional_t<kShifts == 1, Stage<Everything>,
                             Stage<Scheduling, Placing, Passing, Meeting>>
    stage;
static_assert(kShifts == 1 || kShifts == 4);

}  // namespace

std::span<Scenario* const> scenarios(unsigned shift) { return stage.play(shift); }

}  // namespace baton::kernel::stress
