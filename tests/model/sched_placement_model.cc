// Model programs of how cores find work for each other (kernel/sched/placement.cc, core_load.h):
// when nothing is under way any more, no thread waits while a core where it may run does less.
#include "tests/model/program.h"
#include "tests/model/sched_placement_programs.h"

namespace baton::model {
namespace {

constexpr Program kPrograms[] = {
    {"placement: idle as it gets ready", idle_as_it_gets_ready<>},
    {"placement: idle again before the answer", idle_again_before_the_answer<>},
    {"placement: two ask for one", two_ask_for_one<>},
    {"placement: behind one that cannot move", behind_one_that_cannot_move<>},
    {"placement: asked as something comes", asked_as_something_comes<>},
    {"placement: three change at once", three_change_at_once<>},
};

}  // namespace

std::span<const Program> sched_placement_programs() { return kPrograms; }

}  // namespace baton::model
