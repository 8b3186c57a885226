// Model programs of how cores find work for each other (kernel/sched/placement.h, core_load.h):
// when nothing is under way any more, the most urgent run, as far as affinity lets them.
#include "tests/model/program.h"
#include "tests/model/sched_placement_programs.h"

namespace baton::model {
namespace {

constexpr Program kPrograms[] = {
    {"placement: idle as it gets ready", idle_as_it_gets_ready<>},
    {"placement: idle again before the answer", idle_again_before_the_answer<>},
    {"placement: two ask for one", two_ask_for_one<>, {.preemption_bound = 3}},
    {"placement: behind one that cannot move", behind_one_that_cannot_move<>},
    {"placement: asked as something comes", asked_as_something_comes<>},
    {"placement: three change at once", three_change_at_once<>, {.preemption_bound = 2}},
    {"placement: bound behind one that can move", bound_behind_one_that_can_move<>},
    {"placement: two make room at once", two_make_room_at_once<>, {.preemption_bound = 3}},
};

}  // namespace

std::span<const Program> sched_placement_programs() { return kPrograms; }

}  // namespace baton::model
